/* Options and encoders, against the reference's outputs. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "model/model_private.h"
#include "tests/support/fixture.h"
#include "tests/support/testing.h"

static double largest_difference(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)a[i] - b[i]));
    return most;
}

static double check_images(const struct fixture *f, const struct model *model)
{
    struct npy *expected = fixture_array(f, "img_emb_first4.npy");
    float *out = mem_new(expected->count, sizeof *out);
    assert_int_equal(expected->shape[0], 4);
    model_encode_regions(model, f->features, 4 * f->R, out);
    double most = largest_difference(out, npy_direct_f32(expected), expected->count);
    free(out);
    npy_free(expected);
    return most;
}

/* All captions are encoded, so that the first four share their batch with longer and shorter ones.
 */
static double check_captions(const struct fixture *f, const struct model *model)
{
    struct error err;
    struct npy *expected = fixture_array(f, "cap_emb_first4.npy");
    size_t longest = expected->shape[1], D = expected->shape[2];
    float *out = mem_new(f->words * D, sizeof *out);
    double most = 0;
    assert_done(model_encode_words(model, f->ids, f->starts, f->C, out, &err), err);
    for (size_t c = 0; c < 4; c++) {
        size_t n = f->starts[c + 1] - f->starts[c];
        assert_true(n <= longest);
        most = fmax(most, largest_difference(out + f->starts[c] * D,
                                             npy_direct_f32(expected) + c * longest * D, n * D));
    }
    free(out);
    npy_free(expected);
    return most;
}

static void test_embeddings(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_names[i]; i++) {
        struct fixture f;
        fixture_open(fixture_names[i], &f);
        struct model *model = fixture_model(&f, "model.pth.tar");
        double images = check_images(&f, model), captions = check_captions(&f, model);
        printf("# %s: embeddings off by %.1e (images), %.1e (captions)\n", f.name, images,
               captions);
        assert_true(images < 1e-5);
        assert_true(captions < 1e-5);
        model_free(model);
        fixture_close(&f);
    }
}

static void test_options_of_fixtures(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_names[i]; i++) {
        struct fixture f;
        fixture_open(fixture_names[i], &f);
        struct model *model = fixture_model(&f, "model.pth.tar");
        for (size_t k = 0; model_option_name(k, NULL, NULL); k++) {
            const char *name = model_option_name(k, NULL, NULL);
            json_t *want = json_object_get(json_object_get(f.expected, "options"), name);
            char text[1024];
            model_option_text(&model->options, k, text, sizeof text);
            if (json_is_string(want))
                assert_string_equal(text, json_string_value(want));
            else if (json_is_boolean(want))
                assert_string_equal(text, json_is_true(want) ? "true" : "false");
            else if (json_is_number(want))
                assert_float_equal(model_option_number(&model->options, k), json_number_value(want),
                                   1e-7);
        }
        model_free(model);
        fixture_close(&f);
    }
}

static struct model *tiny_model(const char *const *settings)
{
    struct error err;
    struct model_options options;
    struct model *model;
    model_options_default(&options);
    static const char *const sizes[] = {"img_dim", "12",         "word_dim", "5", "embed_size",
                                        "7",       "vocab_size", "11",       NULL};
    for (size_t i = 0; sizes[i]; i += 2)
        assert_done(model_options_set(&options, sizes[i], sizes[i + 1], &err), err);
    for (size_t i = 0; settings[i]; i += 2)
        assert_done(model_options_set(&options, settings[i], settings[i + 1], &err), err);
    assert_done(model_new(&options, 5, &model, &err), err);
    return model;
}

/* A caption's embedding does not depend on which captions it is encoded with. */
static void test_batch_equals_single(void **state)
{
    (void)state;
    static const char *const kinds[][5] = {
        {NULL}, {"bi_gru", "true", NULL}, {"bi_gru", "true", "num_layers", "2", NULL}};
    static const int32_t ids[] = {1, 3, 2, 1, 4, 5, 6, 7, 2, 1, 2, 1, 10, 9, 2, 8};
    static const size_t starts[] = {0, 3, 9, 11, 15, 16};
    struct error err;
    for (size_t k = 0; k < 3; k++) {
        struct model *model = tiny_model(kinds[k]);
        float all[16 * 7], one[16 * 7];
        assert_done(model_encode_words(model, ids, starts, 5, all, &err), err);
        for (size_t c = 0; c < 5; c++)
            assert_done(model_encode_words(model, ids + starts[c], starts + c, 1,
                                           one + starts[c] * 7, &err),
                        err);
        assert_true(largest_difference(all, one, 16 * 7) < 1e-6);
        model_free(model);
    }
}

