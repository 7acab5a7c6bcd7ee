#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/torchfile.h"

static const char *const fixtures[] = {
    "i2t_avg",         "i2t_lse", "i2t_max_clipped",    "i2t_sum_nonorm",  "t2i_avg",
    "t2i_avg_sumloss", "t2i_lse", "t2i_lse_weightnorm", "t2i_max_softmax", "t2i_sum_l2norm_unigru",
};

static void test_fixtures_load(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(fixtures); i++) {
        struct error err;
        struct checkpoint *c;
        char *name = mem_printf("%s/model.pth.tar", fixtures[i]);
        char *path = testing_fixture(name);
        assert_done(checkpoint_load(path, &c, &err), err);
        assert_true(c->has_model);
        assert_int_equal(c->group_count, 2);
        assert_int_equal(c->epoch, 3);
        assert_true(c->best_rsum == 321.5);
        const struct tensor *embed = checkpoint_tensor_find(&c->groups[1], "embed.weight");
        assert_non_null(embed);
        assert_int_equal(embed->ndim, 2);
        assert_string_equal(checkpoint_option_find(c, "data_name")->text, "fixture_precomp");
        assert_true(checkpoint_option_find(c, "word_dim")->number == (double)embed->shape[1]);
        checkpoint_free(c);
        free(path);
        free(name);
    }
}

/* A folder for what a test writes. */
static char *new_folder(void)
{
    char *folder = mem_strdup("/tmp/scanscope-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static const int64_t whole[] = {INT64_MIN, INT64_MAX, -1, 0, 9007199254740993};
static const double fine[] = {0.1, -1e300, 5e-324};

/* What a trainer would save, including numbers that float32 cannot hold. */
static struct checkpoint *make_checkpoint(void)
{
    struct error err;
    struct tensor *t;
    struct checkpoint *c = checkpoint_new(2);
    assert_done(checkpoint_tensor_add(&c->groups[0], "fc.weight", TENSOR_FLOATS, 2,
                                      (size_t[]){3, 5}, &t, &err),
                err);
    for (size_t i = 0; i < t->count; i++)
        t->data[i] = (float)i / 7;
    t->data[3] = -0.0f;
    t->data[4] = NAN;
    assert_done(
        checkpoint_tensor_add(&c->groups[0], "fc.bias", TENSOR_FLOATS, 1, (size_t[]){0}, &t, &err),
        err);
    assert_done(
        checkpoint_tensor_add(&c->extra, "rng", TENSOR_INTEGERS, 1, (size_t[]){5}, &t, &err), err);
    memcpy(t->integers, whole, sizeof whole);
    assert_done(
        checkpoint_tensor_add(&c->extra, "rate", TENSOR_DOUBLES, 2, (size_t[]){1, 3}, &t, &err),
        err);
    memcpy(t->doubles, fine, sizeof fine);
    assert_done(checkpoint_tensor_add(&c->extra, "step", TENSOR_INTEGERS, 0, NULL, &t, &err), err);
    t->integers[0] = 42;
    checkpoint_option_add(c, "data_name", OPTION_TEXT, 0, "caf\xc3\xa9 \"x\"");
    checkpoint_option_add(c, "margin", OPTION_FLOAT, 0.2, NULL);
    checkpoint_option_add(c, "num_epochs", OPTION_INT, 30, NULL);
    checkpoint_option_add(c, "bi_gru", OPTION_BOOL, 1, NULL);
    checkpoint_option_add(c, "resume", OPTION_NONE, 0, NULL);
    c->epoch = 7;
    c->eiters = 5000000000;
    c->best_rsum = 391.7;
    return c;
}

static void assert_same_tensors(const struct tensor_group *a, const struct tensor_group *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct tensor *x = &a->tensors[i], *y = &b->tensors[i];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->ndim, y->ndim);
        assert_memory_equal(x->shape, y->shape, sizeof x->shape);
        assert_true(!x->integers == !y->integers && !x->doubles == !y->doubles);
        if (x->data)
            assert_memory_equal(x->data, y->data, x->count * sizeof *x->data);
        if (x->integers)
            assert_memory_equal(x->integers, y->integers, x->count * sizeof *x->integers);
        if (x->doubles)
            assert_memory_equal(x->doubles, y->doubles, x->count * sizeof *x->doubles);
    }
}

