/* sgraf_global.c: the global vectors of images and captions in training, forward and backward. */
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/vecmath.h"
#include "model/sgraf_private.h"
#include "model/sgraf_rows.h"

static size_t rows_of(const struct sgraf_global_side *side)
{
    return side->starts[side->items];
}

void sgraf_global_carve(const struct sgraf_global_side *side, struct arena *arena,
                        struct sgraf_global_acts *out)
{
    size_t D = side->layout->options.D, rows = rows_of(side), items = side->items;
    float **by_row[] = {&out->local, &out->local_out, &out->dlocal};
    float **by_item[] = {&out->mean, &out->global,  &out->global_out,
                         &out->out,  &out->dglobal, &out->dmean};
    for (size_t i = 0; i < 3; i++)
        *by_row[i] = arena_take(arena, rows * D, sizeof(float));
    for (size_t i = 0; i < 6; i++)
        *by_item[i] = arena_take(arena, items * D, sizeof(float));
    out->local_inverse = arena_take(arena, side->layout->options.R, sizeof(float));
    out->global_inverse = arena_take(arena, D, sizeof(float));
    out->weights = arena_take(arena, rows, sizeof(float));
    out->length = arena_take(arena, items, sizeof(float));
}

void sgraf_track(float *running_mean, float *running_var, double mean, double var, double n)
{
    const double momentum = 0.1;
    *running_mean = (float)((1 - momentum) * (double)*running_mean + momentum * mean);
    *running_var =
        (float)((1 - momentum) * (double)*running_var + momentum * var * (n > 1 ? n / (n - 1) : 1));
}

/* The numbers of one channel of a batch norm: element j is at x[at(j)]. Channel r of the local norm
 * holds the D numbers of region r in each image that has it, channel d of the global norm element d
 * of each image's mean. */
struct channel {
    const struct sgraf_global_side *side;
    size_t index;
    bool local;
};

/* The first number of the channel in image i, and how many follow each other there. */
static size_t piece(const struct channel *c, size_t i, size_t *length_out)
{
    size_t D = c->side->layout->options.D, row = c->side->starts[i] + c->index;
    *length_out = c->local ? (row < c->side->starts[i + 1] ? D : 0) : 1;
    return c->local ? row * D : i * D + c->index;
}

/* Sums f(x, y) over a channel. */
#define CHANNEL_SUM(channel, at, sum, term)                                                        \
    for (size_t i_ = 0, length_; i_ < (channel)->side->items; i_++)                                \
        for (size_t at = piece((channel), i_, &length_), end_ = at + length_; at < end_; at++)     \
    (sum) += (term)

/* x becomes normalised; returns 1 / sqrt(var + eps). */
static float normalise(const struct channel *c, const struct sgraf_norm *norm, float *statistics,
                       float *x)
{
    double n = 0, sum = 0, square = 0;
    CHANNEL_SUM(c, at, n, 1);
    if (n == 0)
        return 0;
    CHANNEL_SUM(c, at, sum, (double)x[at]);
    double mean = sum / n;
    CHANNEL_SUM(c, at, square, ((double)x[at] - mean) * ((double)x[at] - mean));
    double var = square / n, inverse = 1 / sqrt(var + (double)SGRAF_NORM_EPSILON);
    for (size_t i = 0, length; i < c->side->items; i++)
        for (size_t at = piece(c, i, &length), end = at + length; at < end; at++)
            x[at] = (float)(((double)x[at] - mean) * inverse);
    if (statistics)
        sgraf_track(statistics + norm->mean + c->index, statistics + norm->var + c->index, mean,
                    var, n);
    return (float)inverse;
}

/* dx (in place of dy, the gradient after weight and bias): weight inverse (dy - mean(dy) - x
 * mean(dy x)). */
static void normalise_backward(const struct channel *c, const struct sgraf_norm *norm,
                               const float *block, const float *x, float inverse, float *gradients,
                               float *dy)
{
    double n = 0, sum = 0, along = 0;
    CHANNEL_SUM(c, at, n, 1);
    if (n == 0)
        return;
    CHANNEL_SUM(c, at, sum, (double)dy[at]);
    CHANNEL_SUM(c, at, along, (double)dy[at] * (double)x[at]);
    gradients[norm->bias + c->index] += (float)sum;
    gradients[norm->weight + c->index] += (float)along;
    double scale = (double)block[norm->weight + c->index] * (double)inverse;
    for (size_t i = 0, length; i < c->side->items; i++)
        for (size_t at = piece(c, i, &length), end = at + length; at < end; at++)
            dy[at] = (float)(scale * ((double)dy[at] - sum / n - (double)x[at] * (along / n)));
}

