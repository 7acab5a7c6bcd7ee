/* precomp.h: writes a split of a precomp folder, image after image: {split}_ims.npy, _boxes.npy,
 * _img_sizes.npy, _ids.txt, _caps.txt. Nothing is in its place before all of it is written. */
#ifndef IO_DATASET_PRECOMP_H
#define IO_DATASET_PRECOMP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/dataset/bottomup.h"

struct precomp_spec {
    const char *folder, *split;
    const char *captions;   /* a text file that becomes {split}_caps.txt; NULL: none */
    const char *const *ids; /* which images, in this order; NULL: all, in theirs */
    size_t id_count;
    size_t regions; /* the first so many of each image; 0: all, the same number in each */
    bool half;      /* float16 features */
    bool force;     /* replace files that are there */
};

struct precomp;

/* What was written. */
struct precomp_summary {
    size_t images, regions, feature_size;
    size_t doubles; /* images passed over because they were there already */
    size_t outside; /* images with a box that reaches beyond the image by more than a pixel */
    size_t cut;     /* images that had more regions than were kept */
    bool boxes, sizes;
};

/* Makes the folder. `spec` and what it points to must live as long. Errors: files of the split are
 * there and `force` is not set; ids twice. */
int precomp_open(const struct precomp_spec *spec, struct precomp **out, struct error *err) MUST_USE;
void precomp_abort(struct precomp *precomp); /* leaves no file behind; NULL is allowed */

/* Whether the image is wanted and not there yet. */
bool precomp_needs(struct precomp *precomp, const char *id);

/* All ids that were asked for are there. */
bool precomp_complete(const struct precomp *precomp);

/* An image that is wanted; boxes in pixels. Errors: another number of regions or features than
 * before (both numbers), fewer regions than wanted, boxes or sizes that some images have and others
 * not. */
int precomp_add(struct precomp *precomp, const struct bottomup_image *image,
                struct error *err) MUST_USE;

/* Puts all files in place and frees `precomp`, whether that succeeds or not. Errors: no images, ids
 * that never came, captions that are no multiple of the images, a full disk. */
int precomp_commit(struct precomp *precomp, struct precomp_summary *out,
                   struct error *err) MUST_USE;

#endif
