/* Training of the kinds of models beside SCAN: they learn, equal runs are equal, dropout and
 * running statistics, checkpoints. Steps are repeated with PyTorch by tests/train/family_torch.sh.
 */
#include "tests/support/testing.h"

#include <math.h>
#include <omp.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "model/dropout.h"
#include "model/model_private.h"
#include "model/text_encoder.h"
#include "train/state.h"

enum { PAIRS = 12, REGIONS = 4, F = 16, WORDS = 5, THINGS = 10 };

/* Pictures of three things each, and captions that name them. */
struct made {
    float features[PAIRS * REGIONS * F];
    int32_t ids[PAIRS * WORDS];
    size_t starts[PAIRS + 1], regions[PAIRS + 1];
    struct batch batch;
};

static void add_picture(struct made *m, struct rng *rng, float directions[THINGS][F], size_t p,
                        bool even)
{
    size_t count = even ? REGIONS : 2 + p % (REGIONS - 1);
    int32_t *caption = m->ids + p * WORDS;
    caption[0] = 1;
    caption[WORDS - 1] = 2;
    for (size_t r = 0; r < REGIONS; r++) {
        size_t thing = (p * 3 + r * (1 + p % 4)) % THINGS;
        if (r < 3)
            caption[1 + r] = (int32_t)(4 + thing);
        for (size_t f = 0; r < count && f < F; f++)
            m->features[(m->regions[p] + r) * F + f] =
                directions[thing][f] + 0.2f * (float)rng_normal(rng);
    }
    m->regions[p + 1] = m->regions[p] + count;
    m->starts[p + 1] = m->starts[p] + WORDS;
}

/* even: every picture has REGIONS regions. */
static struct made *make_batch(uint64_t seed, bool even)
{
    struct made *m = mem_new(1, sizeof *m);
    float directions[THINGS][F];
    struct rng rng;
    rng_seed(&rng, seed);
    for (size_t t = 0; t < THINGS; t++)
        for (size_t f = 0; f < F; f++)
            directions[t][f] = (float)rng_normal(&rng);
    for (size_t p = 0; p < PAIRS; p++)
        add_picture(m, &rng, directions, p, even);
    m->batch = (struct batch){.n = PAIRS,
                              .features = m->features,
                              .region_starts = m->regions,
                              .ids = m->ids,
                              .starts = m->starts};
    return m;
}

/* Kinds and what they vary in, as options; "even" is the batch's. */
static const struct {
    bool even;
    const char *options[4];
} kinds[] = {
    {false, {"family=vse"}},
    {false, {"family=vse", "measure=order", "use_abs=true"}},
    {false, {"family=vse", "max_violation=true", "use_abs=true"}},
    {false, {"family=bfan", "bi_gru=true"}},
    {false, {"family=bfan", "focal_type=prob", "max_violation=true"}},
    {true, {"family=sgraf", "bi_gru=true", "sim_dim=8"}},
    {true, {"family=sgraf", "module_name=SAF", "sim_dim=8", "max_violation=true"}},
    {true, {"family=sgraf", "sim_dim=8", "sgr_step=1"}},
};

enum { SGR = 5, SAF = 6 };

static void options_of(size_t k, struct model_options *o)
{
    struct error err;
    model_options_default(o);
    o->img_dim = F;
    o->embed_size = 16;
    o->word_dim = 8;
    o->vocab_size = 4 + THINGS;
    o->kind.sgraf.R = REGIONS;
    for (size_t i = 0; i < COUNTOF(kinds[k].options) && kinds[k].options[i]; i++) {
        char *name = mem_strdup(kinds[k].options[i]), *value = strchr(name, '=');
        *value = '\0';
        assert_done(model_options_set(o, name, value + 1, &err), err);
        free(name);
    }
}

/* A model in training. */
struct bed {
    struct made *made;
    struct model *model;
    struct trainer *trainer;
    struct rng rng;
};

