#include "tests/model/naive_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void naive_fc(const double *x, size_t rows, size_t F, size_t D, const double *W, const double *b,
              double *out)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t d = 0; d < D; d++) {
            double sum = b[d];
            for (size_t f = 0; f < F; f++)
                sum += x[r * F + f] * W[d * F + f];
            out[r * D + d] = sum;
        }
}

static double norm(const double *x, size_t n)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += x[i] * x[i];
    return sqrt(square);
}

void naive_weight_norm(const double *v, double g, size_t n, double *W)
{
    double length = norm(v, n);
    for (size_t i = 0; i < n; i++)
        W[i] = g * v[i] / length;
}

void naive_l2norm(double *rows, size_t n, size_t D)
{
    for (size_t r = 0; r < n; r++) {
        double length = norm(rows + r * D, D) + 1e-8;
        for (size_t d = 0; d < D; d++)
            rows[r * D + d] /= length;
    }
}

/* ---- text ---- */

static const double *find(const struct params *params, const double *block, const char *name)
{
    for (size_t i = 0; i < params->list_count; i++)
        if (strcmp(params->list[i].name, name) == 0)
            return block + params->list[i].offset;
    fprintf(stderr, "no parameter %s\n", name);
    abort();
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* Row `row` of W x + b. */
static double affine(const double *W, const double *b, size_t row, const double *x, size_t n)
{
    double sum = b[row];
    for (size_t i = 0; i < n; i++)
        sum += W[row * n + i] * x[i];
    return sum;
}

struct cell {
    const double *w_ih, *w_hh, *b_ih, *b_hh;
    size_t in, D;
};

static void cell_step(const struct cell *c, const double *x, const double *h, double *out)
{
    size_t D = c->D;
    for (size_t d = 0; d < D; d++) {
        double r =
            sigmoid(affine(c->w_ih, c->b_ih, d, x, c->in) + affine(c->w_hh, c->b_hh, d, h, D));
        double z = sigmoid(affine(c->w_ih, c->b_ih, D + d, x, c->in) +
                           affine(c->w_hh, c->b_hh, D + d, h, D));
        double n = tanh(affine(c->w_ih, c->b_ih, 2 * D + d, x, c->in) +
                        r * affine(c->w_hh, c->b_hh, 2 * D + d, h, D));
        out[d] = (1 - z) * n + z * h[d];
    }
}

static struct cell find_cell(const struct model_options *o, const struct params *params,
                             const double *block, int layer, int direction)
{
    static const char *const parts[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    const double *found[4];
    size_t D = (size_t)o->embed_size;
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "rnn.%s_l%d%s", parts[i], layer, direction ? "_reverse" : "");
        found[i] = find(params, block, name);
    }
    size_t in = layer == 0 ? (size_t)o->word_dim : D * (o->bi_gru ? 2 : 1);
    return (struct cell){found[0], found[1], found[2], found[3], in, D};
}

/* One caption through all layers; x: T x E. */
static void caption(const struct model_options *o, const struct params *params, const double *block,
                    const double *x, size_t T, double *out)
{
    size_t D = (size_t)o->embed_size, K = o->bi_gru ? 2 : 1;
    double *in = mem_new(T * (K * D + (size_t)o->word_dim), sizeof *in);
    double *states = mem_new(T * K * D, sizeof *states), *zeros = mem_new(D, sizeof *zeros);
    memcpy(in, x, T * (size_t)o->word_dim * sizeof *in);
    for (int layer = 0; layer < o->num_layers; layer++) {
        for (size_t k = 0; k < K; k++) {
            struct cell c = find_cell(o, params, block, layer, (int)k);
            const double *before = zeros;
            for (size_t i = 0; i < T; i++) {
                size_t t = k == 0 ? i : T - 1 - i;
                double *after = states + (t * K + k) * D;
                cell_step(&c, in + t * c.in, before, after);
                before = after;
            }
        }
        memcpy(in, states, T * K * D * sizeof *in);
    }
    for (size_t t = 0; t < T; t++)
        for (size_t d = 0; d < D; d++)
            out[t * D + d] = (states[t * K * D + d] + states[(t * K + K - 1) * D + d]) / 2;
    free(in);
    free(states);
    free(zeros);
}

void naive_text(const struct model_options *options, const struct params *params,
                const double *block, const int32_t *ids, const size_t *starts, size_t captions,
                double *out)
{
    size_t E = (size_t)options->word_dim, D = (size_t)options->embed_size;
    const double *table = find(params, block, "embed.weight");
    double *x = mem_new(starts[captions] * E, sizeof *x);
    for (size_t i = 0; i < starts[captions]; i++)
        memcpy(x + i * E, table + (size_t)ids[i] * E, E * sizeof *x);
    for (size_t c = 0; c < captions; c++)
        caption(options, params, block, x + starts[c] * E, starts[c + 1] - starts[c],
                out + starts[c] * D);
    if (!options->no_txtnorm)
        naive_l2norm(out, starts[captions], D);
    free(x);
}

