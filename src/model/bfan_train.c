#include "model/bfan_train.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/gemm.h"
#include "model/kernels/vecmath.h"
#include "model/kernels/xattn_tile.h"

/* Columns per tile: its five K x n arrays stay in the second-level cache. */
enum { TILE_COLUMNS = 512 };

static struct attn_options attention_of(const struct bfan_options *options)
{
    return (struct attn_options){.agg_func = AGG_MEAN,
                                 .raw_feature_norm = RAW_CLIPPED_L2NORM,
                                 .lambda_softmax = options->lambda_softmax};
}

/* ---- room ---- */

static size_t longest(const size_t *begin, size_t items)
{
    size_t most = 0;
    for (size_t i = 0; i < items; i++)
        most = begin[i + 1] - begin[i] > most ? begin[i + 1] - begin[i] : most;
    return most;
}

static void carve_side(const size_t *begin, size_t items, size_t others, bool training,
                       struct arena *arena, struct bfan_side *out)
{
    size_t grams = 0;
    for (size_t i = 0; i < items; i++)
        grams += (begin[i + 1] - begin[i]) * (begin[i + 1] - begin[i]);
    *out = (struct bfan_side){.items = items, .begin = begin};
    out->gram_begin = arena_take(arena, items + 1, sizeof(size_t));
    out->norm = arena_take(arena, begin[items], sizeof(float));
    out->gram = arena_take(arena, grams, sizeof(float));
    out->gram_pull = arena_take(arena, training ? grams : 0, sizeof(float));
    out->pull = arena_take(arena, training ? others * begin[items] : 0, sizeof(float));
    for (size_t i = 0; arena->base && i < items; i++) {
        size_t n = begin[i + 1] - begin[i];
        out->gram_begin[i + 1] = (i == 0 ? 0 : out->gram_begin[i]) + n * n;
    }
    if (arena->base)
        out->gram_begin[0] = 0;
}

void bfan_acts_carve(const struct bfan_shape *shape, bool training, size_t threads,
                     struct arena *arena, struct bfan_acts *out)
{
    size_t V = shape->regions[shape->I], N = shape->words[shape->C];
    size_t R = longest(shape->regions, shape->I), W = longest(shape->words, shape->C);
    size_t widest = segment_width(R > W ? R : W);
    struct arena measure = {0};
    struct tile tile;
    *out = (struct bfan_acts){.threads = threads,
                              .tile_columns = widest > TILE_COLUMNS ? widest : TILE_COLUMNS};
    carve_side(shape->regions, shape->I, shape->C, training, arena, &out->images);
    carve_side(shape->words, shape->C, shape->I, training, arena, &out->captions);
    out->s = arena_take(arena, V * N, sizeof(float));
    out->ds = arena_take(arena, training ? V * N : 0, sizeof(float));
    out->half = arena_take(arena, shape->C * shape->I, sizeof(float));
    xattn_tile_carve(R > W ? R : W, out->tile_columns, &measure, &tile);
    out->scratch_size = measure.used;
    out->scratch = arena_take(arena, threads, out->scratch_size);
}

/* ---- a tile ---- */

/* a = the softmax down the K rows of lambda x, of which the focal step keeps some. Where K is one,
 * or all weights are alike, it keeps all (kernels/bfan.h). row: n, scratch. */
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

/* From s and query_norm to what xattn_tile_backward wants. G: K x K. */
static void attend(const struct bfan_options *options, struct tile *t, const float *G)
{
    size_t K = t->K, n = t->n;
    raw_norm_forward(RAW_CLIPPED_L2NORM, K, n, &t->segments, t->s, t->x);
    focal_softmax(K, n, options->lambda_softmax, options->focal == BFAN_PROB, t->x, t->a, t->row,
                  t->pull);
    column_dots(K, n, t->a, t->s, t->dot);
    gemm_nn(K, n, K, (struct matrix_const){G, K}, (struct matrix_const){t->a, n}, false,
            (struct matrix){t->ga, n});
    column_dots(K, n, t->a, t->ga, t->norm);
    for (size_t j = 0; j < n; j++) {
        t->norm[j] = sqrtf(t->norm[j] > 0 ? t->norm[j] : 0);
        float product = t->query_norm[j] * t->norm[j];
        t->similarity[j] = t->dot[j] / (product > 1e-8f ? product : 1e-8f);
    }
}

/* ---- one context with the items of the other side ---- */

/* A direction: which side is attended to, and which attends. */
struct direction {
    const struct bfan_options *options;
    const struct bfan_acts *acts;
    const struct bfan_side *context, *query;
    bool to_images; /* the contexts are images */
    size_t N;
};

/* The calling thread's tile for a context of K vectors. */
static void thread_tile(const struct direction *d, size_t K, struct tile *out)
{
    const struct bfan_acts *a = d->acts;
    struct arena arena = {a->scratch + (size_t)omp_get_thread_num() * a->scratch_size, 0};
    size_t R = longest(a->images.begin, a->images.items),
           W = longest(a->captions.begin, a->captions.items);
    xattn_tile_carve(R > W ? R : W, a->tile_columns, &arena, out);
    out->segments.begin = out->begin;
    out->segments.length = out->length;
    out->K = K;
}

