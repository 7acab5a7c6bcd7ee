/* bench_made.c: made-up data to measure with. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "cli/bench.h"

const struct bench_variant bench_variants[BENCH_VARIANTS] = {
    {"t2i LogSumExp", {CROSS_T2I, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 9, 6, FOCAL_NONE}},
    {"t2i Mean", {CROSS_T2I, AGG_MEAN, RAW_CLIPPED_L2NORM, 9, 6, FOCAL_NONE}},
    {"i2t LogSumExp", {CROSS_I2T, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 4, 5, FOCAL_NONE}},
    {"i2t Mean", {CROSS_I2T, AGG_MEAN, RAW_CLIPPED_L2NORM, 4, 5, FOCAL_NONE}},
};

/* On the command line a hyphen replaces the blank. */
bool bench_wants(const struct bench *b, const struct bench_variant *variant)
{
    if (!b->variant)
        return true;
    size_t n = strcspn(variant->name, " ");
    return strncmp(b->variant, variant->name, n) == 0 &&
           strcmp(b->variant + n + 1, variant->name + n + 1) == 0;
}

void bench_fill_units(float *rows, size_t n, size_t D, uint64_t seed)
{
    float scale = 1.73f / sqrtf((float)D); /* the mean square of a uniform number is 1/3 */
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        struct rng rng;
        rng_seed_stream(&rng, seed, i);
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

/* What any variant of SCAN needs. */
static const struct kind_holds both_ways = {
    .regions = true, .words = true, .region_gram = true, .word_gram = true};

int bench_split_images(const struct bench_sizes *sizes, size_t I, struct bench_split *out,
                       struct error *err)
{
    size_t size = sizes->R * sizes->D;
    struct embedded_images *images = &out->images;
    if (embedded_images_alloc(I, sizes->R, sizes->D, both_ways, false, images, err) != 0)
        return -1;
    bench_fill_units(images->regions, I * sizes->R, sizes->D, 1);
#pragma omp parallel for
    for (size_t i = 0; i < I; i++)
        embedded_images_finish(images, i, images->regions + i * size);
    return 0;
}

int bench_split_bf16(struct bench_split *out, struct error *err)
{
    const char *why;
    const struct embedded_images *images = &out->images;
    struct embedded_images *halves = &out->halves;
    if (!bf16_kernel(&why))
        return 0;
    if (embedded_images_alloc(images->I, images->R, images->D, both_ways, true, halves, err) != 0)
        return -1;
#pragma omp parallel for
    for (size_t i = 0; i < images->I; i++)
        embedded_images_finish(halves, i, images->regions + i * images->R * images->D);
    embedded_images_max_loss(halves);
    return 0;
}

int bench_split_captions(const struct bench_sizes *sizes, size_t C, struct bench_split *out,
                         struct error *err)
{
    struct embedded_captions *captions = &out->captions;
    out->starts = bench_starts(C, BENCH_LONGEST);
    if (embedded_captions_alloc(C, sizes->D, out->starts, both_ways, captions, err) != 0)
        return -1;
    bench_fill_units(captions->words, out->starts[C], sizes->D, 1u << 30);
    for (size_t c = 0; c < C; c++)
        embedded_captions_finish(captions, c);
    return 0;
}

void bench_split_done(struct bench_split *split)
{
    embedded_images_free(&split->images);
    embedded_images_free(&split->halves);
    embedded_captions_free(&split->captions);
    free(split->starts);
    free(split->sims);
    *split = (struct bench_split){0};
}
