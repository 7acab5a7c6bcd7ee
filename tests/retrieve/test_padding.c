/* test_padding.c: images of fewer than R regions score as they do alone, without padding: the same
 * bits by every way that scores pairs by themselves, within their bounds by the faster ones. What
 * is in the padding (here NaN) is never read. */
#include "tests/support/made_split.h"
#include "tests/support/testing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "retrieve/score/exact.h"
#include "retrieve/score/score.h"

/* A split with padding, and each of its images alone: as floats and as halves. */
struct padded {
    struct split split;
    int32_t *count;
    struct embedded_images *alone, *alone_halves; /* I */
};

static void make_alone(const struct padded *p, size_t i, bool halves, struct embedded_images *out)
{
    const struct embedded_images *all = &p->split.images;
    struct error err;
    size_t R = (size_t)p->count[i], D = all->D;
    const float *regions = all->regions + i * all->R * D;
    assert_done(embedded_images_alloc(1, R, D, made_split_holds, halves, out, &err), err);
    if (!halves)
        memcpy(out->regions, regions, R * D * sizeof *regions);
    embedded_images_finish(out, 0, halves ? regions : out->regions);
    embedded_images_max_loss(out);
}

static void padded_init(struct padded *p, uint64_t seed, size_t I, size_t R, size_t D, size_t C)
{
    struct rng rng;
    rng_seed(&rng, seed);
    split_init(&p->split, seed, I, R, D, C, 9);
    p->count = mem_new(I, sizeof *p->count);
    for (size_t i = 0; i < I; i++) {
        p->count[i] = i == 0 ? 1 : i == 1 ? (int32_t)R : 1 + (int32_t)rng_below(&rng, R);
        for (size_t k = (size_t)p->count[i] * D; k < R * D; k++)
            p->split.images.regions[i * R * D + k] = NAN;
    }
    p->split.images.count = p->split.halves.count = p->count;
    split_finish(&p->split);
    p->alone = mem_new(I, sizeof *p->alone);
    p->alone_halves = mem_new(I, sizeof *p->alone_halves);
    for (size_t i = 0; i < I; i++) {
        make_alone(p, i, false, &p->alone[i]);
        make_alone(p, i, true, &p->alone_halves[i]);
    }
}

static void padded_done(struct padded *p)
{
    for (size_t i = 0; i < p->split.images.I; i++) {
        embedded_images_free(&p->alone[i]);
        embedded_images_free(&p->alone_halves[i]);
    }
    free(p->alone);
    free(p->alone_halves);
    free(p->count);
    split_done(&p->split);
}

static void assert_same(const float *got, const float *wanted, size_t n, const char *what, size_t i)
{
    if (memcmp(got, wanted, n * sizeof *got) == 0)
        return;
    for (size_t k = 0; k < n; k++)
        if (memcmp(got + k, wanted + k, sizeof *got) != 0)
            fail_msg("%s, image %zu, number %zu: %.9g, alone %.9g", what, i, k, (double)got[k],
                     (double)wanted[k]);
}

/* Score, attention and similarities of pairs. */
static void check_pair(const struct padded *p, const struct attn_options *o, bool halves, size_t i,
                       size_t c, float wanted)
{
    const struct embedded_captions *captions = &p->split.captions;
    struct error err;
    size_t R = (size_t)p->count[i], W = embedded_captions_words(captions, c),
           Q = o->cross_attn == CROSS_T2I ? W : R;
    struct embedded_images padded =
        embedded_images_at(halves ? &p->split.halves : &p->split.images, i, 1);
    struct embedded_captions caption = embedded_captions_at(captions, c, 1);
    float score[2], *attention[2], *similarity[2];
    for (int k = 0; k < 2; k++) {
        const struct embedded_images *alone = halves ? &p->alone_halves[i] : &p->alone[i];
        attention[k] = mem_new(R * W, sizeof **attention);
        similarity[k] = mem_new(Q, sizeof **similarity);
        assert_done(score_pair(&(struct scoring){.attn = o}, k ? alone : &padded, &caption,
                               attention[k], similarity[k], &score[k], &err),
                    err);
    }
    assert_same(score, &wanted, 1, "score_pair", i);
    assert_same(score + 1, &wanted, 1, "score_pair alone", i);
    assert_same(attention[0], attention[1], R * W, "attention", i);
    assert_same(similarity[0], similarity[1], Q, "similarity", i);
    for (int k = 0; k < 2; k++) {
        free(attention[k]);
        free(similarity[k]);
    }
}

static void check_own(const struct padded *p, const struct attn_options *o, bool halves,
                      const float *wanted)
{
    const struct embedded_images *images = halves ? &p->split.halves : &p->split.images;
    const struct embedded_captions *captions = &p->split.captions;
    struct error err;
    size_t I = images->I, C = captions->C;
    float *row = mem_new(C, sizeof *row), *column = mem_new(I, sizeof *column),
          *pairs = mem_new(I * C, sizeof *pairs);
    struct exact_list list;
    assert_done(exact_all_pairs(I, C, &list, &err), err);
    struct score_list all = {list.starts, list.captions};
    assert_done(
        score_pairs(&(struct scoring){.attn = o}, images, captions, &all, pairs, NULL, &err), err);
    assert_same(pairs, wanted, I * C, "score_pairs", 0);
    for (size_t i = 0; i < I; i++) {
        struct embedded_images one = embedded_images_at(images, i, 1);
        assert_done(score_captions(&(struct scoring){.attn = o}, &one, captions, row, NULL, &err),
                    err);
        assert_same(row, wanted + i * C, C, "score_captions", i);
        check_pair(p, o, halves, i, i % C, wanted[i * C + i % C]);
    }
    for (size_t c = 0; c < C; c += 3) {
        struct embedded_captions caption = embedded_captions_at(captions, c, 1);
        assert_done(
            score_images(&(struct scoring){.attn = o}, images, &caption, column, NULL, &err), err);
        for (size_t i = 0; i < I; i++)
            assert_same(column + i, wanted + i * C + c, 1, "score_images", i);
    }
    exact_list_free(&list);
    free(row);
    free(column);
    free(pairs);
}

