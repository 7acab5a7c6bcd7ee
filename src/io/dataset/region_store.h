/* region_store.h: the images of a conversion under way, on disk and in the order in which they
 * came: their features in {split}_convert_ims.part, which becomes {split}_ims.npy as it is if all
 * have as many regions, and all else in {split}_convert.part (part_file.h). What interrupts the
 * work leaves whole images behind; memory holds a few numbers of each. */
#ifndef IO_DATASET_REGION_STORE_H
#define IO_DATASET_REGION_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/part_file.h"

/* Where in the input something is: the file, and how many images it gave before. */
struct region_place {
    uint64_t input, image;
};

/* What the numbers of an image's classes are. */
enum region_classes {
    REGION_CLASSES_NONE,
    REGION_CLASSES_NUMBERS, /* of the input, which has no names for them */
    REGION_CLASSES_NAMED    /* lines of the store's class names */
};

/* What memory has of an image; or, if `bad`, of an input's row that is none. */
struct region_item {
    char *id;  /* "" if it is not known */
    char *bad; /* why, with file and line; NULL: it is good */
    struct region_place place;
    uint64_t at, offset; /* in the two files */
    uint32_t regions, feature_size;
    bool boxes, size, confidences;
    bool cut, outside; /* it had more regions; boxes reach beyond it */
    bool twice;        /* bad only because it came before */
    enum region_classes classes;
};

/* All owned by the store; read-only for others. */
struct region_store {
    struct part_file *part;
    char *path, *features_path;
    int features;          /* descriptor */
    uint64_t features_end; /* bytes */
    bool half;
    struct region_item *items; /* in the order in which they came, good and bad */
    size_t count, cap;
    struct str_list class_names;
    struct bottomup_image image; /* of region_store_read: its arrays */
    size_t feature_room;         /* floats */
    void *buffer;
    size_t room; /* bytes */
};

/* Opens or makes the files of a split in a folder that exists. `about` says which conversion it is,
 * `half` whether features are kept as float16. *state_out: PART_OTHER means that there were files
 * of another conversion, which are replaced. Errors: another process is at it; not writable. */
int region_store_open(const char *folder, const char *split, const char *about, bool half,
                      struct region_store **out, enum part_state *state_out,
                      struct error *err) MUST_USE;

/* Closes and frees it; the files stay if `keep` is set and there is something in them. */
void region_store_close(struct region_store *store, bool keep);

/* Appends an image, of which `item` says what is not in the image. Errors: a full disk. */
int region_store_add(struct region_store *store, const struct bottomup_image *image,
                     const struct region_item *item, struct error *err) MUST_USE;

/* Appends a row that is bad (`id`, `bad`, `place`). Errors: a full disk. */
int region_store_add_bad(struct region_store *store, const struct region_item *item,
                         struct error *err) MUST_USE;

/* Appends the name of the next class. Errors: a full disk. */
int region_store_add_class(struct region_store *store, const char *name,
                           struct error *err) MUST_USE;

/* Reads an image back, without features unless they are wanted. Borrowed until the next call.
 * Errors: damaged since; no memory. */
int region_store_read(struct region_store *store, size_t item, bool features,
                      struct bottomup_image *out, struct error *err) MUST_USE;

/* Makes the file of features an array of all images, n x regions x feature_size. Errors: those of
 * writing. */
int region_store_finish(struct region_store *store, size_t n, size_t regions, size_t feature_size,
                        struct error *err) MUST_USE;

#endif