static void test_initialisation(void **state)
{
    (void)state;
    static const char *const settings[] = {"embed_size", "64", "img_dim", "32", NULL};
    struct model *model = tiny_model(settings);
    const struct params *p = &model->params;
    double bound = sqrt(6.0) / sqrt(64 + 32), most = 0;
    for (size_t i = 0; i < 64 * 32; i++)
        most = fmax(most, fabs(p->fc_weight[i]));
    assert_true(most <= bound && most > 0.95 * bound);
    for (size_t i = 0; i < 64; i++)
        assert_true(p->fc_bias[i] == 0);
    most = 0;
    for (size_t i = 0; i < 11 * 5; i++)
        most = fmax(most, fabs(p->embed[i]));
    assert_true(most <= 0.1f && most > 0.08);
    most = 0;
    for (size_t i = 0; i < 3 * 64 * 64; i++)
        most = fmax(most, fabs(p->gru[0].w_hh[i]));
    assert_true(most <= 0.125 && most > 0.12);
    model_free(model);
}

static void test_bad_words(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    static const int32_t high[] = {1, 11, 2}, negative[] = {1, -1, 2};
    static const size_t one[] = {0, 3}, empty[] = {0, 3, 3};
    struct model *model = tiny_model(none);
    struct error err;
    float out[3 * 7];
    assert_int_equal(model_encode_words(model, high, one, 1, out, &err), -1);
    assert_non_null(strstr(err.text, "11"));
    assert_int_equal(model_encode_words(model, negative, one, 1, out, &err), -1);
    assert_int_equal(model_encode_words(model, high, empty, 2, out, &err), -1);
    static const int32_t good[] = {1, 3, 2};
    assert_int_equal(model_encode_words(model, good, empty, 2, out, &err), -1);
    assert_non_null(strstr(err.text, "caption 1 is empty"));
    model_free(model);
}

/* 10,000 words in one caption: slow, not wrong. */
static void test_long_caption(void **state)
{
    (void)state;
    static const char *const bi[] = {"bi_gru", "true", NULL};
    enum { W = 10000 };
    struct model *model = tiny_model(bi);
    struct error err;
    int32_t *ids = mem_new(W, sizeof *ids);
    float *out = mem_new(W * 7, sizeof *out);
    const size_t starts[] = {0, W};
    for (size_t i = 0; i < W; i++)
        ids[i] = (int32_t)(i % 11);
    assert_done(model_encode_words(model, ids, starts, 1, out, &err), err);
    assert_int_equal(npy_find_nonfinite(out, W * 7), -1);
    free(ids);
    free(out);
    model_free(model);
}

static void test_set_option(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *says; /* NULL: no error */
    } cases[] = {
        {"embed_size", "256", NULL},
        {"embed-size", "256", NULL},
        {"lambda-softmax", "4.5", NULL},
        {"agg_func", "Sum", NULL},
        {"precomp_enc_type", "weight_norm", NULL},
        {"max_violation", NULL, NULL},
        {"max_violation", "false", NULL},
        {"no_such", "1", "no option"},
        {"embed_size", "0", "1 to 65536"},
        {"embed_size", "1.5", "integer"},
        {"embed_size", "abc", "number"},
        {"embed_size", "", "number"},
        {"embed_size", NULL, "value"},
        {"margin", "nan", "must be"},
        {"margin", "1e400", "must be"},
        {"batch_size", "1", "2 to"},
        {"agg_func", "mean", "LogSumExp|Mean|Max|Sum"},
        {"cross_attn", "", "t2i|i2t"},
        {"bi_gru", "perhaps", "true or false"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct model_options options;
        struct error err;
        model_options_default(&options);
        int status = model_options_set(&options, cases[i].name, cases[i].value, &err);
        assert_int_equal(status, cases[i].says ? -1 : 0);
        if (cases[i].says && !strstr(err.text, cases[i].says))
            fail_msg("%s=%s: %s", cases[i].name, cases[i].value, err.text);
    }
}

/* A checkpoint in memory, made of a model. */
struct made {
    struct checkpoint checkpoint;
    struct tensor_group groups[2];
    struct tensor tensors[2][16];
    struct option options[4];
};

static void make_checkpoint(struct model *model, struct made *out)
{
    *out = (struct made){0};
    for (size_t i = 0; i < model->params.list_count; i++) {
        size_t g = model->params.list[i].group;
        params_tensor(&model->params, i, model->params.data,
                      &out->tensors[g][out->groups[g].count++]);
    }
    for (size_t g = 0; g < 2; g++)
        out->groups[g].tensors = out->tensors[g];
    out->checkpoint = (struct checkpoint){.path = (char *)"made.pth.tar",
                                          .has_model = true,
                                          .groups = out->groups,
                                          .group_count = 2,
                                          .options = out->options};
}

