/* index_bed.h: what tests of indexes lie in: a folder with a model, features of several blocks and
 * a place for indexes. */
#ifndef TESTS_RETRIEVE_INDEX_BED_H
#define TESTS_RETRIEVE_INDEX_BED_H

#include "tests/support/fixture.h"
#include "tests/support/testing.h"

#include "base/str.h"
#include "retrieve/index/index_file.h"

enum { IMAGES = 600, BLOCKS = 3, UNSAMPLED = 5 }; /* image 5 is none of the 16 of the key */

/* A folder with a model and features of so many images that an index has several blocks. */
struct bed {
    char folder[64];
    char *model, *ims, *cache, *model_from;
    size_t row; /* numbers an image */
    float *features;
    struct fixture fixture;
};

void bed_init(struct bed *bed, const char *fixture);
void bed_done(struct bed *bed);

/* Writes bed->features. */
void save_features(const struct bed *bed);
void copy_file(const char *from, const char *to);

/* A use of the bed's index, with what was said. */
struct opened {
    struct model *model;
    struct dataset *data;
    struct images_source source;
    struct index *index;
    struct str heard;
    struct error err;
    int status;
};

/* Where `use` has no listener, what is said is kept in out->heard. */
void open_with(const char *model, const char *ims, struct index_use use,
               const struct progress *progress, struct opened *out);
/* `halves`: for bfloat16. */
void open_halves(const struct bed *bed, bool halves, enum index_mode mode,
                 const struct progress *progress, struct opened *out);
void open_mode(const struct bed *bed, enum index_mode mode, const struct progress *progress,
               struct opened *out);
void opened_done(struct opened *opened);

/* Whether the index holds, bit for bit, what is computed without it. */
void assert_right(const struct opened *opened);

/* Opens, checks that it is right, that it was built or not, and that `heard` was said (NULL:
 * nothing). The path of the file, the caller's to free. */
char *expect(const struct bed *bed, bool built, const char *heard);

char *expect_halves(const struct bed *bed, bool halves, bool built, const char *heard);

size_t files_in(const struct bed *bed);

/* Writes over n bytes of a file; changes a bit of the byte at a place; a sound index's header. */
void poke(const char *path, off_t at, const void *bytes, size_t n);
void flip(const char *path, size_t at);
struct index_header header_of(const char *path);

#endif
