#include "model/kernels/xattn_tile.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/simd.h"
#include "model/kernels/gemm.h"
#include "model/kernels/vecmath.h"

static const float cosine_floor = 1e-8f;

void xattn_tile_carve(size_t K, size_t columns, struct arena *arena, struct tile *out)
{
    *out = (struct tile){0};
    out->begin = arena_take(arena, columns + 1, sizeof *out->begin);
    out->length = arena_take(arena, columns, sizeof *out->length);
    out->item = arena_take(arena, columns, sizeof *out->item);
    out->column = arena_take(arena, columns, sizeof *out->column);
    float **matrices[] = {&out->s, &out->x, &out->a, &out->ga, &out->d};
    for (size_t i = 0; i < COUNTOF(matrices); i++)
        *matrices[i] = arena_take(arena, K * columns, sizeof(float));
    float **rows[] = {&out->query_norm, &out->dot,         &out->norm, &out->similarity,
                      &out->row,        &out->dsimilarity, &out->pull};
    for (size_t i = 0; i < COUNTOF(rows); i++)
        *rows[i] = arena_take(arena, columns, sizeof(float));
}

/* a = softmax over the K rows of lambda x, columns apart; row is scratch. */
SIMD_CLONES static void column_softmax(size_t K, size_t n, float lambda, const float *x, float *a,
                                       float *row)
{
    float *most = row;
    memcpy(most, x, n * sizeof *most);
    for (size_t k = 1; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            most[j] = x[k * n + j] > most[j] ? x[k * n + j] : most[j];
    }
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            a[k * n + j] = vec_expf(lambda * (x[k * n + j] - most[j]));
    }
    float *sum = row;
    memcpy(sum, a, n * sizeof *sum);
    for (size_t k = 1; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            sum[j] += a[k * n + j];
    }
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            a[k * n + j] /= sum[j];
    }
}

/* The same, of which the focal step keeps some; where K is one, or all weights are alike, all
 * (bfan.h). row and threshold: n, scratch. */
SIMD_CLONES static void focal_softmax(size_t K, size_t n, float lambda, int prob, const float *x,
                                      float *a, float *row, float *threshold)
{
    float *most = row, *sum = row;
    memcpy(most, x, n * sizeof *most);
    for (size_t k = 1; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            most[j] = x[k * n + j] > most[j] ? x[k * n + j] : most[j];
    }
    float half = prob ? 0.5f * lambda : lambda;
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            a[k * n + j] = vec_expf(half * (x[k * n + j] - most[j]));
    }
    memset(sum, 0, n * sizeof *sum);
    memset(threshold, 0, n * sizeof *threshold);
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            float h = a[k * n + j], e = prob ? h * h : h;
            threshold[j] += prob ? e * h : e;
            sum[j] += prob ? h : 1;
            a[k * n + j] = e;
        }
    }
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float t = threshold[j] / sum[j];
        threshold[j] = t >= 1 ? -1 : t;
        sum[j] = 0;
    }
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            a[k * n + j] = a[k * n + j] > threshold[j] ? a[k * n + j] : 0;
            sum[j] += a[k * n + j];
        }
    }
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            a[k * n + j] /= sum[j];
    }
}

/* out = the dot products of the columns of a and b. */
SIMD_CLONES static void column_dots(size_t K, size_t n, const float *a, const float *b, float *out)
{
    memset(out, 0, n * sizeof *out);
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            out[j] += a[k * n + j] * b[k * n + j];
    }
}

/* cos = dot / max(|q| |att|, 1e-8) */
SIMD_CLONES static void cosines(size_t n, const float *query_norm, const float *dot, float *norm,
                                float *similarity)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        norm[j] = sqrtf(norm[j] > 0 ? norm[j] : 0);
        float product = query_norm[j] * norm[j];
        similarity[j] = dot[j] / (product > cosine_floor ? product : cosine_floor);
    }
}

void xattn_tile_attend(const struct attn_options *options, struct tile *t, const float *G)
{
    assert(t->n == t->segments.begin[t->segments.count] && t->n % SEGMENT_STEP == 0);
    raw_norm_forward(options->raw_feature_norm, t->K, t->n, &t->segments, t->s, t->x);
    if (options->focal == FOCAL_NONE)
        column_softmax(t->K, t->n, options->lambda_softmax, t->x, t->a, t->row);
    else
        focal_softmax(t->K, t->n, options->lambda_softmax, options->focal == FOCAL_PROB, t->x, t->a,
                      t->row, t->pull);
    column_dots(t->K, t->n, t->a, t->s, t->dot);
    gemm_nn(t->K, t->n, t->K, (struct matrix_const){G, t->K}, (struct matrix_const){t->a, t->n},
            false, (struct matrix){t->ga, t->n});
    column_dots(t->K, t->n, t->a, t->ga, t->norm);
    cosines(t->n, t->query_norm, t->dot, t->norm, t->similarity);
}

/* Aggregations: the score of n similarities, and its gradient times g. */

SIMD_CLONES static float sum_forward(float lambda, const float *x, size_t n)
{
    (void)lambda;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += x[j];
    return sum;
}

static void sum_backward(float lambda, const float *x, size_t n, float g, float *dx)
{
    (void)lambda, (void)x;
    for (size_t j = 0; j < n; j++)
        dx[j] = g;
}

