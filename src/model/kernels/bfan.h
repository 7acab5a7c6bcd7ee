/* bfan.h: the attention of BFAN (Liu et al., "Focus Your Attention: A Bidirectional Focal Attention
 * Network for Image-Text Matching", ACM MM 2019, Sec. 3.2 and 3.3), forward: both directions of
 * stacked cross attention, each with clipped l2 norm and softmax, then the focal step.
 *
 * In a direction, with a the softmax of one query over its context items, item j is kept if
 *     sum over i of (a_j - a_i) g_i > 0,      g_i = 1 ("equal") or sqrt(a_i) ("prob");
 * what is kept is divided by its sum. The query's similarity is the cosine of the query with the
 * context items so weighted; a direction's score the mean over its queries; the pair's score the
 * sum of both. If none is kept (one context item, or all alike: the published code divides by zero)
 * all are.
 *
 * The focal step is not continuous: a rounding error may move an item across the threshold, and the
 * score jumps (always near that with one region, or one word, as the only query: a norm over one
 * score makes all its weights alike). So there is no bound on the distance of two scores that were
 * rounded in different order, and one function computes the score of a pair wherever it is needed.
 *
 * `v` is R x D, the region embeddings of an image; `e` W x D, the word embeddings of a caption. */
#ifndef MODEL_KERNELS_BFAN_H
#define MODEL_KERNELS_BFAN_H

#include <stddef.h>

enum bfan_focal { BFAN_EQUAL, BFAN_PROB };

struct bfan_options {
    enum bfan_focal focal;
    float lambda_softmax; /* inverse temperature; 20 in the published code */
};

/* What a pair's score is made of, if it is wanted; any may be NULL. In double or in float. */
struct bfan_naive_out {
    double *word_attention;   /* W x R: each word over the regions, renormalised */
    double *region_attention; /* R x W: each region over the words, renormalised */
    double margin; /* smallest distance of a weight from the threshold, relative to the larger */
};

/* Score of one pair in double, straight from the equations, with attended vectors formed: the naive
 * version that the fast one is tested against. Allocates. */
double bfan_naive(const struct bfan_options *options, const double *v, size_t R, const double *e,
                  size_t W, size_t D, struct bfan_naive_out *out);

/* A pair as the kernel sees it. */
struct bfan_pair {
    size_t R, W;
    size_t lds;                                 /* a multiple of the kernel's lanes */
    const float *s;                             /* R x lds raw scores; a row is zero beyond W */
    const float *region_gram, *word_gram;       /* R x R and W x W */
    const float *region_norm, *word_norm;       /* R and W: lengths */
    float *word_attention, *region_attention;   /* W x R and R x W, or NULL */
    float *word_similarity, *region_similarity; /* W and R, or NULL */
};

#endif
