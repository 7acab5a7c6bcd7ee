#include "model/sgraf.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/vecmath.h"
#include "model/sgraf_rows.h"

/* ---- a model made ready ---- */

static void carve(const struct sgraf_layout *l, struct arena *arena, struct sgraf_model *out,
                  float *factors[2 + 2 * SGRAF_MOST_STEPS])
{
    size_t D = l->options.D, S = l->options.S, R = l->options.R;
    out->region_scale = arena_take(arena, R, sizeof(float));
    out->region_shift = arena_take(arena, R, sizeof(float));
    out->global_scale = arena_take(arena, D, sizeof(float));
    out->global_shift = arena_take(arena, D, sizeof(float));
    factors[0] = arena_take(arena, gemm_factor_size(S, D), sizeof(float));
    factors[1] = arena_take(arena, gemm_factor_size(S, D), sizeof(float));
    for (size_t k = 0; l->options.module == SGRAF_SGR && k < l->options.steps; k++) {
        out->edge[k] = arena_take(arena, S * S, sizeof(float));
        out->edge_bias[k] = arena_take(arena, S, sizeof(float));
        factors[2 + 2 * k] = arena_take(arena, gemm_factor_size(S, S), sizeof(float));
        factors[3 + 2 * k] = arena_take(arena, gemm_factor_size(S, S), sizeof(float));
    }
}

size_t sgraf_model_size(const struct sgraf_layout *layout)
{
    struct arena arena = {0};
    struct sgraf_model model = {0};
    float *factors[2 + 2 * SGRAF_MOST_STEPS];
    carve(layout, &arena, &model, factors);
    return arena.used / sizeof(float);
}

/* In evaluation a batch norm is scale x + shift. */
static void fold(const float *block, const struct sgraf_norm *norm, size_t n, float *scale,
                 float *shift)
{
    for (size_t i = 0; i < n; i++) {
        scale[i] = block[norm->weight + i] / sqrtf(block[norm->var + i] + SGRAF_NORM_EPSILON);
        shift[i] = block[norm->bias + i] - scale[i] * block[norm->mean + i];
    }
}

/* The softmax over j of (Q x_i + q) . (K x_j + k) does not see what is the same for all j: what is
 * left is (K' Q x_i + K' q) . x_j. */
static void merge_edge(const struct sgraf_layout *l, const float *block, size_t k, float *edge,
                       float *bias)
{
    size_t S = l->options.S;
    const float *query = block + l->query[k].w, *key = block + l->key[k].w;
    gemm_tn(S, S, S, (struct matrix_const){key, S}, (struct matrix_const){query, S}, false,
            (struct matrix){edge, S});
    gemm_tn(S, 1, S, (struct matrix_const){key, S}, (struct matrix_const){block + l->query[k].b, 1},
            false, (struct matrix){bias, 1});
}

void sgraf_model_init(const struct sgraf_layout *l, const float *block, float *room,
                      struct sgraf_model *out)
{
    struct arena arena = {(char *)room, 0};
    float *factors[2 + 2 * SGRAF_MOST_STEPS] = {NULL};
    size_t D = l->options.D, S = l->options.S;
    *out = (struct sgraf_model){.layout = l, .block = block};
    carve(l, &arena, out, factors);
    fold(block, &l->image.local_norm, l->options.R, out->region_scale, out->region_shift);
    fold(block, &l->image.global_norm, D, out->global_scale, out->global_shift);
    if (l->options.module == SGRAF_SAF)
        fold(block, &l->filter_norm, 1, &out->filter_scale, &out->filter_shift);
    gemm_factor_pack(S, D, true, (struct matrix_const){block + l->loc.w, D}, factors[0], &out->loc);
    gemm_factor_pack(S, D, true, (struct matrix_const){block + l->glo.w, D}, factors[1], &out->glo);
    for (size_t k = 0; l->options.module == SGRAF_SGR && k < l->options.steps; k++) {
        merge_edge(l, block, k, out->edge[k], out->edge_bias[k]);
        gemm_factor_pack(S, S, true, (struct matrix_const){out->edge[k], S}, factors[2 + 2 * k],
                         &out->edges[k]);
        gemm_factor_pack(S, S, true, (struct matrix_const){block + l->graph[k].w, S},
                         factors[3 + 2 * k], &out->graphs[k]);
    }
}

