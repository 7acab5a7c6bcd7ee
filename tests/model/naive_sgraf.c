#include "tests/model/naive_sgraf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void linear(const double *block, const struct sgraf_linear *layer, const double *x,
                   size_t in, size_t out, double *y)
{
    for (size_t o = 0; o < out; o++) {
        y[o] = block[layer->b + o];
        for (size_t i = 0; i < in; i++)
            y[o] += block[layer->w + o * in + i] * x[i];
    }
}

static void softmax(double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp(x[i]);
    for (size_t i = 0; i < n; i++)
        x[i] = exp(x[i]) / sum;
}

static void l2norm(double *x, size_t n)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += x[i] * x[i];
    for (size_t i = 0; i < n; i++)
        x[i] /= sqrt(square) + 1e-8;
}

/* A batch norm of the n numbers x[at[i]], channel c. */
static void batch_norm(const double *block, const struct sgraf_norm *norm, size_t c, bool training,
                       double *x, const size_t *at, size_t n)
{
    double mean = block[norm->mean + c], var = block[norm->var + c];
    if (training && n > 0) {
        mean = var = 0;
        for (size_t i = 0; i < n; i++)
            mean += x[at[i]] / (double)n;
        for (size_t i = 0; i < n; i++)
            var += pow(x[at[i]] - mean, 2) / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        x[at[i]] =
            (x[at[i]] - mean) / sqrt(var + 1e-5) * block[norm->weight + c] + block[norm->bias + c];
}

static void norm_regions(const struct sgraf_layout *l, const double *block, bool training,
                         const size_t *starts, size_t items, double *local)
{
    size_t D = l->options.D, *at = mem_new(items * D, sizeof *at);
    for (size_t r = 0; r < l->options.R; r++) {
        size_t n = 0;
        for (size_t i = 0; i < items; i++)
            for (size_t d = 0; starts[i] + r < starts[i + 1] && d < D; d++)
                at[n++] = (starts[i] + r) * D + d;
        batch_norm(block, &l->image.local_norm, r, training, local, at, n);
    }
    free(at);
}

static void norm_means(const struct sgraf_layout *l, const double *block, bool training,
                       size_t items, double *global)
{
    size_t D = l->options.D, *at = mem_new(items, sizeof *at);
    for (size_t d = 0; d < D; d++) {
        for (size_t i = 0; i < items; i++)
            at[i] = i * D + d;
        batch_norm(block, &l->image.global_norm, d, training, global, at, items);
    }
    free(at);
}

/* out: items x D */
static void globals(const struct sgraf_layout *l, const double *block, bool image, bool training,
                    const double *rows, const size_t *starts, size_t items, const float *local_mask,
                    const float *global_mask, double *out)
{
    const struct sgraf_attention *a = image ? &l->image : &l->text;
    size_t D = l->options.D, n = starts[items];
    double *local = mem_new(n * D, sizeof *local), *global = mem_new(items * D, sizeof *global);
    for (size_t r = 0; r < n; r++)
        linear(block, &a->local, rows + r * D, D, D, local + r * D);
    for (size_t i = 0; i < items; i++) {
        double *mean = mem_new(D, sizeof *mean);
        for (size_t r = starts[i]; r < starts[i + 1]; r++)
            for (size_t d = 0; d < D; d++)
                mean[d] += rows[r * D + d] / (double)(starts[i + 1] - starts[i]);
        linear(block, &a->global, mean, D, D, global + i * D);
        free(mean);
    }
    if (image) {
        norm_regions(l, block, training, starts, items, local);
        norm_means(l, block, training, items, global);
    }
    for (size_t i = 0; i < n * D; i++)
        local[i] = tanh(local[i]) * (local_mask ? (double)local_mask[i] : 1);
    for (size_t i = 0; i < items * D; i++)
        global[i] = tanh(global[i]) * (global_mask ? (double)global_mask[i] : 1);
    for (size_t i = 0; i < items; i++) {
        size_t R = starts[i + 1] - starts[i];
        double *weights = mem_new(R, sizeof *weights), *common = mem_new(D, sizeof *common);
        for (size_t r = 0; r < R; r++) {
            for (size_t d = 0; d < D; d++)
                common[d] = local[(starts[i] + r) * D + d] * global[i * D + d];
            linear(block, &a->common, common, D, 1, &weights[r]);
        }
        softmax(weights, R);
        for (size_t d = 0; d < D; d++) {
            out[i * D + d] = 0;
            for (size_t r = 0; r < R; r++)
                out[i * D + d] += weights[r] * rows[(starts[i] + r) * D + d];
        }
        l2norm(out + i * D, D);
        free(weights);
        free(common);
    }
    free(local);
    free(global);
}

/* Attended and normalised vectors, W x D. */
static void attend(const double *v, size_t R, const double *e, size_t W, size_t D, double *out)
{
    double *y = mem_new(R * W, sizeof *y), *a = mem_new(R, sizeof *a);
    for (size_t r = 0; r < R; r++) {
        for (size_t w = 0; w < W; w++) {
            for (size_t d = 0; d < D; d++)
                y[r * W + w] += v[r * D + d] * e[w * D + d];
            y[r * W + w] *= y[r * W + w] < 0 ? 0.1 : 1;
        }
        l2norm(y + r * W, W);
    }
    for (size_t w = 0; w < W; w++) {
        for (size_t r = 0; r < R; r++)
            a[r] = 9 * y[r * W + w];
        softmax(a, R);
        for (size_t d = 0; d < D; d++) {
            out[w * D + d] = 0;
            for (size_t r = 0; r < R; r++)
                out[w * D + d] += a[r] * v[r * D + d];
        }
        l2norm(out + w * D, D);
    }
    free(y);
    free(a);
}

static void node(const double *block, const struct sgraf_linear *layer, const double *x,
                 const double *y, size_t D, size_t S, double *out)
{
    double *square = mem_new(D, sizeof *square);
    for (size_t d = 0; d < D; d++)
        square[d] = pow(x[d] - y[d], 2);
    linear(block, layer, square, D, S, out);
    l2norm(out, S);
    free(square);
}

/* One round of reasoning over n nodes. */
static void reason(const struct sgraf_layout *l, const double *block, size_t step, double *nodes,
                   size_t n)
{
    size_t S = l->options.S;
    double *query = mem_new(n * S, sizeof *query), *key = mem_new(n * S, sizeof *key);
    double *edges = mem_new(n, sizeof *edges), *mixed = mem_new(n * S, sizeof *mixed);
    for (size_t i = 0; i < n; i++) {
        linear(block, &l->query[step], nodes + i * S, S, S, query + i * S);
        linear(block, &l->key[step], nodes + i * S, S, S, key + i * S);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            edges[j] = 0;
            for (size_t s = 0; s < S; s++)
                edges[j] += query[i * S + s] * key[j * S + s];
        }
        softmax(edges, n);
        for (size_t j = 0; j < n; j++)
            for (size_t s = 0; s < S; s++)
                mixed[i * S + s] += edges[j] * nodes[j * S + s];
    }
    for (size_t i = 0; i < n; i++)
        linear(block, &l->graph[step], mixed + i * S, S, S, nodes + i * S);
    for (size_t i = 0; i < n * S; i++)
        nodes[i] = fmax(nodes[i], 0);
    free(query);
    free(key);
    free(edges);
    free(mixed);
}

