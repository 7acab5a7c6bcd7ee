/* test_options_given.c: who says the options that scores depend on: the checkpoint, the user, the
 * defaults, or nobody. */
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/json_out.h"
#include "model/options_given.h"
#include "tests/support/testing.h"

enum { F = 6, D = 4, E = 3, V = 5 };

static void add_tensor(struct checkpoint *c, size_t group, const char *name, size_t rows,
                       size_t cols)
{
    const size_t shape[] = {rows, cols};
    struct tensor *t;
    struct error err;
    assert_done(checkpoint_tensor_add(&c->groups[group], name, TENSOR_FLOATS, cols ? 2 : 1, shape,
                                      &t, &err),
                err);
}

/* A model without options. */
static struct checkpoint *made(void)
{
    struct checkpoint *c = checkpoint_new(2);
    c->path = strdup("m.pth.tar");
    c->has_model = true;
    add_tensor(c, 0, "fc.weight", D, F);
    add_tensor(c, 0, "fc.bias", D, 0);
    add_tensor(c, 1, "embed.weight", V, E);
    add_tensor(c, 1, "rnn.weight_ih_l0", 3 * D, E);
    add_tensor(c, 1, "rnn.weight_hh_l0", 3 * D, D);
    add_tensor(c, 1, "rnn.bias_ih_l0", 3 * D, 0);
    add_tensor(c, 1, "rnn.bias_hh_l0", 3 * D, 0);
    return c;
}

/* An option as NAME=VALUE: in the file a number, or a text if it does not begin like one. */
static void add(struct checkpoint *c, const char *what)
{
    char *name = strdup(what), *value = strchr(name, '=');
    *value++ = '\0';
    char *end;
    double number = strtod(value, &end);
    if (strcmp(value, "None") == 0)
        checkpoint_option_add(c, name, OPTION_NONE, 0, NULL);
    else if (strcmp(value, "True") == 0)
        checkpoint_option_add(c, name, OPTION_BOOL, 1, NULL);
    else if (*value == '<')
        checkpoint_option_add(c, name, OPTION_OPAQUE, 0, value);
    else
        checkpoint_option_add(c, name, *end ? OPTION_TEXT : OPTION_FLOAT, *end ? 0 : number,
                              *end ? value : NULL);
    free(name);
}

static void give(struct model_given *given, const char *what)
{
    struct error err;
    char *name = strdup(what), *value = strchr(name, '=');
    *value++ = '\0';
    assert_true(model_given_find(name) < MODEL_GIVEN);
    assert_done(model_given_set(given, model_given_find(name), value, &err), err);
    free(name);
}

enum { MOST = 7 };

/* What the file has, what is given; then the reason of the refusal, or NULL and who says what. */
struct row {
    const char *file[MOST], *given[MOST];
    bool assume, images, shared;
    const char *refusal;
    bool question;
    const char *assumed, *said, *kept;
};

#define WHOLE                                                                                      \
    {                                                                                              \
        "cross_attn=i2t", "agg_func=Mean", "raw_feature_norm=softmax", "lambda_softmax=4"          \
    }

