#include "tests/support/made_split.h"

#include <math.h>
#include <stdlib.h>

#include "base/bf16.h"
#include "base/mem.h"
#include "base/rng.h"

static float *unit_rows(struct rng *rng, size_t n, size_t D)
{
    float *rows = mem_new(n * D, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t d = 0; d < D; d++) {
            rows[i * D + d] = (float)rng_normal(rng);
            sum += (double)rows[i * D + d] * rows[i * D + d];
        }
        for (size_t d = 0; d < D; d++)
            rows[i * D + d] /= (float)sqrt(sum);
    }
    return rows;
}

void split_finish(struct split *s)
{
    size_t I = s->images.I, R = s->images.R, D = s->images.D, C = s->captions.C;
    size_t total = s->starts[C];
    xattn_norms(s->regions, I * R, D, s->norm);
    xattn_norms(s->words, total, D, s->word_norm);
    for (size_t i = 0; i < I; i++)
        xattn_gram(s->regions + i * R * D, R, D, s->gram + i * R * R);
    for (size_t c = 0; c < C; c++)
        xattn_gram(s->words + s->starts[c] * D, s->starts[c + 1] - s->starts[c], D,
                   s->word_gram + s->gram_start[c]);
    bf16_split(s->regions, I * R * D, s->high, s->low);
    s->images.loss = s->captions.loss = 0;
    for (size_t r = 0; r < I * R; r++)
        s->images.loss = fmaxf(s->images.loss, bf16_rounding_loss(s->regions + r * D, D));
    for (size_t w = 0; w < total; w++)
        s->captions.loss = fmaxf(s->captions.loss, bf16_rounding_loss(s->words + w * D, D));
}

void split_init(struct split *s, uint64_t seed, size_t I, size_t R, size_t D, size_t C,
                size_t longest)
{
    struct rng rng;
    rng_seed(&rng, seed);
    *s = (struct split){.starts = mem_new(C + 1, sizeof *s->starts),
                        .gram_start = mem_new(C + 1, sizeof *s->gram_start)};
    for (size_t c = 0; c < C; c++) {
        size_t W = c == C / 2 ? longest : 1 + rng_below(&rng, c % 3 ? 20 : longest);
        s->starts[c + 1] = s->starts[c] + W;
        s->gram_start[c + 1] = s->gram_start[c] + W * W;
    }
    size_t total = s->starts[C];
    s->regions = unit_rows(&rng, I * R, D);
    s->words = unit_rows(&rng, total, D);
    s->norm = mem_new(I * R, sizeof(float));
    s->gram = mem_new(I * R * R, sizeof(float));
    s->word_norm = mem_new(total, sizeof(float));
    s->word_gram = mem_new(s->gram_start[C], sizeof(float));
    s->high = mem_new(I * R * D, sizeof *s->high);
    s->low = mem_new(I * R * D, sizeof *s->low);
    s->images = (struct score_images){
        .I = I, .R = R, .D = D, .regions = s->regions, .gram = s->gram, .norm = s->norm};
    s->captions = (struct score_captions){.C = C,
                                          .D = D,
                                          .starts = s->starts,
                                          .words = s->words,
                                          .norm = s->word_norm,
                                          .gram = s->word_gram,
                                          .gram_start = s->gram_start};
    split_finish(s);
}

void split_done(struct split *s)
{
    free(s->high);
    free(s->low);
    free(s->regions);
    free(s->gram);
    free(s->norm);
    free(s->words);
    free(s->word_norm);
    free(s->word_gram);
    free(s->starts);
    free(s->gram_start);
}

struct score_images split_halves(const struct split *s)
{
    struct score_images images = s->images;
    images.regions = NULL;
    images.high = s->high;
    images.low = s->low;
    return images;
}

struct score_images image_of(const struct split *s, size_t i)
{
    struct score_images image = s->images;
    image.I = 1;
    image.regions += i * image.R * image.D;
    image.gram += i * image.R * image.R;
    image.norm += i * image.R;
    return image;
}

struct score_captions caption_of(const struct split *s, size_t c)
{
    struct score_captions caption = s->captions;
    caption.C = 1;
    caption.starts += c;
    caption.gram_start += c;
    return caption;
}
