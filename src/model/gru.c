#include "model/gru.h"

#include <assert.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/simd.h"
#include "model/fc.h"
#include "model/kernels/gemm.h"
#include "model/kernels/vecmath.h"

size_t gru_packing_size(size_t captions, size_t words)
{
    return 2 * captions + 2 * words + 3; /* offset, word, and while filling the order of captions */
}

struct caption_length {
    size_t length, caption;
};

static int longer_first(const void *a, const void *b)
{
    const struct caption_length *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? 1 : -1;
    return x->caption < y->caption ? -1 : 1;
}

void gru_packing_fill(const size_t *starts, size_t captions, size_t *room, struct packing *out)
{
    size_t words = starts[captions] - starts[0], row = 0;
    struct caption_length *order = (struct caption_length *)room;
    assert(captions == 0 || words >= captions);
    for (size_t c = 0; c < captions; c++)
        order[c] = (struct caption_length){starts[c + 1] - starts[c], c};
    qsort(order, captions, sizeof *order, longer_first);
    size_t steps = captions ? order[0].length : 0;
    *out = (struct packing){captions, words, steps, room + 2 * captions, NULL};
    out->word = out->offset + steps + 1;
    for (size_t t = 0, active = captions; t < steps; t++) {
        out->offset[t] = row;
        while (order[active - 1].length <= t)
            active--;
        for (size_t b = 0; b < active; b++)
            out->word[row++] = starts[order[b].caption] - starts[0] + t;
    }
    out->offset[steps] = row;
}

/* W_hh as the right factor of every step's products: the rows of r and z, the rows of n. */
struct recurrence {
    struct gemm_factor rz, n;
};

size_t gru_whh_packed_size(size_t D)
{
    size_t forward = gemm_factor_size(2 * D, D, GEMM_AS_ALWAYS),
           backward = gemm_factor_size(D, 2 * D, GEMM_AS_ALWAYS);
    return (forward > backward ? forward : backward) + gemm_factor_size(D, D, GEMM_AS_ALWAYS);
}

/* Forward the states are multiplied by W_hh', backward the gates' gradients by W_hh. */
static void pack_recurrence(const struct gru_layer *l, bool forward, struct recurrence out[2])
{
    size_t D = l->D;
    for (size_t k = 0; k < l->directions; k++) {
        struct matrix_const rz = {l->weights[k].w_hh, D}, n = {rz.data + 2 * D * D, D};
        float *room = l->packed[k];
        gemm_factor_pack(forward ? 2 * D : D, forward ? D : 2 * D, forward, rz, GEMM_AS_ALWAYS,
                         room, &out[k].rz);
        gemm_factor_pack(D, D, forward, n, GEMM_AS_ALWAYS,
                         room + gemm_factor_size(out[k].rz.N, out[k].rz.K, GEMM_AS_ALWAYS),
                         &out[k].n);
    }
}

/* Captions first..last of the packed order in one direction: a thread walks them through time. */
struct lane {
    const struct packing *packing;
    struct gru_layer *layer;
    size_t direction, first, last;
};

static size_t lane_rows(const struct lane *lane, size_t t)
{
    size_t n = lane->packing->offset[t + 1] - lane->packing->offset[t];
    size_t last = n < lane->last ? n : lane->last;
    return last > lane->first ? last - lane->first : 0;
}

/* Row of the lane's first caption at step t. */
static size_t lane_row(const struct lane *lane, size_t t)
{
    return lane->packing->offset[t] + lane->first;
}

static size_t step_at(const struct lane *lane, size_t i)
{
    return lane->direction == 0 ? i : lane->packing->steps - 1 - i;
}

/* How many of the lane's captions have a state before step t, and the row of the first such state.
 */
static size_t rows_before(const struct lane *lane, size_t t, size_t *row_out)
{
    bool none = lane->direction == 0 ? t == 0 : t + 1 == lane->packing->steps;
    if (none)
        return 0;
    size_t before = lane->direction == 0 ? t - 1 : t + 1;
    *row_out = lane_row(lane, before);
    size_t n = lane_rows(lane, t), m = lane_rows(lane, before);
    return n < m ? n : m;
}