static void assert_same_options(const struct checkpoint *a, const struct checkpoint *b)
{
    assert_int_equal(a->option_count, b->option_count);
    for (size_t i = 0; i < a->option_count; i++) {
        const struct option *x = &a->options[i], *y = &b->options[i];
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->kind, y->kind);
        assert_true(x->number == y->number);
        assert_string_equal(x->text ? x->text : "", y->text ? y->text : "");
    }
}

static void assert_saves(const struct checkpoint *c, const char *path)
{
    struct error err;
    struct checkpoint *again;
    assert_done(checkpoint_save(path, c, &err), err);
    assert_done(checkpoint_load(path, &again, &err), err);
    assert_string_equal(again->format, "zip");
    assert_int_equal(again->group_count, c->group_count);
    for (size_t i = 0; i < c->group_count; i++)
        assert_same_tensors(&c->groups[i], &again->groups[i]);
    assert_same_tensors(&c->extra, &again->extra);
    assert_same_options(c, again);
    assert_int_equal(again->epoch, c->epoch);
    assert_int_equal(again->eiters, c->eiters);
    assert_memory_equal(&again->best_rsum, &c->best_rsum, sizeof c->best_rsum);
    checkpoint_free(again);
}

static void test_save_then_load_is_exact(void **state)
{
    (void)state;
    char *folder = new_folder(), *path = file_join(folder, "model.pth.tar");
    struct checkpoint *c = make_checkpoint(), *empty = checkpoint_new(0);
    assert_saves(c, path);
    assert_saves(empty, path); /* replaces the other; nothing else remains */
    checkpoint_free(c);
    checkpoint_free(empty);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    free(path);
    free(folder);
}

static void test_fixtures_saved_are_exact(void **state)
{
    (void)state;
    char *folder = new_folder(), *out = file_join(folder, "model.pth.tar");
    for (size_t i = 0; i < COUNTOF(fixtures); i++) {
        struct error err;
        struct checkpoint *c;
        char *name = mem_printf("%s/model.pth.tar", fixtures[i]);
        char *path = testing_fixture(name);
        assert_done(checkpoint_load(path, &c, &err), err);
        assert_saves(c, out);
        checkpoint_free(c);
        free(path);
        free(name);
    }
    unlink(out);
    rmdir(folder);
    free(out);
    free(folder);
}

static void test_storages_are_aligned(void **state)
{
    (void)state;
    struct error err;
    char *folder = new_folder(), *path = file_join(folder, "model.pth.tar");
    struct checkpoint *c = make_checkpoint();
    assert_done(checkpoint_save(path, c, &err), err);
    struct file_map map;
    assert_done(file_map_open(path, &map, &err), err);
    const float *weights = c->groups[0].tensors[0].data;
    const uint8_t *found = memmem(map.data, map.size, weights, 15 * sizeof *weights);
    assert_non_null(found);
    assert_int_equal((found - map.data) % 64, 0);
    found = memmem(map.data, map.size, whole, sizeof whole);
    assert_non_null(found);
    assert_int_equal((found - map.data) % 64, 0);
    file_map_close(&map);
    checkpoint_free(c);
    unlink(path);
    rmdir(folder);
    free(path);
    free(folder);
}

