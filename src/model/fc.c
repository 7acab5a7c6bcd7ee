#include "model/fc.h"

#include <math.h>

#include "base/simd.h"
#include "model/kernels/gemm.h"

static const float norm_epsilon = 1e-8f;

SIMD_CLONES void fc_add_row(const float *a, size_t n, float *sum)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        sum[j] += a[j];
}

void fc_forward(const float *x, size_t rows, size_t F, size_t D, const float *W, const float *b,
                float *out)
{
    gemm_nt(rows, D, F, (struct matrix_const){x, F}, (struct matrix_const){W, F}, false,
            (struct matrix){out, D});
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < rows; r++)
        fc_add_row(b, D, out + r * D);
}

void fc_backward(const float *x, const float *dout, size_t rows, size_t F, size_t D, float *dW,
                 float *db)
{
    gemm_tn(D, F, rows, (struct matrix_const){dout, D}, (struct matrix_const){x, F}, true,
            (struct matrix){dW, F});
    fc_sum_rows(dout, rows, D, D, db);
}

/* Sums some columns of all rows, so that threads share nothing and the order is fixed. */
SIMD_CLONES static void sum_columns(const float *rows, size_t n, size_t ld, size_t D, float *sum)
{
    for (size_t r = 0; r < n; r++) {
        const float *row = rows + r * ld;
#pragma omp simd
        for (size_t j = 0; j < D; j++)
            sum[j] += row[j];
    }
}

void fc_sum_rows(const float *rows, size_t n, size_t ld, size_t D, float *sum)
{
    enum { BLOCK = 64 };
#pragma omp parallel for schedule(static)
    for (size_t j = 0; j < D; j += BLOCK)
        sum_columns(rows + j, n, ld, D - j < BLOCK ? D - j : BLOCK, sum + j);
}

SIMD_CLONES double fc_dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

SIMD_CLONES void fc_scale_row(const float *a, float scale, size_t n, float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = scale * a[i];
}

void fc_weight_norm_forward(const float *v, float g, size_t n, float *W)
{
    double norm = sqrt(fc_dot(v, v, n));
    fc_scale_row(v, norm > 0 ? (float)(g / norm) : 0, n, W);
}

SIMD_CLONES static void add_two(const float *a, float s, const float *b, float t, size_t n,
                                float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] += s * a[i] + t * b[i];
}

void fc_weight_norm_backward(const float *v, float g, size_t n, const float *dW, float *dv,
                             float *dg)
{
    double square = fc_dot(v, v, n), norm = sqrt(square), along = fc_dot(dW, v, n);
    if (norm == 0)
        return;
    *dg += (float)(along / norm);
    add_two(dW, (float)(g / norm), v, (float)(-g * along / (square * norm)), n, dv);
}

SIMD_CLONES static float normalise_row(float *row, size_t D)
{
    float square = 0;
#pragma omp simd reduction(+ : square)
    for (size_t j = 0; j < D; j++)
        square += row[j] * row[j];
    float norm = sqrtf(square), divisor = norm + norm_epsilon;
#pragma omp simd
    for (size_t j = 0; j < D; j++)
        row[j] /= divisor; /* rounded once: small scores are sensitive to it */
    return norm;
}

void fc_l2norm_forward(float *rows, size_t n, size_t D, float *norm_out)
{
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < n; r++) {
        float norm = normalise_row(rows + r * D, D);
        if (norm_out)
            norm_out[r] = norm;
    }
}

/* With N = |x|, y = x/(N + e): dx = (dy - y (y.dy) (N + e)/N) / (N + e). */
SIMD_CLONES static void normalise_row_backward(const float *y, float norm, size_t D, float *dy)
{
    float along = 0, scale = norm > 0 ? 1 / (norm + norm_epsilon) : 0;
#pragma omp simd reduction(+ : along)
    for (size_t j = 0; j < D; j++)
        along += y[j] * dy[j];
    along *= norm > 0 ? (norm + norm_epsilon) / norm : 0;
#pragma omp simd
    for (size_t j = 0; j < D; j++)
        dy[j] = (dy[j] - along * y[j]) * scale;
}

void fc_l2norm_backward(const float *y, const float *norm, size_t n, size_t D, float *dy)
{
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < n; r++)
        normalise_row_backward(y + r * D, norm[r], D, dy + r * D);
}
