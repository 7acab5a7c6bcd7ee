/* test_score.c: the scoring engine against the naive pair, whatever the tiling; ranks. */
#include "tests/support/made_split.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "retrieve/score/score.h"
#include "retrieve/session/session.h"

static double naive_score(const struct attn_options *o, const struct split *s, size_t i, size_t c)
{
    size_t R = s->images.R, D = s->images.D;
    return xattn_naive(o, s->images.regions + i * R * D, R, s->captions.words + s->starts[c] * D,
                       s->starts[c + 1] - s->starts[c], D, NULL, NULL);
}

static void assert_near(double got, double wanted, size_t i, size_t c)
{
    if (!(fabs(got - wanted) <= 5e-6))
        fail_msg("image %zu, caption %zu: %.9g, wanted %.9g", i, c, got, wanted);
}

/* Every way to score a pair agrees with the naive one. */
static void check_split(const struct split *s, const struct attn_options *o)
{
    struct error err;
    size_t I = s->images.I, C = s->captions.C;
    float *all = mem_new(I * C, sizeof *all), *row = mem_new(C, sizeof *row),
          *column = mem_new(I, sizeof *column);
    assert_done(score_all(&(struct scoring){.attn = o}, &s->images, &s->captions, all, NULL, &err),
                err);
    for (size_t i = 0; i < I; i++)
        for (size_t c = 0; c < C; c++)
            assert_near(all[i * C + c], naive_score(o, s, i, c), i, c);
    for (size_t i = 0; i < I; i += 3) {
        struct embedded_images image = embedded_images_at(&s->images, i, 1);
        assert_done(
            score_captions(&(struct scoring){.attn = o}, &image, &s->captions, row, NULL, &err),
            err);
        for (size_t c = 0; c < C; c++)
            assert_near(row[c], all[i * C + c], i, c);
    }
    for (size_t c = 0; c < C; c += 5) {
        struct embedded_captions caption = embedded_captions_at(&s->captions, c, 1);
        assert_done(
            score_images(&(struct scoring){.attn = o}, &s->images, &caption, column, NULL, &err),
            err);
        for (size_t i = 0; i < I; i++)
            assert_near(column[i], all[i * C + c], i, c);
    }
    free(all);
    free(row);
    free(column);
}

static void check_shape(size_t I, size_t R, size_t D, size_t C, size_t longest)
{
    struct split s;
    split_init(&s, I * 1000 + C, I, R, D, C, longest);
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++)
        for (int agg = AGG_LOGSUMEXP; agg <= AGG_MEAN; agg++) {
            struct attn_options o = {.cross_attn = (enum cross_attn)cross,
                                     .agg_func = (enum agg_func)agg,
                                     .raw_feature_norm = RAW_CLIPPED_L2NORM,
                                     .lambda_softmax = 9,
                                     .lambda_lse = 6};
            check_split(&s, &o);
        }
    split_done(&s);
}

static void test_shapes(void **state)
{
    (void)state;
    check_shape(1, 1, 4, 1, 1);
    check_shape(7, 5, 12, 3, 4);
    check_shape(3, 36, 32, 61, 70);
    check_shape(131, 4, 8, 37, 12); /* more images than in a task */
    check_shape(2, 300, 16, 18, 33);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    assert_true(done <= total);
    ++*(int *)context;
    return false;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct split s;
    split_init(&s, 3, 300, 3, 8, 40, 9);
    struct attn_options o = {.lambda_softmax = 9, .lambda_lse = 6};
    float *sims = mem_new(300 * 40, sizeof *sims);
    int calls = 0;
    struct progress progress = {stop_at_once, &calls};
    struct error err;
    assert_int_equal(
        score_all(&(struct scoring){.attn = &o}, &s.images, &s.captions, sims, &progress, &err),
        -1);
    assert_string_equal(err.text, "interrupted");
    assert_int_equal(calls, 1);
    struct embedded_captions caption = embedded_captions_at(&s.captions, 0, 1);
    assert_int_equal(
        score_images(&(struct scoring){.attn = &o}, &s.images, &caption, sims, &progress, &err),
        -1);
    assert_string_equal(err.text, "interrupted");
    free(sims);
    split_done(&s);
}

static void test_pair_attention(void **state)
{
    (void)state;
    struct split s;
    split_init(&s, 5, 2, 7, 16, 4, 11);
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++) {
        struct attn_options o = {.cross_attn = (enum cross_attn)cross,
                                 .agg_func = AGG_MEAN,
                                 .raw_feature_norm = RAW_L1NORM,
                                 .lambda_softmax = 9,
                                 .lambda_lse = 6};
        struct embedded_images image = embedded_images_at(&s.images, 1, 1);
        struct embedded_captions caption = embedded_captions_at(&s.captions, 2, 1);
        size_t W = s.starts[3] - s.starts[2];
        float attention[7 * 20], similarity[20], score;
        double wanted[7 * 20], wanted_similarity[20];
        struct error err;
        assert_done(score_pair(&(struct scoring){.attn = &o}, &image, &caption, attention,
                               similarity, &score, &err),
                    err);
        double naive = xattn_naive(&o, image.regions, 7, s.captions.words + s.starts[2] * 16, W, 16,
                                   wanted, wanted_similarity);
        assert_near(score, naive, 1, 2);
        for (size_t k = 0; k < 7 * W; k++)
            assert_near(attention[k], wanted[k], k, 2);
        for (size_t q = 0; q < (cross == CROSS_T2I ? W : 7); q++)
            assert_near(similarity[q], wanted_similarity[q], q, 2);
    }
    split_done(&s);
}

static void test_rank_top(void **state)
{
    (void)state;
    float scores[] = {0.5f, NAN, 0.9f, 0.5f, -1, 0.9f, INFINITY};
    struct ranked out[7];
    assert_int_equal(rank_top(scores, 7, 4, out), 4);
    size_t wanted[] = {6, 2, 5, 0, 3, 4, 1};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(out[i].index, wanted[i]);
    assert_int_equal(rank_top(scores, 7, 100, out), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(out[i].index, wanted[i]);
        assert_int_equal(rank_of(scores, 7, wanted[i]), i);
    }
    assert_int_equal(rank_top(scores, 7, 0, out), 0);
}

static void test_rank_top_of_many(void **state)
{
    (void)state;
    enum { N = 1000 };
    struct rng rng;
    rng_seed(&rng, 4);
    float scores[N];
    for (size_t i = 0; i < N; i++)
        scores[i] = (float)rng_below(&rng, 50);
    struct ranked out[N];
    for (size_t k = 1; k < N; k = k * 3 + 1) {
        assert_int_equal(rank_top(scores, N, k, out), k);
        for (size_t i = 0; i < k; i++)
            assert_int_equal(rank_of(scores, N, out[i].index), i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),           cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_pair_attention),   cmocka_unit_test(test_rank_top),
        cmocka_unit_test(test_rank_top_of_many),
    };
    return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
