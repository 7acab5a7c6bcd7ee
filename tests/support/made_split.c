#include "tests/support/made_split.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/support/testing.h"

static void fill_unit_rows(struct rng *rng, size_t n, size_t D, float *rows)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t d = 0; d < D; d++) {
            rows[i * D + d] = (float)rng_normal(rng);
            sum += (double)rows[i * D + d] * rows[i * D + d];
        }
        for (size_t d = 0; d < D; d++)
            rows[i * D + d] /= (float)sqrt(sum);
    }
}

void split_finish(struct split *s)
{
    struct embedded_captions *captions = &s->captions;
    size_t size = s->images.R * s->images.D, D = captions->D;
    for (size_t i = 0; i < s->images.I; i++) {
        embedded_images_finish(&s->images, i, s->images.regions + i * size);
        embedded_images_finish(&s->halves, i, s->images.regions + i * size);
    }
    embedded_images_max_loss(&s->halves);
    for (size_t c = 0; c < captions->C; c++)
        embedded_captions_finish(captions, c);
    captions->loss_max = 0;
    for (size_t w = 0; w < captions->starts[captions->C]; w++)
        captions->loss_max =
            fmaxf(captions->loss_max, bf16_rounding_loss(captions->words + w * D, D));
}

void split_init(struct split *s, uint64_t seed, size_t I, size_t R, size_t D, size_t C,
                size_t longest)
{
    struct rng rng;
    struct error err;
    rng_seed(&rng, seed);
    *s = (struct split){.starts = mem_new(C + 1, sizeof *s->starts)};
    for (size_t c = 0; c < C; c++)
        s->starts[c + 1] =
            s->starts[c] + (c == C / 2 ? longest : 1 + rng_below(&rng, c % 3 ? 20 : longest));
    assert_done(embedded_images_alloc(I, R, D, made_split_holds, false, &s->images, &err), err);
    assert_done(embedded_images_alloc(I, R, D, made_split_holds, true, &s->halves, &err), err);
    assert_done(embedded_captions_alloc(C, D, s->starts, made_split_holds, &s->captions, &err),
                err);
    fill_unit_rows(&rng, I * R, D, s->images.regions);
    fill_unit_rows(&rng, s->starts[C], D, s->captions.words);
    split_finish(s);
}

void split_done(struct split *s)
{
    embedded_images_free(&s->images);
    embedded_images_free(&s->halves);
    embedded_captions_free(&s->captions);
    free(s->starts);
}
