/* Every backward pass against central differences of a naive forward pass in double that shares no
 * code with it. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/fc.h"
#include "model/loss.h"
#include "model/model_private.h"
#include "model/text_encoder.h"
#include "model/xattn_train.h"
#include "tests/model/naive_model.h"
#include "tests/support/testing.h"
#include "train/trainer.h"

static const double step = 1e-5;

/* Arguments that a scalar function is differentiated by, all in one block. */
struct problem {
    double *x;
    size_t n;
    double (*f)(const double *x, const void *context);
    const void *context;
};

static double difference(const struct problem *p, size_t i)
{
    double keep = p->x[i];
    p->x[i] = keep + step;
    double up = p->f(p->x, p->context);
    p->x[i] = keep - step;
    double down = p->f(p->x, p->context);
    p->x[i] = keep;
    return (up - down) / (2 * step);
}

/* Compares at most `most` components, evenly spread; returns the largest deviation relative to the
 * largest gradient. */
static double check(const struct problem *p, size_t first, size_t n, const float *gradient,
                    size_t most, const char *what)
{
    double off = 0, scale = 1e-4;
    size_t stride = n > most ? n / most : 1;
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, fabs(gradient[i]));
    for (size_t i = 0; i < n; i += stride) {
        double wanted = difference(p, first + i), has = gradient[i];
        off = fmax(off, fabs(has - wanted) / scale);
        if (!(fabs(has - wanted) < 2e-4 * scale))
            fail_msg("%s: component %zu is %.7g, by differences %.7g (largest %.3g)", what, i, has,
                     wanted, scale);
    }
    return off;
}

static void random_values(struct rng *rng, double *x, float *copy, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = copy[i] = (float)rng_range(rng, -1, 1);
}

/* ---- fc, weight norm, l2norm ---- */

enum { ROWS = 5, F = 7, D = 6 };

/* x: W (D x F), b (D), g; the loss is a fixed combination of the rows, normalised. */
struct image_problem {
    double features[ROWS * F], weights[ROWS * D];
    bool weight_norm, l2;
};

static double image_loss(const double *x, const void *context)
{
    const struct image_problem *p = context;
    double W[D * F], out[ROWS * D], sum = 0;
    memcpy(W, x, sizeof W);
    if (p->weight_norm)
        naive_weight_norm(x, x[D * F + D], D * F, W);
    naive_fc(p->features, ROWS, F, D, W, x + D * F, out);
    if (p->l2)
        naive_l2norm(out, ROWS, D);
    for (size_t i = 0; i < ROWS * D; i++)
        sum += p->weights[i] * out[i];
    return sum;
}

static void check_image(struct rng *rng, bool weight_norm, bool l2)
{
    struct image_problem p = {.weight_norm = weight_norm, .l2 = l2};
    double x[D * F + D + 1];
    float fx[D * F + D + 1], features[ROWS * F], dout[ROWS * D], W[D * F], out[ROWS * D],
        norm[ROWS];
    float dW[D * F] = {0}, db[D] = {0}, dv[D * F] = {0}, dg = 0;
    random_values(rng, x, fx, D * F + D + 1);
    random_values(rng, p.features, features, ROWS * F);
    random_values(rng, p.weights, dout, ROWS * D);
    memcpy(W, fx, sizeof W);
    if (weight_norm)
        fc_weight_norm_forward(fx, fx[D * F + D], D * F, W);
    fc_forward(features, ROWS, F, D, W, fx + D * F, out);
    if (l2) {
        fc_l2norm_forward(out, ROWS, D, norm);
        fc_l2norm_backward(out, norm, ROWS, D, dout);
    }
    fc_backward(features, dout, ROWS, F, D, dW, db);
    struct problem problem = {x, D * F + D + 1, image_loss, &p};
    if (weight_norm) {
        fc_weight_norm_backward(fx, fx[D * F + D], D * F, dW, dv, &dg);
        check(&problem, D * F + D, 1, &dg, 1, "weight norm g");
    }
    check(&problem, 0, D * F, weight_norm ? dv : dW, 1000,
          weight_norm ? "weight norm v" : "fc weight");
    check(&problem, D * F, D, db, 1000, "fc bias");
}

static void test_image(void **state)
{
    struct rng rng;
    (void)state;
    rng_seed(&rng, 1);
    for (int i = 0; i < 4; i++)
        check_image(&rng, i & 1, i & 2);
}

/* ---- embedding and GRU ---- */

