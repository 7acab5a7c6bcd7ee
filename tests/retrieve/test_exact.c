/* test_exact.c: ranks made of faster scores are those of the pairs' own scores: on random splits,
 * on splits of almost equal images, and of equal ones. */
#include "tests/support/made_split.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "evaluate/evaluate.h"
#include "retrieve/session/session_exact.h"
#include "tests/support/regular.h"

enum { PER_IMAGE = 5 };

static struct attn_options paper(int cross, int agg)
{
    return (struct attn_options){.cross_attn = (enum cross_attn)cross,
                                 .agg_func = (enum agg_func)agg,
                                 .raw_feature_norm = RAW_CLIPPED_L2NORM,
                                 .lambda_softmax = cross == CROSS_T2I ? 9 : 4,
                                 .lambda_lse = cross == CROSS_T2I ? 6 : 5};
}

/* ---- a pair's own score ---- */

static float *own_scores(const struct split *s, const struct attn_options *o,
                         const struct embedded_images *images)
{
    size_t I = s->images.I, C = s->captions.C;
    float *scores = mem_new(I * C, sizeof *scores);
    size_t *starts = mem_new(I + 1, sizeof *starts);
    uint32_t *captions = mem_new(I * C, sizeof *captions);
    struct error err;
    for (size_t i = 0; i <= I; i++)
        starts[i] = i * C;
    for (size_t k = 0; k < I * C; k++)
        captions[k] = (uint32_t)(k % C);
    struct score_list list = {starts, captions};
    assert_done(
        score_pairs(&(struct scoring){.attn = o}, images, &s->captions, &list, scores, NULL, &err),
        err);
    free(starts);
    free(captions);
    return scores;
}

static void assert_same_bits(const float *a, const float *b, size_t n, const char *what)
{
    for (size_t k = 0; k < n; k++)
        if (memcmp(a + k, b + k, sizeof *a) != 0)
            fail_msg("%s: score %zu is %.9g, the pair's own is %.9g", what, k, (double)b[k],
                     (double)a[k]);
}

static void check_ways(const struct split *s, const struct attn_options *o)
{
    size_t I = s->images.I, C = s->captions.C;
    struct embedded_images halves = s->halves;
    struct error err;
    float *own = own_scores(s, o, &s->images), *joined = own_scores(s, o, &halves);
    float *row = mem_new(C, sizeof *row), *column = mem_new(I, sizeof *column), pair;
    float *turned = mem_new(I, sizeof *turned);
    assert_same_bits(own, joined, I * C, "halves");
    for (size_t i = 0; i < I; i++) {
        struct embedded_images image = embedded_images_at(&s->images, i, 1);
        struct embedded_captions caption = embedded_captions_at(&s->captions, i % C, 1);
        assert_done(
            score_captions(&(struct scoring){.attn = o}, &image, &s->captions, row, NULL, &err),
            err);
        assert_same_bits(own + i * C, row, C, "one image");
        assert_done(
            score_pair(&(struct scoring){.attn = o}, &image, &caption, NULL, NULL, &pair, &err),
            err);
        assert_same_bits(own + i * C + i % C, &pair, 1, "one pair");
    }
    for (size_t c = 0; c < C; c++) {
        struct embedded_captions caption = embedded_captions_at(&s->captions, c, 1);
        const struct embedded_images *images = c % 2 ? &halves : &s->images;
        for (size_t i = 0; i < I; i++)
            turned[i] = own[i * C + c];
        assert_done(
            score_images(&(struct scoring){.attn = o}, images, &caption, column, NULL, &err), err);
        assert_same_bits(turned, column, I, "one caption");
    }
    free(own);
    free(joined);
    free(row);
    free(column);
    free(turned);
}

