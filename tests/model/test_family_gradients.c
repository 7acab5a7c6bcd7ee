/* test_family_gradients.c: BFAN and VSE++ in training: scores of a batch against the naive ones in
 * double, gradients against finite differences of these; images with different numbers of regions.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/bfan_train.h"
#include "model/fc.h"
#include "model/vse.h"
#include "tests/support/testing.h"

enum { IMAGES = 5, CAPTIONS = 6, PAIRS = IMAGES * CAPTIONS };

static const double step = 1e-6;

/* Numbers in double, and the same in float. */
static void random_numbers(struct rng *rng, size_t n, double scale, double *x, float *copy)
{
    for (size_t i = 0; i < n; i++)
        x[i] = copy[i] = (float)(scale * rng_normal(rng));
}

static void assert_gradient(double gradient, double wanted, double scale, const char *what,
                            size_t i)
{
    if (!(fabs(gradient - wanted) < 5e-4 * scale))
        fail_msg("%s: component %zu is %.7g, by differences %.7g (largest %.3g)", what, i, gradient,
                 wanted, scale);
}

static double largest(const float *x, size_t n)
{
    double most = 1e-3;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)x[i]));
    return most;
}

/* ---- BFAN ---- */

struct bfan_scene {
    struct bfan_options options;
    struct xattn_shape shape;
    size_t regions[IMAGES + 1], words[CAPTIONS + 1], n;
    double *x; /* v, then e */
    float *fx;
    float dscores[PAIRS];
    bool clear[PAIRS]; /* the pair is far from the focal step's threshold */
};

static double pair_score(const struct bfan_scene *s, size_t p, double *margin)
{
    size_t i = p / CAPTIONS, c = p % CAPTIONS, D = s->shape.D;
    const double *v = s->x, *e = v + s->regions[IMAGES] * D;
    struct bfan_naive_out out = {0};
    double score = bfan_naive(&s->options, v + s->regions[i] * D, s->regions[i + 1] - s->regions[i],
                              e + s->words[c] * D, s->words[c + 1] - s->words[c], D, &out);
    if (margin)
        *margin = out.margin;
    return score;
}

static double bfan_loss(const struct bfan_scene *s)
{
    double sum = 0;
    for (size_t p = 0; p < PAIRS; p++)
        sum += s->dscores[p] != 0 ? (double)s->dscores[p] * pair_score(s, p, NULL) : 0;
    return sum;
}

static void scene_init(struct bfan_scene *s, struct rng *rng, enum bfan_focal focal, size_t D,
                       size_t most_regions, size_t most_words, bool hard)
{
    double margin;
    *s = (struct bfan_scene){.options = {focal, focal == BFAN_PROB ? 9 : 20}};
    for (size_t i = 0; i < IMAGES; i++)
        s->regions[i + 1] = s->regions[i] + 2 + rng_below(rng, most_regions - 1);
    for (size_t c = 0; c < CAPTIONS; c++)
        s->words[c + 1] = s->words[c] + 2 + rng_below(rng, most_words - 1);
    s->shape = (struct xattn_shape){IMAGES, CAPTIONS, D, s->regions, s->words};
    s->n = (s->regions[IMAGES] + s->words[CAPTIONS]) * D;
    s->x = mem_new(s->n, sizeof *s->x);
    s->fx = mem_new(s->n, sizeof *s->fx);
    random_numbers(rng, s->n, 1 / sqrt((double)D), s->x, s->fx);
    for (size_t p = 0; p < PAIRS; p++) {
        pair_score(s, p, &margin);
        s->clear[p] = margin > 1e-4;
        s->dscores[p] = !s->clear[p] || (hard && p % 7) ? 0 : (float)rng_range(rng, -1, 1);
    }
}

static void check_bfan(struct bfan_scene *s)
{
    size_t D = s->shape.D, v = s->regions[IMAGES] * D, threads = (size_t)omp_get_max_threads();
    float scores[PAIRS], *gradients = mem_new(s->n, sizeof *gradients);
    size_t clear = 0;
    struct bfan_acts acts;
    struct arena arena = {0};
    bfan_acts_carve(&s->options, &s->shape, true, threads, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    bfan_acts_carve(&s->options, &s->shape, true, threads, &arena, &acts);
    bfan_forward(&s->options, &s->shape, s->fx, s->fx + v, &acts, scores);
    for (size_t p = 0; p < PAIRS; p++) {
        double wanted = pair_score(s, p, NULL);
        clear += s->clear[p];
        if (s->clear[p] && !(fabs((double)scores[p] - wanted) < 1e-5))
            fail_msg("pair %zu: %.9g, naive %.9g", p, (double)scores[p], wanted);
    }
    assert_true(clear > PAIRS / 2);
    bfan_backward(&s->options, &s->shape, s->fx, s->fx + v, s->dscores, &acts, gradients,
                  gradients + v);
    double scale = largest(gradients, s->n);
    for (size_t i = 0; i < s->n; i += 1 + s->n / 150) {
        double kept = s->x[i];
        s->x[i] = kept + step;
        double up = bfan_loss(s);
        s->x[i] = kept - step;
        double down = bfan_loss(s);
        s->x[i] = kept;
        assert_gradient((double)gradients[i], (up - down) / (2 * step), scale,
                        i < v ? "regions" : "words", i);
    }
    free(gradients);
    free(arena.base);
}

static void test_bfan(void **state)
{
    static const size_t shapes[][3] = {{12, 9, 7}, {7, 36, 20}, {40, 3, 17}};
    struct rng rng;
    (void)state;
    rng_seed(&rng, 21);
    for (size_t i = 0; i < 12; i++) {
        struct bfan_scene s;
        const size_t *shape = shapes[i % 3];
        scene_init(&s, &rng, i & 1 ? BFAN_PROB : BFAN_EQUAL, shape[0], shape[1], shape[2], i >= 6);
        check_bfan(&s);
        free(s.x);
        free(s.fx);
    }
}

/* ---- VSE++ ---- */

enum { VD = 9, WORDS = 14 };

static const size_t word_starts[CAPTIONS + 1] = {0, 1, 4, 6, 9, 13, WORDS};

/* x: rows of images (IMAGES x VD), then states of words (WORDS x VD), as they leave the encoders;
 * both normalised, made positive if use_abs. */
struct vse_scene {
    enum vse_measure measure;
    bool use_abs;
    double x[(IMAGES + WORDS) * VD], weights[PAIRS];
};

static void finish_naive(const struct vse_scene *s, const double *row, double *out)
{
    double square = 0;
    for (size_t d = 0; d < VD; d++)
        square += row[d] * row[d];
    for (size_t d = 0; d < VD; d++) {
        out[d] = row[d] / (sqrt(square) + 1e-8);
        out[d] = s->use_abs ? fabs(out[d]) : out[d];
    }
}

static double vse_loss(const struct vse_scene *s)
{
    double sum = 0, v[VD], e[VD];
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t c = 0; c < CAPTIONS; c++) {
            finish_naive(s, s->x + i * VD, v);
            finish_naive(s, s->x + (IMAGES + word_starts[c + 1] - 1) * VD, e);
            sum += s->weights[i * CAPTIONS + c] * vse_naive(s->measure, v, e, VD);
        }
    return sum;
}

