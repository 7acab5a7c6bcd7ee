/* images.h: a split's images embedded, block by block: what the session keeps and the index stores.
 */
#ifndef RETRIEVE_INDEX_IMAGES_H
#define RETRIEVE_INDEX_IMAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "io/dataset/dataset.h"
#include "model/model.h"

enum { IMAGES_BLOCK = 256 }; /* a block is at most that many */

/* Where embeddings come from: a model and a split, borrowed. */
struct image_source {
    const struct model *model;
    const struct dataset *data;
    const char *model_path; /* for messages */
    size_t I, R, F, D;
    bool gram;    /* t2i: Gram matrices are wanted too */
    bool halves;  /* regions as halves of floats (base/bf16.h) */
    size_t block; /* images a block: tens of milliseconds of work */
};

/* Room for embeddings of n images: regions n x R x D, norm n x R, gram n x R x R (NULL where the
 * source wants none). With halves: high and low n x R x D, and loss n x R, bf16_loss of each row;
 * regions are of a block then, to work in. */
struct image_arrays {
    float *regions, *norm, *gram, *loss;
    uint16_t *high, *low;
};

void image_source_init(const struct model *model, const char *model_path,
                       const struct dataset *data, struct image_source *out);

/* Multiply-adds of embedding all images. */
double image_source_work(const struct image_source *source);

/* Errors: too many images, no memory. Free with image_arrays_free, also after an error. */
int image_arrays_get(const struct image_source *source, size_t images, struct image_arrays *out,
                     struct error *err) MUST_USE;
void image_arrays_free(struct image_arrays *arrays);

/* Room for the features of a block, the caller's to free. */
int image_features_get(const struct image_source *source, float **out, struct error *err) MUST_USE;

/* The part of the arrays that begins with image i; regions too, unless there are halves. */
struct image_arrays image_arrays_at(const struct image_source *source,
                                    const struct image_arrays *arrays, size_t i);

/* The largest of n losses; NaN where one is. */
float image_loss(const float *losses, size_t n);

/* Embeds n images whose features (n x R x F) are there, n at most a block where there are halves.
 * The same block gives the same bits, which halves put together. */
int image_encode(const struct image_source *source, const float *features, size_t n,
                 const struct image_arrays *out, struct error *err) MUST_USE;

/* All images, in memory. Errors also: a feature that is not finite, "interrupted". */
int image_encode_all(const struct image_source *source, const struct image_arrays *out,
                     const struct progress *progress, struct error *err) MUST_USE;

#endif
