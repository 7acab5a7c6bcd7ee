#include "model/xattn_train.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/gemm.h"
#include "model/kernels/xattn_tile.h"

/* Columns per tile: its five K x n arrays stay in the second-level cache. */
enum { TILE_COLUMNS = 512 };

static bool is_t2i(const struct attn_options *options)
{
    return options->cross_attn == CROSS_T2I;
}

static size_t longest(const size_t *begin, size_t items)
{
    size_t most = 0;
    for (size_t i = 0; i < items; i++)
        if (begin[i + 1] - begin[i] > most)
            most = begin[i + 1] - begin[i];
    return most;
}

static void carve_scratch(size_t K, size_t columns, struct arena *arena, struct xattn_acts *out)
{
    struct arena measure = {0};
    struct tile tile;
    xattn_tile_carve(K, columns, &measure, &tile);
    out->tile_columns = columns;
    out->scratch_size = measure.used;
    out->scratch = arena_take(arena, out->threads, out->scratch_size);
}

/* Where each item's vectors and Gram begin. */
static void fill_begins(const struct xattn_shape *shape, bool t2i, struct xattn_acts *acts)
{
    size_t *region_begin = t2i ? acts->context_begin : acts->query_begin;
    size_t *word_begin = t2i ? acts->query_begin : acts->context_begin;
    memcpy(region_begin, shape->region_starts, (shape->I + 1) * sizeof *region_begin);
    memcpy(word_begin, shape->starts, (shape->C + 1) * sizeof *word_begin);
    acts->gram_begin[0] = 0;
    for (size_t c = 0; c < acts->contexts; c++) {
        size_t K = acts->context_begin[c + 1] - acts->context_begin[c];
        acts->gram_begin[c + 1] = acts->gram_begin[c] + K * K;
    }
}

static size_t gram_size(const struct xattn_shape *shape, bool t2i)
{
    const size_t *begin = t2i ? shape->region_starts : shape->starts;
    size_t sum = 0;
    for (size_t c = 0; c < (t2i ? shape->I : shape->C); c++)
        sum += (begin[c + 1] - begin[c]) * (begin[c + 1] - begin[c]);
    return sum;
}

void xattn_acts_carve(const struct attn_options *options, const struct xattn_shape *shape,
                      bool training, size_t threads, struct arena *arena, struct xattn_acts *out)
{
    bool t2i = is_t2i(options);
    size_t regions = shape->region_starts[shape->I], words = shape->starts[shape->C];
    size_t word_most = longest(shape->starts, shape->C), grams = gram_size(shape, t2i);
    size_t region_most = longest(shape->region_starts, shape->I);
    *out = (struct xattn_acts){.contexts = t2i ? shape->I : shape->C,
                               .queries = t2i ? shape->C : shape->I,
                               .columns = t2i ? words : regions,
                               .threads = threads};
    size_t pairs = training ? out->contexts : 0;
    out->context_begin = arena_take(arena, out->contexts + 1, sizeof(size_t));
    out->query_begin = arena_take(arena, out->queries + 1, sizeof(size_t));
    out->gram_begin = arena_take(arena, out->contexts + 1, sizeof(size_t));
    out->s = arena_take(arena, regions * words + SEGMENT_STEP, sizeof(float)); /* see copy_padded */
    out->gram = arena_take(arena, grams, sizeof(float));
    out->gram_pull = arena_take(arena, training ? grams : 0, sizeof(float));
    out->query_norm = arena_take(arena, out->columns + SEGMENT_STEP, sizeof(float));
    out->query_pull = arena_take(arena, pairs * out->columns, sizeof(float));
    out->dscore = arena_take(arena, out->contexts * out->queries, sizeof(float));
    size_t widest = segment_width(t2i ? word_most : region_most);
    carve_scratch(t2i ? region_most : word_most, widest > TILE_COLUMNS ? widest : TILE_COLUMNS,
                  arena, out);
    if (arena->base)
        fill_begins(shape, t2i, out);
}

SIMD_CLONES static float row_norm(const float *row, size_t D)
{
    float square = 0;
#pragma omp simd reduction(+ : square)
    for (size_t j = 0; j < D; j++)
        square += row[j] * row[j];
    return sqrtf(square);
}

/* The calling thread's tile for a context of K vectors. */
static void thread_tile(const struct xattn_acts *acts, size_t K, struct tile *out)
{
    struct arena arena = {acts->scratch + (size_t)omp_get_thread_num() * acts->scratch_size, 0};
    xattn_tile_carve(K, acts->tile_columns, &arena, out);
    out->segments.begin = out->begin;
    out->segments.length = out->length;
}

