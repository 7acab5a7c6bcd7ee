/* xattn_naive.c: the equations of Sec. 3.1 and 3.2 as printed, in double: what the fast kernels are
 * tested against. Queries q_i, context items c_k, raw scores s_ki = c_k . q_i. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/kernels/xattn.h"

struct naive {
    const struct attn_options *options;
    size_t K, Q, D;
    const float *context, *query;
    double *s, *y; /* K x Q: raw and normalised scores */
    double *a;     /* Q x K */
};

static double dot(const float *a, const float *b, size_t D)
{
    double sum = 0;
    for (size_t d = 0; d < D; d++)
        sum += (double)a[d] * b[d];
    return sum;
}

static void softmax(double *x, size_t n)
{
    double max = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        max = fmax(max, x[i]);
    for (size_t i = 0; i < n; i++)
        sum += x[i] = exp(x[i] - max);
    for (size_t i = 0; i < n; i++)
        x[i] /= sum;
}

static void divide_by_norm(double *x, size_t n, bool l2)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += l2 ? x[i] * x[i] : fabs(x[i]);
    double norm = (l2 ? sqrt(sum) : sum) + 1e-8;
    for (size_t i = 0; i < n; i++)
        x[i] /= norm;
}

/* raw_feature_norm of one context item's scores, along the queries. */
static void normalise(enum raw_norm kind, double *x, size_t n)
{
    bool clipped = kind == RAW_CLIPPED_L2NORM || kind == RAW_CLIPPED_L1NORM || kind == RAW_CLIPPED;
    for (size_t i = 0; clipped && i < n; i++)
        x[i] = x[i] < 0 ? 0.1 * x[i] : x[i];
    if (kind == RAW_SOFTMAX)
        softmax(x, n);
    if (kind == RAW_L2NORM || kind == RAW_CLIPPED_L2NORM)
        divide_by_norm(x, n, true);
    if (kind == RAW_L1NORM || kind == RAW_CLIPPED_L1NORM)
        divide_by_norm(x, n, false);
}

static void attend(struct naive *n)
{
    for (size_t k = 0; k < n->K; k++) {
        for (size_t q = 0; q < n->Q; q++)
            n->s[k * n->Q + q] = dot(n->context + k * n->D, n->query + q * n->D, n->D);
        memcpy(n->y + k * n->Q, n->s + k * n->Q, n->Q * sizeof *n->y);
        normalise(n->options->raw_feature_norm, n->y + k * n->Q, n->Q);
    }
    for (size_t q = 0; q < n->Q; q++) {
        double *a = n->a + q * n->K;
        for (size_t k = 0; k < n->K; k++)
            a[k] = (double)n->options->lambda_softmax * n->y[k * n->Q + q];
        softmax(a, n->K);
    }
}

static double query_similarity(const struct naive *n, size_t q)
{
    const float *query = n->query + q * n->D;
    double along = 0, length = 0;
    for (size_t d = 0; d < n->D; d++) {
        double attended = 0;
        for (size_t k = 0; k < n->K; k++)
            attended += n->a[q * n->K + k] * n->context[k * n->D + d];
        along += attended * query[d];
        length += attended * attended;
    }
    return along / fmax(sqrt(length) * sqrt(dot(query, query, n->D)), 1e-8);
}

static double aggregate(const struct attn_options *options, const double *x, size_t n)
{
    double max = -INFINITY, sum = 0, exps = 0;
    for (size_t i = 0; i < n; i++) {
        max = fmax(max, x[i]);
        sum += x[i];
        exps += exp((double)options->lambda_lse * x[i]);
    }
    switch (options->agg_func) {
    case AGG_LOGSUMEXP:
        return log(exps) / (double)options->lambda_lse;
    case AGG_MEAN:
        return sum / (double)n;
    case AGG_MAX:
        return max;
    case AGG_SUM:
        break;
    }
    return sum;
}

double xattn_naive(const struct attn_options *options, const float *v, size_t R, const float *e,
                   size_t W, size_t D, double *attention, double *similarity)
{
    bool t2i = options->cross_attn == CROSS_T2I;
    struct naive n = {.options = options,
                      .D = D,
                      .K = t2i ? R : W,
                      .Q = t2i ? W : R,
                      .context = t2i ? v : e,
                      .query = t2i ? e : v};
    n.s = mem_new(R * W, sizeof *n.s);
    n.y = mem_new(R * W, sizeof *n.y);
    n.a = attention ? attention : mem_new(R * W, sizeof *n.a);
    double *x = similarity ? similarity : mem_new(n.Q, sizeof *x);
    attend(&n);
    for (size_t q = 0; q < n.Q; q++)
        x[q] = query_similarity(&n, q);
    double score = aggregate(options, x, n.Q);
    if (!attention)
        free(n.a);
    if (!similarity)
        free(x);
    free(n.s);
    free(n.y);
    return score;
}
