/* sgraf_score.c: similarity vectors of an image with some captions, reasoning or filtration, and
 * the scores.
 *
 * In SGR the edges of a round are the softmax over j of query(x_i) . key(x_j). Terms that are the
 * same for all j drop out: one product with key' query and one bias are left of two linear layers
 * (sgraf.c makes them). The graph's linear layer is linear: it may come before the nodes are mixed,
 * in one product with the edges'. The last round is needed for the global node alone. */
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
    float *s, *a;       /* N x ld: raw scores and attention; ld is R padded */
    float *norm;        /* ld */
    float *attended;    /* N x D, then the squared differences */
    float *differences; /* C x D: of the global vectors */
    float *local;       /* N x S */
    float *nodes;       /* (N + C) x S */
    float *products;    /* (N + C) x 2S: what each node asks, and what it gives */
    float *mixed;       /* C x S */
    float *edges;       /* n x n, n the most nodes of a caption */
    float *vectors;     /* C x S: what is scored */
};

static size_t padded(size_t n)
{
    return (n + 15) / 16 * 16;
}

static void carve(const struct sgraf_layout *l, size_t R, size_t N, size_t C, size_t W,
                  struct arena *arena, struct work *out)
{
    size_t most = W + 1;
    size_t D = l->options.D, S = l->options.S, graph = l->options.module == SGRAF_SGR;
    *out = (struct work){.N = N, .ld = padded(R)};
    out->s = arena_take(arena, N * out->ld, sizeof(float));
    out->a = arena_take(arena, N * out->ld, sizeof(float));
    out->norm = arena_take(arena, out->ld, sizeof(float));
    out->attended = arena_take(arena, N * D, sizeof(float));
    out->differences = arena_take(arena, C * D, sizeof(float));
    out->local = arena_take(arena, N * S, sizeof(float));
    out->nodes = arena_take(arena, (N + C) * S, sizeof(float));
    out->products = arena_take(arena, graph * (N + C) * 2 * S, sizeof(float));
    out->mixed = arena_take(arena, graph * C * S, sizeof(float));
    out->edges = arena_take(arena, graph ? most * most : most, sizeof(float));
    out->vectors = arena_take(arena, C * S, sizeof(float));
}

size_t sgraf_scratch(const struct sgraf_layout *layout, size_t R, size_t N, size_t C, size_t W)
{
    struct arena arena = {0};
    struct work work;
    carve(layout, R, N, C, W, &arena, &work);
    return arena.used / sizeof(float);
}

size_t sgraf_image_size(const struct sgraf_layout *layout, size_t R)
{
    size_t D = layout->options.D;
    return padded(gemm_factor_size(R, D, GEMM_ROWS_ALIKE)) +
           gemm_factor_size(D, R, GEMM_ROWS_ALIKE);
}

void sgraf_image_init(const struct sgraf_layout *layout, const float *regions, size_t R,
                      const float *global, float *room, struct sgraf_image *out)
{
    size_t D = layout->options.D, first = padded(gemm_factor_size(R, D, GEMM_ROWS_ALIKE));
    struct matrix_const rows = {regions, D};
    *out = (struct sgraf_image){.R = R, .global = global};
    gemm_factor_pack(R, D, true, rows, GEMM_ROWS_ALIKE, first ? room : NULL, &out->by_word);
    gemm_factor_pack(D, R, false, rows, GEMM_ROWS_ALIKE, first ? room + first : NULL,
                     &out->by_weights);
}

bool sgraf_same_bits(void)
{
    return gemm_rows_alike();
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
    gemm_factor_multiply(work->N, (struct matrix_const){captions->words, D}, &image->by_word, false,
                         (struct matrix){work->s, ld});
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

static void show_similarity(const float *words, const struct work *work, size_t D,
                            float *similarity)
{
    for (size_t w = 0; w < work->N; w++) {
        const float *word = words + w * D, *attended = work->attended + w * D;
        float size = sqrtf(sgraf_dot(word, word, D) * sgraf_dot(attended, attended, D));
        similarity[w] =
            sgraf_dot(word, attended, D) / (size > SGRAF_EPSILON ? size : SGRAF_EPSILON);
    }
}

/* The similarity vectors: nodes. */
static void align(const struct sgraf_model *m, const struct sgraf_image *image,
                  const struct sgraf_captions *captions, const struct work *work,
                  const struct sgraf_shown *shown)
{
    const struct sgraf_layout *l = m->layout;
    size_t D = l->options.D, S = l->options.S;
    gemm_factor_multiply(work->N, (struct matrix_const){work->a, work->ld}, &image->by_weights,
                         false, (struct matrix){work->attended, D});
    if (shown && shown->similarity)
        show_similarity(captions->words, work, D, shown->similarity);
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

/* The edges of one node to all n of its caption: the softmax of (query + bias) . node. */
static void edges_of(float *query, const float *bias, const float *nodes, size_t n, size_t S,
                     float *edges)
{
    add_bias(query, bias, S);
    sgraf_dots(query, nodes, n, S, edges);
    sgraf_softmax(edges, n);
}

/* A round of all n nodes of one caption, products: n x 2S. Edges of all are needed before the first
 * node changes. */
static void round_of_caption(const struct sgraf_model *m, size_t k, float *nodes, float *products,
                             size_t n, float *edges)
{
    size_t S = m->layout->options.S;
    for (size_t i = 0; i < n; i++)
        edges_of(products + i * 2 * S, m->edge_bias[k], nodes, n, S, edges + i * n);
    for (size_t i = 0; i < n; i++) {
        sgraf_weighted(edges + i * n, products + S, n, S, 2 * S, nodes + i * S);
        bias_relu(nodes + i * S, m->block + m->layout->graph[k].b, S);
    }
}

static void round_of_all(const struct sgraf_model *m, size_t k,
                         const struct sgraf_captions *captions, const struct work *work)
{
    size_t S = m->layout->options.S;
    gemm_factor_multiply(work->N + captions->C, (struct matrix_const){work->nodes, S}, &m->steps[k],
                         false, (struct matrix){work->products, 2 * S});
    for (size_t c = 0; c < captions->C; c++) {
        size_t at = word_of(captions, c) + c;
        round_of_caption(m, k, work->nodes + at * S, work->products + at * 2 * S,
                         words_of(captions, c) + 1, work->edges);
    }
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
    gemm_factor_multiply(C, (struct matrix_const){work->vectors, S}, &m->last_edge, false,
                         (struct matrix){work->products, S});
    for (size_t c = 0; c < C; c++) {
        size_t at = word_of(captions, c) + c, n = words_of(captions, c) + 1;
        float *edges = shown ? shown + at : work->edges;
        edges_of(work->products + c * S, m->edge_bias[k], work->nodes + at * S, n, S, edges);
        sgraf_weighted(edges, work->nodes + at * S, n, S, S, work->mixed + c * S);
    }
    gemm_factor_multiply(C, (struct matrix_const){work->mixed, S}, &m->last_graph, false,
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
        sgraf_weighted(weights, work->nodes + at * S, n, S, S, vector);
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
    size_t most = 0;
    assert(image->R > 0 && image->R <= l->options.R);
    for (size_t c = 0; c < captions->C; c++)
        most = words_of(captions, c) > most ? words_of(captions, c) : most;
    carve(l, image->R, word_of(captions, captions->C), captions->C, most, &arena, &work);
    attend(image, captions, l->options.D, &work);
    align(model, image, captions, &work, shown);
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