static struct bed *bed_new(size_t k)
{
    struct bed *bed = mem_new(1, sizeof *bed);
    struct model_options o;
    struct error err;
    options_of(k, &o);
    bed->made = make_batch(3, kinds[k].even);
    assert_done(model_new(&o, 1, &bed->model, &err), err);
    assert_done(trainer_new(bed->model, &bed->trainer, &err), err);
    return bed;
}

static void bed_free(struct bed *bed)
{
    trainer_free(bed->trainer);
    model_free(bed->model);
    free(bed->made);
    free(bed);
}

/* A step with dropout, of the masks of that number. */
static double step(struct bed *bed, size_t number)
{
    struct error err;
    struct step_result result;
    struct batch batch = bed->made->batch;
    rng_seed_stream(&bed->rng, 7, number);
    batch.rng = &bed->rng;
    assert_done(trainer_step(bed->trainer, &batch, 0.005, &result, &err), err);
    return result.loss;
}

static void test_every_kind_learns(void **state)
{
    enum { STEPS = 100 };
    (void)state;
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct bed *bed = bed_new(k);
        double first = 0, last = 0;
        for (size_t i = 0; i < STEPS; i++) {
            double loss = step(bed, i);
            first += i < 5 ? loss / 5 : 0;
            last += i + 5 >= STEPS ? loss / 5 : 0;
        }
        printf("# %s %s: the loss falls to %.0f %%\n", kinds[k].options[0],
               kinds[k].options[1] ? kinds[k].options[1] : "", 100 * last / first);
        assert_true(last < 0.8 * first);
        bed_free(bed);
    }
}

/* Parameters after some steps. */
static float *trained(size_t k, size_t *count_out)
{
    struct bed *bed = bed_new(k);
    const struct params *p = &bed->model->params;
    for (size_t i = 0; i < 5; i++)
        step(bed, i);
    float *copy = mem_new(p->count, sizeof *copy);
    memcpy(copy, p->data, p->count * sizeof *copy);
    *count_out = p->count;
    bed_free(bed);
    return copy;
}

static void test_equal_runs_are_equal(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNTOF(kinds); k++)
        for (int t = 1; t <= 2; t++) {
            size_t n;
            omp_set_num_threads(t);
            float *a = trained(k, &n), *b = trained(k, &n);
            assert_memory_equal(a, b, n * sizeof *a);
            free(a);
            free(b);
        }
    omp_set_num_threads(1);
}

static const struct param *param_of(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->params.list_count; i++)
        if (strcmp(model->params.list[i].name, name) == 0)
            return &model->params.list[i];
    fail_msg("no parameter %s", name);
    return NULL;
}

/* Running statistics go on with a step, and with nothing else. */
static void test_statistics(void **state)
{
    (void)state;
    for (size_t k = SGR; k <= SAF; k++) {
        struct bed *bed = bed_new(k);
        const struct params *p = &bed->model->params;
        struct step_result result;
        struct error err;
        const char *counter = "v_global_w.embedding_local.1.num_batches_tracked";
        const char *mean = "v_global_w.embedding_global.1.running_mean";
        const float *counted = p->data + param_of(bed->model, counter)->offset;
        const float *running = p->data + param_of(bed->model, mean)->offset;
        float *before = mem_new(p->count, sizeof *before);
        memcpy(before, p->data, p->count * sizeof *before);
        assert_done(trainer_backward(bed->trainer, &bed->made->batch, &result, &err), err);
        assert_memory_equal(before, p->data, p->count * sizeof *before);
        bed->made->features[3] = NAN;
        assert_int_equal(trainer_step(bed->trainer, &bed->made->batch, 0.005, &result, &err), -1);
        assert_non_null(strstr(err.text, "no longer finite"));
        assert_memory_equal(before, p->data, p->count * sizeof *before);
        bed->made->features[3] = 0;
        step(bed, 0);
        step(bed, 1);
        assert_true(*counted == 2 && *running != 0);
        free(before);
        bed_free(bed);
    }
}

