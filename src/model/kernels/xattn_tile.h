/* xattn_tile.h: the attention of some queries on one context, from raw scores to scores and back:
 * the inner kernel of xattn_train.
 *
 * K context vectors, n columns (queries) in padded segments, one an item. All K x n arrays are
 * dense. */
#ifndef MODEL_KERNELS_XATTN_TILE_H
#define MODEL_KERNELS_XATTN_TILE_H

#include "base/arena.h"
#include "model/kernels/raw_norm.h"

struct tile {
    size_t K, n;
    struct segments segments;
    size_t *begin, *length;    /* the segments' */
    size_t *item;              /* which item each segment is */
    size_t *column;            /* where each segment's columns are among all columns */
    float *s, *x, *a;          /* K x n: raw scores, normalised, attention */
    float *ga, *d;             /* K x n: G a; gradient on its way */
    float *query_norm;         /* n: |q| */
    float *dot, *norm;         /* n: a's; |att| = sqrt(a'G a) */
    float *similarity;         /* n: the cosine */
    float *dsimilarity, *pull; /* n */
    float *row;                /* n, scratch */
};

/* Room for K context vectors and so many columns and segments. */
void xattn_tile_carve(size_t K, size_t columns, struct arena *arena, struct tile *out);

/* From s and query_norm: everything up to similarity. G: K x K. */
void xattn_tile_attend(const struct attn_options *options, struct tile *tile, const float *G);

/* The score of each segment, to scores[item]. */
void xattn_tile_scores(const struct attn_options *options, const struct tile *tile, float *scores);

/* After xattn_tile_attend; dscores[item]: gradient of each segment's score. Leaves d = ds, pull =
 * d|q|, and adds sum_j d|att_j|/|att_j| a_j a_j' to gram_pull (K x K). */
void xattn_tile_backward(const struct attn_options *options, struct tile *tile,
                         const float *dscores, float *gram_pull);

#endif
