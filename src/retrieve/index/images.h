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
struct images_source {
    const struct model *model;
    const struct dataset *data;
    const char *model_path; /* for messages */
    size_t I, R, F, D;
    bool gram;    /* t2i: Gram matrices are wanted too */
    bool halves;  /* regions as halves of floats (base/bf16.h) */
    size_t block; /* images a block: tens of milliseconds of work */
};

/* Room for embeddings of n images: regions n x R x D, norm n x R, gram n x R x R (NULL where the
 * source wants none). With halves: high and low n x R x D, and loss n x R, bf16_rounding_loss of
 * each row; regions are of a block then, to work in. */
struct images_arrays {
    float *regions, *norm, *gram, *loss;
    uint16_t *high, *low;
};

void images_source_init(const struct model *model, const char *model_path,
                        const struct dataset *data, struct images_source *out);

/* Multiply-adds of embedding all images. */
double images_encode_work(const struct images_source *source);

/* Errors: too many images, no memory. Free with images_arrays_free, also after an error. */
int images_arrays_alloc(const struct images_source *source, size_t images,
                        struct images_arrays *out, struct error *err) MUST_USE;
void images_arrays_free(struct images_arrays *arrays);

/* Room for the features of a block, the caller's to free. */
int images_features_alloc(const struct images_source *source, float **out,
                          struct error *err) MUST_USE;

/* The part of the arrays that begins with image i; regions too, unless there are halves. */
struct images_arrays images_arrays_at(const struct images_source *source,
                                      const struct images_arrays *arrays, size_t i);

/* The largest of n losses; NaN where one is. */
float images_rounding_loss_max(const float *losses, size_t n);

/* Embeds n images whose features (n x R x F) are there, n at most a block where there are halves.
 * The same block gives the same bits, which halves put together. */
int images_encode(const struct images_source *source, const float *features, size_t n,
                  const struct images_arrays *out, struct error *err) MUST_USE;

/* All images, in memory. Errors also: a feature that is not finite, "interrupted". */
int images_encode_all(const struct images_source *source, const struct images_arrays *out,
                      const struct progress *progress, struct error *err) MUST_USE;

#endif
