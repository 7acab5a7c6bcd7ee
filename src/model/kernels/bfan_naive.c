/* bfan_naive.c: the equations of bfan.h as printed, in double: what the fast kernels are tested
 * against. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "model/kernels/bfan.h"

static double dot(const double *a, const double *b, size_t D)
{
    double sum = 0;
    for (size_t d = 0; d < D; d++)
        sum += a[d] * b[d];
    return sum;
}

/* y (K x Q): of context item k and query q, normalised over the queries. */
static void clipped_l2norm(const double *context, size_t K, const double *query, size_t Q, size_t D,
                           double *y)
{
    for (size_t k = 0; k < K; k++) {
        double square = 0;
        for (size_t q = 0; q < Q; q++) {
            double s = dot(context + k * D, query + q * D, D);
            y[k * Q + q] = s < 0 ? 0.1 * s : s;
            square += y[k * Q + q] * y[k * Q + q];
        }
        for (size_t q = 0; q < Q; q++)
            y[k * Q + q] /= sqrt(square) + 1e-8;
    }
}

static void softmax(double *a, size_t K)
{
    double max = -INFINITY, sum = 0;
    for (size_t k = 0; k < K; k++)
        max = fmax(max, a[k]);
    for (size_t k = 0; k < K; k++)
        sum += a[k] = exp(a[k] - max);
    for (size_t k = 0; k < K; k++)
        a[k] /= sum;
}

/* The focal step on one query's weights a (K); kept is scratch (K). Lowers *margin. */
static void focus(enum bfan_focal focal, double *a, size_t K, bool *kept, double *margin)
{
    double sum = 0;
    bool any = false;
    for (size_t j = 0; j < K; j++) {
        double f = 0, size = 0;
        for (size_t i = 0; i < K; i++) {
            double g = focal == BFAN_PROB ? sqrt(a[i]) : 1;
            f += (a[j] - a[i]) * g;
            size += fmax(a[j], a[i]) * g;
        }
        kept[j] = f > 0;
        any = any || kept[j];
        if (K > 1)
            *margin = fmin(*margin, fabs(f) / size);
    }
    for (size_t j = 0; j < K; j++)
        sum += a[j] = kept[j] || !any ? a[j] : 0;
    for (size_t j = 0; j < K; j++)
        a[j] /= sum;
}

static double cosine(const double *a, const double *context, size_t K, const double *query,
                     size_t D)
{
    double along = 0, square = 0;
    for (size_t d = 0; d < D; d++) {
        double attended = 0;
        for (size_t k = 0; k < K; k++)
            attended += a[k] * context[k * D + d];
        along += attended * query[d];
        square += attended * attended;
    }
    return along / fmax(sqrt(square) * sqrt(dot(query, query, D)), 1e-8);
}

/* One direction; attention: Q x K or NULL. */
static double direction(const struct bfan_options *options, const double *context, size_t K,
                        const double *query, size_t Q, size_t D, double *attention, double *margin)
{
    double *y = mem_new(K * Q, sizeof *y), *a = mem_new(K, sizeof *a), sum = 0;
    bool *kept = mem_new(K, sizeof *kept);
    clipped_l2norm(context, K, query, Q, D, y);
    for (size_t q = 0; q < Q; q++) {
        for (size_t k = 0; k < K; k++)
            a[k] = (double)options->lambda_softmax * y[k * Q + q];
        softmax(a, K);
        focus(options->focal, a, K, kept, margin);
        sum += cosine(a, context, K, query + q * D, D);
        for (size_t k = 0; attention && k < K; k++)
            attention[q * K + k] = a[k];
    }
    free(y);
    free(a);
    free(kept);
    return sum / (double)Q;
}

double bfan_naive(const struct bfan_options *options, const double *v, size_t R, const double *e,
                  size_t W, size_t D, struct bfan_naive_out *out)
{
    double margin = INFINITY;
    double words = direction(options, v, R, e, W, D, out ? out->word_attention : NULL, &margin);
    double regions = direction(options, e, W, v, R, D, out ? out->region_attention : NULL, &margin);
    if (out)
        out->margin = margin;
    return words + regions;
}