/* Splits the captions into parts of about as many words; returns where part p begins. */
static size_t part_begin(const struct packing *packing, size_t p, size_t parts)
{
    size_t goal = packing->words * p / parts, words = 0, caption = 0;
    for (size_t t = packing->steps; caption < packing->captions && words < goal; caption++) {
        while (t > 0 && packing->offset[t] - packing->offset[t - 1] <= caption)
            t--;
        words += t;
    }
    return p == parts ? packing->captions : caption;
}

/* How many parts the captions are walked in. With our own products no bit depends on it, so there
 * are as many as keep the threads busy. BLAS rounds by the rows of a product, so there the captions
 * alone decide; it packs W_hh for every product, which takes as long as 25 rows do: a part of fewer
 * than 64 would pay for little else. */
static size_t count_parts(size_t captions, size_t directions)
{
    enum { LEAST_CAPTIONS = 8, BLAS_CAPTIONS = 64 };
    size_t threads = (size_t)omp_get_max_threads();
    if (!gemm_has_own_kernel())
        return captions < 2 * BLAS_CAPTIONS ? 1 : captions / BLAS_CAPTIONS;
    size_t parts = threads > directions ? threads / directions : 1;
    size_t most = captions / LEAST_CAPTIONS + 1;
    return parts < most ? parts : most;
}

/* Runs `walk` over every lane, one per thread: directions and parts of the batch are independent of
 * each other. */
static void for_lanes(const struct packing *packing, struct gru_layer *layer, void *context,
                      void (*walk)(const struct lane *lane, void *context))
{
    size_t K = layer->directions, parts = count_parts(packing->captions, K);
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < K * parts; i++) {
        size_t p = i / K;
        struct lane lane = {packing, layer, i % K, part_begin(packing, p, parts),
                            part_begin(packing, p + 1, parts)};
        walk(&lane, context);
    }
}

/* One caption's step. gates: W_i x + W_h h without biases (n: W_in x only); hidden: W_hn h; after:
 * the state before on entry, the state after on return. */
SIMD_CLONES static void gate_row(size_t D, const float *b_ih, const float *b_hh, float *gates,
                                 float *hidden, float *after)
{
#pragma omp simd
    for (size_t j = 0; j < D; j++) {
        float r = vec_sigmoidf(gates[j] + b_ih[j] + b_hh[j]);
        float z = vec_sigmoidf(gates[D + j] + b_ih[D + j] + b_hh[D + j]);
        float h = hidden[j] + b_hh[2 * D + j];
        float n = vec_tanhf(gates[2 * D + j] + b_ih[2 * D + j] + r * h);
        gates[j] = r;
        gates[D + j] = z;
        gates[2 * D + j] = n;
        hidden[j] = h;
        after[j] = n + z * (after[j] - n);
    }
}

static void forward_step(const struct lane *lane, size_t t, const struct recurrence *recurrence)
{
    const struct gru_layer *l = lane->layer;
    const struct gru_weights *w = &l->weights[lane->direction];
    size_t D = l->D, ld = D * l->directions, row = lane_row(lane, t), before = 0;
    size_t n = lane_rows(lane, t), m = rows_before(lane, t, &before);
    float *gates = l->gates[lane->direction] + row * 3 * D;
    float *hidden = l->hidden[lane->direction] + row * D;
    float *out = l->out + lane->direction * D;
    struct matrix_const state = {out + before * ld, ld};
    gemm_factor_multiply(m, state, &recurrence->rz, true, (struct matrix){gates, 3 * D});
    gemm_factor_multiply(m, state, &recurrence->n, false, (struct matrix){hidden, D});
    memset(hidden + m * D, 0, (n - m) * D * sizeof *hidden);
    for (size_t i = 0; i < n; i++) {
        float *after = out + (row + i) * ld;
        if (i < m)
            memcpy(after, out + (before + i) * ld, D * sizeof *after);
        else
            memset(after, 0, D * sizeof *after);
        gate_row(D, w->b_ih, w->b_hh, gates + i * 3 * D, hidden + i * D, after);
    }
}

