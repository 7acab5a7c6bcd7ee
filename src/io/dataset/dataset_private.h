/* dataset_private.h: shared by the parts of a split: dataset.c, dataset_boxes.c,
 * dataset_box_check.c and, below all, dataset_files.c. */
#ifndef IO_DATASET_DATASET_PRIVATE_H
#define IO_DATASET_DATASET_PRIVATE_H

#include "base/str.h"
#include "io/dataset/dataset.h"

/* A split that is being opened. */
struct opening {
    const struct dataset_spec *spec;
    struct dataset *d;
    bool in_folder; /* look for other files next to the features */
};

/* Endings of a features file's name before its type; NULL ends the list. */
extern const char *const dataset_feature_endings[];

/* FOLDER/{split}{ending}, .npy or .npz, for the first ending (NULL ends the list) that exists; NULL
 * if none does. The caller's to free. */
char *dataset_find_array(const struct opening *o, const char *const *endings);

/* FOLDER/{split}{ending}.txt; NULL if it does not exist. The caller's to free. */
char *dataset_find_text(const struct opening *o, const char *ending);

/* Checks that an array has one row per image, or one per row of the features; *step_out: rows per
 * image. Errors: neither (with both numbers). */
int dataset_check_rows(const struct opening *o, const struct npy *array, size_t *step_out,
                       struct error *err) MUST_USE;

/* Read boxes and sizes, if they exist. Those that do not fit the features are dropped, with a note.
 * Errors: no memory. */
int dataset_open_sizes(struct opening *o, struct error *err) MUST_USE;
int dataset_open_boxes(struct opening *o, struct error *err) MUST_USE;

/* Mends and counts the split's boxes, which the file `path` held; the sizes are known by then. */
void dataset_check_boxes(struct dataset *d, const char *path);

#endif
