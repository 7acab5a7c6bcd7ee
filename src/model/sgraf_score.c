/* sgraf_score.c: similarity vectors of an image with some captions, reasoning or filtration, and
 * the scores.
 *
 * In SGR the edges of a round are the softmax over j of query(x_i) . key(x_j). Terms that are the
 * same for all j drop out: one product with key' query and one bias are left of two linear layers
 * (sgraf.c makes them). The last round is needed for the global node alone. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/simd.h"
#include "model/kernels/vecmath.h"
#include "model/sgraf.h"
#include "model/sgraf_rows.h"

/* N words, C captions, N + C nodes; a caption's nodes are its global one, then its words. */
struct work {
    size_t N, ld;
    float *s, *a;         /* N x ld: raw scores and attention; ld is R padded */
    float *norm;          /* ld */
    float *attended;      /* N x D, then the squared differences */
    float *differences;   /* C x D: of the global vectors */
    float *local;         /* N x S */
    float *nodes, *mixed; /* (N + C) x S */
    float *query;         /* (N + C) x S */
    float *edges;         /* the most nodes of a caption */
    float *vectors;       /* C x S: what is scored */
};

static size_t padded(size_t n)
{
    return (n + 15) / 16 * 16;
}

static void carve(const struct sgraf_layout *l, size_t R, size_t N, size_t C, struct arena *arena,
                  struct work *out)
{
    size_t D = l->options.D, S = l->options.S, graph = l->options.module == SGRAF_SGR;
    *out = (struct work){.N = N, .ld = padded(R)};
    out->s = arena_take(arena, N * out->ld, sizeof(float));
    out->a = arena_take(arena, N * out->ld, sizeof(float));
    out->norm = arena_take(arena, out->ld, sizeof(float));
    out->attended = arena_take(arena, N * D, sizeof(float));
    out->differences = arena_take(arena, C * D, sizeof(float));
    out->local = arena_take(arena, N * S, sizeof(float));
    out->nodes = arena_take(arena, (N + C) * S, sizeof(float));
    out->mixed = arena_take(arena, graph * (N + C) * S, sizeof(float));
    out->query = arena_take(arena, graph * (N + C) * S, sizeof(float));
    out->edges = arena_take(arena, N + C, sizeof(float));
    out->vectors = arena_take(arena, C * S, sizeof(float));
}

size_t sgraf_scratch(const struct sgraf_layout *layout, size_t R, size_t N, size_t C)
{
    struct arena arena = {0};
    struct work work;
    carve(layout, R, N, C, &arena, &work);
    return arena.used / sizeof(float);
}

static size_t word_of(const struct sgraf_captions *captions, size_t c)
{
    return captions->starts[c] - captions->starts[0];
}

static size_t words_of(const struct sgraf_captions *captions, size_t c)
{
    return captions->starts[c + 1] - captions->starts[c];
}

/* s and a: each word's weights on the regions. */
static void attend(const struct sgraf_image *image, const struct sgraf_captions *captions, size_t D,
                   const struct work *work)
{
    size_t R = image->R, ld = work->ld;
    if (R < ld)
        memset(work->s, 0, work->N * ld * sizeof *work->s);
    gemm_nt(work->N, R, D, (struct matrix_const){captions->words, D},
            (struct matrix_const){image->regions, D}, false, (struct matrix){work->s, ld});
    for (size_t c = 0; c < captions->C; c++)
        sgraf_attend(work->s + word_of(captions, c) * ld, words_of(captions, c), R, ld, work->norm,
                     work->a + word_of(captions, c) * ld);
}

SIMD_CLONES static void squared_difference(const float *a, const float *b, size_t n, float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = (a[i] - b[i]) * (a[i] - b[i]);
}

/* The similarity vectors: nodes. */
static void align(const struct sgraf_model *m, const struct sgraf_image *image,
                  const struct sgraf_captions *captions, const struct work *work)
{
    const struct sgraf_layout *l = m->layout;
    size_t D = l->options.D, S = l->options.S;
    gemm_nn(work->N, D, image->R, (struct matrix_const){work->a, work->ld},
            (struct matrix_const){image->regions, D}, false, (struct matrix){work->attended, D});
    for (size_t w = 0; w < work->N; w++)
        sgraf_difference(work->attended + w * D, captions->words + w * D, D);
    gemm_factor_multiply(work->N, (struct matrix_const){work->attended, D}, &m->loc, false,
                         (struct matrix){work->local, S});
    for (size_t c = 0; c < captions->C; c++)
        squared_difference(image->global, captions->globals + c * D, D, work->differences + c * D);
    gemm_factor_multiply(captions->C, (struct matrix_const){work->differences, D}, &m->glo, false,
                         (struct matrix){work->vectors, S});
    for (size_t c = 0; c < captions->C; c++) {
        size_t first = word_of(captions, c), W = words_of(captions, c);
        float *nodes = work->nodes + (first + c) * S;
        memcpy(nodes, work->vectors + c * S, S * sizeof *nodes);
        memcpy(nodes + S, work->local + first * S, W * S * sizeof *nodes);
        sgraf_bias_normalise(nodes, m->block + l->glo.b, S);
        for (size_t w = 1; w <= W; w++)
            sgraf_bias_normalise(nodes + w * S, m->block + l->loc.b, S);
    }
}

SIMD_CLONES static void add_bias(float *row, const float *bias, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        row[i] += bias[i];
}