static void walk_forward(const struct lane *lane, void *context)
{
    const struct recurrence *recurrences = context;
    for (size_t i = 0; i < lane->packing->steps; i++) {
        size_t t = step_at(lane, i);
        if (lane_rows(lane, t) > 0)
            forward_step(lane, t, &recurrences[lane->direction]);
    }
}

/* gates = x W_ih', without biases. */
static void project(const struct packing *packing, const struct gru_layer *l, size_t k)
{
    size_t width = 3 * l->D;
    float *out = l->which ? l->projected : l->gates[k];
    gemm_nt(l->which ? l->U : packing->words, width, l->in, (struct matrix_const){l->x, l->in},
            (struct matrix_const){l->weights[k].w_ih, l->in}, false, (struct matrix){out, width});
    if (!l->which)
        return;
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < packing->words; row++)
        memcpy(l->gates[k] + row * width, out + l->which[row] * width, width * sizeof *out);
}

void gru_forward(const struct packing *packing, struct gru_layer *layer)
{
    for (size_t k = 0; k < layer->directions; k++)
        project(packing, layer, k);
    struct recurrence recurrences[2];
    pack_recurrence(layer, true, recurrences);
    for_lanes(packing, layer, recurrences, walk_forward);
}

/* The same step back. dh: the gradient of the state after on entry; on return the share that passes
 * straight to the state before. gates and hidden become the gradients of gate_row's inputs. */
SIMD_CLONES static void gate_row_backward(size_t D, const float *before, float *gates,
                                          float *hidden, float *dh)
{
#pragma omp simd
    for (size_t j = 0; j < D; j++) {
        float r = gates[j], z = gates[D + j], n = gates[2 * D + j];
        float dn = dh[j] * (1 - z) * (1 - n * n);
        float dz = dh[j] * (before[j] - n) * z * (1 - z);
        gates[j] = dn * hidden[j] * r * (1 - r);
        gates[D + j] = dz;
        gates[2 * D + j] = dn;
        hidden[j] = dn * r;
        dh[j] *= z;
    }
}

/* The gradient of the output; per direction, the states before each row. */
struct backward {
    float *dout, *previous[2];
    struct recurrence recurrences[2];
};

static void backward_step(const struct lane *lane, size_t t, const struct backward *b)
{
    const struct gru_layer *l = lane->layer;
    size_t D = l->D, ld = D * l->directions, row = lane_row(lane, t), before = 0;
    size_t n = lane_rows(lane, t), m = rows_before(lane, t, &before);
    float *gates = l->gates[lane->direction] + row * 3 * D;
    float *hidden = l->hidden[lane->direction] + row * D;
    float *dout = b->dout + lane->direction * D;
    const float *previous = b->previous[lane->direction] + row * D;
    for (size_t i = 0; i < n; i++) {
        float *dh = dout + (row + i) * ld;
        gate_row_backward(D, previous + i * D, gates + i * 3 * D, hidden + i * D, dh);
        if (i < m)
            fc_add_row(dh, D, dout + (before + i) * ld);
    }
    struct matrix carried = {dout + before * ld, ld};
    const struct recurrence *recurrence = &b->recurrences[lane->direction];
    gemm_factor_multiply(m, (struct matrix_const){gates, 3 * D}, &recurrence->rz, true, carried);
    gemm_factor_multiply(m, (struct matrix_const){hidden, D}, &recurrence->n, true, carried);
}

