#include "model/text_encoder.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/simd.h"
#include "model/dropout.h"
#include "model/fc.h"
#include "model/kind.h"

static size_t directions_of(const struct model_options *o)
{
    return o->bi_gru ? 2 : 1;
}

static void carve_layer(struct gru_layer *layer, size_t words, float *const packed[2],
                        struct arena *arena, bool measuring)
{
    float *block[5];
    size_t D = layer->D, K = layer->directions;
    for (size_t k = 0; k < K; k++) {
        block[k] = arena_take(arena, words * 3 * D, sizeof(float));
        block[2 + k] = arena_take(arena, words * D, sizeof(float));
    }
    block[4] = arena_take(arena, words * K * D, sizeof(float));
    if (measuring)
        return;
    for (size_t k = 0; k < K; k++) {
        layer->gates[k] = block[k];
        layer->hidden[k] = block[2 + k];
        layer->packed[k] = packed[k];
    }
    layer->out = block[4];
}

void text_encoder_acts_carve(const struct model_options *options, size_t captions, size_t words,
                             bool training, bool dropout, struct arena *arena,
                             struct text_acts *out)
{
    size_t D = (size_t)options->embed_size, E = (size_t)options->word_dim;
    size_t K = directions_of(options), layers = (size_t)options->num_layers;
    size_t backward = training ? words : 0, widest = K * D > E ? K * D : E;
    *out = (struct text_acts){0};
    out->room = arena_take(arena, gru_packing_size(captions, words), sizeof *out->room);
    out->distinct = arena_take(arena, words, sizeof *out->distinct);
    out->which = arena_take(arena, words, sizeof *out->which);
    out->x = arena_take(arena, words * E, sizeof(float));
    out->mask = arena_take(arena, dropout ? words * E : 0, sizeof(float));
    out->projected = arena_take(arena, words * 3 * D, sizeof(float));
    out->layers = arena_take(arena, layers, sizeof *out->layers);
    out->norm = arena_take(arena, words, sizeof(float));
    out->dout = arena_take(arena, backward * widest, sizeof(float));
    out->dx = arena_take(arena, backward * widest, sizeof(float));
    out->previous = arena_take(arena, backward * K * D, sizeof(float));
    float *packed[2] = {NULL, NULL}; /* used by one layer after the other */
    for (size_t k = 0; k < K; k++)
        packed[k] = arena_take(arena, gru_whh_packed_size(D), sizeof(float));
    for (size_t i = 0; i < layers; i++) {
        struct gru_layer layer = {.in = i == 0 ? E : K * D, .D = D, .directions = K};
        carve_layer(&layer, words, packed, arena, !arena->base);
        if (arena->base)
            out->layers[i] = layer;
    }
}

/* Lists the distinct words; returns their number. */
static size_t find_distinct(const int32_t *ids, struct text_acts *acts)
{
    size_t N = acts->packing.words, U = 0;
    memcpy(acts->distinct, ids, N * sizeof *ids);
    qsort(acts->distinct, N, sizeof *acts->distinct, ascending_int32);
    for (size_t i = 0; i < N; i++)
        if (U == 0 || acts->distinct[i] != acts->distinct[U - 1])
            acts->distinct[U++] = acts->distinct[i];
    for (size_t row = 0; row < N; row++) {
        const int32_t *found = bsearch(&ids[acts->packing.word[row]], acts->distinct, U,
                                       sizeof *acts->distinct, ascending_int32);
        acts->which[row] = (size_t)(found - acts->distinct);
    }
    return U;
}

static void look_up(const float *table, struct text_acts *acts)
{
    size_t E = acts->layers[0].in;
    for (size_t u = 0; u < acts->layers[0].U; u++)
        memcpy(acts->x + u * E, table + (size_t)acts->distinct[u] * E, E * sizeof *table);
}

static void multiply_by_mask(const struct text_acts *acts, float *rows)
{
    size_t n = acts->layers[0].U * acts->layers[0].in;
    for (size_t i = 0; i < n; i++)
        rows[i] *= acts->mask[i];
}

