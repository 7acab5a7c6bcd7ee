/* Training steps on made-up batches: every variant learns, bad batches are refused, equal runs are
 * equal. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/adam.h"
#include "model/model_private.h"
#include "tests/support/even_starts.h"
#include "tests/support/testing.h"
#include "train/trainer.h"

enum { PAIRS = 8, REGIONS = 5, F = 12, THINGS = 10 };

/* Pictures of three things each, and captions that name them. */
struct made {
    float features[PAIRS * REGIONS * F];
    int32_t ids[PAIRS * 5];
    size_t starts[PAIRS + 1];
    size_t region_starts[PAIRS + 1];
    struct batch batch;
};

static void make_batch(struct made *m, uint64_t seed)
{
    struct rng rng;
    float directions[THINGS][F];
    rng_seed(&rng, seed);
    for (size_t i = 0; i < THINGS * F; i++)
        directions[i / F][i % F] = (float)rng_normal(&rng);
    for (size_t p = 0; p < PAIRS; p++) {
        m->starts[p + 1] = m->starts[p] + 5;
        int32_t *caption = m->ids + m->starts[p];
        caption[0] = 1;
        caption[4] = 2;
        for (size_t r = 0; r < REGIONS; r++) {
            size_t thing = (p + 3 * (r % 3) + p * (r % 3)) % THINGS;
            if (r < 3)
                caption[1 + r] = (int32_t)(4 + thing);
            for (size_t f = 0; f < F; f++)
                m->features[(p * REGIONS + r) * F + f] =
                    directions[thing][f] + 0.2f * (float)rng_normal(&rng);
        }
    }
    even_starts(PAIRS, REGIONS, m->region_starts);
    m->batch = (struct batch){PAIRS, m->features, m->region_starts, m->ids, m->starts, NULL, NULL};
}

static void tiny_options(struct model_options *o)
{
    model_options_default(o);
    o->img_dim = F;
    o->embed_size = 16;
    o->word_dim = 8;
    o->vocab_size = 4 + THINGS;
    o->bi_gru = true;
}

/* Mean loss of the first and the last five of some steps. */
static void learn(const struct model_options *options, size_t steps, double *first, double *last)
{
    struct made *m = mem_new(1, sizeof *m);
    struct model *model;
    struct trainer *trainer;
    struct step_result result;
    struct error err;
    make_batch(m, 3);
    *first = *last = 0;
    assert_done(model_new(options, 1, &model, &err), err);
    assert_done(trainer_new(model, &trainer, &err), err);
    for (size_t i = 0; i < steps; i++) {
        assert_done(trainer_step(trainer, &m->batch, 0.005, &result, &err), err);
        if (options->max_violation) /* each truth and its two hardest negatives */
            assert_true(result.carried <= 3 * PAIRS);
        *first += i < 5 ? result.loss / 5 : 0;
        *last += i + 5 >= steps ? result.loss / 5 : 0;
    }
    trainer_free(trainer);
    model_free(model);
    free(m);
}

static void test_every_variant_learns(void **state)
{
    (void)state;
    double worst = 0;
    for (int k = 0; k < 2 * 7 * 4 * 2; k++) {
        struct model_options o;
        double first, last;
        tiny_options(&o);
        o.attn.cross_attn = (enum cross_attn)(k % 2);
        o.attn.raw_feature_norm = (enum raw_norm)(k / 2 % 7);
        o.attn.agg_func = (enum agg_func)(k / 14 % 4);
        o.attn.lambda_softmax = k % 2 ? 4 : 9;
        o.max_violation = k / 56;
        learn(&o, 60, &first, &last);
        worst = fmax(worst, last / first);
        if (!(last < 0.8 * first))
            fail_msg("variant %d: the loss went from %g to %g in 60 steps", k, first, last);
    }
    printf("# 112 variants: the loss falls to %.0f %% or lower\n", 100 * worst);
}

static void test_encoders_learn(void **state)
{
    (void)state;
    for (int k = 0; k < 16; k++) {
        struct model_options o;
        double first, last;
        tiny_options(&o);
        o.bi_gru = k & 1;
        o.num_layers = k & 2 ? 2 : 1;
        o.weight_norm = k & 4;
        o.no_imgnorm = o.no_txtnorm = k & 8;
        learn(&o, 60, &first, &last);
        if (!(last < 0.8 * first))
            fail_msg("encoders %d: the loss went from %g to %g in 60 steps", k, first, last);
    }
}

/* Parameters after some steps. */
static float *trained(const struct made *m, size_t *count_out)
{
    struct model_options o;
    struct model *model;
    struct trainer *trainer;
    struct step_result result;
    struct error err;
    tiny_options(&o);
    assert_done(model_new(&o, 1, &model, &err), err);
    assert_done(trainer_new(model, &trainer, &err), err);
    for (size_t i = 0; i < 10; i++)
        assert_done(trainer_step(trainer, &m->batch, 0.005, &result, &err), err);
    float *copy = mem_new(model->params.count, sizeof *copy);
    memcpy(copy, model->params.data, model->params.count * sizeof *copy);
    *count_out = model->params.count;
    trainer_free(trainer);
    model_free(model);
    return copy;
}

