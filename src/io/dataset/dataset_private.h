/* dataset_private.h: what the files of the dataset module share. */
#ifndef IO_DATASET_DATASET_PRIVATE_H
#define IO_DATASET_DATASET_PRIVATE_H

#include "base/str.h"
#include "io/dataset/dataset.h"

/* While a split is being opened. */
struct opening {
    const struct dataset_spec *spec;
    struct dataset *d;
    struct str notes;
    bool in_folder; /* other files are looked for beside the features */
};

/* Endings of a features file's name before its type; NULL ends the list. */
extern const char *const dataset_feature_endings[];

/* Adds to the note, "; " between. */
void dataset_note(struct opening *o, const char *format, ...) PRINTF_LIKE(2, 3);

/* FOLDER/{split}{ending} for the first ending (NULL ends the list) that is there, with .npy or
 * .npz; NULL where none is. The caller's to free. */
char *dataset_find_array(const struct opening *o, const char *const *endings);

/* FOLDER/{split}{ending}.txt; NULL if it does not exist. The caller's to free. */
char *dataset_find_text(const struct opening *o, const char *ending);

/* Opens an array that has a row an image, or one a row of the features; *step_out says how many
 * rows are an image's. Errors: neither (both numbers). */
int dataset_check_rows(const struct opening *o, const struct npy *array, size_t *step_out,
                       struct error *err) MUST_USE;

/* Boxes and sizes, where they are there. */
int dataset_open_boxes(struct opening *o, struct error *err) MUST_USE;
int dataset_open_sizes(struct opening *o, struct error *err) MUST_USE;

#endif
