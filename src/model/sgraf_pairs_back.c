/* sgraf_pairs_back.c: the backward pass of sgraf_pairs.c, in reverse order. */
#include <math.h>
#include <string.h>

#include "model/fc.h"
#include "model/sgraf_private.h"
#include "model/sgraf_rows.h"

/* All that the steps share. */
struct back {
    const struct sgraf_layout *l;
    const float *block, *v, *e, *image_globals, *text_globals;
    const struct sgraf_shape *shape;
    struct sgraf_chunk *k;
    float *gradients, *dv, *de, *dimage, *dtext;
};

/* sum (n) += scale x */
static void add_scaled(const float *x, float scale, size_t n, float *sum)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += scale * x[i];
}

/* y = x W' + b: adds to the gradients of W and b, and dx (+)= dy W. */
static void linear_backward(const struct back *b, const struct sgraf_linear *layer, const float *x,
                            const float *dy, size_t rows, size_t in, size_t out, bool add,
                            float *dx)
{
    fc_backward(x, dy, rows, in, out, b->gradients + layer->w, b->gradients + layer->b);
    gemm_nn(rows, in, out, (struct matrix_const){dy, out},
            (struct matrix_const){b->block + layer->w, in}, add, (struct matrix){dx, in});
}

/* score = sigmoid(w . vector + b) */
static void score_backward(const struct back *b, const float *dscore)
{
    const struct sgraf_layout *l = b->l;
    size_t S = l->options.S;
    for (size_t p = 0; p < b->k->P; p++) {
        float score = b->k->score[p], d = dscore[p] * score * (1 - score);
        add_scaled(b->k->vector + p * S, d, S, b->gradients + l->eval.w);
        b->gradients[l->eval.b] += d;
        fc_scale_row(b->block + l->eval.w, d, S, b->k->dvector + p * S);
    }
}

/* ---- SGR ---- */

/* From dmixed and the edges: dquery, dkey, and what flows into x (dx overwritten). */
static void reason_pair_backward(const struct back *b, size_t step, size_t p)
{
    struct sgraf_chunk *k = b->k;
    size_t S = b->l->options.S, at = k->node[p] * S, n = k->node[p + 1] - k->node[p];
    const float *edges = k->edges[step] + k->edge[p];
    float *dedges = k->dedges + k->edge[p];
    struct matrix dx = {k->dx + at, S};
    struct matrix_const dmixed = {k->dmixed + at, S}, x = {k->x[step] + at, S};
    gemm_nt(n, n, S, dmixed, x, false, (struct matrix){dedges, n});
    gemm_tn(n, S, n, (struct matrix_const){edges, n}, dmixed, false, dx);
    for (size_t i = 0; i < n; i++) {
        float *row = dedges + i * n, along = sgraf_dot(row, edges + i * n, n);
        for (size_t j = 0; j < n; j++)
            row[j] = edges[i * n + j] * (row[j] - along);
    }
    gemm_nn(n, S, n, (struct matrix_const){dedges, n}, (struct matrix_const){k->key[step] + at, S},
            false, (struct matrix){k->dquery + at, S});
    gemm_tn(n, S, n, (struct matrix_const){dedges, n},
            (struct matrix_const){k->query[step] + at, S}, false, (struct matrix){k->dkey + at, S});
}

/* Leaves dx: the gradient of the first round's nodes. */
static void reason_backward(const struct back *b)
{
    const struct sgraf_layout *l = b->l;
    struct sgraf_chunk *k = b->k;
    size_t S = l->options.S;
    memset(k->dx, 0, k->M * S * sizeof *k->dx);
    for (size_t p = 0; p < k->P; p++)
        memcpy(k->dx + k->node[p] * S, k->dvector + p * S, S * sizeof *k->dx);
    for (size_t step = l->options.steps; step-- > 0;) {
        for (size_t i = 0; i < k->M * S; i++)
            k->dx[i] = k->x[step + 1][i] > 0 ? k->dx[i] : 0;
        linear_backward(b, &l->graph[step], k->mixed[step], k->dx, k->M, S, S, false, k->dmixed);
#pragma omp parallel for schedule(dynamic)
        for (size_t p = 0; p < k->P; p++)
            reason_pair_backward(b, step, p);
        linear_backward(b, &l->query[step], k->x[step], k->dquery, k->M, S, S, true, k->dx);
        linear_backward(b, &l->key[step], k->x[step], k->dkey, k->M, S, S, true, k->dx);
    }
}

/* ---- SAF ---- */

/* vector = z / (|z| + eps), z = sum of weight x; leaves dx, and the gates' gradient before the
 * sigmoid in dquery (M). */