static const struct row rows[] = {
    {.file = WHOLE},
    {.refusal = "m.pth.tar: has no options (opt, args, opts, hyper_parameters, config, hparams): "
                "family, cross_attn, agg_func, lambda_softmax, lambda_lse and raw_feature_norm are "
                "missing; give --family, --cross_attn, --agg_func, --lambda_softmax, --lambda_lse "
                "and --raw_feature_norm, or --assume-defaults for scan, t2i, LogSumExp, 9, 6, "
                "clipped_l2norm",
     .question = true},
    {.assume = true,
     .assumed = "family scan, cross_attn t2i, agg_func LogSumExp, lambda_softmax 9, lambda_lse 6, "
                "raw_feature_norm clipped_l2norm, no_imgnorm false, no_txtnorm false"},
    {.images = true, .assumed = "family scan, no_imgnorm false, no_txtnorm false"},
    {.file = {"cross_attn=i2t", "agg_func=Max", "raw_feature_norm=softmax"},
     .refusal = "its options (args) lack lambda_softmax; give --lambda_softmax, or "
                "--assume-defaults for 9",
     .question = true},
    {.file = {"cross_attn=i2t", "agg_func=LogSumExp", "raw_feature_norm=softmax",
              "lambda_softmax=4"},
     .refusal = "lack lambda_lse;",
     .question = true},
    {.file = {"cross_attn=None", "agg_func=Mean", "raw_feature_norm=softmax", "lambda_softmax=4"},
     .refusal = "lack cross_attn;",
     .question = true},
    {.file = {"cross_attn=i2t", "raw_feature_norm=softmax"},
     .given = {"agg_func=Sum", "lambda_softmax=4.25"},
     .said = "agg_func Sum, lambda_softmax 4.25"},
    {.file = {"lambda_softmax=4", "raw_feature_norm=softmax"},
     .given = {"agg_func=Sum"},
     .assume = true,
     .assumed = "cross_attn t2i",
     .said = "agg_func Sum"},
    /* of the wrong kind: refused, whatever is assumed, unless given */
    {.file = {"lambda_softmax=four"}, .assume = true, .refusal = "lambda_softmax is text; it must"},
    {.file = {"lambda_softmax=True"}, .assume = true, .refusal = "lambda_softmax is true or false"},
    {.file = {"agg_func=3"}, .assume = true, .refusal = "agg_func is a number; it must be text"},
    {.file = {"agg_func=Median"}, .assume = true, .refusal = "agg_func is 'Median'"},
    {.file = {"lambda_softmax=-1"}, .assume = true, .refusal = "lambda_softmax is -1"},
    {.file = {"cross_attn=<my.Enum>"}, .assume = true, .refusal = "a Python object, <my.Enum>"},
    {.file = {"no_txtnorm=often"}, .assume = true, .refusal = "no_txtnorm is text"},
    {.file = {"cross_attn=<my.Enum>", "agg_func=Mean", "raw_feature_norm=softmax",
              "lambda_softmax=four"},
     .given = {"cross_attn=i2t", "lambda_softmax=4"},
     .said = "cross_attn i2t, lambda_softmax 4"},
    /* ... but for what nothing depends on */
    {.file = {"cross_attn=i2t", "agg_func=Mean", "raw_feature_norm=softmax", "lambda_softmax=4",
              "lambda_lse=six"}},
    {.file = {"lambda_softmax=four"}, .images = true, .assumed = "family scan"},
    /* the user and the file */
    {.file = WHOLE, .given = {"cross_attn=i2t", "lambda_softmax=4.0"}},
    {.file = WHOLE,
     .given = {"lambda_softmax=4.0000005"}, /* another float, though it prints alike */
     .refusal = "--lambda_softmax 4.0000005 contradicts the file, whose args has 4"},
    {.file = WHOLE, .given = {"no_imgnorm=true"}, .said = "no_imgnorm true"},
    {.file = WHOLE, .given = {"cross_attn=t2i"}, .shared = true, .kept = "cross_attn i2t"},
    /* of VSE++ */
    {.file = {"cross_attn=i2t", "agg_func=Mean", "raw_feature_norm=softmax", "lambda_softmax=4",
              "measure=cosine"}},
    {.file = {"cross_attn=i2t", "agg_func=Mean", "raw_feature_norm=softmax", "lambda_softmax=4",
              "measure=order"},
     .refusal = "measure is order in args"},
    {.file = {"cross_attn=i2t", "agg_func=Mean", "raw_feature_norm=softmax", "lambda_softmax=4",
              "use_abs=True"},
     .refusal = "use_abs is True"},
};

static void check_list(size_t row, const struct model_options *options, unsigned which,
                       const char *expected)
{
    struct str text = {0};
    model_given_list(options, which, &text);
    if (strcmp(str_text(&text), expected ? expected : "") != 0)
        fail_msg("row %zu: '%s', where '%s' was expected", row, str_text(&text), expected);
    str_done(&text);
}