SIMD_CLONES static void copy_block(size_t K, size_t n, const float *from, size_t ld_from, float *to,
                                   size_t ld_to)
{
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < n; j++)
            to[k * ld_to + j] = from[k * ld_from + j];
    }
}

/* The first n columns of K rows, then zeros up to the segment's width; `from` is read up to that
 * width. */
SIMD_CLONES static void copy_padded(size_t K, size_t n, const float *from, size_t ld_from,
                                    float *to, size_t ld_to)
{
    size_t width = segment_width(n);
    for (size_t k = 0; k < K; k++) {
#pragma omp simd
        for (size_t j = 0; j < width; j++)
            to[k * ld_to + j] = j < n ? from[k * ld_from + j] : 0;
    }
}

/* Gathers query items from `next` on into the tile, as many as fit, except those whose `wanted` is
 * 0 (NULL: all are wanted). Returns where the next tile begins. */
static size_t tile_select(const struct xattn_acts *acts, const float *wanted, size_t next,
                          struct tile *tile)
{
    size_t i = 0;
    tile->begin[0] = 0;
    for (; next < acts->queries; next++) {
        size_t column = acts->query_begin[next], n = acts->query_begin[next + 1] - column;
        if (wanted && wanted[next] == 0)
            continue;
        if (tile->begin[i] + segment_width(n) > acts->tile_columns)
            break;
        tile->item[i] = next;
        tile->column[i] = column;
        tile->length[i] = n;
        tile->begin[i + 1] = tile->begin[i] + segment_width(n);
        i++;
    }
    tile->segments.count = i;
    tile->n = tile->begin[i];
    return next;
}

/* Copies the raw scores and query norms of the tile's segments. */
static void tile_load(const struct xattn_acts *acts, size_t context, struct tile *tile)
{
    const float *s = acts->s + acts->context_begin[context] * acts->columns;
    for (size_t i = 0; i < tile->segments.count; i++) {
        size_t at = tile->begin[i], n = tile->length[i];
        copy_padded(tile->K, n, s + tile->column[i], acts->columns, tile->s + at, tile->n);
        copy_padded(1, n, acts->query_norm + tile->column[i], n, tile->query_norm + at, n);
    }
}

/* Scores of one context with every query item. */
static void score_context(const struct attn_options *options, const struct xattn_acts *acts,
                          size_t context, float *scores)
{
    struct tile tile;
    size_t K = acts->context_begin[context + 1] - acts->context_begin[context];
    thread_tile(acts, K, &tile);
    tile.K = K;
    for (size_t next = 0; next < acts->queries;) {
        next = tile_select(acts, NULL, next, &tile);
        tile_load(acts, context, &tile);
        xattn_tile_attend(options, &tile, acts->gram + acts->gram_begin[context]);
        xattn_tile_scores(options, &tile, scores);
    }
}

/* to (columns x rows) = from' (rows x columns) */
static void transpose(const float *from, size_t rows, size_t columns, float *to)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            to[c * rows + r] = from[r * columns + c];
}

static void context_gram(const struct xattn_acts *acts, const float *contexts, size_t D,
                         size_t context)
{
    size_t begin = acts->context_begin[context], K = acts->context_begin[context + 1] - begin;
    struct matrix_const rows = {contexts + begin * D, D};
    gemm_nt(K, K, D, rows, rows, false, (struct matrix){acts->gram + acts->gram_begin[context], K});
}

void xattn_forward(const struct attn_options *options, const struct xattn_shape *shape,
                   const float *v, const float *e, struct xattn_acts *acts, float *scores)
{
    bool t2i = is_t2i(options);
    const float *contexts = t2i ? v : e, *queries = t2i ? e : v;
    size_t D = shape->D, rows = acts->context_begin[acts->contexts];
    gemm_nt(rows, acts->columns, D, (struct matrix_const){contexts, D},
            (struct matrix_const){queries, D}, false, (struct matrix){acts->s, acts->columns});
#pragma omp parallel for schedule(static)
    for (size_t j = 0; j < acts->columns; j++)
        acts->query_norm[j] = row_norm(queries + j * D, D);
    float *by_context = t2i ? scores : acts->dscore;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < acts->contexts; c++) {
        context_gram(acts, contexts, D, c);
        score_context(options, acts, c, by_context + c * acts->queries);
    }
    if (!t2i)
        transpose(by_context, acts->contexts, acts->queries, scores);
}

static void zero_segments(const struct xattn_acts *acts, size_t context, const float *dscore)
{
    size_t begin = acts->context_begin[context], K = acts->context_begin[context + 1] - begin;
    for (size_t q = 0; q < acts->queries; q++) {
        size_t column = acts->query_begin[q], n = acts->query_begin[q + 1] - column;
        for (size_t k = 0; dscore[q] == 0 && k < K; k++)
            memset(acts->s + (begin + k) * acts->columns + column, 0, n * sizeof *acts->s);
    }
}