/* ---- global vectors ---- */

size_t sgraf_global_size(const struct sgraf_layout *layout, size_t items, size_t rows)
{
    return (2 * items + rows) * layout->options.D + rows;
}

/* x = tanh(scale x + shift) of n numbers, scale and shift each `step` apart (0: one for all). */
SIMD_CLONES static void squash(float *x, size_t n, const float *scale, const float *shift)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = vec_tanhf(scale[i] * x[i] + shift[i]);
}

SIMD_CLONES static void squash_alike(float *x, size_t n, float scale, float shift)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        x[i] = vec_tanhf(scale * x[i] + shift);
}

SIMD_CLONES static float dot_of_three(const float *a, const float *b, const float *c, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i] * c[i];
    return sum;
}

struct global_job {
    const struct sgraf_model *model;
    const struct sgraf_attention *attention;
    bool image;
    size_t D;
    const float *rows;
    const size_t *starts;
    float *local, *mean, *global, *weights;
};

static void mean_row(const float *rows, size_t n, size_t D, float *out)
{
    memset(out, 0, D * sizeof *out);
    for (size_t r = 0; r < n; r++)
        fc_add_row(rows + r * D, D, out);
    fc_scale_row(out, 1 / (float)n, D, out);
}

/* One item, after the two linear layers. */
static void attend_item(const struct global_job *job, size_t i, float *out)
{
    const struct sgraf_model *m = job->model;
    size_t D = job->D, first = job->starts[i] - job->starts[0],
           n = job->starts[i + 1] - job->starts[i];
    float *global = job->global + i * D, *weights = job->weights + first;
    if (job->image)
        squash(global, D, m->global_scale, m->global_shift);
    else
        squash_alike(global, D, 1, 0);
    for (size_t r = 0; r < n; r++) {
        float *local = job->local + (first + r) * D;
        squash_alike(local, D, job->image ? m->region_scale[r] : 1,
                     job->image ? m->region_shift[r] : 0);
        weights[r] = dot_of_three(local, global, m->block + job->attention->common.w, D);
    }
    sgraf_softmax(weights, n);
    sgraf_weighted(weights, job->rows + first * D, n, D, out);
    fc_scale_row(out, 1 / (sqrtf(sgraf_dot(out, out, D)) + SGRAF_EPSILON), D, out);
}

static void attend_all(struct global_job *job, size_t items, float *room, float *out)
{
    const float *block = job->model->block;
    const struct sgraf_attention *a = job->attention;
    size_t D = job->D, rows = job->starts[items] - job->starts[0];
    job->local = room;
    job->mean = job->local + rows * D;
    job->global = job->mean + items * D;
    job->weights = job->global + items * D;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < items; i++)
        mean_row(job->rows + (job->starts[i] - job->starts[0]) * D,
                 job->starts[i + 1] - job->starts[i], D, job->mean + i * D);
    fc_forward(job->rows, rows, D, D, block + a->local.w, block + a->local.b, job->local);
    fc_forward(job->mean, items, D, D, block + a->global.w, block + a->global.b, job->global);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < items; i++)
        attend_item(job, i, out + i * D);
}

void sgraf_global_images(const struct sgraf_model *model, const float *v,
                         const size_t *region_starts, size_t I, float *room, float *out)
{
    struct global_job job = {.model = model,
                             .attention = &model->layout->image,
                             .image = true,
                             .D = model->layout->options.D,
                             .rows = v,
                             .starts = region_starts};
    attend_all(&job, I, room, out);
}

void sgraf_global_captions(const struct sgraf_model *model, const float *e, const size_t *starts,
                           size_t C, float *room, float *out)
{
    struct global_job job = {.model = model,
                             .attention = &model->layout->text,
                             .D = model->layout->options.D,
                             .rows = e,
                             .starts = starts};
    attend_all(&job, C, room, out);
}