static void assert_within(float got, float bound, float wanted, const char *what, size_t i)
{
    if (!(fabsf(got - wanted) <= bound))
        fail_msg("%s, image %zu: %.9g, alone %.9g, bound %g", what, i, (double)got, (double)wanted,
                 (double)bound);
}

static void check_fast(const struct padded *p, const struct attn_options *o,
                       const struct bf16_kernel *half, bool halves, const float *wanted)
{
    const struct embedded_images *images = halves ? &p->split.halves : &p->split.images;
    const struct embedded_captions *captions = &p->split.captions;
    struct error err;
    size_t I = images->I, C = captions->C, finite = 0;
    float *sims = mem_new(I * C, sizeof *sims), *bounds = mem_new(I * C, sizeof *bounds);
    assert_done(score_all_approx(&(struct scoring){.attn = o}, images, captions, half, sims, bounds,
                                 NULL, &err),
                err);
    for (size_t k = 0; k < I * C; k++) {
        if (isfinite(bounds[k]))
            assert_within(sims[k], bounds[k], wanted[k], half ? "bf16 tiles" : "tiles", k / C);
        finite += isfinite(bounds[k]);
    }
    assert_true(finite > 0);
    for (size_t c = 0; half && c < C; c += 3) {
        struct embedded_captions caption = embedded_captions_at(captions, c, 1);
        assert_done(score_images_approx(&(struct scoring){.attn = o}, images, &caption, half, sims,
                                        bounds, NULL, &err),
                    err);
        for (size_t i = 0; i < I; i++)
            if (isfinite(bounds[i]))
                assert_within(sims[i], bounds[i], wanted[i * C + c], "bf16 query", i);
    }
    free(sims);
    free(bounds);
}

/* wanted: I x C, scores of each image alone. */
static void score_alone(const struct padded *p, const struct attn_options *o, float *wanted)
{
    struct error err;
    size_t C = p->split.captions.C;
    for (size_t i = 0; i < p->split.images.I; i++)
        assert_done(score_captions(&(struct scoring){.attn = o}, &p->alone[i], &p->split.captions,
                                   wanted + i * C, NULL, &err),
                    err);
}

static void check_variant(const struct padded *p, const struct attn_options *o)
{
    size_t I = p->split.images.I, C = p->split.captions.C;
    float *wanted = mem_new(I * C, sizeof *wanted);
    const char *why;
    const struct bf16_kernel *own = bf16_kernel(&why);
    score_alone(p, o, wanted);
    for (int halves = 0; halves < 2; halves++) {
        check_own(p, o, halves, wanted);
        check_fast(p, o, NULL, halves, wanted);
    }
    check_fast(p, o, &bf16_plain, true, wanted);
    if (own)
        check_fast(p, o, own, true, wanted);
    free(wanted);
}

static void check_shape(size_t I, size_t R, size_t D, size_t C)
{
    struct padded p;
    padded_init(&p, 10 * I + R, I, R, D, C);
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++)
        for (int norm = 0; norm <= RAW_NO_NORM; norm++)
            for (int agg = AGG_LOGSUMEXP; agg <= AGG_SUM; agg++) {
                struct attn_options o = {.cross_attn = (enum cross_attn)cross,
                                         .raw_feature_norm = (enum raw_norm)norm,
                                         .agg_func = (enum agg_func)agg,
                                         .lambda_softmax = 9,
                                         .lambda_lse = 6};
                check_variant(&p, &o);
            }
    padded_done(&p);
}

static void test_every_variant(void **state)
{
    (void)state;
    check_shape(7, 5, 24, 9);
    check_shape(5, 36, 40, 20);
}

/* More tiles and tasks than one, and a last one that is not full. */
static void test_many_images(void **state)
{
    (void)state;
    struct padded p;
    struct attn_options o = {.cross_attn = CROSS_T2I,
                             .raw_feature_norm = RAW_CLIPPED_L2NORM,
                             .agg_func = AGG_LOGSUMEXP,
                             .lambda_softmax = 9,
                             .lambda_lse = 6};
    padded_init(&p, 3, 333, 20, 16, 70);
    check_variant(&p, &o);
    o.cross_attn = CROSS_I2T;
    o.agg_func = AGG_MEAN;
    check_variant(&p, &o);
    padded_done(&p);
}

/* Behind what is real all that is computed is zero, also where another image was before. */
static void test_padding_holds_zeros(void **state)
{
    (void)state;
    struct padded p;
    size_t I = 4, R = 6, D = 8;
    padded_init(&p, 5, I, R, D, 3);
    memset(p.split.images.gram, 1, I * R * R * sizeof(float));
    memset(p.split.images.norm, 1, I * R * sizeof(float));
    memset(p.split.halves.loss, 1, I * R * sizeof(float));
    split_finish(&p.split);
    assert_true(isfinite(p.split.halves.loss_max));
    for (size_t i = 0; i < I; i++) {
        size_t n = (size_t)p.count[i];
        for (size_t k = n; k < R; k++)
            assert_true(p.split.images.norm[i * R + k] == 0 && p.split.halves.loss[i * R + k] == 0);
        for (size_t k = n * n; k < R * R; k++)
            assert_true(p.split.images.gram[i * R * R + k] == 0);
    }
    padded_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_variant),
        cmocka_unit_test(test_many_images),
        cmocka_unit_test(test_padding_holds_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