/* Where element (context vector k, query vector j) of two items is in s: s[k step + j stride]. */
static size_t places(const struct direction *d, size_t context, size_t query, size_t *step,
                     size_t *stride)
{
    size_t k = d->context->begin[context], j = d->query->begin[query];
    *step = d->to_images ? d->N : 1;
    *stride = d->to_images ? 1 : d->N;
    return k * *step + j * *stride;
}

static void load_segment(const struct direction *d, size_t context, size_t i, struct tile *t)
{
    size_t step, stride, at = t->begin[i], n = t->length[i], width = t->begin[i + 1] - at;
    const float *s = d->acts->s + places(d, context, t->item[i], &step, &stride);
    for (size_t k = 0; k < t->K; k++)
        for (size_t j = 0; j < width; j++)
            t->s[k * t->n + at + j] = j < n ? s[k * step + j * stride] : 0;
    for (size_t j = 0; j < width; j++)
        t->query_norm[at + j] = j < n ? d->query->norm[t->column[i] + j] : 0;
}

/* Fills the tile with query items from `next` on, except those whose `wanted` is 0 (NULL: all are
 * wanted). Returns where the next tile begins. */
static size_t fill(const struct direction *d, size_t context, const float *wanted, size_t next,
                   struct tile *t)
{
    size_t i = 0;
    t->begin[0] = 0;
    for (; next < d->query->items; next++) {
        size_t n = d->query->begin[next + 1] - d->query->begin[next];
        if (wanted && wanted[next] == 0)
            continue;
        if (t->begin[i] + segment_width(n) > d->acts->tile_columns)
            break;
        t->item[i] = next;
        t->column[i] = d->query->begin[next];
        t->length[i] = n;
        t->begin[i + 1] = t->begin[i] + segment_width(n);
        i++;
    }
    t->segments.count = i;
    t->n = t->begin[i];
    for (i = 0; i < t->segments.count; i++)
        load_segment(d, context, i, t);
    return next;
}

/* scores: one per query item. */
static void score_context(const struct direction *d, size_t context, float *scores)
{
    struct tile t;
    struct attn_options attention = attention_of(d->options);
    thread_tile(d, d->context->begin[context + 1] - d->context->begin[context], &t);
    for (size_t next = 0; next < d->query->items;) {
        next = fill(d, context, NULL, next, &t);
        attend(d->options, &t, d->context->gram + d->context->gram_begin[context]);
        xattn_tile_scores(&attention, &t, scores);
    }
}

static void store_segment(const struct direction *d, size_t context, size_t i, const struct tile *t)
{
    size_t step, stride, at = t->begin[i];
    float *ds = d->acts->ds + places(d, context, t->item[i], &step, &stride);
    float *pull = d->query->pull + context * d->query->begin[d->query->items] + t->column[i];
    for (size_t k = 0; k < t->K; k++)
        for (size_t j = 0; j < t->length[i]; j++)
            ds[k * step + j * stride] += t->d[k * t->n + at + j];
    memcpy(pull, t->pull + at, t->length[i] * sizeof *pull);
}

/* dscores: one per query item. */
static void back_context(const struct direction *d, size_t context, const float *dscores)
{
    struct tile t;
    struct attn_options attention = attention_of(d->options);
    size_t K = d->context->begin[context + 1] - d->context->begin[context];
    float *gram_pull = d->context->gram_pull + d->context->gram_begin[context];
    thread_tile(d, K, &t);
    memset(gram_pull, 0, K * K * sizeof *gram_pull);
    for (size_t next = 0; next < d->query->items;) {
        next = fill(d, context, dscores, next, &t);
        if (t.n == 0)
            continue;
        attend(d->options, &t, d->context->gram + d->context->gram_begin[context]);
        xattn_tile_backward(&attention, &t, dscores, gram_pull);
        for (size_t i = 0; i < t.segments.count; i++)
            store_segment(d, context, i, &t);
    }
}

/* ---- the batch ---- */

static void measure_side(const struct bfan_side *side, const float *rows, size_t D)
{
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < side->items; i++) {
        size_t n = side->begin[i + 1] - side->begin[i];
        struct matrix_const own = {rows + side->begin[i] * D, D};
        float *gram = side->gram + side->gram_begin[i];
        gemm_nt(n, n, D, own, own, false, (struct matrix){gram, n});
        for (size_t k = 0; k < n; k++)
            side->norm[side->begin[i] + k] =
                (float)sqrt(fc_dot(own.data + k * D, own.data + k * D, D));
    }
}