/* The weighted sum of n nodes by their (normalised) logits. */
static void filter(const double *logits, const double *nodes, size_t n, size_t S, double *out)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += 1 / (1 + exp(-logits[i]));
    memset(out, 0, S * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < S; s++)
            out[s] += 1 / (1 + exp(-logits[i])) / (sum + 1e-8) * nodes[i * S + s];
    l2norm(out, S);
}

static double evaluate(const struct sgraf_layout *l, const double *block, const double *vector)
{
    double x;
    linear(block, &l->eval, vector, l->options.S, 1, &x);
    return 1 / (1 + exp(-x));
}

/* One caption with all images. */
static void column(const struct sgraf_layout *l, const double *block, bool training,
                   const struct sgraf_shape *shape, const double *v, const double *e,
                   const double *images, const double *text, size_t c, double *scores)
{
    size_t D = l->options.D, S = l->options.S, W = shape->words[c + 1] - shape->words[c], n = W + 1;
    const double *words = e + shape->words[c] * D;
    double *nodes = mem_new(shape->I * n * S, sizeof *nodes), *u = mem_new(W * D, sizeof *u);
    double *logits = mem_new(shape->I * n, sizeof *logits), *vector = mem_new(S, sizeof *vector);
    size_t *all = mem_new(shape->I * n, sizeof *all);
    for (size_t i = 0; i < shape->I; i++) {
        attend(v + shape->regions[i] * D, shape->regions[i + 1] - shape->regions[i], words, W, D,
               u);
        node(block, &l->glo, images + i * D, text + c * D, D, S, nodes + i * n * S);
        for (size_t w = 0; w < W; w++)
            node(block, &l->loc, u + w * D, words + w * D, D, S, nodes + (i * n + w + 1) * S);
    }
    for (size_t i = 0; l->options.module == SGRAF_SAF && i < shape->I * n; i++) {
        linear(block, &l->filter, nodes + i * S, S, 1, &logits[i]);
        all[i] = i;
    }
    if (l->options.module == SGRAF_SAF)
        batch_norm(block, &l->filter_norm, 0, training, logits, all, shape->I * n);
    for (size_t i = 0; i < shape->I; i++) {
        double *own = nodes + i * n * S;
        for (size_t k = 0; l->options.module == SGRAF_SGR && k < l->options.steps; k++)
            reason(l, block, k, own, n);
        if (l->options.module == SGRAF_SAF)
            filter(logits + i * n, own, n, S, vector);
        scores[i * shape->C + c] =
            evaluate(l, block, l->options.module == SGRAF_SAF ? vector : own);
    }
    free(nodes);
    free(u);
    free(logits);
    free(vector);
    free(all);
}

void naive_sgraf(const struct sgraf_layout *l, const double *block, bool training,
                 const struct sgraf_shape *shape, const double *v, const double *e,
                 const struct sgraf_dropout *dropout, double *scores)
{
    struct sgraf_dropout none = {0};
    const struct sgraf_dropout *d = dropout ? dropout : &none;
    double *images = mem_new(shape->I * l->options.D, sizeof *images),
           *texts = mem_new(shape->C * l->options.D, sizeof *texts);
    globals(l, block, true, training, v, shape->regions, shape->I, d->image_local, d->image_global,
            images);
    globals(l, block, false, training, e, shape->words, shape->C, d->text_local, d->text_global,
            texts);
    for (size_t c = 0; c < shape->C; c++)
        column(l, block, training, shape, v, e, images, texts, c, scores);
    free(images);
    free(texts);
}