static void filter_pair_backward(const struct back *b, size_t p)
{
    struct sgraf_chunk *k = b->k;
    size_t S = b->l->options.S, first = k->node[p], n = k->node[p + 1] - first;
    float *dvector = k->dvector + p * S, *dgate = k->dquery + first;
    fc_l2norm_backward(k->vector + p * S, k->vector_length + p, 1, S, dvector);
    sgraf_dots(dvector, k->x[0] + first * S, n, S, dgate);
    float along = sgraf_dot(dgate, k->weight + first, n);
    for (size_t i = 0; i < n; i++) {
        float gate = k->gate[first + i];
        fc_scale_row(dvector, k->weight[first + i], S, k->dx + (first + i) * S);
        dgate[i] = (dgate[i] - along) / (k->total[p] + SGRAF_EPSILON) * gate * (1 - gate);
    }
}

static void filter_backward(const struct back *b)
{
    const struct sgraf_layout *l = b->l;
    struct sgraf_chunk *k = b->k;
    size_t S = l->options.S;
    double sum = 0, along = 0, n = (double)k->M;
    for (size_t p = 0; p < k->P; p++)
        filter_pair_backward(b, p);
    for (size_t i = 0; i < k->M; i++) {
        sum += (double)k->dquery[i];
        along += (double)k->dquery[i] * (double)k->logit[i];
    }
    b->gradients[l->filter_norm.bias] += (float)sum;
    b->gradients[l->filter_norm.weight] += (float)along;
    double scale = (double)b->block[l->filter_norm.weight] * (double)k->inverse;
    for (size_t i = 0; i < k->M; i++) {
        float d =
            (float)(scale * ((double)k->dquery[i] - sum / n - (double)k->logit[i] * (along / n)));
        add_scaled(k->x[0] + i * S, d, S, b->gradients + l->filter.w);
        b->gradients[l->filter.b] += d;
        add_scaled(b->block + l->filter.w, d, S, k->dx + i * S);
    }
}

/* ---- similarity vectors ---- */

/* Nodes back to the outputs of the two linear layers: local in dkey (N x S), global in dmixed
 * (P x S). */
static void scatter_nodes(const struct back *b)
{
    struct sgraf_chunk *k = b->k;
    size_t S = b->l->options.S;
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < k->P; p++) {
        size_t at = k->node[p], n = k->node[p + 1] - at;
        fc_l2norm_backward(k->x[0] + at * S, k->node_length + at, n, S, k->dx + at * S);
        memcpy(k->dmixed + p * S, k->dx + at * S, S * sizeof *k->dmixed);
        memcpy(k->dkey + k->word[p] * S, k->dx + (at + 1) * S, (n - 1) * S * sizeof *k->dkey);
    }
}

/* du: gradient of the squared differences becomes that of the attended vectors; what flows into the
 * words directly is left in q. */
static void differences_backward(const struct back *b, size_t p)
{
    struct sgraf_chunk *k = b->k;
    size_t D = b->l->options.D, W = k->word[p + 1] - k->word[p];
    const float *words = b->e + b->shape->words[k->caption[p]] * D;
    for (size_t w = 0; w < W; w++) {
        size_t at = (k->word[p] + w) * D;
        for (size_t d = 0; d < D; d++) {
            k->du[at + d] *= 2 * (k->u[at + d] - words[w * D + d]);
            k->q[at + d] = -k->du[at + d];
        }
    }
    fc_l2norm_backward(k->u + k->word[p] * D, k->length + k->word[p], W, D, k->du + k->word[p] * D);
}

/* da (W x R): gradient of the attention becomes that of the raw scores. */
static void attention_backward(const struct back *b, size_t p)
{
    struct sgraf_chunk *k = b->k;
    size_t ld = k->ld, W = k->word[p + 1] - k->word[p], image = k->image[p];
    size_t R = b->shape->regions[image + 1] - b->shape->regions[image];
    const float *s = k->s + k->word[p] * ld, *a = k->a + k->word[p] * ld, *norm = k->norm + p * ld;
    float *d = k->da + k->word[p] * ld;
    for (size_t w = 0; w < W; w++) {
        float along = sgraf_dot(d + w * ld, a + w * ld, R);
        for (size_t r = 0; r < R; r++)
            d[w * ld + r] = SGRAF_LAMBDA * a[w * ld + r] * (d[w * ld + r] - along);
    }
    for (size_t r = 0; r < R; r++) {
        double along = 0, size = (double)norm[r] + (double)SGRAF_EPSILON;
        for (size_t w = 0; w < W; w++) {
            float y = s[w * ld + r] > 0 ? s[w * ld + r] : SGRAF_SLOPE * s[w * ld + r];
            along += (double)y * (double)d[w * ld + r];
        }
        along = norm[r] > 0 ? along / (size * (double)norm[r]) : 0;
        for (size_t w = 0; w < W; w++) {
            float slope = s[w * ld + r] > 0 ? 1 : SGRAF_SLOPE, y = slope * s[w * ld + r];
            double dy = norm[r] > 0 ? ((double)d[w * ld + r] - along * (double)y) / size : 0;
            d[w * ld + r] = slope * (float)dy;
        }
    }
}

