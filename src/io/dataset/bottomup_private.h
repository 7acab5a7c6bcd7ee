/* bottomup_private.h: what the kinds of bottom-up files share. */
#ifndef IO_DATASET_BOTTOMUP_PRIVATE_H
#define IO_DATASET_BOTTOMUP_PRIVATE_H

#include "base/str.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/idmap.h"

/* A kind of file. All functions are given what `open` made; none owns the reader. */
struct bottomup_kind {
    /* Fills reader->state; reader->path is already set. */
    int (*open)(struct bottomup *reader, struct error *err);
    /* Fills reader->id and reader->where; returns as bottomup_next. */
    int (*next)(struct bottomup *reader, struct error *err);
    /* Fills reader->image except id and where; bottomup_load checks it afterwards. */
    int (*load)(struct bottomup *reader, struct error *err);
    void (*progress)(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out);
    void (*close)(void *state);                                  /* `state` is not NULL */
    const struct notes *(*notes)(const struct bottomup *reader); /* NULL if there is never one */
};

struct bottomup {
    const struct bottomup_kind *kind;
    void *state;
    char *path;
    char id[ID_SIZE];
    struct str where;
    struct bottomup_image image;
    float *boxes, *features; /* owned; image points here */
    /* floats allocated */
    size_t box_room, feature_room;
};

/* The kinds: each in a file of its own, chosen by bottomup.c. */
extern const struct bottomup_kind bottomup_tsv, bottomup_npz, bottomup_pair, bottomup_precomp;

/* Sets the error "WHERE: image ID: ..."; returns -1. */
int bottomup_fail(const struct bottomup *reader, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Copies an id into the reader. Errors: empty, too long, control characters. */
int bottomup_set_id(struct bottomup *reader, const char *id, struct error *err) MUST_USE;

/* Sets image.features, regions x feature_size, and image.boxes, regions x 4 (NULL without `boxes`).
 * Errors: no regions or more than BOTTOMUP_REGIONS_MAX, features beyond BOTTOMUP_FEATURES_MAX, no
 * memory. */
int bottomup_reserve(struct bottomup *reader, size_t regions, size_t feature_size, bool boxes,
                     struct error *err) MUST_USE;

#endif
