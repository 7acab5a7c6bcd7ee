/* bfan_train.h: BFAN's attention (kernels/bfan.h) of a batch, all images against all captions,
 * forward and backward. Images may have different numbers of regions.
 *
 * What the focal step keeps is constant as far as gradients go (as in the published code), and what
 * it leaves is a softmax over the items kept: so the backward pass of a direction is that of SCAN
 * (kernels/xattn_tile.h) with these weights.
 *
 * I images, C captions, V regions of all, N words of all, D embedding size. */
#ifndef MODEL_BFAN_TRAIN_H
#define MODEL_BFAN_TRAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "model/kernels/bfan.h"

struct bfan_shape {
    size_t I, C, D;
    const size_t
        *regions;        /* I + 1: image i has rows regions[i] .. regions[i+1]-1; regions[0] = 0 */
    const size_t *words; /* C + 1, likewise */
};

/* The items of a side, images or captions: their vectors attend, and are attended to. */
struct bfan_side {
    size_t items;
    const size_t *begin;     /* items + 1 */
    size_t *gram_begin;      /* items + 1 */
    float *norm;             /* all vectors: lengths */
    float *gram, *gram_pull; /* n x n of each item; its gradient */
    float *pull; /* items of the other side x all vectors of this: gradients of the lengths */
};

/* What the forward pass leaves for the backward pass, borrowed from an arena. */
struct bfan_acts {
    struct bfan_side images, captions;
    float *s, *ds; /* V x N: raw scores; their gradients */
    float *half;   /* C x I: scores of the direction from regions to words */
    size_t threads, tile_columns, scratch_size;
    char *scratch; /* threads pieces of scratch_size bytes */
};

/* Takes room for such a batch. training false: forward only. threads: the most that will run it. */
void bfan_acts_carve(const struct bfan_shape *shape, bool training, size_t threads,
                     struct arena *arena, struct bfan_acts *out);

/* Scores I x C. v: V x D, e: N x D. */
void bfan_forward(const struct bfan_options *options, const struct bfan_shape *shape,
                  const float *v, const float *e, struct bfan_acts *acts, float *scores);

/* After bfan_forward of the same batch. dscores: I x C; pairs whose dscore is 0 cost nothing. dv (V
 * x D) and de (N x D) are overwritten. */
void bfan_backward(const struct bfan_options *options, const struct bfan_shape *shape,
                   const float *v, const float *e, const float *dscores, struct bfan_acts *acts,
                   float *dv, float *de);

#endif
