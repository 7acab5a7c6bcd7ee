/* xattn.h: stacked cross attention of image-caption pairs (Sec. 3.1 and 3.2 of the paper), forward,
 * by the Gram identity: cosine(q, sum_k a_k c_k) = sum_k a_k (q . c_k) / (|q| sqrt(a' G a)), G = C
 * C'. The raw scores and G suffice; no attended vector is formed.
 *
 * `v` is R x D, the region embeddings of an image; `e` W x D, the word embeddings of a caption. In
 * t2i the queries are the W words and the context the R regions; in i2t the other way round. */
#ifndef MODEL_KERNELS_XATTN_H
#define MODEL_KERNELS_XATTN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/kernels/attn_options.h"

/* Score of one pair in double, straight from the equations of Sec. 3.1 and 3.2, with attended
 * vectors formed: the naive version that the fast ones are tested against. attention: NULL, or for
 * t2i W x R (a row is a word over regions), for i2t R x W (a row is a region over words).
 * similarity: NULL, or one per query (t2i W, i2t R). Allocates. */
double xattn_naive(const struct attn_options *options, const float *v, size_t R, const float *e,
                   size_t W, size_t D, double *attention, double *similarity);

/* Gram matrix of n rows (n x D): gram[n x n]. On one thread, without BLAS. */
void xattn_gram(const float *rows, size_t n, size_t D, float *gram);

/* Euclidean lengths of n rows (n x D): norms[n]. */
void xattn_norms(const float *rows, size_t n, size_t D, float *norms);

/* A pair as the attention sees it: Q queries over K context items. `x` (K x ldx) holds the raw
 * scores, one row per context item; ldx is a multiple of the kernel's lanes, and a row is zero
 * beyond Q. */
struct xattn_pair {
    size_t K, Q, ldx;
    const float *x, *gram /* K x K */, *query_norm /* Q */;
    float *attention, *similarity; /* Q x K and Q, or NULL */
    float error;                   /* as in struct xattn_group */
    float *bound;                  /* one, or NULL */
};

/* Captions side by side, one per lane: word w of the caption in lane l is element [w][l] of the
 * arrays. Lanes without a caption have count 0 and hold zeros. */
struct xattn_group {
    size_t W;          /* words of the longest */
    const float *norm; /* W x lanes: |e|, zero beyond a caption's end */
    const float *gram; /* i2t: W x W x lanes, zero beyond a caption's end; NULL for t2i */
    const int32_t
        *mask; /* W x lanes: -1 for a word, 0 beyond the end; NULL: all lanes have W words */
    const float *counts; /* lanes: words of each caption */

    /* If `bound` is not NULL it is set to one number per lane: a score from raw scores that are off
     * by at most error x |region| x |word| each, in either direction, differs from this one by no
     * more, rounding included (xattn_bound.h proves it). NaN or infinite if nothing can be said. */
    float error;
    float *bound;
};

/* The fused kernels for one vector unit. None allocates; scratch is 64-byte aligned. */
struct xattn_kernel {
    const char *name;
    size_t lanes;

    size_t (*pair_scratch)(size_t K, size_t Q); /* floats */
    float (*pair)(const struct attn_options *options, const struct xattn_pair *pair,
                  float *scratch);

    /* One image with a group of captions. s: R rows of W x lanes raw scores, leading dimension lds.
     * image_gram: R x R (t2i; else unused); region_norm: R (i2t). out: one score per lane,
     * undefined in lanes without a caption. */
    size_t (*group_scratch)(size_t R, size_t W);
    void (*group)(const struct attn_options *options, const struct xattn_group *group,
                  const float *s, size_t lds, size_t R, const float *image_gram,
                  const float *region_norm, float *out, float *scratch);

    /* Dot products of n rows `a` (n x D), read once and in place, with m packed rows (b, m x D):
     * element (i, j) goes to s[i * row_step + j * column_step]. For many rows against a few. */
    size_t (*packed_size)(size_t m, size_t D); /* floats */
    void (*pack)(const float *b, size_t m, size_t D, float *packed_out);
    void (*dots)(const float *a, size_t n, const float *packed, size_t m, size_t D, float *s,
                 size_t row_step, size_t column_step);
};

/* The best kernel that this CPU runs. */
const struct xattn_kernel *xattn_kernel(void);

/* All that it runs, best first; NULL after the last. */
const struct xattn_kernel *xattn_kernel_at(size_t index);

/* n rounded up to a multiple of the kernel's lanes. */
static inline size_t xattn_padded(const struct xattn_kernel *kernel, size_t n)
{
    return (n + kernel->lanes - 1) / kernel->lanes * kernel->lanes;
}

#endif
