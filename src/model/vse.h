/* vse.h: VSE++ (Faghri et al., BMVC 2018, arXiv 1707.05612), the ancestor of SCAN: one vector per
 * image, fc of its features (regions averaged first) normalised; one per caption, the GRU's state
 * at its last word normalised; both made positive by `use_abs`. The score is the cosine, or for
 * order embeddings (Vendrov et al., ICLR 2016) s = -|max(0, e - v)|. Forward and backward.
 *
 * I images, C captions, N words of all, F feature size, D embedding size. */
#ifndef MODEL_VSE_H
#define MODEL_VSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vse_measure { VSE_COSINE, VSE_ORDER };

/* out (I x F): the mean of each image's regions. features: I x R x F, of which count[i] (NULL: all
 * R; at least 1) are real. */
void vse_mean_regions(const float *features, size_t I, size_t R, const int32_t *count, size_t F,
                      float *out);

/* out (C x D): the rows of states (N x D) at each caption's last word; starts: C + 1, starts[0] =
 * 0. And back: dstates (N x D) is overwritten. */
void vse_last_words(const float *states, const size_t *starts, size_t C, size_t D, float *out);
void vse_last_words_backward(const float *dout, const size_t *starts, size_t C, size_t D,
                             float *dstates);

/* Each row (n x D) becomes its absolute values, in place, and back: dy from rows as they were
 * before (for a row of l2-normalised x: after that). */
void vse_abs_forward(float *rows, size_t n, size_t D);
void vse_abs_backward(const float *before, size_t n, size_t D, float *dy);

/* Scores of all pairs, sims I x C; v: I x D, e: C x D. On all cores; inside a parallel region, on
 * the calling thread alone. Cosine: the dot products, one GEMM. Order: an element has the same bits
 * whatever the others are. */
void vse_scores(enum vse_measure measure, const float *v, size_t I, const float *e, size_t C,
                size_t D, float *sims);

/* The cosine of one pair, for rows of length 1: the same bits wherever it is computed. */
float vse_cosine(const float *v, const float *e, size_t D);

/* After vse_scores. dsims: I x C; dv (I x D) and de (C x D) are overwritten. Order: pairs whose
 * dsims is 0 cost nothing, and one of score 0 has gradient 0. */
void vse_backward(enum vse_measure measure, const float *v, size_t I, const float *e, size_t C,
                  size_t D, const float *sims, const float *dsims, float *dv, float *de);

/* Score of one pair in double, straight from the equations: what the above is tested against. */
double vse_naive(enum vse_measure measure, const double *v, const double *e, size_t D);

#endif
