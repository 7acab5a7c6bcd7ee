#include "model/sgraf_rows.h"

#include <math.h>

#include "base/simd.h"
#include "model/kernels/vecmath.h"

static const float epsilon = SGRAF_EPSILON, slope = SGRAF_SLOPE, lambda = SGRAF_LAMBDA;

SIMD_CLONES void sgraf_attend(const float *s, size_t W, size_t R, size_t ld, float *norm, float *a)
{
    for (size_t r = 0; r < ld; r++)
        norm[r] = 0;
    for (size_t w = 0; w < W; w++) {
#pragma omp simd
        for (size_t r = 0; r < ld; r++) {
            float y = s[w * ld + r] > 0 ? s[w * ld + r] : slope * s[w * ld + r];
            a[w * ld + r] = y;
            norm[r] += y * y;
        }
    }
#pragma omp simd
    for (size_t r = 0; r < ld; r++)
        norm[r] = sqrtf(norm[r]);
    for (size_t w = 0; w < W; w++) {
        float *row = a + w * ld, most = -INFINITY, sum = 0;
#pragma omp simd reduction(max : most)
        for (size_t r = 0; r < ld; r++) {
            row[r] *= lambda / (norm[r] + epsilon);
            float z = r < R ? row[r] : -INFINITY;
            most = z > most ? z : most;
        }
#pragma omp simd reduction(+ : sum)
        for (size_t r = 0; r < ld; r++) {
            float e = vec_expf(row[r] - most);
            row[r] = r < R ? e : 0;
            sum += row[r];
        }
#pragma omp simd
        for (size_t r = 0; r < ld; r++)
            row[r] /= sum;
    }
}

SIMD_CLONES float sgraf_dot(const float *a, const float *b, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

SIMD_CLONES float sgraf_bias_normalise(float *row, const float *bias, size_t n)
{
    float square = 0;
#pragma omp simd reduction(+ : square)
    for (size_t i = 0; i < n; i++) {
        row[i] += bias[i];
        square += row[i] * row[i];
    }
    float length = sqrtf(square), inverse = 1 / (length + epsilon);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        row[i] *= inverse;
    return length;
}

SIMD_CLONES float sgraf_difference(float *x, const float *y, size_t n)
{
    float square = 0;
#pragma omp simd reduction(+ : square)
    for (size_t i = 0; i < n; i++)
        square += x[i] * x[i];
    float length = sqrtf(square), inverse = 1 / (length + epsilon);
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float d = x[i] * inverse - y[i];
        x[i] = d * d;
    }
    return length;
}

SIMD_CLONES void sgraf_softmax(float *x, size_t n)
{
    float most = -INFINITY, sum = 0;
#pragma omp simd reduction(max : most)
    for (size_t i = 0; i < n; i++)
        most = x[i] > most ? x[i] : most;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i] = vec_expf(x[i] - most);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] /= sum;
}

SIMD_CLONES void sgraf_weighted(const float *weights, const float *rows, size_t n, size_t S,
                                size_t ld, float *out)
{
    enum { BLOCK = 64 };
    size_t s = 0;
    for (; s + BLOCK <= S; s += BLOCK) {
        float sum[BLOCK] = {0};
        for (size_t j = 0; j < n; j++) {
#pragma omp simd
            for (size_t i = 0; i < BLOCK; i++)
                sum[i] += weights[j] * rows[j * ld + s + i];
        }
#pragma omp simd
        for (size_t i = 0; i < BLOCK; i++)
            out[s + i] = sum[i];
    }
    for (; s < S; s++) {
        float sum = 0;
        for (size_t j = 0; j < n; j++)
            sum += weights[j] * rows[j * ld + s];
        out[s] = sum;
    }
}

SIMD_CLONES void sgraf_dots(const float *query, const float *rows, size_t n, size_t S, float *out)
{
    size_t j = 0;
    for (; j + 4 <= n; j += 4) {
        const float *a = rows + j * S, *b = a + S, *c = b + S, *d = c + S;
        float p = 0, q = 0, r = 0, t = 0;
#pragma omp simd reduction(+ : p, q, r, t)
        for (size_t i = 0; i < S; i++) {
            p += query[i] * a[i];
            q += query[i] * b[i];
            r += query[i] * c[i];
            t += query[i] * d[i];
        }
        out[j] = p;
        out[j + 1] = q;
        out[j + 2] = r;
        out[j + 3] = t;
    }
    for (; j < n; j++)
        out[j] = sgraf_dot(query, rows + j * S, S);
}
