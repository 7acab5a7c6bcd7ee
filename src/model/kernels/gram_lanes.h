/* gram_lanes.h: the length of attended vectors by the Gram identity |sum a_k v_k|^2 = a'Ga, for one
 * vector unit; included after lanes.h.
 *
 * K context items; a column is a vector of LANES queries, of which some are done at once, so that
 * an element of the Gram matrix is loaded once for all. */
#ifndef MODEL_KERNELS_GRAM_LANES_H
#define MODEL_KERNELS_GRAM_LANES_H

struct gram_form {
    size_t K;
    const float *gram;    /* K x K, or K x K x LANES if lane_gram */
    const float *weights; /* K x columns x LANES */
};

LANES_INLINE vf gram_at(const struct gram_form *f, size_t r, size_t k, bool lane_gram)
{
    return lane_gram ? load(f->gram + (r * f->K + k) * LANES) : splat(f->gram[r * f->K + k]);
}

/* A single column takes more rows at a time: that many sums hide the latency of a multiply-add. */
enum { GRAM_ALONE = 3 * GRAM_ROWS };

typedef vf gram_block[GRAM_ALONE][COLUMNS];

/* sum[r] += sum over k in [from, to) of G[r0 + r][k] a_k */
LANES_INLINE void gram_times(const struct gram_form *f, size_t r0, int n, int columns,
                             bool lane_gram, size_t from, size_t to, gram_block sum)
{
    for (size_t k = from; k < to; k++) {
        const float *a = f->weights + k * (size_t)columns * LANES;
#pragma GCC unroll 12
        for (int r = 0; r < n; r++) {
            vf g = gram_at(f, r0 + (size_t)r, k, lane_gram);
#pragma GCC unroll 8
            for (int c = 0; c < columns; c++)
                sum[r][c] += g * load(a + c * LANES);
        }
    }
}

/* Rows r0 .. r0+n-1 of the quadratic form a'Ga: by symmetry twice what lies left of the diagonal
 * block, and that block. */
LANES_INLINE void gram_quadratic_rows(const struct gram_form *f, size_t r0, int n, int columns,
                                      bool lane_gram, vf *quadratic)
{
    gram_block sum = {{{0}}};
    gram_times(f, r0, n, columns, lane_gram, 0, r0, sum);
#pragma GCC unroll 12
    for (int r = 0; r < n; r++)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++)
            sum[r][c] += sum[r][c];
    gram_times(f, r0, n, columns, lane_gram, r0, r0 + (size_t)n, sum);
    const float *a = f->weights + r0 * (size_t)columns * LANES;
#pragma GCC unroll 12
    for (int r = 0; r < n; r++)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++)
            quadratic[c] += sum[r][c] * load(a + (r * columns + c) * LANES);
}

/* quadratic[c] += a'Ga of column c. */
LANES_INLINE void gram_quadratic(const struct gram_form *f, int columns, bool lane_gram,
                                 vf *quadratic)
{
    size_t r = 0;
    for (; columns == 1 && r + GRAM_ALONE <= f->K; r += GRAM_ALONE)
        gram_quadratic_rows(f, r, GRAM_ALONE, columns, lane_gram, quadratic);
    for (; r + GRAM_ROWS <= f->K; r += GRAM_ROWS)
        gram_quadratic_rows(f, r, GRAM_ROWS, columns, lane_gram, quadratic);
    for (; r < f->K; r++)
        gram_quadratic_rows(f, r, 1, columns, lane_gram, quadratic);
}

/* Columns j .. j+columns-1 of the weights, each divided by its sum, to attention (Q x K). */
static void gram_keep_attention(const struct gram_form *f, size_t j, int columns, const vf *sum,
                                size_t Q, float *attention)
{
    for (size_t k = 0; k < f->K; k++)
        for (int c = 0; c < columns; c++) {
            vf a = load(f->weights + (k * (size_t)columns + (size_t)c) * LANES) / sum[c];
            for (size_t l = 0, q = (j + (size_t)c) * LANES; l < LANES && q < Q; l++, q++)
                attention[q * f->K + k] = a[l];
        }
}

#endif