static float mean_forward(float lambda, const float *x, size_t n)
{
    return sum_forward(lambda, x, n) / (float)n;
}

static void mean_backward(float lambda, const float *x, size_t n, float g, float *dx)
{
    sum_backward(lambda, x, n, g / (float)n, dx);
}

static size_t largest(const float *x, size_t n)
{
    size_t best = 0;
    for (size_t j = 1; j < n; j++)
        if (x[j] > x[best])
            best = j;
    return best;
}

static float max_forward(float lambda, const float *x, size_t n)
{
    (void)lambda;
    return x[largest(x, n)];
}

static void max_backward(float lambda, const float *x, size_t n, float g, float *dx)
{
    (void)lambda;
    memset(dx, 0, n * sizeof *dx);
    dx[largest(x, n)] = g;
}

/* log(sum exp(lambda x)) / lambda */
SIMD_CLONES static float lse_forward(float lambda, const float *x, size_t n)
{
    float most = x[0], sum = 0;
#pragma omp simd reduction(max : most)
    for (size_t j = 0; j < n; j++)
        most = x[j] > most ? x[j] : most;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += vec_expf(lambda * (x[j] - most));
    return most + logf(sum) / lambda;
}

SIMD_CLONES static void lse_backward(float lambda, const float *x, size_t n, float g, float *dx)
{
    float score = lse_forward(lambda, x, n);
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        dx[j] = g * vec_expf(lambda * (x[j] - score));
}

static const struct {
    float (*forward)(float lambda, const float *x, size_t n);
    void (*backward)(float lambda, const float *x, size_t n, float g, float *dx);
} aggregations[] = {
    [AGG_LOGSUMEXP] = {lse_forward, lse_backward},
    [AGG_MEAN] = {mean_forward, mean_backward},
    [AGG_MAX] = {max_forward, max_backward},
    [AGG_SUM] = {sum_forward, sum_backward},
};

void xattn_tile_scores(const struct attn_options *options, const struct tile *t, float *scores)
{
    for (size_t i = 0; i < t->segments.count; i++)
        scores[t->item[i]] = aggregations[options->agg_func].forward(
            options->lambda_lse, t->similarity + t->begin[i], t->length[i]);
}

/* Gradients of the cosine: dot becomes d(a's), norm becomes d|att|/|att|, pull d|q|. If the product
 * of norms is below its floor, only the dot product carries gradient. */
SIMD_CLONES static void cosines_backward(size_t n, const float *query_norm, const float *similarity,
                                         const float *dsimilarity, float *dot, float *norm,
                                         float *pull)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float product = query_norm[j] * norm[j], g = dsimilarity[j];
        int whole = product > cosine_floor;
        float minus = whole ? -g * similarity[j] : 0;
        dot[j] = g / (whole ? product : cosine_floor);
        pull[j] = whole ? minus / query_norm[j] : 0;
        norm[j] = whole ? minus / (norm[j] * norm[j]) : 0;
    }
}

/* x = a scaled by column factors: the Gram matrix's gradient is made of these. */
SIMD_CLONES static void scale_columns(size_t K, size_t n, const float *a, const float *factor,
                                      float *x)
{
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            x[k * n + j] = a[k * n + j] * factor[j];
    }
}

/* d = gradient of the softmax's input: lambda a (da - a.da), da = ddot s + dnorm (G a). */
SIMD_CLONES static void column_softmax_backward(size_t K, size_t n, float lambda, const float *a,
                                                const float *s, const float *ga, const float *ddot,
                                                const float *dnorm, float *d, float *along)
{
    memset(along, 0, n * sizeof *along);
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            float da = ddot[j] * s[k * n + j] + dnorm[j] * ga[k * n + j];
            d[k * n + j] = da;
            along[j] += da * a[k * n + j];
        }
    }
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            d[k * n + j] = lambda * a[k * n + j] * (d[k * n + j] - along[j]);
    }
}

SIMD_CLONES static void add_scaled(size_t K, size_t n, const float *a, const float *factor,
                                   float *d)
{
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            d[k * n + j] += a[k * n + j] * factor[j];
    }
}

void xattn_tile_backward(const struct attn_options *options, struct tile *t, const float *dscores,
                         float *gram_pull)
{
    size_t K = t->K, n = t->n;
    memset(t->dsimilarity, 0, n * sizeof *t->dsimilarity);
    for (size_t i = 0; i < t->segments.count; i++)
        aggregations[options->agg_func].backward(options->lambda_lse, t->similarity + t->begin[i],
                                                 t->length[i], dscores[t->item[i]],
                                                 t->dsimilarity + t->begin[i]);
    cosines_backward(n, t->query_norm, t->similarity, t->dsimilarity, t->dot, t->norm, t->pull);
    column_softmax_backward(K, n, options->lambda_softmax, t->a, t->s, t->ga, t->dot, t->norm, t->d,
                            t->row);
    raw_norm_backward(options->raw_feature_norm, K, n, &t->segments, t->s, t->x, t->d);
    add_scaled(K, n, t->a, t->dot, t->d);
    scale_columns(K, n, t->a, t->norm, t->ga);
    gemm_nt(K, K, n, (struct matrix_const){t->ga, n}, (struct matrix_const){t->a, n}, true,
            (struct matrix){gram_pull, K});
}
