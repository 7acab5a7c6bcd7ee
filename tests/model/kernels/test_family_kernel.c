/* test_family_kernel.c: every kernel of BFAN and VSE++ that runs here against the naive one in
 * double, on odd shapes. */
#include <math.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/order_near.h"
#include "model/kernels/xattn.h"
#include "tests/support/testing.h"

static const struct shape {
    size_t R, W, D;
} shapes[] = {{36, 14, 64}, {1, 1, 7},  {1, 5, 9},    {5, 1, 16},    {3, 2, 17},   {36, 16, 33},
              {36, 17, 8},  {7, 33, 5}, {10, 70, 19}, {100, 40, 20}, {37, 64, 12}, {15, 15, 15}};

/* Where a weight comes as close as this to the focal step's threshold, rounding decides. */
static const double decided = 2e-5;

struct scene {
    size_t R, W, D;
    double *v, *e;
    float *fv, *fe, *region_gram, *word_gram, *region_norm, *word_norm;
};

static void random_rows(struct rng *rng, size_t n, size_t D, double **out, float **copy)
{
    *out = mem_new(n * D, sizeof **out);
    *copy = mem_new(n * D, sizeof **copy);
    for (size_t i = 0; i < n * D; i++)
        (*out)[i] = (*copy)[i] = (float)(rng_normal(rng) / sqrt((double)D));
}

static void scene_init(struct scene *s, struct rng *rng, const struct shape *shape)
{
    *s = (struct scene){.R = shape->R, .W = shape->W, .D = shape->D};
    random_rows(rng, s->R, s->D, &s->v, &s->fv);
    random_rows(rng, s->W, s->D, &s->e, &s->fe);
    s->region_gram = mem_new(s->R * s->R, sizeof(float));
    s->word_gram = mem_new(s->W * s->W, sizeof(float));
    s->region_norm = mem_new(s->R, sizeof(float));
    s->word_norm = mem_new(s->W, sizeof(float));
    xattn_gram(s->fv, s->R, s->D, s->region_gram);
    xattn_gram(s->fe, s->W, s->D, s->word_gram);
    xattn_norms(s->fv, s->R, s->D, s->region_norm);
    xattn_norms(s->fe, s->W, s->D, s->word_norm);
}

static void scene_done(struct scene *s)
{
    void *all[] = {s->v,           s->e,         s->fv,          s->fe,
                   s->region_gram, s->word_gram, s->region_norm, s->word_norm};
    for (size_t i = 0; i < COUNTOF(all); i++)
        free(all[i]);
}

static float pair_by_kernel(const struct bfan_options *o, const struct family_kernel *k,
                            const struct scene *s, float *words, float *regions)
{
    size_t lds = (s->W + k->lanes - 1) / k->lanes * k->lanes;
    float *x = mem_new(s->R * lds, sizeof *x),
          *scratch = mem_new(k->bfan_scratch(s->R, s->W), sizeof *scratch);
    for (size_t r = 0; r < s->R; r++)
        for (size_t w = 0; w < s->W; w++)
            for (size_t d = 0; d < s->D; d++)
                x[r * lds + w] += s->fv[r * s->D + d] * s->fe[w * s->D + d];
    struct bfan_pair pair = {.R = s->R,
                             .W = s->W,
                             .lds = lds,
                             .s = x,
                             .region_gram = s->region_gram,
                             .word_gram = s->word_gram,
                             .region_norm = s->region_norm,
                             .word_norm = s->word_norm,
                             .word_attention = words,
                             .region_attention = regions};
    float score = k->bfan_pair(o, &pair, scratch);
    free(x);
    free(scratch);
    return score;
}

static void assert_all_close(const float *fast, const double *naive, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(fast[i] - naive[i]) <= 1e-5))
            fail_msg("%s: %.9g, naive %.9g", what, (double)fast[i], naive[i]);
}

/* Returns whether the pair could be compared. */
static int check(const struct bfan_options *o, const struct family_kernel *k, const struct scene *s)
{
    size_t n = s->R * s->W;
    double *words = mem_new(n, sizeof *words), *regions = mem_new(n, sizeof *regions);
    float *fast_words = mem_new(n, sizeof *fast_words),
          *fast_regions = mem_new(n, sizeof *fast_regions);
    struct bfan_naive_out out = {words, regions, 0};
    double naive = bfan_naive(o, s->v, s->R, s->e, s->W, s->D, &out);
    float score = pair_by_kernel(o, k, s, fast_words, fast_regions);
    int clear = out.margin > decided;
    if (clear) {
        assert_all_close(fast_words, words, n, "words over regions");
        assert_all_close(fast_regions, regions, n, "regions over words");
        if (!(fabs(score - naive) <= 1e-5))
            fail_msg("%s, R %zu, W %zu: %.9g, naive %.9g", k->name, s->R, s->W, (double)score,
                     naive);
    }
    assert_true(isfinite(score));
    free(words);
    free(regions);
    free(fast_words);
    free(fast_regions);
    return clear;
}

static void test_pairs(void **state)
{
    static const struct bfan_options options[] = {
        {BFAN_EQUAL, 20}, {BFAN_PROB, 20}, {BFAN_EQUAL, 4}, {BFAN_PROB, 9}};
    struct rng rng;
    size_t clear = 0, all = 0;
    (void)state;
    rng_seed(&rng, 13);
    for (size_t i = 0; i < 4 * COUNTOF(shapes); i++) {
        struct scene s;
        scene_init(&s, &rng, &shapes[i % COUNTOF(shapes)]);
        for (size_t o = 0; o < COUNTOF(options); o++)
            for (size_t k = 0; family_kernel_at(k); k++, all++)
                clear += (size_t)check(&options[o], family_kernel_at(k), &s);
        scene_done(&s);
    }
    print_message("# seed 13: %zu of %zu pairs compared, in the others rounding decides\n", clear,
                  all);
    assert_true(clear * 2 > all);
}