static void directions(const struct bfan_options *options, const struct bfan_acts *acts,
                       struct direction out[2])
{
    size_t N = acts->captions.begin[acts->captions.items];
    out[0] = (struct direction){options, acts, &acts->images, &acts->captions, true, N};
    out[1] = (struct direction){options, acts, &acts->captions, &acts->images, false, N};
}

void bfan_forward(const struct bfan_options *options, const struct bfan_shape *shape,
                  const float *v, const float *e, struct bfan_acts *acts, float *scores)
{
    size_t I = shape->I, C = shape->C, V = shape->regions[I], N = shape->words[C];
    struct direction d[2];
    directions(options, acts, d);
    measure_side(&acts->images, v, shape->D);
    measure_side(&acts->captions, e, shape->D);
    gemm_nt(V, N, shape->D, (struct matrix_const){v, shape->D}, (struct matrix_const){e, shape->D},
            false, (struct matrix){acts->s, N});
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < I; i++)
        score_context(&d[0], i, scores + i * C);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < C; c++)
        score_context(&d[1], c, acts->half + c * I);
    for (size_t i = 0; i < I; i++)
        for (size_t c = 0; c < C; c++)
            scores[i * C + c] += acts->half[c * I + i];
}

/* What the vectors of an item get from their lengths and Gram matrix, added to drows. */
static void own_gradient(const struct bfan_side *side, size_t others, const float *dscore,
                         size_t step, size_t item, size_t D, const float *rows, float *drows)
{
    size_t begin = side->begin[item], n = side->begin[item + 1] - begin,
           all = side->begin[side->items];
    gemm_nn(n, D, n, (struct matrix_const){side->gram_pull + side->gram_begin[item], n},
            (struct matrix_const){rows + begin * D, D}, true,
            (struct matrix){drows + begin * D, D});
    for (size_t j = begin; j < begin + n; j++) {
        double pull = 0;
        for (size_t o = 0; o < others; o++)
            pull += dscore[o * step] != 0 ? (double)side->pull[o * all + j] : 0;
        double factor = side->norm[j] > 0 ? pull / (double)side->norm[j] : 0;
        for (size_t k = 0; k < D; k++)
            drows[j * D + k] += (float)factor * rows[j * D + k];
    }
}

/* dv = ds e and de = ds' v: by two products over all pairs if many carry gradient, else pair by
 * pair. */
static void product_gradients(const struct bfan_shape *shape, const float *v, const float *e,
                              const float *dscores, const struct bfan_acts *acts, float *dv,
                              float *de)
{
    size_t I = shape->I, C = shape->C, D = shape->D, N = shape->words[C], carried = 0;
    for (size_t i = 0; i < I * C; i++)
        carried += dscores[i] != 0;
    if (carried > I * C / 5) {
        gemm_nn(shape->regions[I], D, N, (struct matrix_const){acts->ds, N},
                (struct matrix_const){e, D}, false, (struct matrix){dv, D});
        gemm_tn(N, D, shape->regions[I], (struct matrix_const){acts->ds, N},
                (struct matrix_const){v, D}, false, (struct matrix){de, D});
        return;
    }
    memset(dv, 0, shape->regions[I] * D * sizeof *dv);
    memset(de, 0, N * D * sizeof *de);
#pragma omp parallel for schedule(dynamic)
    for (size_t x = 0; x < I + C; x++)
        for (size_t y = 0; y < (x < I ? C : I); y++) {
            size_t i = x < I ? x : y, c = x < I ? y : x - I;
            size_t region = shape->regions[i], R = shape->regions[i + 1] - region;
            size_t word = shape->words[c], W = shape->words[c + 1] - word;
            struct matrix_const ds = {acts->ds + region * N + word, N};
            if (dscores[i * C + c] == 0)
                continue;
            if (x < I)
                gemm_nn(R, D, W, ds, (struct matrix_const){e + word * D, D}, true,
                        (struct matrix){dv + region * D, D});
            else
                gemm_tn(W, D, R, ds, (struct matrix_const){v + region * D, D}, true,
                        (struct matrix){de + word * D, D});
        }
}

void bfan_backward(const struct bfan_options *options, const struct bfan_shape *shape,
                   const float *v, const float *e, const float *dscores, struct bfan_acts *acts,
                   float *dv, float *de)
{
    size_t I = shape->I, C = shape->C, D = shape->D;
    struct direction d[2];
    directions(options, acts, d);
    memset(acts->ds, 0, shape->regions[I] * shape->words[C] * sizeof *acts->ds);
    for (size_t c = 0; c < C; c++)
        for (size_t i = 0; i < I; i++)
            acts->half[c * I + i] = dscores[i * C + c];
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < I; i++)
        back_context(&d[0], i, dscores + i * C);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < C; c++)
        back_context(&d[1], c, acts->half + c * I);
    product_gradients(shape, v, e, dscores, acts, dv, de);
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < I; i++)
        own_gradient(&acts->images, C, dscores + i * C, 1, i, D, v, dv);
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < C; c++)
        own_gradient(&acts->captions, I, dscores + c, C, c, D, e, de);
}