static void check_row(size_t i)
{
    const struct row *row = &rows[i];
    struct checkpoint *c = made();
    struct model_given given = {
        .assume_defaults = row->assume, .images_only = row->images, .shared = row->shared};
    struct model_options options;
    struct error err = {.text = "no error"};
    for (size_t k = 0; k < MOST && row->file[k]; k++)
        add(c, row->file[k]);
    c->options_key = c->option_count ? "args" : NULL;
    for (size_t k = 0; k < MOST && row->given[k]; k++)
        give(&given, row->given[k]);
    int status = model_options_from_checkpoint(c, &given, &options, &err);
    if ((status != 0) != (row->refusal != NULL) || (status && !strstr(err.text, row->refusal)))
        fail_msg("row %zu: '%s', where '%s' was expected", i, err.text, row->refusal);
    if (status != 0) {
        assert_int_equal(err.question, row->question);
        assert_true(options.missing != 0 || !row->question);
        assert_int_equal(options.img_dim, F); /* what is known, is there */
    } else {
        check_list(i, &options, options.assumed, row->assumed);
        check_list(i, &options, options.given, row->said);
        check_list(i, &options, options.kept, row->kept);
        assert_int_equal(options.missing, 0);
    }
    checkpoint_free(c);
}

static void test_who_says_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(rows); i++)
        check_row(i);
}

static void test_values_are_taken(void **state)
{
    struct checkpoint *c = made();
    struct model_given given = {.assume_defaults = true};
    struct model_options options;
    struct error err;
    struct str text = {0};
    struct json_out out = {.text = &text};
    (void)state;
    add(c, "lambda_lse=5");
    give(&given, "cross-attn=i2t");
    give(&given, "lambda_softmax=0.12345678");
    assert_done(model_options_from_checkpoint(c, &given, &options, &err), err);
    assert_int_equal(options.attn.cross_attn, CROSS_I2T);
    assert_true(options.attn.lambda_softmax == 0.12345678F); /* all digits */
    assert_true(options.attn.lambda_lse == 5);
    model_options_line(&options, &text);
    assert_string_equal(text.text, "SCAN, i2t (given), LogSumExp (assumed), clipped_l2norm "
                                   "(assumed); lambda_softmax 0.123457 (given), lambda_lse 5");
    str_clear(&text);
    json_out_open(&out, NULL, '{');
    model_options_json(&options, &out);
    json_out_close(&out, '}');
    assert_non_null(strstr(text.text, "\"assumed\": [\"agg_func\", \"raw_feature_norm\"]"));
    assert_non_null(strstr(text.text, "\"given\": [\"cross_attn\", \"lambda_softmax\"]"));
    assert_null(strstr(text.text, "missing"));
    str_clear(&text);
    str_add(&text, "m");
    model_given_label(&options, &text);
    assert_string_equal(text.text,
                        "m (assumed agg_func LogSumExp, raw_feature_norm "
                        "clipped_l2norm; given cross_attn i2t, lambda_softmax 0.123457)");
    str_done(&text);
    checkpoint_free(c);
}

static void test_bad_values(void **state)
{
    static const struct {
        const char *name, *value;
    } bad[] = {{"lambda_softmax", "-1"},
               {"lambda_softmax", "nan"},
               {"lambda_softmax", "9x"},
               {"agg_func", "Median"},
               {"no_imgnorm", "perhaps"},
               {"lambda_lse", "0"},
               {"lambda_softmax", "1.000000000000000000000000000000000000000000"}};
    struct model_given given = {0};
    struct error err;
    (void)state;
    for (size_t i = 0; i < COUNTOF(bad); i++)
        assert_int_equal(model_given_set(&given, model_given_find(bad[i].name), bad[i].value, &err),
                         -1);
    assert_int_equal(model_given_find("margin"), MODEL_GIVEN);
    assert_int_equal(model_given_find("gpu_id"), MODEL_GIVEN);
}

static void test_unknown_options_are_named(void **state)
{
    struct checkpoint *c = made();
    struct model_options options;
    struct error err;
    struct str text = {0};
    (void)state;
    add(c, "margin=0.2");
    add(c, "gpu=1");
    add(c, "crop_size=224");
    add(c, "run_name=x");
    assert_done(model_options_from_checkpoint(c, &(struct model_given){.assume_defaults = true},
                                              &options, &err),
                err);
    model_options_unknown(c, &options, &text);
    assert_string_equal(str_text(&text), "gpu, run_name");
    str_done(&text);
    checkpoint_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_says_what),
        cmocka_unit_test(test_values_are_taken),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_unknown_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