/* All alike: nothing exceeds the mean, the published code divides zero by zero; all are kept. */
static void test_all_alike(void **state)
{
    static const struct bfan_options options[] = {{BFAN_EQUAL, 20}, {BFAN_PROB, 20}};
    (void)state;
    float s[4 * 16] = {0}, gram[16], norm[4], words[12], regions[12], scratch[4096];
    for (size_t i = 0; i < 16; i++)
        gram[i] = 1;
    for (size_t i = 0; i < 4; i++)
        norm[i] = 1;
    for (size_t r = 0; r < 4; r++)
        for (size_t w = 0; w < 3; w++)
            s[r * 16 + w] = 0.5f;
    for (size_t k = 0; family_kernel_at(k); k++)
        for (size_t o = 0; o < COUNTOF(options); o++) {
            struct bfan_pair pair = {4, 3, 16, s, gram, gram, norm, norm, words, regions, 0, 0};
            assert_true(family_kernel_at(k)->bfan_scratch(4, 3) <= COUNTOF(scratch));
            float score = family_kernel_at(k)->bfan_pair(&options[o], &pair, scratch);
            assert_true(fabsf(score - 1) < 1e-5f); /* 0.5 from each side */
            for (size_t i = 0; i < 12; i++) {
                assert_true(fabsf(words[i] - 0.25f) < 1e-6f);
                assert_true(fabsf(regions[i] - 1 / 3.0f) < 1e-6f);
            }
        }
}

/* The rows that VSE++'s order similarity reads end anywhere. */
static void test_order(void **state)
{
    static const size_t sizes[] = {1, 3, 15, 16, 17, 64, 100};
    struct rng rng;
    (void)state;
    rng_seed(&rng, 14);
    for (size_t n = 0; n < COUNTOF(sizes); n++) {
        size_t D = sizes[n], I = 9, C = 11;
        double *v, *e;
        float *fv, *fe, *out = mem_new(I * C, sizeof *out);
        random_rows(&rng, I, D, &v, &fv);
        random_rows(&rng, C, D, &e, &fe);
        for (size_t k = 0; family_kernel_at(k); k++) {
            family_kernel_at(k)->order(fv, I, fe, C, D, out, C);
            for (size_t i = 0; i < I * C; i++) {
                double sum = 0;
                for (size_t d = 0; d < D; d++)
                    sum += pow(fmax(0, e[i % C * D + d] - v[i / C * D + d]), 2);
                if (!(fabs(out[i] + sqrt(sum)) < 2e-6))
                    fail_msg("%s, D %zu: %.9g, naive %.9g", family_kernel_at(k)->name, D,
                             (double)out[i], -sqrt(sum));
            }
        }
        free(v);
        free(e);
        free(fv);
        free(fe);
        free(out);
    }
}

/* Rows of very different sizes, and some that differ in every element by all there is. */
static void near_rows(struct rng *rng, size_t n, size_t D, bool same_sign, float *rows)
{
    for (size_t i = 0; i < n; i++) {
        double size = pow(10, rng_range(rng, -4, 1));
        for (size_t d = 0; d < D; d++)
            rows[i * D + d] = i == 0 ? (same_sign ? 3.0f : -3.0f)
                                     : (float)(size * rng_normal(rng) / sqrt((double)D));
    }
}

static double longest_row(const float *rows, size_t n, size_t D)
{
    float norm[16], most = 0;
    xattn_norms(rows, n, D, norm);
    for (size_t i = 0; i < n; i++)
        most = norm[i] > most ? norm[i] : most;
    return (double)most;
}

/* Scores from 16 bits are as near to the float32 kernel's as their bounds say. */
static void test_order_near(void **state)
{
    enum { I = 9, C = 11, MOST = 1030 };
    static const size_t sizes[] = {1, 3, 31, 32, 33, 64, 100, 1024, 1030};
    static float v[I * MOST], e[C * MOST], own[I * C], scores[I * C], bounds[I * C];
    const struct family_kernel *kernel = family_kernel();
    struct order_near near;
    struct rng rng;
    (void)state;
    if (!kernel->order_near)
        skip();
    rng_seed(&rng, 15);
    for (size_t n = 0; n < COUNTOF(sizes); n++) {
        size_t D = sizes[n];
        float *room = mem_new(order_near_size(I, C, D), sizeof *room);
        near_rows(&rng, I, D, false, v);
        near_rows(&rng, C, D, true, e);
        double size = longest_row(v, I, D) + longest_row(e, C, D);
        assert_true(order_near_init(v, I, e, C, D, room, &near));
        order_near_tile(&near, 0, I, 0, C, scores, bounds, C);
        kernel->order(v, I, e, C, D, own, C);
        for (size_t i = 0; i < I * C; i++) {
            if (!(fabsf(own[i] - scores[i]) <= bounds[i]))
                fail_msg("D %zu, pair %zu: %.9g in 16 bits, %.9g, bound %.3g", D, i,
                         (double)scores[i], (double)own[i], (double)bounds[i]);
            assert_true((double)bounds[i] < size * (1.01 * sqrt((double)D) / 32700 + 5e-5));
        }
        v[D - 1] = NAN;
        assert_false(order_near_init(v, I, e, C, D, room, &near));
        free(room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_all_alike),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_order_near),
    };
    return cmocka_run_group_tests_name("family_kernel", tests, NULL, NULL);
}
