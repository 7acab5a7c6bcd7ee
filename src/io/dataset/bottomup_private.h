/* bottomup_private.h: what the kinds of bottom-up files share. */
#ifndef IO_DATASET_BOTTOMUP_PRIVATE_H
#define IO_DATASET_BOTTOMUP_PRIVATE_H

#include "base/str.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/idmap.h"

/* A kind of file. `state` is what its open gave. */
struct bottomup_kind {
    /* Fills reader->state; reader->path is set. */
    int (*open)(struct bottomup *reader, struct error *err);
    /* Fills reader->id and reader->where; 1, 0, -1. */
    int (*next)(struct bottomup *reader, struct error *err);
    /* Fills reader->image but for id and where; what it holds is checked afterwards. */
    int (*load)(struct bottomup *reader, struct error *err);
    void (*progress)(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out);
    void (*close)(void *state);                         /* never NULL */
    const char *(*note)(const struct bottomup *reader); /* NULL: never one */
};

struct bottomup {
    const struct bottomup_kind *kind;
    void *state;
    char *path;
    char id[ID_SIZE];
    struct str where;
    struct bottomup_image image;
    float *boxes, *features; /* what image points to, as large as was needed so far */
    size_t box_room, feature_room;
};

extern const struct bottomup_kind bottomup_tsv, bottomup_npz, bottomup_pair, bottomup_precomp;

/* "WHERE: image ID: ..." Returns -1. */
int bottomup_fail(const struct bottomup *reader, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Takes over an id. Errors: empty, too long, control characters. */
int bottomup_set_id(struct bottomup *reader, const char *id, struct error *err) MUST_USE;

/* Makes image.features (and, where wanted, image.boxes) large enough. Errors: no regions, or more
 * than BOTTOMUP_REGIONS_MAX, features beyond BOTTOMUP_FEATURES_MAX. */
int bottomup_reserve(struct bottomup *reader, size_t regions, size_t feature_size, bool boxes,
                     struct error *err) MUST_USE;

#endif