static void test_equal_runs_are_equal(void **state)
{
    struct made *m = mem_new(1, sizeof *m);
    int threads = omp_get_max_threads();
    size_t n;
    (void)state;
    make_batch(m, 4);
    for (int t = 1; t <= 4; t++) {
        omp_set_num_threads(t);
        float *a = trained(m, &n), *b = trained(m, &n);
        assert_memory_equal(a, b, n * sizeof *a);
        free(a);
        free(b);
    }
    omp_set_num_threads(threads);
    free(m);
}

/* A refused batch gives a reason and changes nothing. */
static void test_bad_batches(void **state)
{
    struct made *m = mem_new(1, sizeof *m);
    struct model_options o;
    struct model *model;
    struct trainer *trainer;
    struct step_result result;
    struct error err;
    (void)state;
    tiny_options(&o);
    make_batch(m, 5);
    assert_done(model_new(&o, 1, &model, &err), err);
    assert_done(trainer_new(model, &trainer, &err), err);
    float *before = mem_new(model->params.count, sizeof *before);
    memcpy(before, model->params.data, model->params.count * sizeof *before);

    struct batch bad = m->batch;
    bad.n = 1;
    assert_int_equal(trainer_step(trainer, &bad, 0.005, &result, &err), -1);
    assert_non_null(strstr(err.text, "at least two pairs"));
    m->ids[7] = 4 + THINGS;
    assert_int_equal(trainer_step(trainer, &m->batch, 0.005, &result, &err), -1);
    assert_non_null(strstr(err.text, "word id 14"));
    m->ids[7] = 4;
    m->features[3] = NAN;
    assert_int_equal(trainer_step(trainer, &m->batch, 0.005, &result, &err), -1);
    assert_non_null(strstr(err.text, "no longer finite"));
    size_t starts[] = {0, 5, 5, 10};
    bad = (struct batch){3, m->features, m->region_starts, m->ids, starts, NULL, NULL};
    assert_int_equal(trainer_step(trainer, &bad, 0.005, &result, &err), -1);
    assert_non_null(strstr(err.text, "empty"));
    assert_memory_equal(before, model->params.data, model->params.count * sizeof *before);
    assert_int_equal(trainer_steps(trainer), 0);
    free(before);
    trainer_free(trainer);
    model_free(model);
    free(m);
}

/* Pictures of zeros (padded regions) and the same picture twice need no special treatment. */
static void test_degenerate_batches(void **state)
{
    struct made *m = mem_new(1, sizeof *m);
    struct model_options o;
    struct model *model;
    struct trainer *trainer;
    struct step_result result;
    struct error err;
    (void)state;
    tiny_options(&o);
    make_batch(m, 6);
    memset(m->features, 0, REGIONS * F * sizeof *m->features);
    memcpy(m->features + 2 * REGIONS * F, m->features + 3 * REGIONS * F,
           REGIONS * F * sizeof *m->features);
    memcpy(m->ids + 10, m->ids + 15, 5 * sizeof *m->ids);
    assert_done(model_new(&o, 1, &model, &err), err);
    assert_done(trainer_new(model, &trainer, &err), err);
    for (size_t i = 0; i < 20; i++)
        assert_done(trainer_step(trainer, &m->batch, 0.005, &result, &err), err);
    trainer_free(trainer);
    model_free(model);
    free(m);
}

/* Adam against its definition in double. */
static void test_adam(void **state)
{
    enum { N = 37 };
    double p[N], m[N] = {0}, v[N] = {0};
    float fp[N], fm[N] = {0}, fv[N] = {0}, g[N];
    struct adam adam = {fm, fv};
    struct rng rng;
    (void)state;
    rng_seed(&rng, 8);
    for (size_t i = 0; i < N; i++)
        p[i] = fp[i] = (float)rng_range(&rng, -1, 1);
    for (int t = 1; t <= 20; t++) {
        for (size_t i = 0; i < N; i++) {
            g[i] = (float)rng_range(&rng, -1, 1);
            double s = 0.5 * g[i];
            m[i] = 0.9 * m[i] + 0.1 * s;
            v[i] = 0.999 * v[i] + 0.001 * s * s;
            p[i] -= 0.01 * (m[i] / (1 - pow(0.9, t))) / (sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
        }
        adam_step(fp, g, &adam, N, t, 0.01, 0.5);
    }
    for (size_t i = 0; i < N; i++)
        assert_true(fabs(p[i] - fp[i]) < 1e-6);
    static const float three_four[] = {3, 4};
    assert_float_equal(adam_gradient_norm(three_four, 2), 5, 1e-12);
    assert_float_equal(adam_clip_factor(5, 2), 0.4, 1e-6);
    assert_true(adam_clip_factor(1, 2) == 1 && adam_clip_factor(100, 0) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adam),           cmocka_unit_test(test_every_variant_learns),
        cmocka_unit_test(test_encoders_learn), cmocka_unit_test(test_equal_runs_are_equal),
        cmocka_unit_test(test_bad_batches),    cmocka_unit_test(test_degenerate_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