static void normalise_all(const struct sgraf_global_side *side, float *statistics,
                          struct sgraf_global_acts *acts)
{
    const struct sgraf_attention *a = side->attention;
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < side->layout->options.R; r++)
        acts->local_inverse[r] =
            normalise(&(struct channel){side, r, true}, &a->local_norm, statistics, acts->local);
#pragma omp parallel for schedule(static)
    for (size_t d = 0; d < side->layout->options.D; d++)
        acts->global_inverse[d] =
            normalise(&(struct channel){side, d, false}, &a->global_norm, statistics, acts->global);
    if (statistics) {
        statistics[a->local_norm.counter]++;
        statistics[a->global_norm.counter]++;
    }
}

/* out = mask tanh(scale x + shift) */
SIMD_CLONES static void squash(const float *x, size_t n, float scale, float shift,
                               const float *mask, float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = vec_tanhf(scale * x[i] + shift);
    for (size_t i = 0; mask && i < n; i++)
        out[i] *= mask[i];
}

SIMD_CLONES static void squash_each(const float *x, size_t n, const float *scale,
                                    const float *shift, const float *mask, float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = vec_tanhf(scale[i] * x[i] + shift[i]);
    for (size_t i = 0; mask && i < n; i++)
        out[i] *= mask[i];
}

static const float *masked(const float *mask, size_t at)
{
    return mask ? mask + at : NULL;
}

static float dot_of_three(const float *a, const float *b, const float *c, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i] * (double)c[i];
    return (float)sum;
}

/* One item, after the linear layers and norms. */
static void attend_item(const struct sgraf_global_side *side, size_t i,
                        struct sgraf_global_acts *acts)
{
    size_t D = side->layout->options.D, first = side->starts[i], n = side->starts[i + 1] - first;
    const struct sgraf_attention *a = side->attention;
    const float *block = side->block;
    float *global = acts->global_out + i * D, *out = acts->out + i * D;
    if (side->image)
        squash_each(acts->global + i * D, D, block + a->global_norm.weight,
                    block + a->global_norm.bias, masked(side->global_mask, i * D), global);
    else
        squash(acts->global + i * D, D, 1, 0, masked(side->global_mask, i * D), global);
    for (size_t r = 0; r < n; r++) {
        size_t at = (first + r) * D;
        squash(acts->local + at, D, side->image ? block[a->local_norm.weight + r] : 1,
               side->image ? block[a->local_norm.bias + r] : 0, masked(side->local_mask, at),
               acts->local_out + at);
        acts->weights[first + r] =
            dot_of_three(acts->local_out + at, global, block + a->common.w, D);
    }
    sgraf_softmax(acts->weights + first, n);
    sgraf_weighted(acts->weights + first, side->rows + first * D, n, D, D, out);
    acts->length[i] = sqrtf(sgraf_dot(out, out, D));
    fc_scale_row(out, 1 / (acts->length[i] + SGRAF_EPSILON), D, out);
}

void sgraf_global_forward(const struct sgraf_global_side *side, float *statistics,
                          struct sgraf_global_acts *acts)
{
    size_t D = side->layout->options.D, items = side->items;
    const struct sgraf_attention *a = side->attention;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < items; i++) {
        size_t n = side->starts[i + 1] - side->starts[i];
        memset(acts->mean + i * D, 0, D * sizeof *acts->mean);
        fc_sum_rows(side->rows + side->starts[i] * D, n, D, D, acts->mean + i * D);
        fc_scale_row(acts->mean + i * D, 1 / (float)n, D, acts->mean + i * D);
    }
    fc_forward(side->rows, rows_of(side), D, D, side->block + a->local.w, side->block + a->local.b,
               acts->local);
    fc_forward(acts->mean, items, D, D, side->block + a->global.w, side->block + a->global.b,
               acts->global);
    if (side->image)
        normalise_all(side, statistics, acts);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < items; i++)
        attend_item(side, i, acts);
}