static const int32_t words[] = {1, 3, 2, 1, 4, 5, 6, 3, 2, 1, 2, 1, 6, 6, 2, 7};
static const size_t word_starts[] = {0, 3, 9, 11, 15, 16};
enum { CAPTIONS = 5, WORDS = 16 };

static void text_options(struct model_options *o, int layers, bool bi, bool no_norm)
{
    model_options_default(o);
    o->img_dim = F;
    o->embed_size = D;
    o->word_dim = 4;
    o->vocab_size = 8;
    o->num_layers = layers;
    o->bi_gru = bi;
    o->no_txtnorm = no_norm;
}

struct text_problem {
    const struct model_options *options;
    const struct params *params;
    double weights[WORDS * D];
};

static double text_loss(const double *x, const void *context)
{
    const struct text_problem *p = context;
    double out[WORDS * D], sum = 0;
    naive_text(p->options, p->params, x, words, word_starts, CAPTIONS, out);
    for (size_t i = 0; i < WORDS * D; i++)
        sum += p->weights[i] * out[i];
    return sum;
}

static double *params_to_double(const struct params *params)
{
    double *x = mem_new(params->count, sizeof *x);
    for (size_t i = 0; i < params->count; i++)
        x[i] = params->data[i];
    return x;
}

/* Checks all parameters of one group. */
static double check_params(const struct problem *problem, const struct params *params, size_t group,
                           const struct params *gradients, size_t most)
{
    double off = 0;
    for (size_t i = 0; i < params->list_count; i++) {
        const struct param *p = &params->list[i];
        if (p->group == group)
            off = fmax(off, check(problem, p->offset, p->count, gradients->data + p->offset, most,
                                  p->name));
    }
    return off;
}

static void check_text(struct rng *rng, int layers, bool bi, bool no_norm)
{
    struct model_options options;
    struct params params, gradients;
    struct error err;
    struct arena arena = {0};
    struct text_acts acts;
    float out[WORDS * D], dout[WORDS * D];
    text_options(&options, layers, bi, no_norm);
    assert_done(params_init(&options, &params, &err), err);
    assert_done(params_init(&options, &gradients, &err), err);
    params_random(&params, &options, rng);
    for (size_t i = 0; i < params.count; i++)
        params.data[i] *= 3; /* so that the gates are not all linear */
    text_encoder_acts_carve(&options, CAPTIONS, WORDS, true, false, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    text_encoder_acts_carve(&options, CAPTIONS, WORDS, true, false, &arena, &acts);
    struct text_problem p = {&options, &params, {0}};
    random_values(rng, p.weights, dout, WORDS * D);
    text_encoder_forward(&options, &params, words, word_starts, CAPTIONS, &acts, out);
    text_encoder_backward(&options, &acts, out, dout, &gradients);
    double *x = params_to_double(&params);
    struct problem problem = {x, params.count, text_loss, &p};
    double off = check_params(&problem, &params, 1, &gradients, 60);
    printf("# GRU of %d layers, %s%s: off by %.1e\n", layers, bi ? "both directions" : "forward",
           no_norm ? ", no l2norm" : "", off);
    free(x);
    free(arena.base);
    params_done(&params);
    params_done(&gradients);
}

static void test_text(void **state)
{
    struct rng rng;
    (void)state;
    rng_seed(&rng, 2);
    for (int layers = 1; layers <= 3; layers++)
        for (int i = 0; i < 4; i++)
            check_text(&rng, layers, i & 1, i & 2);
}

/* Splitting the recurrence into parts of the batch for more threads changes nothing. */
static void test_text_threads(void **state)
{
    struct rng rng;
    int threads = omp_get_max_threads();
    (void)state;
    rng_seed(&rng, 3);
    omp_set_num_threads(7);
    check_text(&rng, 2, true, false);
    check_text(&rng, 1, false, false);
    omp_set_num_threads(threads);
}

/* ---- cross attention ---- */

enum { IMAGES = 4, REGIONS = 11 /* of these */, MODEL_REGIONS = 14 };

static const size_t region_starts[] = {0, 3, 4, 9, REGIONS, MODEL_REGIONS};

struct attention_problem {
    const struct attn_options *options;
    double dscores[IMAGES * CAPTIONS];
};

/* x: v (I R D), then e (N D). */
static double attention_loss(const double *x, const void *context)
{
    const struct attention_problem *p = context;
    const double *e = x + REGIONS * D;
    double sum = 0;
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t c = 0; c < CAPTIONS; c++)
            sum += p->dscores[i * CAPTIONS + c] *
                   naive_score(p->options, x + region_starts[i] * D,
                               region_starts[i + 1] - region_starts[i], e + word_starts[c] * D,
                               word_starts[c + 1] - word_starts[c], D);
    return sum;
}