static void test_own_score_has_one_value(void **state)
{
    (void)state;
    const size_t shapes[][5] = {
        {6, 36, 64, 11, 20}, {5, 7, 37, 9, 6}, {3, 1, 1, 4, 3}, {4, 5, 130, 6, 17}};
    for (size_t n = 0; n < 4; n++) {
        struct split s;
        const size_t *shape = shapes[n];
        split_init(&s, n, shape[0], shape[1], shape[2], shape[3], shape[4]);
        for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++) {
            struct attn_options o = paper(cross, AGG_LOGSUMEXP);
            check_ways(&s, &o);
        }
        split_done(&s);
    }
}

/* ---- bounds of tiles and of one query ---- */

static void check_within(const float *own, const float *near, const float *bounds, size_t n,
                         const char *what)
{
    for (size_t k = 0; k < n; k++)
        if (!(fabsf(own[k] - near[k]) <= bounds[k]))
            fail_msg("%s: score %zu is %.9g, the pair's own %.9g, bound %g", what, k,
                     (double)near[k], (double)own[k], (double)bounds[k]);
}

static void check_bounds(const struct split *s, const struct attn_options *o,
                         const struct bf16_kernel *half)
{
    size_t I = s->images.I, C = s->captions.C;
    struct embedded_images halves = s->halves;
    struct error err;
    float *own = own_scores(s, o, &s->images);
    float *near = mem_new(I * C, sizeof *near), *bounds = mem_new(I * C, sizeof *bounds);
    assert_done(score_all_approx(&(struct scoring){.attn = o}, &halves, &s->captions, half, near,
                                 bounds, NULL, &err),
                err);
    check_within(own, near, bounds, I * C, half ? "bf16 tile" : "f32 tile");
    for (size_t c = 0; half && c < C; c += 3) {
        struct embedded_captions caption = embedded_captions_at(&s->captions, c, 1);
        float column[64];
        for (size_t i = 0; i < I; i++)
            column[i] = own[i * C + c];
        assert_done(score_images_approx(&(struct scoring){.attn = o}, &halves, &caption, half, near,
                                        bounds, NULL, &err),
                    err);
        check_within(column, near, bounds, I, "bf16 query");
    }
    free(own);
    free(near);
    free(bounds);
}

/* ---- splits of several kinds ---- */

/* As with a trained model: all regions have something in common, those of an image more, and the
 * words of its captions are near them. */
static void make_clear(struct split *s, struct rng *rng)
{
    size_t I = s->images.I, R = s->images.R, D = s->images.D;
    for (size_t i = 0; i < I; i++)
        for (size_t n = R * D; n-- > 0;) { /* first rows stay: of image 0 what all have in common */
            float all = s->images.regions[n % D], image = s->images.regions[i * R * D + n % D];
            float *x = &s->images.regions[i * R * D + n];
            *x = n < D ? *x : 0.7f * all + 0.5f * image + 0.5f * *x;
        }
    for (size_t c = 0; c < s->captions.C; c++)
        for (size_t w = s->starts[c]; w < s->starts[c + 1]; w++) {
            const float *v =
                s->images.regions + (c / PER_IMAGE * R + 1 + rng_below(rng, R - 1)) * D;
            for (size_t d = 0; d < D; d++)
                s->captions.words[w * D + d] = 0.3f * s->captions.words[w * D + d] + v[d];
        }
    split_finish(s);
}

/* Each image equals the one three before it except for a few numbers, moved by 2^-23 to 2^-8 of
 * their size; every fourth is the same. */
static void make_ties(struct split *s, struct rng *rng)
{
    size_t size = s->images.R * s->images.D;
    for (size_t i = 3; i < s->images.I; i++) {
        float *image = s->images.regions + i * size;
        memcpy(image, image - 3 * size, size * sizeof *image);
        for (size_t n = 0; i % 4 && n < 5; n++)
            image[rng_below(rng, size)] *= 1 + ldexpf(1, -(int)(8 + rng_below(rng, 16)));
    }
    split_finish(s);
}

static void leave(struct split *s, struct rng *rng)
{
    (void)s, (void)rng;
}

