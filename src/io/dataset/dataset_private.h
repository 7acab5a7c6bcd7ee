/* dataset_private.h: shared by the parts of a split: dataset.c, dataset_captions.c,
 * dataset_regions.c, dataset_boxes.c, dataset_box_check.c, dataset_classes.c and, below all,
 * dataset_files.c. */
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

/* Endings of a file's name before its type; NULL ends each list. */
extern const char *const dataset_feature_endings[],
    *const dataset_box_endings[], *const dataset_size_endings[], *const dataset_count_endings[];

/* FOLDER/{split}{ending}, .npy or .npz, for the first ending (NULL ends the list) that exists; NULL
 * if none does. The caller's to free. */
char *dataset_find_array(const struct opening *o, const char *const *endings);

/* FOLDER/{split}{ending}.txt; NULL if it does not exist. The caller's to free. */
char *dataset_find_text(const struct opening *o, const char *ending);

/* Checks that an array has one row per image, or one per row of the features; *step_out: rows per
 * image. Errors: neither (with both numbers). */
int dataset_check_rows(const struct opening *o, const struct npy *array, size_t *step_out,
                       struct error *err) MUST_USE;

/* Reads captions, word ids and the captions' images, and matches them with the features. Errors:
 * what is no such file, or does not fit the others. */
int dataset_open_captions(struct opening *o, struct error *err) MUST_USE;

/* Reads the ids: one per image, or one per caption; after the captions. Errors: another number. */
int dataset_open_ids(struct opening *o, struct error *err) MUST_USE;

/* Makes row numbers the ids. */
void dataset_number_ids(struct dataset *d);
/* Reads how many regions are real, if a file says so; else notes what looks like padding. Then
 * checks that the real features are plausible. Errors: counts that do not fit the features, by
 * image; those of plausible_check; no memory. */
int dataset_open_counts(struct opening *o, struct error *err) MUST_USE;

/* Zeroes the padding of images first .. first+n-1 in rows: n x R x size. */
void dataset_clear_padding(const struct dataset *d, size_t first, size_t n, size_t size,
                           float *rows);

/* Read boxes and sizes, if they exist. Those that do not fit the features are dropped, with a note.
 * Errors: no memory. */
int dataset_open_sizes(struct opening *o, struct error *err) MUST_USE;
int dataset_open_boxes(struct opening *o, struct error *err) MUST_USE;

/* Reads classes, their names and confidences, likewise. */
int dataset_open_classes(struct opening *o, struct error *err) MUST_USE;

/* Opens the array with one of the endings; NULL if there is none, or if it cannot be read: then
 * `why` and `path_out` (the caller's to free) say so. */
struct npy *dataset_open_array(struct opening *o, const char *const *endings, char **path_out,
                               struct error *why);

/* Copies every step-th row of an array, one per image. */
void dataset_take_rows(const struct npy *array, size_t step, size_t images, float *out);

/* Mends and counts the split's boxes, which the file `path` held; the sizes are known by then. */
void dataset_check_boxes(struct dataset *d, const char *path);

#endif