static double check_attention(struct rng *rng, const struct attn_options *options, double carried)
{
    enum { NV = REGIONS * D, NE = WORDS * D };
    struct xattn_shape shape = {IMAGES, CAPTIONS, D, region_starts, word_starts};
    struct attention_problem p = {.options = options};
    double x[NV + NE];
    float fx[NV + NE], dx[NV + NE], scores[IMAGES * CAPTIONS], dscores[IMAGES * CAPTIONS];
    struct arena arena = {0};
    struct xattn_acts acts;
    size_t threads = (size_t)omp_get_max_threads();
    random_values(rng, x, fx, NV + NE);
    random_values(rng, p.dscores, dscores, IMAGES * CAPTIONS);
    for (size_t i = 0; i < IMAGES * CAPTIONS; i++)
        if (rng_unit(rng) > carried)
            p.dscores[i] = dscores[i] = 0;
    xattn_acts_carve(options, &shape, true, threads, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    xattn_acts_carve(options, &shape, true, threads, &arena, &acts);
    xattn_forward(options, &shape, fx, fx + NV, &acts, scores);
    for (size_t i = 0; i < IMAGES * CAPTIONS; i++) {
        size_t c = i % CAPTIONS, image = region_starts[i / CAPTIONS];
        double wanted =
            naive_score(options, x + image * D, region_starts[i / CAPTIONS + 1] - image,
                        x + NV + word_starts[c] * D, word_starts[c + 1] - word_starts[c], D);
        assert_true(fabs(scores[i] - wanted) < 1e-5 * fmax(1, fabs(wanted)));
    }
    xattn_backward(options, &shape, fx, fx + NV, dscores, &acts, dx, dx + NV);
    struct problem problem = {x, NV + NE, attention_loss, &p};
    double off = check(&problem, 0, NV, dx, 1000, "attention, regions");
    off = fmax(off, check(&problem, NV, NE, dx + NV, 1000, "attention, words"));
    free(arena.base);
    return off;
}

static void test_attention(void **state)
{
    struct rng rng;
    double off = 0;
    (void)state;
    rng_seed(&rng, 4);
    for (int cross = 0; cross < 2; cross++)
        for (int raw = 0; raw < 7; raw++)
            for (int agg = 0; agg < 4; agg++) {
                struct attn_options o = {(enum cross_attn)cross,
                                         (enum agg_func)agg,
                                         (enum raw_norm)raw,
                                         4,
                                         5,
                                         FOCAL_NONE};
                off = fmax(off, check_attention(&rng, &o, 1));
                off = fmax(off, check_attention(&rng, &o, 0.12));
            }
    printf("# cross attention, 2 x 7 x 4 variants: off by %.1e\n", off);
}

/* If nothing carries gradient, gradients are 0, whatever was in memory. */
static void test_attention_none(void **state)
{
    struct rng rng;
    struct attn_options o = {CROSS_I2T, AGG_MEAN, RAW_L2NORM, 4, 5, FOCAL_NONE};
    (void)state;
    rng_seed(&rng, 5);
    assert_true(check_attention(&rng, &o, 0) == 0);
}

/* Zero vectors (a padded region, an untrained word) give finite gradients in every variant. */
static void test_attention_zeros(void **state)
{
    enum { NV = REGIONS * D, NE = WORDS * D };
    struct xattn_shape shape = {IMAGES, CAPTIONS, D, region_starts, word_starts};
    struct rng rng;
    (void)state;
    rng_seed(&rng, 6);
    for (int k = 0; k < 2 * 7 * 4; k++) {
        struct attn_options o = {(enum cross_attn)(k % 2),
                                 (enum agg_func)(k / 14),
                                 (enum raw_norm)(k / 2 % 7),
                                 9,
                                 6,
                                 FOCAL_NONE};
        float x[NV + NE], dx[NV + NE], scores[IMAGES * CAPTIONS], dscores[IMAGES * CAPTIONS];
        for (size_t i = 0; i < NV + NE; i++)
            x[i] = i / D % 3 ? (float)rng_range(&rng, -1, 1) : 0;
        memset(x, 0, region_starts[1] * D * sizeof *x);
        memset(x + NV, 0, 3 * D * sizeof *x);
        for (size_t i = 0; i < IMAGES * CAPTIONS; i++)
            dscores[i] = 1;
        struct arena arena = {0};
        struct xattn_acts acts;
        xattn_acts_carve(&o, &shape, true, 8, &arena, &acts);
        arena = (struct arena){mem_new(arena.used, 1), 0};
        xattn_acts_carve(&o, &shape, true, 8, &arena, &acts);
        xattn_forward(&o, &shape, x, x + NV, &acts, scores);
        xattn_backward(&o, &shape, x, x + NV, dscores, &acts, dx, dx + NV);
        for (size_t i = 0; i < NV + NE; i++)
            assert_true(isfinite(dx[i]));
        free(arena.base);
    }
}

/* ---- loss ---- */

struct hinge {
    int max_violation;
    const size_t *image;
};

static double hinge_loss(const double *x, const void *context)
{
    const struct hinge *h = context;
    return naive_hinge(x, 6, h->image, 0.2, h->max_violation);
}

static void test_loss(void **state)
{
    struct rng rng;
    (void)state;
    static const size_t some[] = {4, 9, 4, 2, 9, 4}, one[] = {3, 3, 3, 3, 3, 3};
    const size_t *const images[] = {NULL, some, one};
    rng_seed(&rng, 7);
    for (int k = 0; k < 6; k++) {
        struct hinge h = {k % 2, images[k / 2]};
        double x[36];
        float fx[36], dx[36];
        random_values(&rng, x, fx, 36);
        double loss = loss_hinge(fx, 6, h.image, 0.2, h.max_violation, dx);
        assert_float_equal(loss, hinge_loss(x, &h), 1e-6);
        struct problem problem = {x, 36, hinge_loss, &h};
        check(&problem, 0, 36, dx, 100, h.max_violation ? "hardest negative" : "sum of negatives");
        if (h.image == one)
            assert_true(loss == 0); /* nothing is a negative */
        fx[7] = NAN;
        assert_true(h.image || isnan(loss_hinge(fx, 6, NULL, 0.2, h.max_violation, dx)));
    }
}

/* ---- the whole model ---- */

struct model_problem {
    const struct model_options *options;
    const struct params *params;
    struct naive_batch batch;
};

static double model_loss(const double *x, const void *context)
{
    const struct model_problem *p = context;
    return naive_loss(p->options, p->params, x, &p->batch);
}

static double check_model(const struct model_options *options, uint64_t seed)
{
    enum { N = MODEL_REGIONS * F };
    struct model *model;
    struct trainer *trainer;
    struct error err;
    struct rng rng;
    double features[N];
    struct step_result result;
    float ffeatures[N];
    rng_seed(&rng, seed);
    assert_done(model_new(options, seed, &model, &err), err);
    assert_done(trainer_new(model, &trainer, &err), err);
    random_values(&rng, features, ffeatures, N);
    struct batch batch = {CAPTIONS, ffeatures, region_starts, words, word_starts, NULL, NULL};
    assert_done(trainer_backward(trainer, &batch, &result, &err), err);
    struct model_problem p = {
        options, &model->params, {CAPTIONS, features, region_starts, words, word_starts}};
    double *x = params_to_double(&model->params);
    struct problem problem = {x, model->params.count, model_loss, &p};
    assert_true(fabs(result.loss - model_loss(x, &p)) < 1e-5 * result.loss);
    double off = check_params(&problem, &model->params, 0, trainer_gradients(trainer), 12);
    off = fmax(off, check_params(&problem, &model->params, 1, trainer_gradients(trainer), 12));
    free(x);
    trainer_free(trainer);
    model_free(model);
    return off;
}

static void test_model(void **state)
{
    double off = 0;
    (void)state;
    for (int k = 0; k < 32; k++) {
        struct model_options o;
        text_options(&o, 1 + k % 2, k & 2, k & 4);
        o.no_imgnorm = k & 4;
        o.weight_norm = k & 8;
        o.max_violation = k & 16;
        o.attn.cross_attn = (enum cross_attn)(k / 2 % 2);
        o.attn.agg_func = (enum agg_func)(k % 4);
        o.attn.raw_feature_norm = (enum raw_norm)(k % 7);
        off = fmax(off, check_model(&o, 100 + (uint64_t)k));
    }
    printf("# whole models: off by %.1e\n", off);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image),          cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_threads),   cmocka_unit_test(test_attention),
        cmocka_unit_test(test_attention_none), cmocka_unit_test(test_attention_zeros),
        cmocka_unit_test(test_loss),           cmocka_unit_test(test_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