/* Writes the tile's gradients of raw scores over those scores, and its pulls on the query norms. */
static void tile_store(const struct xattn_acts *acts, size_t context, const struct tile *tile)
{
    float *s = acts->s + acts->context_begin[context] * acts->columns;
    float *pull = acts->query_pull + context * acts->columns;
    for (size_t i = 0; i < tile->segments.count; i++) {
        size_t at = tile->begin[i], n = tile->length[i];
        copy_block(tile->K, n, tile->d + at, tile->n, s + tile->column[i], acts->columns);
        copy_block(1, n, tile->pull + at, n, pull + tile->column[i], n);
    }
}

/* One context's vectors and all queries'. */
struct pair_rows {
    const float *context, *queries;
    size_t D;
};

/* How ill-conditioned the normalisation of one row of a segment is: |f|^2 against what rounding
 * adds to it. */
SIMD_CLONES static bool near_zero(const float *s, const float *query_norm, size_t width,
                                  float slope, float limit)
{
    float square = 0, noise = 0;
    width = width / SEGMENT_STEP * SEGMENT_STEP;
#pragma omp simd reduction(+ : square, noise)
    for (size_t j = 0; j < width; j++) {
        float factor = s[j] > 0 ? 1 : slope;
        square += factor * factor * s[j] * s[j];
        noise += factor * factor * query_norm[j] * query_norm[j];
    }
    return square < limit * noise;
}

/* If a context vector scores close to 0 with every query of an item, dividing by the norm of those
 * scores magnifies their rounding errors, and the gradient (not the score) shows it. Such rows are
 * rare; they are recomputed in double. */
static void tile_refine(const struct attn_options *options, const struct pair_rows *rows,
                        struct tile *tile)
{
    static const bool divides[] = {[RAW_L2NORM] = true,
                                   [RAW_CLIPPED_L2NORM] = true,
                                   [RAW_L1NORM] = true,
                                   [RAW_CLIPPED_L1NORM] = true,
                                   [RAW_NO_NORM] = false};
    bool clipped = options->raw_feature_norm == RAW_CLIPPED_L2NORM ||
                   options->raw_feature_norm == RAW_CLIPPED_L1NORM;
    for (size_t k = 0; divides[options->raw_feature_norm] && k < tile->K; k++) {
        const float *context = rows->context + k * rows->D;
        float norm = row_norm(context, rows->D), limit = norm * norm / (64 * (float)rows->D);
        for (size_t i = 0; i < tile->segments.count; i++) {
            size_t at = tile->begin[i], width = tile->begin[i + 1] - at;
            float *s = tile->s + k * tile->n + at;
            if (!near_zero(s, tile->query_norm + at, width, clipped ? 0.1f : 1, limit))
                continue;
            for (size_t j = 0; j < tile->length[i]; j++)
                s[j] = (float)fc_dot(context, rows->queries + (tile->column[i] + j) * rows->D,
                                     rows->D);
        }
    }
}

/* One context's backward pass: raw scores become their gradients if dscore (queries) is not 0. */
static void back_context(const struct attn_options *options, const struct xattn_acts *acts,
                         size_t context, const struct pair_rows *rows, const float *dscore)
{
    struct tile tile;
    size_t K = acts->context_begin[context + 1] - acts->context_begin[context];
    float *gram_pull = acts->gram_pull + acts->gram_begin[context];
    thread_tile(acts, K, &tile);
    tile.K = K;
    memset(gram_pull, 0, K * K * sizeof *gram_pull);
    for (size_t next = 0; next < acts->queries;) {
        next = tile_select(acts, dscore, next, &tile);
        if (tile.n == 0)
            continue;
        tile_load(acts, context, &tile);
        tile_refine(options, rows, &tile);
        xattn_tile_attend(options, &tile, acts->gram + acts->gram_begin[context]);
        xattn_tile_backward(options, &tile, dscore, gram_pull);
        tile_store(acts, context, &tile);
    }
}

/* dcontext = gram_pull context (+ ds queries of the pairs with gradient, unless `dense_products`
 * has added that). */
