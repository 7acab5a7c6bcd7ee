/* precomp.h: writes a split of a precomp folder, image after image: {split}_ims.npy, _boxes.npy,
 * _img_sizes.npy, _ids.txt, _caps.txt. Nothing is put in place until everything is written. */
#ifndef IO_DATASET_PRECOMP_H
#define IO_DATASET_PRECOMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/dataset/bottomup.h"

/* What to write; all borrowed while writing. */
struct precomp_spec {
    const char *folder, *split;
    const char *captions;   /* a text file to become {split}_caps.txt, or NULL */
    const char *const *ids; /* the images to write, in this order; NULL: all, as they come */
    size_t id_count;
    size_t regions; /* how many of each image to keep; 0: all, the same number in each */
    bool half;      /* float16 features */
    bool force;     /* replace existing files */
};

struct precomp;

/* What was written. */
struct precomp_summary {
    size_t images, regions, feature_size;
    size_t doubles; /* images skipped because they had already come */
    size_t outside; /* images with a box more than a pixel outside */
    size_t cut;     /* images that had more regions than were kept */
    bool boxes, sizes;
};

/* Starts a split; makes the folder. `spec` and what it points to must outlive it. Errors: files of
 * the split exist and `force` is not set; an id given twice. */
int precomp_open(const struct precomp_spec *spec, struct precomp **out, struct error *err) MUST_USE;

/* Leaves no file behind and frees it; NULL is allowed. */
void precomp_abort(struct precomp *precomp);

/* Whether the image is wanted and has not come yet; counts those that have. */
bool precomp_needs(struct precomp *precomp, const char *id);

/* Whether all requested ids have come; false if all images are wanted. */
bool precomp_complete(const struct precomp *precomp);

/* Adds an image that precomp_needs; its boxes are in pixels. Errors: another number of regions or
 * features than before (with both numbers), fewer regions than requested, boxes or sizes that only
 * some images have. */
int precomp_add(struct precomp *precomp, const struct bottomup_image *image,
                struct error *err) MUST_USE;

/* Puts all files in place; frees `precomp` whether or not that succeeds. Errors: no images, ids
 * that never came, captions that are not a multiple of the images, a full disk. */
int precomp_commit(struct precomp *precomp, struct precomp_summary *out,
                   struct error *err) MUST_USE;

#endif
