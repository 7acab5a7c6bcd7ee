/* bottomup_private.h: what the kinds of bottom-up files share. */
#ifndef IO_DATASET_BOTTOMUP_PRIVATE_H
#define IO_DATASET_BOTTOMUP_PRIVATE_H

#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/feature_source.h"
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
    const struct notes *(*notes)(const struct bottomup *reader); /* NULL: reader->notes */
};

/* How a kind is read in a child process (bottomup_child.c): its library may crash. */
struct bottomup_apart {
    const struct bottomup_kind *kind;
    const char *library; /* "HDF5 library" */
    unsigned seconds;    /* of computing, at most, for opening and for each image */
};

struct bottomup {
    const struct bottomup_kind *kind;
    const struct bottomup_apart *apart; /* bottomup_child's: what it reads */
    void *state;
    char *path;
    char id[ID_SIZE];
    struct str where;
    struct bottomup_image image;
    float *boxes, *features; /* owned; image points here */
    int32_t *classes;
    float *confidences;
    /* numbers allocated */
    size_t box_room, feature_room, class_room, confidence_room;
    enum { BOTTOMUP_UNKNOWN, BOTTOMUP_UPRIGHT, BOTTOMUP_TURNED } turned; /* features of records */
    bool even_rows;              /* the file's rows are equally long, also if fewer regions count */
    size_t feature_size;         /* of the images loaded so far; 0: none */
    bool over;                   /* a kind sets it with an error behind which nothing can be read */
    struct str_list class_names; /* a kind adds to it with bottomup_class, or fills it */
    struct idmap class_of;       /* name to number */
    struct feature_source source; /* a kind that knows it fills it */
    struct notes notes;           /* of the kinds without notes of their own */
};

/* The kinds: each in a file of its own, chosen by bottomup.c. */
extern const struct bottomup_kind bottomup_tsv, bottomup_vinvl, bottomup_npz, bottomup_pair,
    bottomup_precomp, bottomup_hdf5, bottomup_lmdb;

/* The kind that reads reader->apart's in a child. Neither that nor what it calls may start threads
 * or use OpenMP or BLAS: the child is a fork. */
extern const struct bottomup_kind bottomup_child;

/* bottomup_open of a file known to be of such a kind. `how` is borrowed until it is closed. */
int bottomup_open_apart(const char *path, const struct bottomup_apart *how, struct bottomup **out,
                        struct error *err) MUST_USE;

/* bottomup_open, but in this process whatever the kind: for fuzzing. */
int bottomup_open_here(const char *path, struct bottomup **out, struct error *err) MUST_USE;

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

/* Sets image.classes and image.confidences for image.regions, which bottomup_reserve has set; each
 * NULL if not wanted. Errors: no memory. */
int bottomup_reserve_classes(struct bottomup *reader, bool classes, bool confidences,
                             struct error *err) MUST_USE;

/* The number of the class of that name, which is added if it is new; -1 for an empty one. */
int32_t bottomup_class(struct bottomup *reader, const char *name);

/* Decoded base64; zero-initialise to start, free(bytes) at the end. */
struct bottomup_block {
    uint8_t *bytes;
    size_t size, room;
};

/* Decodes the text called `name` in messages. Errors: not base64, cut off. */
int bottomup_decode(const struct bottomup *reader, const char *name, const char *text,
                    size_t length, struct bottomup_block *out, struct error *err) MUST_USE;

/* Sets *type_out to the floating type of which `bytes` are `count` numbers. -1 if there is none. */
int bottomup_float_type(size_t bytes, size_t count, enum npy_type *type_out) MUST_USE;

/* Little-endian numbers of such a type as floats. */
void bottomup_floats(enum npy_type type, const uint8_t *bytes, size_t count, float *out);

/* Takes `size` bytes as the features of `regions` regions; the boxes are kept. Errors: they do not
 * divide into regions, those of bottomup_reserve, and numbers that are no features, with the type
 * as which they would be. */
int bottomup_take_features(struct bottomup *reader, enum npy_type type, const uint8_t *bytes,
                           size_t size, size_t regions, struct error *err) MUST_USE;

#endif
