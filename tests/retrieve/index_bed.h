/* index_bed.h: the setting of index tests: a folder with a model, features of several blocks and a
 * folder for indexes. */
#ifndef TESTS_RETRIEVE_INDEX_BED_H
#define TESTS_RETRIEVE_INDEX_BED_H

#include "tests/support/fixture.h"
#include "tests/support/testing.h"

#include "base/str.h"
#include "retrieve/index/index_file.h"

enum { IMAGES = 600, BLOCKS = 3, UNSAMPLED = 5 }; /* image 5 is not among the 16 of the key */

/* A folder with a model, and features of enough images for an index of several blocks. */
struct bed {
    char folder[64];
    char *model, *ims, *cache, *model_from;
    size_t row; /* numbers per image */
    float *features;
    struct fixture fixture;
};

void bed_init(struct bed *bed, const char *fixture);
void bed_done(struct bed *bed);

/* Writes bed->features. */
void save_features(const struct bed *bed);
/* How many of each image's regions are real, from then on. */
void save_counts(const struct bed *bed, const int32_t counts[IMAGES]);
void copy_file(const char *from, const char *to);

/* A use of the bed's index, with what was reported. */
struct opened {
    struct model *model;
    struct dataset *data;
    struct images_source source;
    struct index *index;
    struct str heard;
    struct error err;
    int status;
};

/* If `use` has no listener, reports are kept in out->heard. */
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

/* Opens the index and checks its contents, whether it was built, and that `heard` was reported
 * (NULL: nothing). Returns the path of the file, the caller's to free. */
char *expect(const struct bed *bed, bool built, const char *heard);

char *expect_halves(const struct bed *bed, bool halves, bool built, const char *heard);

size_t files_in(const struct bed *bed);

/* Writes over n bytes of a file; changes a bit of the byte at a place; an intact index's header. */
void poke(const char *path, off_t at, const void *bytes, size_t n);
void flip(const char *path, size_t at);
struct index_header header_of(const char *path);

#endif