SIMD_CLONES static void bias_relu(float *row, const float *bias, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float x = row[i] + bias[i];
        row[i] = x > 0 ? x : 0;
    }
}

/* `count` of a caption's n nodes, from the first on, look at all of them: mixed. */
static void mix(const float *nodes, float *query, const float *bias, size_t count, size_t n,
                size_t S, float *edges, float *mixed)
{
    for (size_t i = 0; i < count; i++) {
        add_bias(query + i * S, bias, S);
        sgraf_dots(query + i * S, nodes, n, S, edges);
        sgraf_softmax(edges, n);
        sgraf_weighted(edges, nodes, n, S, mixed + i * S);
    }
}

static void round_of_all(const struct sgraf_model *m, size_t k,
                         const struct sgraf_captions *captions, const struct work *work)
{
    size_t S = m->layout->options.S, nodes = work->N + captions->C;
    gemm_factor_multiply(nodes, (struct matrix_const){work->nodes, S}, &m->edges[k], false,
                         (struct matrix){work->query, S});
    for (size_t c = 0; c < captions->C; c++) {
        size_t at = (word_of(captions, c) + c) * S, n = words_of(captions, c) + 1;
        mix(work->nodes + at, work->query + at, m->edge_bias[k], n, n, S, work->edges,
            work->mixed + at);
    }
    gemm_factor_multiply(nodes, (struct matrix_const){work->mixed, S}, &m->graphs[k], false,
                         (struct matrix){work->nodes, S});
    for (size_t i = 0; i < nodes; i++)
        bias_relu(work->nodes + i * S, m->block + m->layout->graph[k].b, S);
}

/* The last round, for the global nodes alone: vectors. */
static void round_of_globals(const struct sgraf_model *m, size_t k,
                             const struct sgraf_captions *captions, const struct work *work,
                             float *shown)
{
    size_t S = m->layout->options.S, C = captions->C;
    for (size_t c = 0; c < C; c++)
        memcpy(work->vectors + c * S, work->nodes + (word_of(captions, c) + c) * S,
               S * sizeof *work->vectors);
    gemm_factor_multiply(C, (struct matrix_const){work->vectors, S}, &m->edges[k], false,
                         (struct matrix){work->query, S});
    for (size_t c = 0; c < C; c++) {
        size_t at = word_of(captions, c) + c, n = words_of(captions, c) + 1;
        mix(work->nodes + at * S, work->query + c * S, m->edge_bias[k], 1, n, S,
            shown ? shown + at : work->edges, work->mixed + c * S);
    }
    gemm_factor_multiply(C, (struct matrix_const){work->mixed, S}, &m->graphs[k], false,
                         (struct matrix){work->vectors, S});
    for (size_t c = 0; c < C; c++)
        bias_relu(work->vectors + c * S, m->block + m->layout->graph[k].b, S);
}

/* Filtration: each node's weight, then their weighted sum normalised: vectors. */
static void filter(const struct sgraf_model *m, const struct sgraf_captions *captions,
                   const struct work *work, float *shown)
{
    const struct sgraf_layout *l = m->layout;
    size_t S = l->options.S;
    for (size_t c = 0; c < captions->C; c++) {
        size_t at = word_of(captions, c) + c, n = words_of(captions, c) + 1;
        float *weights = shown ? shown + at : work->edges, sum = 0;
        float *vector = work->vectors + c * S;
        sgraf_dots(m->block + l->filter.w, work->nodes + at * S, n, S, weights);
        for (size_t i = 0; i < n; i++) {
            float x = weights[i] + m->block[l->filter.b];
            weights[i] = vec_sigmoidf(m->filter_scale * x + m->filter_shift);
            sum += weights[i];
        }
        for (size_t i = 0; i < n; i++)
            weights[i] /= sum + SGRAF_EPSILON;
        sgraf_weighted(weights, work->nodes + at * S, n, S, vector);
        float inverse = 1 / (sqrtf(sgraf_dot(vector, vector, S)) + SGRAF_EPSILON);
        for (size_t i = 0; i < S; i++)
            vector[i] *= inverse;
    }
}

static void show_attention(const struct work *work, size_t R, float *attention)
{
    for (size_t w = 0; w < work->N; w++)
        memcpy(attention + w * R, work->a + w * work->ld, R * sizeof *attention);
}

void sgraf_score(const struct sgraf_model *model, const struct sgraf_image *image,
                 const struct sgraf_captions *captions, float *scratch,
                 const struct sgraf_shown *shown, float *scores)
{
    const struct sgraf_layout *l = model->layout;
    struct arena arena = {(char *)scratch, 0};
    struct work work;
    float *nodes = shown ? shown->nodes : NULL;
    assert(image->R > 0 && image->R <= l->options.R);
    carve(l, image->R, word_of(captions, captions->C), captions->C, &arena, &work);
    attend(image, captions, l->options.D, &work);
    align(model, image, captions, &work);
    if (l->options.module == SGRAF_SAF) {
        filter(model, captions, &work, nodes);
    } else {
        for (size_t k = 0; k + 1 < l->options.steps; k++)
            round_of_all(model, k, captions, &work);
        round_of_globals(model, l->options.steps - 1, captions, &work, nodes);
    }
    for (size_t c = 0; c < captions->C; c++)
        scores[c] = vec_sigmoidf(
            sgraf_dot(work.vectors + c * l->options.S, model->block + l->eval.w, l->options.S) +
            model->block[l->eval.b]);
    if (shown && shown->attention)
        show_attention(&work, image->R, shown->attention);
}
