/* naive_model.h: the whole forward pass again, in double, straight from the equations, one number
 * at a time: gradients are checked against its finite differences. Slow, and shares no code with
 * src/model.
 */
#ifndef TESTS_MODEL_NAIVE_MODEL_H
#define TESTS_MODEL_NAIVE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "model/params.h"

/* A tiny batch; shapes as in train/trainer.h. */
struct naive_batch {
    size_t n;
    const double *features; /* N x F */
    const size_t *region_starts;
    const int32_t *ids;
    const size_t *starts;
};

/* out (rows x D) = x W' + b */
void naive_fc(const double *x, size_t rows, size_t F, size_t D, const double *W, const double *b,
              double *out);

/* W = g v / |v| */
void naive_weight_norm(const double *v, double g, size_t n, double *W);

/* Each row divided by its norm + 1e-8, in place. */
void naive_l2norm(double *rows, size_t n, size_t D);

/* Embeddings of all words (N x D) from a block of parameters laid out as `params`. */
void naive_text(const struct model_options *options, const struct params *params,
                const double *block, const int32_t *ids, const size_t *starts, size_t captions,
                double *out);

/* Score of a pair. v: R x D, e: W x D. */
double naive_score(const struct attn_options *options, const double *v, size_t R, const double *e,
                   size_t W, size_t D);

/* The hinge loss of n x n scores; image (n or NULL): pairs of the same one are no negatives. */
double naive_hinge(const double *scores, size_t n, const size_t *image, double margin,
                   int max_violation);

/* From parameters to the loss. */
double naive_loss(const struct model_options *options, const struct params *params,
                  const double *block, const struct naive_batch *batch);

#endif