/* Two pictures that are the same, one of zeros, twice the same caption. */
static void test_degenerate_batches(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct bed *bed = bed_new(k);
        struct made *m = bed->made;
        memset(m->features, 0, m->regions[1] * F * sizeof *m->features);
        memcpy(m->features + m->regions[5] * F, m->features + m->regions[2] * F,
               (m->regions[3] - m->regions[2]) * F * sizeof *m->features);
        memcpy(m->ids + 2 * WORDS, m->ids + 3 * WORDS, WORDS * sizeof *m->ids);
        for (size_t i = 0; i < 20; i++)
            step(bed, i);
        bed_free(bed);
    }
}

/* ---- dropout ---- */

/* Of n masks of probability p, so many standard deviations at most from the mean. */
static void assert_share(double count, double n, double p)
{
    assert_true(fabs(count - n * p) <= 5 * sqrt(n * p * (1 - p)));
}

static void test_masks(void **state)
{
    enum { N = 100000 };
    static float mask[N];
    struct rng rng;
    (void)state;
    rng_seed(&rng, 11);
    for (int r = 0; r < 3; r++) {
        const double rate[] = {0, 0.4, 0.75};
        size_t dropped = 0;
        dropout_mask(&rng, rate[r], N, mask);
        for (size_t i = 0; i < N; i++) {
            assert_true(mask[i] == 0 || fabs(mask[i] - 1 / (1 - rate[r])) < 1e-6);
            dropped += mask[i] == 0;
        }
        assert_share((double)dropped, N, rate[r]);
    }
}

