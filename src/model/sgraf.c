#include "model/sgraf.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/vecmath.h"
#include "model/sgraf_rows.h"

/* ---- a model made ready ---- */

/* Where the factors are packed. */
struct rooms {
    float *loc, *glo, *steps[SGRAF_MOST_STEPS], *last_edge, *last_graph;
};

static void carve(const struct sgraf_layout *l, struct arena *arena, struct sgraf_model *out,
                  struct rooms *rooms)
{
    size_t D = l->options.D, S = l->options.S, R = l->options.R, steps = l->options.steps;
    out->region_scale = arena_take(arena, R, sizeof(float));
    out->region_shift = arena_take(arena, R, sizeof(float));
    out->global_scale = arena_take(arena, D, sizeof(float));
    out->global_shift = arena_take(arena, D, sizeof(float));
    rooms->loc = arena_take(arena, gemm_factor_size(S, D, GEMM_ROWS_ALIKE), sizeof(float));
    rooms->glo = arena_take(arena, gemm_factor_size(S, D, GEMM_ROWS_ALIKE), sizeof(float));
    if (l->options.module != SGRAF_SGR)
        return;
    for (size_t k = 0; k < steps; k++) {
        out->step[k] = arena_take(arena, 2 * S * S, sizeof(float));
        out->edge_bias[k] = arena_take(arena, S, sizeof(float));
        rooms->steps[k] = arena_take(
            arena, k + 1 < steps ? gemm_factor_size(2 * S, S, GEMM_ROWS_ALIKE) : 0, sizeof(float));
    }
    rooms->last_edge = arena_take(arena, gemm_factor_size(S, S, GEMM_ROWS_ALIKE), sizeof(float));
    rooms->last_graph = arena_take(arena, gemm_factor_size(S, S, GEMM_ROWS_ALIKE), sizeof(float));
}

size_t sgraf_model_size(const struct sgraf_layout *layout)
{
    struct arena arena = {0};
    struct sgraf_model model = {0};
    struct rooms rooms;
    carve(layout, &arena, &model, &rooms);
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

/* The factor W' (in x out) of y = x W'. */
static void pack(const float *W, size_t out, size_t in, float *room, struct gemm_factor *factor_out)
{
    gemm_factor_pack(out, in, true, (struct matrix_const){W, in}, GEMM_ROWS_ALIKE, room,
                     factor_out);
}

static void prepare_graph(const struct sgraf_layout *l, const float *block,
                          const struct rooms *rooms, struct sgraf_model *out)
{
    size_t S = l->options.S, last = l->options.steps - 1;
    for (size_t k = 0; k <= last; k++) {
        merge_edge(l, block, k, out->step[k], out->edge_bias[k]);
        memcpy(out->step[k] + S * S, block + l->graph[k].w, S * S * sizeof(float));
        if (k < last)
            pack(out->step[k], 2 * S, S, rooms->steps[k], &out->steps[k]);
    }
    pack(out->step[last], S, S, rooms->last_edge, &out->last_edge);
    pack(out->step[last] + S * S, S, S, rooms->last_graph, &out->last_graph);
}

void sgraf_model_init(const struct sgraf_layout *l, const float *block, float *room,
                      struct sgraf_model *out)
{
    struct arena arena = {(char *)room, 0};
    struct rooms rooms;
    *out = (struct sgraf_model){.layout = l, .block = block};
    carve(l, &arena, out, &rooms);
    fold(block, &l->image.local_norm, l->options.R, out->region_scale, out->region_shift);
    fold(block, &l->image.global_norm, l->options.D, out->global_scale, out->global_shift);
    pack(block + l->loc.w, l->options.S, l->options.D, rooms.loc, &out->loc);
    pack(block + l->glo.w, l->options.S, l->options.D, rooms.glo, &out->glo);
    if (l->options.module == SGRAF_SAF)
        fold(block, &l->filter_norm, 1, &out->filter_scale, &out->filter_shift);
    else
        prepare_graph(l, block, &rooms, out);
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
    sgraf_weighted(weights, job->rows + first * D, n, D, D, out);
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