static const struct model_given defaults = {.assume_defaults = true};

static void expect_refusal(const struct made *made, const char *says)
{
    struct model *model;
    struct error err;
    assert_int_equal(model_from_checkpoint(&made->checkpoint, &defaults, &model, &err), -1);
    if (!strstr(err.text, says) || !strstr(err.text, "made.pth.tar"))
        fail_msg("expected '%s' in: %s", says, err.text);
}

static void test_bad_checkpoints(void **state)
{
    (void)state;
    static const char *const bi[] = {"bi_gru", "true", NULL};
    struct model *model = tiny_model(bi), *again;
    struct made m;
    struct error err;
    make_checkpoint(model, &m);
    assert_done(model_from_checkpoint(&m.checkpoint, &defaults, &again, &err), err);
    assert_memory_equal(model->params.data, again->params.data,
                        model->params.count * sizeof(float));
    model_free(again);

    m.tensors[1][2].shape[1] = 8;
    m.tensors[1][2].count = 21 * 8;
    expect_refusal(&m, "7 numbers, the text encoder of 8");

    make_checkpoint(model, &m);
    m.tensors[1][3].shape[0] = 20;
    m.tensors[1][3].count = 20;
    expect_refusal(&m, "rnn.bias_ih_l0 has the shape (20) instead of (21)");

    make_checkpoint(model, &m);
    m.groups[1].count = 8;
    expect_refusal(&m, "rnn.bias_hh_l0_reverse is missing");

    make_checkpoint(model, &m);
    m.checkpoint.group_count = 1;
    expect_refusal(&m, "embed.weight is missing");

    make_checkpoint(model, &m);
    model->params.embed[3] = NAN;
    expect_refusal(&m, "embed.weight holds NaN");
    model->params.embed[3] = 0;

    make_checkpoint(model, &m);
    m.options[0] = (struct option){(char *)"mean_neg", OPTION_TEXT, 0, (char *)"equal"};
    m.checkpoint.option_count = 1;
    expect_refusal(&m, "NAAF");

    make_checkpoint(model, &m);
    m.options[0] = (struct option){(char *)"agg_func", OPTION_TEXT, 0, (char *)"Median"};
    m.checkpoint.option_count = 1;
    expect_refusal(&m, "Median");
    m.options[0] = (struct option){(char *)"lambda_softmax", OPTION_FLOAT, NAN, NULL};
    expect_refusal(&m, "lambda_softmax");
    model_free(model);
}

/* The number of threads changes no bit of an embedding, so an index built with one number of
 * threads serves another. */
static void test_threads(void **state)
{
    enum { ROWS = 700, C = 150, THREADS = 5 };
    struct model_options options;
    struct model *model;
    struct error err;
    struct rng rng;
    size_t starts[C + 1] = {0};
    (void)state;
    model_options_default(&options);
    options.img_dim = 130;
    options.word_dim = 20;
    options.embed_size = 264;
    options.vocab_size = 50;
    options.bi_gru = true;
    assert_done(model_new(&options, 1, &model, &err), err);
    rng_seed(&rng, 7);
    for (size_t c = 0; c < C; c++)
        starts[c + 1] = starts[c] + 1 + rng_below(&rng, 12);
    size_t regions = ROWS * 264, words = starts[C] * 264;
    float *features = mem_new(ROWS * 130, sizeof *features);
    float *out = mem_new(2 * (regions + words), sizeof *out);
    int32_t *ids = mem_new(starts[C], sizeof *ids);
    for (size_t i = 0; i < ROWS * 130; i++)
        features[i] = (float)rng_normal(&rng);
    for (size_t w = 0; w < starts[C]; w++)
        ids[w] = (int32_t)rng_below(&rng, 50);
    int before = omp_get_max_threads();
    for (int threads = 1; threads <= THREADS; threads++) {
        float *at = out + (threads > 1 ? regions + words : 0);
        omp_set_num_threads(threads);
        model_encode_regions(model, features, ROWS, at);
        assert_done(model_encode_words(model, ids, starts, C, at + regions, &err), err);
        assert_memory_equal(at, out, (regions + words) * sizeof *out);
    }
    omp_set_num_threads(before);
    free(features);
    free(out);
    free(ids);
    model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_embeddings),
        cmocka_unit_test(test_options_of_fixtures),
        cmocka_unit_test(test_batch_equals_single),
        cmocka_unit_test(test_initialisation),
        cmocka_unit_test(test_bad_words),
        cmocka_unit_test(test_long_caption),
        cmocka_unit_test(test_set_option),
        cmocka_unit_test(test_bad_checkpoints),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