/* Every occurrence of a word loses other values, 0.4 of all, and the rest makes up for it. */
static void test_words_are_dropped(void **state)
{
    enum { TIMES = 400 };
    struct bed *bed = bed_new(SGR);
    const struct params *p = &bed->model->params;
    size_t E = (size_t)bed->model->options.word_dim, starts[] = {0, TIMES}, dropped = 0, same = 0;
    size_t D = (size_t)bed->model->options.embed_size;
    struct arena arena = {0};
    struct text_acts acts;
    int32_t ids[TIMES];
    (void)state;
    for (size_t i = 0; i < TIMES; i++)
        ids[i] = 5;
    rng_seed(&bed->rng, 12);
    text_encoder_acts_carve(&bed->model->options, 1, TIMES, true, true, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    text_encoder_acts_carve(&bed->model->options, 1, TIMES, true, true, &arena, &acts);
    acts.rng = &bed->rng;
    float *out = mem_new(TIMES * D, sizeof *out);
    text_encoder_forward(&bed->model->options, p, ids, starts, 1, &acts, out);
    for (size_t i = 0; i < TIMES; i++)
        for (size_t j = 0; j < E; j++) {
            double whole = p->embed[5 * E + j] / 0.6, x = acts.x[i * E + j];
            assert_true(x == 0 || fabs(x - whole) < 1e-6);
            dropped += x == 0;
            same += i > 0 && (x == 0) == (acts.x[(i - 1) * E + j] == 0);
        }
    assert_share((double)dropped, (double)(TIMES * E), 0.4);
    assert_share((double)same, (double)((TIMES - 1) * E), 0.4 * 0.4 + 0.6 * 0.6);
    free(out);
    free(arena.base);
    bed_free(bed);
}

static double loss_of(struct bed *bed)
{
    struct error err;
    struct step_result result;
    struct batch batch = bed->made->batch;
    rng_seed(&bed->rng, 19);
    batch.rng = &bed->rng;
    assert_done(trainer_backward(bed->trainer, &batch, &result, &err), err);
    return result.loss;
}

/* Dropout changes the loss, and gradients are those of the same masks: by finite differences along
 * random directions of each tensor. */
static void test_gradients_with_dropout(void **state)
{
    (void)state;
    for (size_t k = SGR; k <= SAF; k++) {
        struct bed *bed = bed_new(k);
        struct params *p = &bed->model->params;
        struct rng rng;
        struct error err;
        struct step_result result;
        for (size_t i = 0; i < 30; i++)
            step(bed, i);
        bed->model->options.margin = 5; /* every pair counts: no kink of the hinge is near */
        bed->model->options.max_violation = false;
        double dropped = loss_of(bed), worst = 0;
        assert_done(trainer_backward(bed->trainer, &bed->made->batch, &result, &err), err);
        assert_true(result.loss != dropped);
        rng_seed(&rng, 5);
        for (size_t i = 0; i < p->list_count; i++) {
            const struct param *t = &p->list[i];
            float *values = p->data + t->offset, *was = mem_new(t->count, sizeof *was);
            double along = 0, size = 0, loss[2];
            if (t->role != SGRAF_TRAINED) {
                free(was);
                continue;
            }
            float *direction = mem_new(t->count, sizeof *direction);
            double here = loss_of(bed);
            const float *gradient = trainer_gradients(bed->trainer)->data + t->offset;
            memcpy(was, values, t->count * sizeof *was);
            for (size_t j = 0; j < t->count; j++) {
                direction[j] = (float)rng_normal(&rng) + (gradient[j] > 0 ? 1.f : -1.f);
                along += (double)direction[j] * gradient[j];
                size += fabs((double)direction[j] * gradient[j]);
            }
            for (int side = 0; side < 2; side++) {
                for (size_t j = 0; j < t->count; j++)
                    values[j] = was[j] + (side ? 1e-4f : -1e-4f) * direction[j];
                model_refresh(bed->model);
                loss[side] = loss_of(bed);
            }
            memcpy(values, was, t->count * sizeof *was);
            model_refresh(bed->model);
            /* A relu's kink on one side leaves the slope of the other. */
            double before = (here - loss[0]) / 1e-4, behind = (loss[1] - here) / 1e-4;
            double outside = fmax(fmin(before, behind) - along, along - fmax(before, behind));
            double off = fmax(outside, 0) / (size + 0.5);
            worst = fmax(worst, off);
            if (off > 0.03)
                fail_msg("%s: gradient %g, finite differences %g and %g", t->name, along, before,
                         behind);
            free(direction);
            free(was);
        }
        printf("# %s: gradients with dropout within %.1e\n", k == SGR ? "SGR" : "SAF", worst);
        bed_free(bed);
    }
}

/* ---- checkpoints ---- */

/* A saved run goes on with the same bits; the model alone opens, with its kind. */
static void test_checkpoints(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct error err;
        struct bed *whole = bed_new(k), *resumed = bed_new(k);
        struct train_state saved = {.epoch = 1}, loaded = {0};
        struct checkpoint *checkpoint;
        struct model *model;
        bool has_state;
        for (size_t i = 0; i < 3; i++)
            step(whole, i);
        assert_done(train_state_save("run.pth.tar", whole->model, whole->trainer, &saved, &err),
                    err);
        step(whole, 3);
        assert_done(checkpoint_load("run.pth.tar", &checkpoint, &err), err);
        assert_int_equal(checkpoint->group_count, kinds[k].even ? 3 : 2);
        assert_done(model_from_checkpoint(checkpoint, NULL, &model, &err), err);
        assert_ptr_equal(model_options(model)->kind.kind, whole->model->options.kind.kind);
        trainer_free(resumed->trainer);
        model_free(resumed->model);
        resumed->model = model;
        assert_done(trainer_new(model, &resumed->trainer, &err), err);
        assert_done(
            train_state_load(checkpoint, model, resumed->trainer, &loaded, &has_state, &err), err);
        assert_true(has_state && trainer_steps(resumed->trainer) == 3);
        step(resumed, 3);
        assert_memory_equal(model->params.data, whole->model->params.data,
                            model->params.count * sizeof(float));
        checkpoint_free(checkpoint);
        unlink("run.pth.tar");
        bed_free(whole);
        bed_free(resumed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_learns),
        cmocka_unit_test(test_equal_runs_are_equal),
        cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_degenerate_batches),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_words_are_dropped),
        cmocka_unit_test(test_gradients_with_dropout),
        cmocka_unit_test(test_checkpoints),
    };
    omp_set_num_threads(1); /* tiny products: threads would wait for each other */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