/* Each occurrence of a word loses other values: every row of the first layer's input is one. */
static void embed_dropped(const float *table, const int32_t *ids, double rate,
                          struct text_acts *acts)
{
    struct gru_layer *layer = &acts->layers[0];
    layer->U = acts->packing.words;
    layer->x = acts->x;
    layer->which = NULL;
    for (size_t row = 0; row < layer->U; row++)
        acts->distinct[row] = ids[acts->packing.word[row]];
    dropout_mask(acts->rng, rate, layer->U * layer->in, acts->mask);
    look_up(table, acts);
    multiply_by_mask(acts, acts->x);
}

/* Looks up the distinct words and makes them the first layer's input. */
static void embed(const float *table, const int32_t *ids, struct text_acts *acts)
{
    struct gru_layer *layer = &acts->layers[0];
    layer->U = find_distinct(ids, acts);
    layer->x = acts->x;
    layer->which = acts->which;
    layer->projected = acts->projected;
    look_up(table, acts);
}

SIMD_CLONES static void average_row(const float *a, const float *b, size_t D, float *out)
{
#pragma omp simd
    for (size_t j = 0; j < D; j++)
        out[j] = (a[j] + b[j]) * 0.5f;
}

/* The last layer's states, averaged over the directions, in the order of the captions. */
static void gather_states(const struct gru_layer *last, const struct packing *packing, float *out)
{
    size_t D = last->D, K = last->directions;
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < packing->words; row++) {
        const float *state = last->out + row * K * D;
        average_row(state, state + (K - 1) * D, D, out + packing->word[row] * D);
    }
}

void text_encoder_forward(const struct model_options *options, const struct params *params,
                          const int32_t *ids, const size_t *starts, size_t captions,
                          struct text_acts *acts, float *out)
{
    size_t layers = (size_t)options->num_layers, K = directions_of(options);
    gru_packing_fill(starts, captions, acts->room, &acts->packing);
    if (acts->rng)
        embed_dropped(params->embed, ids, options->kind.kind->training->word_dropout, acts);
    else
        embed(params->embed, ids, acts);
    for (size_t i = 0; i < layers; i++) {
        struct gru_layer *layer = &acts->layers[i];
        if (i > 0)
            layer->x = acts->layers[i - 1].out;
        layer->weights = params->gru + i * K;
        gru_forward(&acts->packing, layer);
    }
    gather_states(&acts->layers[layers - 1], &acts->packing, out);
    if (!options->no_txtnorm)
        fc_l2norm_forward(out, acts->packing.words, (size_t)options->embed_size, acts->norm);
}

static void scatter_gradients(const float *demb, const struct packing *packing, size_t D, size_t K,
                              float *dout)
{
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < packing->words; row++)
        for (size_t k = 0; k < K; k++)
            fc_scale_row(demb + packing->word[row] * D, K == 2 ? 0.5f : 1, D,
                         dout + (row * K + k) * D);
}

static void embed_backward(float *dx, const struct text_acts *acts, float *dtable)
{
    size_t E = acts->layers[0].in;
    if (acts->rng)
        multiply_by_mask(acts, dx);
    for (size_t u = 0; u < acts->layers[0].U; u++)
        fc_add_row(dx + u * E, E, dtable + (size_t)acts->distinct[u] * E);
}

void text_encoder_backward(const struct model_options *options, struct text_acts *acts,
                           const float *out, float *dout, const struct params *gradients)
{
    size_t D = (size_t)options->embed_size, K = directions_of(options);
    if (!options->no_txtnorm)
        fc_l2norm_backward(out, acts->norm, acts->packing.words, D, dout);
    scatter_gradients(dout, &acts->packing, D, K, acts->dout);
    for (size_t i = (size_t)options->num_layers; i-- > 0;) {
        gru_backward(&acts->packing, &acts->layers[i], acts->dout, gradients->gru + i * K, acts->dx,
                     acts->previous);
        float *used = acts->dout;
        acts->dout = acts->dx;
        acts->dx = used;
    }
    embed_backward(acts->dout, acts, gradients->embed);
}
