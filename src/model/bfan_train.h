/* bfan_train.h: BFAN's attention (kernels/bfan.h) of a batch, all images against all captions,
 * forward and backward: both directions of SCAN's (xattn_train.h) with a focal step in each.
 *
 * What the focal step keeps is constant as far as gradients go (as in the published code), and what
 * it leaves is a softmax over the items kept: so the backward pass of a direction is that of SCAN
 * with these weights. */
#ifndef MODEL_BFAN_TRAIN_H
#define MODEL_BFAN_TRAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/kernels/bfan.h"
#include "model/xattn_train.h"

/* What the forward pass leaves for the backward pass, borrowed from an arena. */
struct bfan_acts {
    struct xattn_acts words, regions; /* the directions, named by what attends */
    float *scores;                    /* I x C: of the second direction */
    float *dv, *de;                   /* backward: its gradients */
};

/* Takes room for such a batch. training false: forward only. threads: the most that will run it. */
void bfan_acts_carve(const struct bfan_options *options, const struct xattn_shape *shape,
                     bool training, size_t threads, struct arena *arena, struct bfan_acts *out);

/* Scores I x C. v: N x D region embeddings; e: M x D word embeddings. */
void bfan_forward(const struct bfan_options *options, const struct xattn_shape *shape,
                  const float *v, const float *e, struct bfan_acts *acts, float *scores);

/* After bfan_forward of the same batch. dscores: I x C; pairs whose dscore is 0 cost nothing. dv (N
 * x D) and de (M x D) are overwritten. */
void bfan_backward(const struct bfan_options *options, const struct xattn_shape *shape,
                   const float *v, const float *e, const float *dscores, struct bfan_acts *acts,
                   float *dv, float *de);

#endif
