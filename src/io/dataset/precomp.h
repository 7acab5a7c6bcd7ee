/* precomp.h: writes a split of a precomp folder, image after image: {split}_ims.npy, _boxes.npy,
 * _img_sizes.npy, _num_boxes.npy, _classes.npy, _confidences.npy, _class_names.txt, _ids.txt,
 * _caps.txt, _features.json. Nothing is put in place until everything is written. */
#ifndef IO_DATASET_PRECOMP_H
#define IO_DATASET_PRECOMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "io/dataset/bottomup.h"
#include "io/dataset/feature_source.h"

/* What to write; all borrowed while writing. */
struct precomp_spec {
    const char *folder, *split;
    size_t regions, feature_size; /* R, F: of every image; fewer regions are padded with zeros */
    bool half;                    /* float16 features */
    /* what there is of each image: */
    bool boxes, sizes, classes, confidences;
    bool counts;                         /* how many of the R regions are real */
    const struct str_list *class_names;  /* NULL or empty: none */
    const struct feature_source *source; /* which extractor; NULL: not known */
    const char *features; /* a finished array of the features (npy_header), which is put in place
                           * instead of those of the images; NULL: theirs are written */
    const char *captions; /* a text file to become {split}_caps.txt, or NULL */
    const size_t *lost;   /* where in it there are captions of images that are left out: numbers of
                           * images, ascending */
    size_t lost_count;
};

struct precomp;

/* Whether a split may be written: none of its files exist. Errors: the one that does. */
int precomp_check_free(const char *folder, const char *split, bool captions,
                       struct error *err) MUST_USE;

/* Whether a file of so many images can take the captions. Errors: not readable, not a multiple of
 * the images. */
int precomp_check_captions(const char *path, const char *split, size_t images,
                           struct error *err) MUST_USE;

/* Starts a split in a folder that exists; what a killed process left of it is removed. `spec` and
 * what it points to must outlive it. Errors: those of writing. */
int precomp_open(const struct precomp_spec *spec, struct precomp **out, struct error *err) MUST_USE;

/* Leaves no file behind and frees it; NULL is allowed. */
void precomp_abort(struct precomp *precomp);

/* Adds an image, which has what `spec` says (without classes: -1, without confidences: 0) and R
 * regions or fewer. Errors: a full disk. */
int precomp_add(struct precomp *precomp, const struct bottomup_image *image,
                struct error *err) MUST_USE;

/* Puts all files in place, the features last, and removes those of an older split that it does not
 * have; frees `precomp` whether or not that succeeds. Errors: captions that are not a multiple of
 * the images, a full disk. */
int precomp_commit(struct precomp *precomp, struct error *err) MUST_USE;

#endif