static const struct kind {
    const char *name;
    void (*make)(struct split *s, struct rng *rng);
} kinds[] = {{"random", leave}, {"clear", make_clear}, {"near ties", make_ties}};

enum { KINDS = 3, RANDOM = 0, CLEAR = 1, TIES = 2 };

static const size_t made_images = 42;

static void made(struct split *s, const struct kind *kind, uint64_t seed)
{
    struct rng rng;
    split_init(s, seed, made_images, 9, 96, made_images * PER_IMAGE, 14);
    rng_seed(&rng, seed + 1);
    kind->make(s, &rng);
}

static void for_kinds(void (*check)(const struct kind *kind, const struct split *s,
                                    const struct attn_options *o, const struct bf16_kernel *half))
{
    const char *why;
    const struct bf16_kernel *kernels[] = {NULL, &bf16_plain, bf16_kernel(&why)};
    for (size_t k = 0; k < KINDS; k++) {
        struct split s;
        made(&s, &kinds[k], 70 + k);
        for (size_t n = 0; n < 3; n++)
            for (int v = 0; v < 4 && (n == 0 || kernels[n]); v++) {
                struct attn_options o =
                    paper(v / 2 ? CROSS_I2T : CROSS_T2I, v % 2 ? AGG_MEAN : AGG_LOGSUMEXP);
                check(&kinds[k], &s, &o, kernels[n]);
            }
        split_done(&s);
    }
    if (!kernels[2]) {
        fprintf(stderr, "# skipped: the CPU's kernel: %s\n", why);
        skip();
    }
}

static void check_kind_bounds(const struct kind *kind, const struct split *s,
                              const struct attn_options *o, const struct bf16_kernel *half)
{
    (void)kind;
    check_bounds(s, o, half);
}

static void test_bounds(void **state)
{
    (void)state;
    for_kinds(check_kind_bounds);
}

/* ---- ranks ---- */

struct ranks {
    size_t *i2t, *t2i;
    struct recalls r;
};

static struct ranks ranks_of(const float *sims, size_t I, size_t C)
{
    struct ranks ranks = {.i2t = mem_new(I, sizeof(size_t)), .t2i = mem_new(C, sizeof(size_t))};
    evaluate_i2t(sims, REGULAR(I, C, PER_IMAGE), &ranks.r, ranks.i2t);
    evaluate_t2i(sims, REGULAR(I, C, PER_IMAGE), &ranks.r, ranks.t2i);
    return ranks;
}

/* Scores the pairs of a list by themselves, into the matrix. */
static void put_own(const struct split *s, const struct attn_options *o,
                    const struct exact_list *list, float *scores, float *sims)
{
    struct embedded_images halves = s->halves;
    struct score_list pairs = {list->starts, list->captions};
    struct error err;
    assert_done(score_pairs(&(struct scoring){.attn = o}, &halves, &s->captions, &pairs, scores,
                            NULL, &err),
                err);
    exact_scatter(list, scores, s->images.I, s->captions.C, sims);
}

/* As in `eval`; returns the share of pairs scored again. */
static double exact_sims(const struct split *s, const struct attn_options *o,
                         const struct bf16_kernel *half, float *sims)
{
    size_t I = s->images.I, C = s->captions.C;
    struct embedded_images halves = s->halves;
    struct exact_list truth, open;
    struct error err;
    float *bounds = mem_new(I * C, sizeof *bounds), *scores = mem_new(I * C, sizeof *scores);
    float *true_scores = mem_new(C, sizeof *true_scores);
    assert_done(score_all_approx(&(struct scoring){.attn = o}, &halves, &s->captions, half, sims,
                                 bounds, NULL, &err),
                err);
    assert_done(exact_true_pairs(REGULAR(I, C, PER_IMAGE), &truth, &err), err);
    put_own(s, o, &truth, true_scores, sims);
    assert_done(
        exact_undecided_pairs(sims, bounds, REGULAR(I, C, PER_IMAGE), true_scores, &open, &err),
        err);
    put_own(s, o, &open, scores, sims);
    double share = (double)open.starts[I] / (double)(I * C);
    exact_list_free(&truth);
    exact_list_free(&open);
    free(bounds);
    free(scores);
    free(true_scores);
    return share;
}