/* dx of out = mask tanh(y), from out: mask (1 - tanh^2) dout; where the mask is 0, so is that. */
static void squash_backward(const float *out, const float *mask, size_t n, float *dout)
{
    for (size_t i = 0; i < n; i++) {
        float factor = mask ? mask[i] : 1, y = factor != 0 ? out[i] / factor : 0;
        dout[i] *= factor * (1 - y * y);
    }
}

/* One item: dlocal and dglobal before the linear layers (and norms), the gradient of the common
 * layer's weight into dcommon (D, of this item alone), and what flows into the rows directly. */
static void item_backward(const struct sgraf_global_side *side, size_t i, const float *dout,
                          struct sgraf_global_acts *acts, float *dcommon, float *drows)
{
    size_t D = side->layout->options.D, first = side->starts[i], n = side->starts[i + 1] - first;
    const float *common = side->block + side->attention->common.w, *weights = acts->weights + first;
    const float *global = acts->global_out + i * D;
    float *dglobal = acts->dglobal + i * D, *dsum = acts->dmean + i * D;
    memcpy(dsum, dout, D * sizeof *dsum);
    fc_l2norm_backward(acts->out + i * D, acts->length + i, 1, D, dsum);
    double along = 0;
    for (size_t r = 0; r < n; r++)
        along += (double)weights[r] * fc_dot(dsum, side->rows + (first + r) * D, D);
    memset(dglobal, 0, D * sizeof *dglobal);
    for (size_t r = 0; r < n; r++) {
        const float *row = side->rows + (first + r) * D, *local = acts->local_out + (first + r) * D;
        float *dlocal = acts->dlocal + (first + r) * D, *drow = drows + (first + r) * D;
        float dlogit = (float)((double)weights[r] * (fc_dot(dsum, row, D) - along));
        for (size_t d = 0; d < D; d++) {
            drow[d] += weights[r] * dsum[d];
            dlocal[d] = dlogit * common[d] * global[d];
            dglobal[d] += dlogit * common[d] * local[d];
            dcommon[d] += dlogit * local[d] * global[d];
        }
        squash_backward(local, masked(side->local_mask, (first + r) * D), D, dlocal);
    }
    squash_backward(global, masked(side->global_mask, i * D), D, dglobal);
}

static void norms_backward(const struct sgraf_global_side *side, struct sgraf_global_acts *acts,
                           float *gradients)
{
    const struct sgraf_attention *a = side->attention;
#pragma omp parallel for schedule(static)
    for (size_t r = 0; r < side->layout->options.R; r++)
        normalise_backward(&(struct channel){side, r, true}, &a->local_norm, side->block,
                           acts->local, acts->local_inverse[r], gradients, acts->dlocal);
#pragma omp parallel for schedule(static)
    for (size_t d = 0; d < side->layout->options.D; d++)
        normalise_backward(&(struct channel){side, d, false}, &a->global_norm, side->block,
                           acts->global, acts->global_inverse[d], gradients, acts->dglobal);
}

/* The common layer's bias has no gradient: the softmax does not see it. dcommon is added item by
 * item, in order. */
void sgraf_global_backward(const struct sgraf_global_side *side, const float *dout,
                           struct sgraf_global_acts *acts, float *gradients, float *drows)
{
    size_t D = side->layout->options.D, rows = rows_of(side), items = side->items;
    const struct sgraf_attention *a = side->attention;
    const float *block = side->block;
    for (size_t i = 0; i < items; i++)
        item_backward(side, i, dout + i * D, acts, gradients + a->common.w, drows);
    if (side->image)
        norms_backward(side, acts, gradients);
    fc_backward(side->rows, acts->dlocal, rows, D, D, gradients + a->local.w,
                gradients + a->local.b);
    fc_backward(acts->mean, acts->dglobal, items, D, D, gradients + a->global.w,
                gradients + a->global.b);
    gemm_nn(rows, D, D, (struct matrix_const){acts->dlocal, D},
            (struct matrix_const){block + a->local.w, D}, true, (struct matrix){drows, D});
    gemm_nn(items, D, D, (struct matrix_const){acts->dglobal, D},
            (struct matrix_const){block + a->global.w, D}, false, (struct matrix){acts->dmean, D});
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < items; i++) {
        size_t n = side->starts[i + 1] - side->starts[i];
        fc_scale_row(acts->dmean + i * D, 1 / (float)n, D, acts->dmean + i * D);
        for (size_t r = side->starts[i]; r < side->starts[i + 1]; r++)
            fc_add_row(acts->dmean + i * D, D, drows + r * D);
    }
}