/* ---- attention ---- */

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The scores of one context vector with all queries, normalised in place. */
static void raw_norm(enum raw_norm mode, double *s, size_t n)
{
    double sum = 0, square = 0, exps = 0;
    bool clip = mode == RAW_CLIPPED || mode == RAW_CLIPPED_L1NORM || mode == RAW_CLIPPED_L2NORM;
    for (size_t j = 0; j < n; j++) {
        if (clip && s[j] < 0)
            s[j] *= 0.1;
        sum += fabs(s[j]);
        square += s[j] * s[j];
        exps += exp(s[j]);
    }
    for (size_t j = 0; j < n; j++) {
        if (mode == RAW_SOFTMAX)
            s[j] = exp(s[j]) / exps;
        else if (mode == RAW_L2NORM || mode == RAW_CLIPPED_L2NORM)
            s[j] /= sqrt(square) + 1e-8;
        else if (mode == RAW_L1NORM || mode == RAW_CLIPPED_L1NORM)
            s[j] /= sum + 1e-8;
    }
}

static double aggregate(const struct attn_options *o, const double *x, size_t n)
{
    double sum = 0, most = x[0], exps = 0;
    for (size_t j = 0; j < n; j++) {
        sum += x[j];
        most = fmax(most, x[j]);
        exps += exp(o->lambda_lse * x[j]);
    }
    switch (o->agg_func) {
    case AGG_LOGSUMEXP:
        return log(exps) / o->lambda_lse;
    case AGG_MEAN:
        return sum / (double)n;
    case AGG_MAX:
        return most;
    default:
        return sum;
    }
}

/* Similarity of query j: x (K x n) are the normalised scores. */
static double query_similarity(const struct attn_options *o, const double *contexts, size_t K,
                               const double *query, const double *x, size_t n, size_t j, size_t D)
{
    double *attended = mem_new(D, sizeof *attended), exps = 0;
    for (size_t k = 0; k < K; k++)
        exps += exp(o->lambda_softmax * x[k * n + j]);
    for (size_t k = 0; k < K; k++)
        for (size_t d = 0; d < D; d++)
            attended[d] += exp(o->lambda_softmax * x[k * n + j]) / exps * contexts[k * D + d];
    double similarity = dot(query, attended, D) / fmax(norm(query, D) * norm(attended, D), 1e-8);
    free(attended);
    return similarity;
}

double naive_score(const struct attn_options *options, const double *v, size_t R, const double *e,
                   size_t W, size_t D)
{
    bool t2i = options->cross_attn == CROSS_T2I;
    size_t K = t2i ? R : W, n = t2i ? W : R;
    const double *contexts = t2i ? v : e, *queries = t2i ? e : v;
    double *x = mem_new(K * n, sizeof *x), *similarity = mem_new(n, sizeof *similarity);
    for (size_t k = 0; k < K; k++) {
        for (size_t j = 0; j < n; j++)
            x[k * n + j] = dot(contexts + k * D, queries + j * D, D);
        raw_norm(options->raw_feature_norm, x + k * n, n);
    }
    for (size_t j = 0; j < n; j++)
        similarity[j] = query_similarity(options, contexts, K, queries + j * D, x, n, j, D);
    double score = aggregate(options, similarity, n);
    free(x);
    free(similarity);
    return score;
}

/* ---- loss ---- */

double naive_hinge(const double *scores, size_t n, const size_t *image, double margin,
                   int max_violation)
{
    double total = 0;
    for (size_t i = 0; i < n; i++)
        for (int transposed = 0; transposed < 2; transposed++) {
            double sum = 0, most = 0;
            for (size_t j = 0; j < n; j++) {
                double s = transposed ? scores[j * n + i] : scores[i * n + j];
                bool negative = j != i && !(image && image[j] == image[i]);
                double cost = negative ? fmax(0, margin + s - scores[i * n + i]) : 0;
                sum += cost;
                most = fmax(most, cost);
            }
            total += max_violation ? most : sum;
        }
    return total;
}

double naive_loss(const struct model_options *options, const struct params *params,
                  const double *block, const struct naive_batch *b)
{
    size_t F = (size_t)options->img_dim, D = (size_t)options->embed_size, n = b->n;
    size_t rows = b->region_starts[n];
    double *v = mem_new(rows * D, sizeof *v), *e = mem_new(b->starts[n] * D, sizeof *e);
    double *scores = mem_new(n * n, sizeof *scores), *W = mem_new(F * D, sizeof *W);
    const double *bias = find(params, block, "fc.bias");
    if (options->weight_norm)
        naive_weight_norm(find(params, block, "fc.weight_v"), *find(params, block, "fc.weight_g"),
                          F * D, W);
    else
        memcpy(W, find(params, block, "fc.weight"), F * D * sizeof *W);
    naive_fc(b->features, rows, F, D, W, bias, v);
    if (!options->no_imgnorm)
        naive_l2norm(v, rows, D);
    naive_text(options, params, block, b->ids, b->starts, n, e);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < n; c++)
            scores[i * n + c] =
                naive_score(&options->attn, v + b->region_starts[i] * D,
                            b->region_starts[i + 1] - b->region_starts[i], e + b->starts[c] * D,
                            b->starts[c + 1] - b->starts[c], D);
    double loss = naive_hinge(scores, n, NULL, options->margin, options->max_violation);
    free(v);
    free(e);
    free(scores);
    free(W);
    return loss;
}