/* l2 norm and abs, and back. */
struct finished {
    float rows[CAPTIONS * VD], before[CAPTIONS * VD], norm[CAPTIONS];
};

static void finish(const struct vse_scene *s, const float *rows, size_t n, struct finished *out)
{
    memcpy(out->rows, rows, n * VD * sizeof *rows);
    fc_l2norm_forward(out->rows, n, VD, out->norm);
    memcpy(out->before, out->rows, n * VD * sizeof *rows);
    if (s->use_abs)
        vse_abs_forward(out->rows, n, VD);
}

static void finish_backward(const struct vse_scene *s, const struct finished *f, size_t n,
                            float *dy)
{
    if (s->use_abs)
        vse_abs_backward(f->before, n, VD, dy);
    fc_l2norm_backward(f->before, f->norm, n, VD, dy);
}

static void check_vse(struct vse_scene *s, struct rng *rng)
{
    float fx[(IMAGES + WORDS) * VD], e[CAPTIONS * VD], sims[PAIRS], dsims[PAIRS],
        gradients[(IMAGES + WORDS) * VD], de[CAPTIONS * VD];
    struct finished images, captions;
    random_numbers(rng, (IMAGES + WORDS) * VD, 1, s->x, fx);
    for (size_t p = 0; p < PAIRS; p++)
        s->weights[p] = dsims[p] = p % 5 == 0 ? 0 : (float)rng_range(rng, -1, 1);
    vse_last_words(fx + IMAGES * VD, word_starts, CAPTIONS, VD, e);
    finish(s, fx, IMAGES, &images);
    finish(s, e, CAPTIONS, &captions);
    vse_scores(s->measure, images.rows, IMAGES, captions.rows, CAPTIONS, VD, sims);
    vse_backward(s->measure, images.rows, IMAGES, captions.rows, CAPTIONS, VD, sims, dsims,
                 gradients, de);
    finish_backward(s, &images, IMAGES, gradients);
    finish_backward(s, &captions, CAPTIONS, de);
    vse_last_words_backward(de, word_starts, CAPTIONS, VD, gradients + IMAGES * VD);
    double scale = largest(gradients, (IMAGES + WORDS) * VD);
    for (size_t i = 0; i < (IMAGES + WORDS) * VD; i++) {
        double kept = s->x[i];
        s->x[i] = kept + step;
        double up = vse_loss(s);
        s->x[i] = kept - step;
        double down = vse_loss(s);
        s->x[i] = kept;
        assert_gradient((double)gradients[i], (up - down) / (2 * step), scale, "VSE++", i);
    }
}

static void test_vse(void **state)
{
    struct rng rng;
    (void)state;
    rng_seed(&rng, 22);
    for (int i = 0; i < 4; i++) {
        struct vse_scene s = {.measure = i & 1 ? VSE_ORDER : VSE_COSINE, .use_abs = i & 2};
        check_vse(&s, &rng);
    }
}

/* An image of fewer regions than the array has rows: the padding does not count. */
static void test_mean_regions(void **state)
{
    static const float features[2 * 3 * 2] = {1, 2, 3, 6, 100, 100, 3, 3, 6, 6, 0, 9};
    static const int32_t count[] = {2, 3};
    float out[4];
    (void)state;
    vse_mean_regions(features, 2, 3, count, 2, out);
    assert_true(out[0] == 2 && out[1] == 4 && out[2] == 3 && out[3] == 6);
}

/* A pair that fits perfectly has score 0 and no direction to improve in: no NaN. */
static void test_order_at_zero(void **state)
{
    static const float v[] = {1, 2}, e[] = {1, 1}, dsims[] = {1};
    float sims[1], dv[2], de[2];
    (void)state;
    vse_scores(VSE_ORDER, v, 1, e, 1, 2, sims);
    vse_backward(VSE_ORDER, v, 1, e, 1, 2, sims, dsims, dv, de);
    assert_true(sims[0] == 0 && dv[0] == 0 && dv[1] == 0 && de[0] == 0 && de[1] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bfan),
        cmocka_unit_test(test_vse),
        cmocka_unit_test(test_mean_regions),
        cmocka_unit_test(test_order_at_zero),
    };
    return cmocka_run_group_tests_name("family_gradients", tests, NULL, NULL);
}