static void test_save_failures(void **state)
{
    (void)state;
    struct error err;
    struct checkpoint *c = make_checkpoint();
    assert_int_equal(checkpoint_save("no-such-folder/model.pth.tar", c, &err), -1);
    assert_non_null(strstr(err.text, "no-such-folder/model.pth.tar"));
    assert_int_equal(checkpoint_save("/dev/full", c, &err), -1);
    assert_non_null(strstr(err.text, "No space left"));
    struct tensor *t;
    size_t huge[] = {SIZE_MAX, 2};
    assert_int_equal(checkpoint_tensor_add(&c->extra, "huge", TENSOR_FLOATS, 2, huge, &t, &err),
                     -1);
    huge[1] = 1;
    assert_int_equal(checkpoint_tensor_add(&c->extra, "huge", TENSOR_FLOATS, 2, huge, &t, &err),
                     -1);
    assert_int_equal(checkpoint_tensor_add(&c->extra, "deep", TENSOR_FLOATS, 9, huge, &t, &err),
                     -1);
    assert_int_equal(c->extra.count, 3);
    checkpoint_free(c);
}

static void test_describe(void **state)
{
    (void)state;
    struct error err;
    char *folder = new_folder(), *path = file_join(folder, "model.pth.tar");
    struct checkpoint *c = make_checkpoint();
    struct str text = {0}, json = {0};
    assert_done(checkpoint_save(path, c, &err), err);
    assert_done(torchfile_describe(path, false, &text, &err), err);
    assert_done(torchfile_describe(path, true, &json, &err), err);
    assert_non_null(strstr(text.text, "(zip), 5 arrays of 24 numbers in all"));
    assert_non_null(strstr(text.text, "model[0].fc.weight"));
    assert_non_null(strstr(text.text, "float32 3 x 5"));
    assert_non_null(strstr(text.text, "opt.margin"));
    assert_non_null(strstr(json.text, "\"opt.margin\": 0.2"));
    assert_non_null(strstr(json.text, "\"scanscope.rng\""));
    assert_non_null(strstr(json.text, "\"opt.resume\": null"));
    str_done(&text);
    str_done(&json);
    checkpoint_free(c);
    unlink(path);
    rmdir(folder);
    free(path);
    free(folder);
}

static void test_checkpoints_of_others_are_described(void **state)
{
    (void)state;
    static const struct {
        const char *name, *line;
    } files[] = {
        {"allennlp_elmo_best.th", "(legacy), 55 arrays"},
        {"band-gap.pth.tar", "optimizer.param_groups[0].lr"},
        {"ckpt_4000_gail.pth.tar", "args.env_name"},
        {"ckpt_4000_gail.pth.tar", "float64 11"},
        {"lpips/v0.0/alex.pth", "lin0.model.1.weight"},
        {"lpips/v0.0/squeeze.pth", "lin0.model.1.weight"},
        {"lpips/v0.0/vgg.pth", "lin0.model.1.weight"},
        {"lpips/v0.1/alex.pth", "float32 1 x 64 x 1 x 1"},
        {"lpips/v0.1/squeeze.pth", "float32 1 x 64 x 1 x 1"},
        {"lpips/v0.1/vgg.pth", "float32 1 x 64 x 1 x 1"},
        {"pnet.pt", "float32 10 x 3 x 3 x 3"},
        {"training_state_e1_b0.th", "optimizer.state.0.square_avg"},
        {"vrnn_state_dict_41.pth", "float32 100 x 28"},
    };
    for (size_t i = 0; i < COUNTOF(files); i++) {
        struct error err;
        struct str text = {0};
        char *name = file_join("checkpoints", files[i].name), *path = testing_data(name);
        assert_done(torchfile_describe(path, false, &text, &err), err);
        if (!strstr(text.text, files[i].line))
            fail_msg("%s: no '%s'", name, files[i].line);
        str_done(&text);
        free(path);
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures_load),
        cmocka_unit_test(test_save_then_load_is_exact),
        cmocka_unit_test(test_fixtures_saved_are_exact),
        cmocka_unit_test(test_storages_are_aligned),
        cmocka_unit_test(test_save_failures),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_checkpoints_of_others_are_described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
