/* sgraf_pairs.c: SGRAF's pairs in training, forward: similarity vectors, reasoning or filtration,
 * scores, with all that the backward pass (sgraf_pairs_back.c) needs. Straight from the equations:
 * shortcuts of evaluation (sgraf_score.c) do not train. */
#include <math.h>
#include <string.h>

#include "model/fc.h"
#include "model/kernels/vecmath.h"
#include "model/sgraf_private.h"
#include "model/sgraf_rows.h"

void sgraf_chunk_carve(const struct sgraf_layout *l, size_t ld, size_t P, size_t N, size_t edges,
                       struct arena *arena, struct sgraf_chunk *out)
{
    size_t D = l->options.D, S = l->options.S, M = N + P;
    size_t steps = l->options.module == SGRAF_SGR ? l->options.steps : 0;
    float **by_region[] = {&out->s, &out->a, &out->da}, **by_word[] = {&out->u, &out->q, &out->du};
    float **by_node[] = {&out->node_length, &out->logit, &out->gate, &out->weight};
    float **vectors[] = {&out->dx, &out->dquery, &out->dkey, &out->dmixed};
    out->P = P;
    out->N = N;
    out->M = M;
    out->ld = ld;
    for (size_t i = 0; i < 3; i++) {
        *by_region[i] = arena_take(arena, N * ld, sizeof(float));
        *by_word[i] = arena_take(arena, N * D, sizeof(float));
    }
    for (size_t i = 0; i < 4; i++) {
        *by_node[i] = arena_take(arena, M, sizeof(float));
        *vectors[i] = arena_take(arena, M * S, sizeof(float));
    }
    out->norm = arena_take(arena, P * ld, sizeof(float));
    out->length = arena_take(arena, N, sizeof(float));
    out->gq = arena_take(arena, P * D, sizeof(float));
    out->dgq = arena_take(arena, P * D, sizeof(float));
    for (size_t k = 0; k <= steps; k++)
        out->x[k] = arena_take(arena, M * S, sizeof(float));
    for (size_t k = 0; k < steps; k++) {
        out->query[k] = arena_take(arena, M * S, sizeof(float));
        out->key[k] = arena_take(arena, M * S, sizeof(float));
        out->mixed[k] = arena_take(arena, M * S, sizeof(float));
        out->edges[k] = arena_take(arena, edges, sizeof(float));
    }
    out->dedges = arena_take(arena, steps ? edges : 0, sizeof(float));
    out->total = arena_take(arena, P, sizeof(float));
    out->vector_length = arena_take(arena, P, sizeof(float));
    out->vector = arena_take(arena, P * S, sizeof(float));
    out->dvector = arena_take(arena, P * S, sizeof(float));
    out->score = arena_take(arena, P, sizeof(float));
}

/* y (rows x out) = x (rows x in) W' + b */
static void linear(const float *block, const struct sgraf_linear *layer, const float *x,
                   size_t rows, size_t in, size_t out, float *y)
{
    fc_forward(x, rows, in, out, block + layer->w, block + layer->b, y);
}

/* A pair's word rows: attention, attended vectors, squared differences. */
static void attend_pair(const struct sgraf_layout *l, const struct sgraf_shape *shape,
                        const float *v, const float *e, struct sgraf_chunk *k, size_t p)
{
    size_t D = l->options.D, first = k->word[p], W = k->word[p + 1] - first, ld = k->ld;
    size_t region = shape->regions[k->image[p]], R = shape->regions[k->image[p] + 1] - region;
    const float *words = e + shape->words[k->caption[p]] * D;
    struct matrix_const regions = {v + region * D, D};
    memset(k->s + first * ld, 0, W * ld * sizeof *k->s);
    gemm_nt(W, R, D, (struct matrix_const){words, D}, regions, false,
            (struct matrix){k->s + first * ld, ld});
    sgraf_attend(k->s + first * ld, W, R, ld, k->norm + p * ld, k->a + first * ld);
    gemm_nn(W, D, R, (struct matrix_const){k->a + first * ld, ld}, regions, false,
            (struct matrix){k->u + first * D, D});
    for (size_t w = 0; w < W; w++) {
        float *u = k->u + (first + w) * D, *q = k->q + (first + w) * D;
        const float *word = words + w * D;
        k->length[first + w] = sqrtf(sgraf_dot(u, u, D));
        fc_scale_row(u, 1 / (k->length[first + w] + SGRAF_EPSILON), D, u);
        for (size_t d = 0; d < D; d++)
            q[d] = (u[d] - word[d]) * (u[d] - word[d]);
    }
}

/* Nodes from the two linear layers' outputs, which are in dx (N x S) and dmixed (P x S). */
static void gather_nodes(size_t S, struct sgraf_chunk *k)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < k->P; p++) {
        float *nodes = k->x[0] + k->node[p] * S;
        size_t W = k->word[p + 1] - k->word[p];
        memcpy(nodes, k->dmixed + p * S, S * sizeof *nodes);
        memcpy(nodes + S, k->dx + k->word[p] * S, W * S * sizeof *nodes);
        for (size_t i = 0; i <= W; i++) {
            float length = sqrtf(sgraf_dot(nodes + i * S, nodes + i * S, S));
            k->node_length[k->node[p] + i] = length;
            fc_scale_row(nodes + i * S, 1 / (length + SGRAF_EPSILON), S, nodes + i * S);
        }
    }
}