/* Copies the state before each of the lane's rows, zeros where a caption begins. */
static void gather_previous(const struct lane *lane, size_t t, float *previous)
{
    const struct gru_layer *l = lane->layer;
    size_t D = l->D, ld = D * l->directions, before = 0, row = lane_row(lane, t);
    size_t n = lane_rows(lane, t), m = rows_before(lane, t, &before);
    const float *out = l->out + lane->direction * D;
    for (size_t i = 0; i < m; i++)
        memcpy(previous + (row + i) * D, out + (before + i) * ld, D * sizeof *out);
    memset(previous + (row + m) * D, 0, (n - m) * D * sizeof *out);
}

static void walk_backward(const struct lane *lane, void *context)
{
    const struct backward *b = context;
    for (size_t i = lane->packing->steps; i > 0; i--) {
        size_t t = step_at(lane, i - 1);
        if (lane_rows(lane, t) == 0)
            continue;
        gather_previous(lane, t, b->previous[lane->direction]);
        backward_step(lane, t, b);
    }
}

/* Columns first .. first+n-1 of the gates' gradients, summed over the words that share an input.
 * One thread has all rows of its columns, in order, so the sum is always the same. */
static void sum_shared(const struct packing *packing, const struct gru_layer *l, size_t k,
                       size_t first, size_t n)
{
    size_t width = 3 * l->D;
    for (size_t u = 0; u < l->U; u++)
        memset(l->projected + u * width + first, 0, n * sizeof *l->projected);
    for (size_t row = 0; row < packing->words; row++)
        fc_add_row(l->gates[k] + row * width + first, n,
                   l->projected + l->which[row] * width + first);
}

/* dW_ih and dx of one direction. */
static void input_gradients(const struct packing *packing, const struct gru_layer *l, size_t k,
                            float *dw_ih, float *dx)
{
    enum { BLOCK = 256 };
    size_t width = 3 * l->D, rows = l->which ? l->U : packing->words;
    if (l->which) {
#pragma omp parallel for schedule(static)
        for (size_t j = 0; j < width; j += BLOCK)
            sum_shared(packing, l, k, j, width - j < BLOCK ? width - j : BLOCK);
    }
    struct matrix_const gates = {l->which ? l->projected : l->gates[k], width};
    gemm_tn(width, l->in, rows, gates, (struct matrix_const){l->x, l->in}, true,
            (struct matrix){dw_ih, l->in});
    gemm_nn(rows, l->in, width, gates, (struct matrix_const){l->weights[k].w_ih, l->in}, k > 0,
            (struct matrix){dx, l->in});
}

/* Gradients of one direction's W_hh and biases, for all steps at once. */
static void state_gradients(const struct packing *packing, const struct gru_layer *l, size_t k,
                            const float *previous, const struct gru_weights *gradient)
{
    size_t D = l->D, N = packing->words;
    struct matrix_const gates = {l->gates[k], 3 * D}, hidden = {l->hidden[k], D};
    struct matrix_const state = {previous, D};
    gemm_tn(2 * D, D, N, gates, state, true, (struct matrix){gradient->w_hh, D});
    gemm_tn(D, D, N, hidden, state, true, (struct matrix){gradient->w_hh + 2 * D * D, D});
    fc_sum_rows(l->gates[k], N, 3 * D, 3 * D, gradient->b_ih);
    fc_sum_rows(l->gates[k], N, 3 * D, 2 * D, gradient->b_hh);
    fc_sum_rows(l->hidden[k], N, D, D, gradient->b_hh + 2 * D);
}

void gru_backward(const struct packing *packing, struct gru_layer *layer, float *dout,
                  const struct gru_weights *gradients, float *dx, float *previous)
{
    struct backward b = {.dout = dout,
                         .previous = {previous, previous + packing->words * layer->D}};
    pack_recurrence(layer, false, b.recurrences);
    for_lanes(packing, layer, &b, walk_backward);
    for (size_t k = 0; k < layer->directions; k++) {
        state_gradients(packing, layer, k, b.previous[k], &gradients[k]);
        input_gradients(packing, layer, k, gradients[k].w_ih, dx);
    }
}