static void pair_backward(const struct back *b, size_t p)
{
    struct sgraf_chunk *k = b->k;
    size_t D = b->l->options.D, ld = k->ld, W = k->word[p + 1] - k->word[p], image = k->image[p];
    size_t R = b->shape->regions[image + 1] - b->shape->regions[image];
    differences_backward(b, p);
    gemm_nt(W, R, D, (struct matrix_const){k->du + k->word[p] * D, D},
            (struct matrix_const){b->v + b->shape->regions[image] * D, D}, false,
            (struct matrix){k->da + k->word[p] * ld, ld});
    attention_backward(b, p);
}

/* What an image's regions and global vector get from the chunk's pairs, in their order. */
static void collect_image(const struct back *b, size_t image)
{
    struct sgraf_chunk *k = b->k;
    size_t D = b->l->options.D, ld = k->ld, first = b->shape->regions[image];
    size_t R = b->shape->regions[image + 1] - first;
    struct matrix dv = {b->dv + first * D, D};
    for (size_t p = 0; p < k->P; p++) {
        size_t word = k->word[p], W = k->word[p + 1] - word;
        if (k->image[p] != image)
            continue;
        gemm_tn(R, D, W, (struct matrix_const){k->a + word * ld, ld},
                (struct matrix_const){k->du + word * D, D}, true, dv);
        gemm_tn(R, D, W, (struct matrix_const){k->da + word * ld, ld},
                (struct matrix_const){b->e + b->shape->words[k->caption[p]] * D, D}, true, dv);
        fc_add_row(k->dgq + p * D, D, b->dimage + image * D);
    }
}

static void collect_caption(const struct back *b, size_t caption)
{
    struct sgraf_chunk *k = b->k;
    size_t D = b->l->options.D, ld = k->ld;
    float *de = b->de + b->shape->words[caption] * D;
    for (size_t p = 0; p < k->P; p++) {
        size_t word = k->word[p], W = k->word[p + 1] - word, image = k->image[p];
        if (k->caption[p] != caption)
            continue;
        gemm_nn(W, D, b->shape->regions[image + 1] - b->shape->regions[image],
                (struct matrix_const){k->da + word * ld, ld},
                (struct matrix_const){b->v + b->shape->regions[image] * D, D}, true,
                (struct matrix){de, D});
        fc_add_row(k->q + word * D, W * D, de);
        add_scaled(k->dgq + p * D, -1, D, b->dtext + caption * D);
    }
}

static void align_backward(const struct back *b)
{
    struct sgraf_chunk *k = b->k;
    const struct sgraf_layout *l = b->l;
    size_t D = l->options.D, S = l->options.S;
    scatter_nodes(b);
    linear_backward(b, &l->loc, k->q, k->dkey, k->N, D, S, false, k->du);
    linear_backward(b, &l->glo, k->gq, k->dmixed, k->P, D, S, false, k->dgq);
#pragma omp parallel for schedule(dynamic)
    for (size_t p = 0; p < k->P; p++) {
        const float *x = b->image_globals + k->image[p] * D;
        const float *y = b->text_globals + k->caption[p] * D;
        for (size_t d = 0; d < D; d++)
            k->dgq[p * D + d] *= 2 * (x[d] - y[d]);
        pair_backward(b, p);
    }
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < b->shape->I; i++)
        collect_image(b, i);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < b->shape->C; c++)
        collect_caption(b, c);
}

void sgraf_chunk_backward(const struct sgraf_layout *layout, const float *block,
                          const struct sgraf_shape *shape, const float *v, const float *e,
                          const float *image_globals, const float *text_globals,
                          const float *dscore, struct sgraf_chunk *chunk, float *gradients,
                          float *dv, float *de, float *dimage, float *dtext)
{
    struct back b = {.l = layout,
                     .block = block,
                     .v = v,
                     .e = e,
                     .image_globals = image_globals,
                     .text_globals = text_globals,
                     .shape = shape,
                     .k = chunk,
                     .gradients = gradients,
                     .dv = dv,
                     .de = de,
                     .dimage = dimage,
                     .dtext = dtext};
    score_backward(&b, dscore);
    if (layout->options.module == SGRAF_SGR)
        reason_backward(&b);
    else
        filter_backward(&b);
    align_backward(&b);
}