static void align(const struct sgraf_layout *l, const float *block, const struct sgraf_shape *shape,
                  const float *v, const float *e, const float *image_globals,
                  const float *text_globals, struct sgraf_chunk *k)
{
    size_t D = l->options.D, S = l->options.S;
#pragma omp parallel for schedule(dynamic)
    for (size_t p = 0; p < k->P; p++) {
        const float *x = image_globals + k->image[p] * D, *y = text_globals + k->caption[p] * D;
        attend_pair(l, shape, v, e, k, p);
        for (size_t d = 0; d < D; d++)
            k->gq[p * D + d] = (x[d] - y[d]) * (x[d] - y[d]);
    }
    linear(block, &l->loc, k->q, k->N, D, S, k->dx);
    linear(block, &l->glo, k->gq, k->P, D, S, k->dmixed);
    gather_nodes(S, k);
}

/* ---- SGR ---- */

static void reason_pair(size_t S, struct sgraf_chunk *k, size_t step, size_t p)
{
    size_t at = k->node[p] * S, n = k->node[p + 1] - k->node[p];
    float *edges = k->edges[step] + k->edge[p];
    for (size_t i = 0; i < n; i++) {
        sgraf_dots(k->query[step] + at + i * S, k->key[step] + at, n, S, edges + i * n);
        sgraf_softmax(edges + i * n, n);
        sgraf_weighted(edges + i * n, k->x[step] + at, n, S, S, k->mixed[step] + at + i * S);
    }
}

static void reason(const struct sgraf_layout *l, const float *block, struct sgraf_chunk *k)
{
    size_t S = l->options.S, steps = l->options.steps;
    for (size_t step = 0; step < steps; step++) {
        linear(block, &l->query[step], k->x[step], k->M, S, S, k->query[step]);
        linear(block, &l->key[step], k->x[step], k->M, S, S, k->key[step]);
#pragma omp parallel for schedule(dynamic)
        for (size_t p = 0; p < k->P; p++)
            reason_pair(S, k, step, p);
        linear(block, &l->graph[step], k->mixed[step], k->M, S, S, k->x[step + 1]);
        for (size_t i = 0; i < k->M * S; i++)
            k->x[step + 1][i] = k->x[step + 1][i] > 0 ? k->x[step + 1][i] : 0;
    }
    for (size_t p = 0; p < k->P; p++)
        memcpy(k->vector + p * S, k->x[steps] + k->node[p] * S, S * sizeof *k->vector);
}

/* ---- SAF ---- */

/* logit becomes normalised over all nodes of the chunk. */
static void normalise_logits(const struct sgraf_layout *l, float *statistics, struct sgraf_chunk *k)
{
    double sum = 0, square = 0, n = (double)k->M;
    for (size_t i = 0; i < k->M; i++)
        sum += (double)k->logit[i];
    for (size_t i = 0; i < k->M; i++)
        square += ((double)k->logit[i] - sum / n) * ((double)k->logit[i] - sum / n);
    double inverse = 1 / sqrt(square / n + (double)SGRAF_NORM_EPSILON);
    for (size_t i = 0; i < k->M; i++)
        k->logit[i] = (float)(((double)k->logit[i] - sum / n) * inverse);
    k->inverse = (float)inverse;
    if (statistics) {
        sgraf_track(statistics + l->filter_norm.mean, statistics + l->filter_norm.var, sum / n,
                    square / n, n);
        statistics[l->filter_norm.counter]++;
    }
}

static void filter_pair(const struct sgraf_layout *l, const float *block, struct sgraf_chunk *k,
                        size_t p)
{
    size_t S = l->options.S, first = k->node[p], n = k->node[p + 1] - first;
    float scale = block[l->filter_norm.weight], shift = block[l->filter_norm.bias], sum = 0;
    for (size_t i = first; i < first + n; i++) {
        k->gate[i] = vec_sigmoidf(scale * k->logit[i] + shift);
        sum += k->gate[i];
    }
    k->total[p] = sum;
    for (size_t i = first; i < first + n; i++)
        k->weight[i] = k->gate[i] / (sum + SGRAF_EPSILON);
    float *vector = k->vector + p * S;
    sgraf_weighted(k->weight + first, k->x[0] + first * S, n, S, S, vector);
    k->vector_length[p] = sqrtf(sgraf_dot(vector, vector, S));
    fc_scale_row(vector, 1 / (k->vector_length[p] + SGRAF_EPSILON), S, vector);
}

static void filter(const struct sgraf_layout *l, const float *block, float *statistics,
                   struct sgraf_chunk *k)
{
    sgraf_dots(block + l->filter.w, k->x[0], k->M, l->options.S, k->logit);
    for (size_t i = 0; i < k->M; i++)
        k->logit[i] += block[l->filter.b];
    normalise_logits(l, statistics, k);
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < k->P; p++)
        filter_pair(l, block, k, p);
}

void sgraf_chunk_forward(const struct sgraf_layout *l, const float *block,
                         const struct sgraf_shape *shape, const float *v, const float *e,
                         const float *image_globals, const float *text_globals, float *statistics,
                         struct sgraf_chunk *k)
{
    size_t S = l->options.S;
    align(l, block, shape, v, e, image_globals, text_globals, k);
    if (l->options.module == SGRAF_SGR)
        reason(l, block, k);
    else
        filter(l, block, statistics, k);
    for (size_t p = 0; p < k->P; p++)
        k->score[p] =
            vec_sigmoidf(sgraf_dot(k->vector + p * S, block + l->eval.w, S) + block[l->eval.b]);
}