static void context_gradient(const struct xattn_acts *acts, size_t D, size_t c, bool dense,
                             const float *contexts, const float *queries, float *dcontexts)
{
    size_t begin = acts->context_begin[c], K = acts->context_begin[c + 1] - begin;
    struct matrix out = {dcontexts + begin * D, D};
    gemm_nn(K, D, K, (struct matrix_const){acts->gram_pull + acts->gram_begin[c], K},
            (struct matrix_const){contexts + begin * D, D}, dense, out);
    for (size_t q = 0; !dense && q < acts->queries; q++) {
        size_t column = acts->query_begin[q], n = acts->query_begin[q + 1] - column;
        if (acts->dscore[c * acts->queries + q] != 0)
            gemm_nn(K, D, n,
                    (struct matrix_const){acts->s + begin * acts->columns + column, acts->columns},
                    (struct matrix_const){queries + column * D, D}, true, out);
    }
}

SIMD_CLONES static void add_scaled_row(const float *row, float factor, size_t D, float *sum)
{
#pragma omp simd
    for (size_t j = 0; j < D; j++)
        sum[j] += factor * row[j];
}

/* d|q| of all contexts, put along q/|q|. */
static void pull_queries(const struct xattn_acts *acts, size_t D, size_t q, const float *queries,
                         float *dqueries)
{
    for (size_t j = acts->query_begin[q]; j < acts->query_begin[q + 1]; j++) {
        float pull = 0;
        for (size_t c = 0; c < acts->contexts; c++)
            if (acts->dscore[c * acts->queries + q] != 0)
                pull += acts->query_pull[c * acts->columns + j];
        if (pull != 0)
            add_scaled_row(queries + j * D, pull / acts->query_norm[j], D, dqueries + j * D);
    }
}

/* dquery = sum over contexts of ds' context (unless `dense_products` has added that), and the pull
 * along itself. */
static void query_gradient(const struct xattn_acts *acts, size_t D, size_t q, bool dense,
                           const float *contexts, const float *queries, float *dqueries)
{
    size_t column = acts->query_begin[q], n = acts->query_begin[q + 1] - column;
    if (!dense)
        memset(dqueries + column * D, 0, n * D * sizeof *dqueries);
    for (size_t c = 0; !dense && c < acts->contexts; c++) {
        size_t begin = acts->context_begin[c], K = acts->context_begin[c + 1] - begin;
        if (acts->dscore[c * acts->queries + q] != 0)
            gemm_tn(n, D, K,
                    (struct matrix_const){acts->s + begin * acts->columns + column, acts->columns},
                    (struct matrix_const){contexts + begin * D, D}, true,
                    (struct matrix){dqueries + column * D, D});
    }
    pull_queries(acts, D, q, queries, dqueries);
}

/* Whether so many pairs carry gradient that two large products over all pairs are faster than small
 * ones for each. */
static bool mostly_carried(const struct xattn_acts *acts)
{
    size_t carried = 0, pairs = acts->contexts * acts->queries;
    for (size_t i = 0; i < pairs; i++)
        carried += acts->dscore[i] != 0;
    return carried > pairs / 5;
}

static void dense_products(const struct xattn_acts *acts, size_t D, const float *contexts,
                           const float *queries, float *dcontexts, float *dqueries)
{
    size_t rows = acts->context_begin[acts->contexts];
    struct matrix_const ds = {acts->s, acts->columns};
    gemm_nn(rows, D, acts->columns, ds, (struct matrix_const){queries, D}, false,
            (struct matrix){dcontexts, D});
    gemm_tn(acts->columns, D, rows, ds, (struct matrix_const){contexts, D}, false,
            (struct matrix){dqueries, D});
}

void xattn_backward(const struct attn_options *options, const struct xattn_shape *shape,
                    const float *v, const float *e, const float *dscores, struct xattn_acts *acts,
                    float *dv, float *de)
{
    bool t2i = is_t2i(options);
    const float *contexts = t2i ? v : e, *queries = t2i ? e : v;
    float *dcontexts = t2i ? dv : de, *dqueries = t2i ? de : dv;
    size_t D = shape->D;
    if (t2i)
        memcpy(acts->dscore, dscores, shape->I * shape->C * sizeof *dscores);
    else
        transpose(dscores, shape->I, shape->C, acts->dscore);
    bool dense = mostly_carried(acts);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < acts->contexts; c++) {
        const float *dscore = acts->dscore + c * acts->queries;
        struct pair_rows rows = {contexts + acts->context_begin[c] * D, queries, D};
        back_context(options, acts, c, &rows, dscore);
        if (dense)
            zero_segments(acts, c, dscore);
    }
    if (dense)
        dense_products(acts, D, contexts, queries, dcontexts, dqueries);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < acts->contexts; c++)
        context_gradient(acts, D, c, dense, contexts, queries, dcontexts);
#pragma omp parallel for schedule(dynamic)
    for (size_t q = 0; q < acts->queries; q++)
        query_gradient(acts, D, q, dense, contexts, queries, dqueries);
}
