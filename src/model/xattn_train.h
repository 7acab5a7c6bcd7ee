/* xattn_train.h: stacked cross attention of a batch, all images against all captions, forward and
 * backward (Sec. 3.1 and 3.2 of the paper), by the Gram identity: with raw scores s = C q,
 * attention a and G = C C', cosine(q, sum_k a_k c_k) = a's / max(|q| sqrt(a'G a), 1e-8); no
 * attended vector is ever formed, forward or backward.
 *
 * Both directions share the code: in t2i the contexts are images (K = R regions) and the queries
 * words; in i2t the contexts are captions (K = W words) and the queries regions.
 *
 * I images, N regions of all, C captions, M words of all, D embedding size. */
#ifndef MODEL_XATTN_TRAIN_H
#define MODEL_XATTN_TRAIN_H

#include <stddef.h>

#include "base/arena.h"
#include "model/options.h"

struct xattn_shape {
    size_t I, C, D;
    /* I + 1: the regions of image i are region_starts[i] .. region_starts[i+1]-1, at least one;
     * C + 1: the words of captions likewise; both begin with 0 */
    const size_t *region_starts, *starts;
};

/* What the forward pass leaves for the backward pass, borrowed from an arena. */
struct xattn_acts {
    size_t contexts, queries,
        columns; /* items that are attended to, items that attend, their vectors */
    size_t *context_begin, *query_begin; /* items + 1: an item's vectors */
    size_t *gram_begin;                  /* contexts + 1 */
    float *s;    /* raw scores, all context vectors x columns; in the backward their gradient */
    float *gram; /* each context's K x K */
    float *gram_pull;  /* backward: each context's sum of d|att|/|att| a a', K x K */
    float *query_norm; /* columns: |q| */
    float *query_pull; /* backward: contexts x columns, d|q| of each pair */
    float *dscore;     /* contexts x queries: the given gradient, in that order */
    size_t threads, tile_columns, scratch_size;
    char *scratch; /* threads pieces of scratch_size bytes */
};

/* Takes room for such a batch. training false: forward only. threads: the most that will run it. */
void xattn_acts_carve(const struct attn_options *options, const struct xattn_shape *shape,
                      bool training, size_t threads, struct arena *arena, struct xattn_acts *out);

/* Scores of all pairs. v: N x D region embeddings; e: M x D word embeddings; scores: I x C. */
void xattn_forward(const struct attn_options *options, const struct xattn_shape *shape,
                   const float *v, const float *e, struct xattn_acts *acts, float *scores);

/* After xattn_forward of the same batch. dscores: I x C; pairs whose dscore is 0 cost nothing. dv
 * (N x D) and de (M x D) are overwritten with the gradients of v and e. */
void xattn_backward(const struct attn_options *options, const struct xattn_shape *shape,
                    const float *v, const float *e, const float *dscores, struct xattn_acts *acts,
                    float *dv, float *de);

#endif
