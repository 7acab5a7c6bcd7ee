/* xattn_tile.h: the attention of some queries to one context, from raw scores to scores and back:
 * the inner kernel of xattn_train.
 *
 * K context vectors; n columns (queries) in padded segments, one per item. All K x n arrays are
 * dense. */
#ifndef MODEL_KERNELS_XATTN_TILE_H
#define MODEL_KERNELS_XATTN_TILE_H

#include "base/arena.h"
#include "model/kernels/raw_norm.h"

struct tile {
    size_t K, n;
    struct segments segments;
    size_t *begin, *length;    /* the segments' */
    size_t *item;              /* the item of each segment */
    size_t *column;            /* each segment's first column among all columns */
    float *s, *x, *a;          /* K x n: raw scores, normalised, attention */
    float *ga, *d;             /* K x n: G a; the gradient at each stage */
    float *query_norm;         /* n: |q| */
    float *dot, *norm;         /* n: a's; |att| = sqrt(a'G a) */
    float *similarity;         /* n: the cosine */
    float *dsimilarity, *pull; /* n */
    float *row;                /* n, scratch */
};

/* Takes room for K context vectors and up to that many columns and segments; the tile is borrowed
 * from the arena. */
void xattn_tile_carve(size_t K, size_t columns, struct arena *arena, struct tile *out);

/* From s and query_norm computes x, a, ga, dot, norm and similarity. G: K x K, the context's Gram
 * matrix. */
void xattn_tile_attend(const struct attn_options *options, struct tile *tile, const float *G);

/* Writes the score of each segment to scores[item]. */
void xattn_tile_scores(const struct attn_options *options, const struct tile *tile, float *scores);

/* After xattn_tile_attend; dscores[item]: gradient of each segment's score. Leaves d = ds, pull =
 * d|q|, and adds sum_j d|att_j|/|att_j| a_j a_j' to gram_pull (K x K). */
void xattn_tile_backward(const struct attn_options *options, struct tile *tile,
                         const float *dscores, float *gram_pull);

#endif
