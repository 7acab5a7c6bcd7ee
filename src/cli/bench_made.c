/* bench_made.c: the made-up data that is measured with. */
#include <math.h>
#include <stdlib.h>

#include "base/bf16.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "cli/bench.h"

const struct bench_variant bench_variants[BENCH_VARIANTS] = {
    {"t2i LogSumExp", {CROSS_T2I, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 9, 6}},
    {"t2i Mean", {CROSS_T2I, AGG_MEAN, RAW_CLIPPED_L2NORM, 9, 6}},
    {"i2t LogSumExp", {CROSS_I2T, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 4, 5}},
    {"i2t Mean", {CROSS_I2T, AGG_MEAN, RAW_CLIPPED_L2NORM, 4, 5}},
};

void bench_fill_units(float *rows, size_t n, size_t D, uint64_t seed)
{
    float scale = 1.73f / sqrtf((float)D); /* a uniform number's mean square is 1/3 */
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        struct rng rng;
        rng_seed(&rng, seed + i);
        for (size_t d = 0; d < D; d++)
            rows[i * D + d] = (float)rng_range(&rng, -1, 1) * scale;
    }
}

size_t *bench_starts(size_t C, size_t longest)
{
    struct rng rng;
    size_t *starts = mem_new(C + 1, sizeof *starts);
    rng_seed(&rng, 2);
    for (size_t c = 0; c < C; c++)
        starts[c + 1] = starts[c] + BENCH_SHORTEST + rng_below(&rng, longest - BENCH_SHORTEST + 1);
    return starts;
}

int32_t *bench_ids(size_t words, size_t V)
{
    enum { SPECIAL = 4, STRIDE = 7919 };
    int32_t *ids = mem_new(words, sizeof *ids);
    for (size_t w = 0; w < words; w++)
        ids[w] = (int32_t)(SPECIAL + w * STRIDE % (V - SPECIAL));
    return ids;
}

void bench_model_options(const struct bench_sizes *sizes, const struct bench_variant *variant,
                         struct model_options *out)
{
    model_options_default(out);
    out->attn = variant->options;
    out->img_dim = (int)sizes->F;
    out->embed_size = (int)sizes->D;
    out->word_dim = (int)sizes->E;
    out->vocab_size = (int)sizes->V;
    out->bi_gru = true;
    out->max_violation = true;
}

int bench_split_images(const struct bench_sizes *sizes, size_t I, struct bench_split *out,
                       struct error *err)
{
    size_t R = sizes->R, D = sizes->D;
    if (mem_alloc(&out->regions, I * R * D, sizeof(float), "embeddings", err) != 0 ||
        mem_alloc(&out->gram, I * R * R, sizeof(float), "embeddings", err) != 0 ||
        mem_alloc(&out->norm, I * R, sizeof(float), "embeddings", err) != 0)
        return -1;
    bench_fill_units(out->regions, I * R, D, 1);
    xattn_norms(out->regions, I * R, D, out->norm);
#pragma omp parallel for
    for (size_t i = 0; i < I; i++)
        xattn_gram(out->regions + i * R * D, R, D, out->gram + i * R * R);
    out->images = (struct score_images){
        .I = I, .R = R, .D = D, .regions = out->regions, .gram = out->gram, .norm = out->norm};
    return 0;
}

int bench_split_bf16(struct bench_split *out, struct error *err)
{
    const char *why;
    size_t rows = out->images.I * out->images.R, D = out->images.D;
    if (!bf16_kernel(&why))
        return 0;
    if (mem_alloc(&out->high, rows * D, sizeof *out->high, "embeddings", err) != 0 ||
        mem_alloc(&out->low, rows * D, sizeof *out->low, "embeddings", err) != 0)
        return -1;
    out->halves = out->images;
    out->halves.regions = NULL;
    out->halves.high = out->high;
    out->halves.low = out->low;
#pragma omp parallel for
    for (size_t r = 0; r < rows; r++)
        bf16_split(out->regions + r * D, D, out->high + r * D, out->low + r * D);
    out->halves.loss = bf16_rounding_loss_max(out->regions, rows, D);
    return 0;
}

int bench_split_captions(const struct bench_sizes *sizes, size_t C, struct bench_split *out,
                         struct error *err)
{
    size_t D = sizes->D;
    out->starts = bench_starts(C, BENCH_LONGEST);
    out->gram_start = mem_new(C + 1, sizeof *out->gram_start);
    for (size_t c = 0; c < C; c++) {
        size_t W = out->starts[c + 1] - out->starts[c];
        out->gram_start[c + 1] = out->gram_start[c] + W * W;
    }
    size_t words = out->starts[C];
    if (mem_alloc(&out->words, words * D, sizeof(float), "embeddings", err) != 0 ||
        mem_alloc(&out->word_norm, words, sizeof(float), "embeddings", err) != 0 ||
        mem_alloc(&out->word_gram, out->gram_start[C], sizeof(float), "embeddings", err) != 0)
        return -1;
    bench_fill_units(out->words, words, D, 1u << 30);
    xattn_norms(out->words, words, D, out->word_norm);
    for (size_t c = 0; c < C; c++)
        xattn_gram(out->words + out->starts[c] * D, out->starts[c + 1] - out->starts[c], D,
                   out->word_gram + out->gram_start[c]);
    out->captions = (struct score_captions){.C = C,
                                            .D = D,
                                            .starts = out->starts,
                                            .words = out->words,
                                            .norm = out->word_norm,
                                            .gram = out->word_gram,
                                            .gram_start = out->gram_start};
    return 0;
}

void bench_split_done(struct bench_split *split)
{
    float *arrays[] = {split->regions,   split->gram,      split->norm, split->words,
                       split->word_norm, split->word_gram, split->sims};
    for (size_t i = 0; i < COUNTOF(arrays); i++)
        free(arrays[i]);
    free(split->starts);
    free(split->gram_start);
    free(split->high);
    free(split->low);
    *split = (struct bench_split){0};
}
