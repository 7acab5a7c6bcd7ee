#include "model/vse.h"

#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/gemm.h"

void vse_mean_regions(const float *features, size_t I, size_t R, const int32_t *count, size_t F,
                      float *out)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < I; i++) {
        size_t n = count ? (size_t)count[i] : R;
        memset(out + i * F, 0, F * sizeof *out);
        for (size_t r = 0; r < n; r++)
            fc_add_row(features + (i * R + r) * F, F, out + i * F);
        fc_scale_row(out + i * F, 1 / (float)n, F, out + i * F);
    }
}

void vse_last_words(const float *states, const size_t *starts, size_t C, size_t D, float *out)
{
    for (size_t c = 0; c < C; c++)
        memcpy(out + c * D, states + (starts[c + 1] - 1) * D, D * sizeof *out);
}

void vse_last_words_backward(const float *dout, const size_t *starts, size_t C, size_t D,
                             float *dstates)
{
    memset(dstates, 0, starts[C] * D * sizeof *dstates);
    for (size_t c = 0; c < C; c++)
        memcpy(dstates + (starts[c + 1] - 1) * D, dout + c * D, D * sizeof *dout);
}

void vse_abs_forward(float *rows, size_t n, size_t D)
{
    for (size_t i = 0; i < n * D; i++)
        rows[i] = fabsf(rows[i]);
}

void vse_abs_backward(const float *before, size_t n, size_t D, float *dy)
{
    for (size_t i = 0; i < n * D; i++)
        dy[i] = before[i] > 0 ? dy[i] : before[i] < 0 ? -dy[i] : 0;
}

SIMD_CLONES
float vse_cosine(const float *v, const float *e, size_t D)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t d = 0; d < D; d++)
        sum += v[d] * e[d];
    return sum;
}

/* A tile's images stay in the second-level cache. */
enum { TILE_IMAGES = 64, TILE_CAPTIONS = 128 };

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

static void order_scores(const float *v, size_t I, const float *e, size_t C, size_t D, float *sims)
{
    const struct family_kernel *kernel = family_kernel();
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (size_t i = 0; i < I; i += TILE_IMAGES)
        for (size_t c = 0; c < C; c += TILE_CAPTIONS)
            kernel->order(v + i * D, at_most(I - i, TILE_IMAGES), e + c * D,
                          at_most(C - c, TILE_CAPTIONS), D, sims + i * C + c, C);
}

void vse_scores(enum vse_measure measure, const float *v, size_t I, const float *e, size_t C,
                size_t D, float *sims)
{
    if (measure == VSE_ORDER)
        order_scores(v, I, e, C, D, sims);
    else
        gemm_nt(I, C, D, (struct matrix_const){v, D}, (struct matrix_const){e, D}, false,
                (struct matrix){sims, C});
}

/* sum += factor max(0, e - v) */
SIMD_CLONES static void add_excess(const float *v, const float *e, float factor, size_t D,
                                   float *sum)
{
#pragma omp simd
    for (size_t d = 0; d < D; d++) {
        float over = e[d] - v[d];
        sum[d] += factor * (over > 0 ? over : 0);
    }
}

/* With m = max(0, e - v): ds/de = -m/|m|, ds/dv = m/|m|, and |m| = -s. */
static void order_backward(const float *v, size_t I, const float *e, size_t C, size_t D,
                           const float *sims, const float *dsims, float *dv, float *de)
{
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < I; i++) {
        memset(dv + i * D, 0, D * sizeof *dv);
        for (size_t c = 0; c < C; c++)
            if (dsims[i * C + c] != 0 && sims[i * C + c] != 0)
                add_excess(v + i * D, e + c * D, -dsims[i * C + c] / sims[i * C + c], D,
                           dv + i * D);
    }
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < C; c++) {
        memset(de + c * D, 0, D * sizeof *de);
        for (size_t i = 0; i < I; i++)
            if (dsims[i * C + c] != 0 && sims[i * C + c] != 0)
                add_excess(v + i * D, e + c * D, dsims[i * C + c] / sims[i * C + c], D, de + c * D);
    }
}

void vse_backward(enum vse_measure measure, const float *v, size_t I, const float *e, size_t C,
                  size_t D, const float *sims, const float *dsims, float *dv, float *de)
{
    if (measure == VSE_ORDER) {
        order_backward(v, I, e, C, D, sims, dsims, dv, de);
        return;
    }
    gemm_nn(I, D, C, (struct matrix_const){dsims, C}, (struct matrix_const){e, D}, false,
            (struct matrix){dv, D});
    gemm_tn(C, D, I, (struct matrix_const){dsims, C}, (struct matrix_const){v, D}, false,
            (struct matrix){de, D});
}

double vse_naive(enum vse_measure measure, const double *v, const double *e, size_t D)
{
    double sum = 0;
    for (size_t d = 0; d < D; d++)
        sum += measure == VSE_ORDER ? pow(fmax(0, e[d] - v[d]), 2) : v[d] * e[d];
    return measure == VSE_ORDER ? -sqrt(sum) : sum;
}