static void check_ranks(const struct kind *kind, const struct split *s,
                        const struct attn_options *o, const struct bf16_kernel *half)
{
    size_t I = s->images.I, C = s->captions.C;
    float *own = own_scores(s, o, &s->images), *sims = mem_new(I * C, sizeof *sims);
    double share = exact_sims(s, o, half, sims);
    struct ranks wanted = ranks_of(own, I, C), got = ranks_of(sims, I, C);
    assert_memory_equal(wanted.i2t, got.i2t, I * sizeof *got.i2t);
    assert_memory_equal(wanted.t2i, got.t2i, C * sizeof *got.t2i);
    print_message("# %s, %s %s, %s: %.1f %% scored again\n", kind->name,
                  o->cross_attn == CROSS_T2I ? "t2i" : "i2t",
                  o->agg_func == AGG_MEAN ? "Mean" : "LogSumExp", half ? half->name : "f32",
                  100 * share);
    if (kind == &kinds[CLEAR] && !half)
        assert_true(share < 0.05);
    if (kind == &kinds[CLEAR] && half)
        assert_true(share < 0.5); /* the bounds decide something */
    free(own);
    free(sims);
    free(wanted.i2t);
    free(wanted.t2i);
    free(got.i2t);
    free(got.t2i);
}

static void test_ranks(void **state)
{
    (void)state;
    for_kinds(check_ranks);
}

/* Without scoring again, the ranks of near ties are wrong; otherwise the test above would show
 * nothing.
 */
static void test_near_alone_is_not_enough(void **state)
{
    (void)state;
    struct split s;
    struct error err;
    made(&s, &kinds[TIES], 72);
    size_t I = s.images.I, C = s.captions.C;
    struct attn_options o = paper(CROSS_T2I, AGG_MEAN);
    struct embedded_images halves = s.halves;
    float *own = own_scores(&s, &o, &s.images), *near = mem_new(I * C, sizeof *near);
    assert_done(score_all_approx(&(struct scoring){.attn = &o}, &halves, &s.captions, &bf16_plain,
                                 near, NULL, NULL, &err),
                err);
    struct ranks wanted = ranks_of(own, I, C), got = ranks_of(near, I, C);
    assert_true(memcmp(wanted.t2i, got.t2i, C * sizeof *got.t2i) != 0);
    free(wanted.i2t);
    free(wanted.t2i);
    free(got.i2t);
    free(got.t2i);
    free(own);
    free(near);
    split_done(&s);
}

/* A pair whose score is NaN is never left to a bound. */
static void test_nan_is_open(void **state)
{
    (void)state;
    struct exact_list open;
    struct error err;
    const float sims[] = {0.9f, NAN,  0.5f, /* image 0 */
                          0.1f, 0.6f, 0.5f, 0.2f, 0.3f, 0.8f};
    const float truth[] = {0.9f, 0.6f, 0.8f};
    const float bounds[] = {0.01f, 0.01f, 0.01f, INFINITY, 0.01f, NAN, 0.01f, 0.35f, 0.01f};
    const uint32_t wanted[] = {1, 0, 2, 1};
    assert_done(exact_undecided_pairs(sims, bounds, REGULAR(3, 3, 1), truth, &open, &err), err);
    assert_int_equal(open.starts[1], 1);
    assert_int_equal(open.starts[2], 3);
    assert_int_equal(open.starts[3], 4);
    assert_memory_equal(open.captions, wanted, sizeof wanted);
    exact_list_free(&open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_score_has_one_value),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_near_alone_is_not_enough),
        cmocka_unit_test(test_nan_is_open),
    };
    return cmocka_run_group_tests_name("exact", tests, NULL, NULL);
}
