/* Models of other families, and tensors that SCAN does not have. */
#include "tests/support/testing.h"

#include <string.h>

#include "base/countof.h"
#include "model/family.h"

static void add_tensor(struct checkpoint *c, size_t group, const char *name, size_t rows,
                       size_t columns)
{
    struct error err;
    struct tensor *t;
    assert_done(checkpoint_tensor_add(&c->groups[group], name, TENSOR_FLOATS, columns ? 2 : 1,
                                      (size_t[]){rows, columns}, &t, &err),
                err);
    c->has_model = true;
}

enum { D = 4, F = 6, E = 5, V = 9 };

/* A SCAN as its own training script saves it, with room for other parts. */
static struct checkpoint *make_scan(bool weight_norm)
{
    struct checkpoint *c = checkpoint_new(4);
    add_tensor(c, 0, weight_norm ? "fc.weight_v" : "fc.weight", D, F);
    if (weight_norm)
        add_tensor(c, 0, "fc.weight_g", 1, 0);
    add_tensor(c, 0, "fc.bias", D, 0);
    add_tensor(c, 1, "embed.weight", V, E);
    add_tensor(c, 1, "rnn.weight_ih_l0", 3 * D, E);
    add_tensor(c, 1, "rnn.weight_hh_l0", 3 * D, D);
    add_tensor(c, 1, "rnn.bias_ih_l0", 3 * D, 0);
    add_tensor(c, 1, "rnn.bias_hh_l0", 3 * D, 0);
    checkpoint_option_add(c, "cross_attn", OPTION_TEXT, 0, "t2i");
    checkpoint_option_add(c, "agg_func", OPTION_TEXT, 0, "Mean");
    checkpoint_option_add(c, "raw_feature_norm", OPTION_TEXT, 0, "clipped_l2norm");
    checkpoint_option_add(c, "lambda_softmax", OPTION_FLOAT, 9, NULL);
    c->groups[2].name = strdup("[2]");
    c->groups[3].name = strdup("sim_enc");
    return c;
}

static int options_of(const struct checkpoint *c, struct error *err)
{
    struct model_options options;
    err->text[0] = '\0';
    return model_options_from_checkpoint(c, NULL, &options, err);
}

static void assert_refused(struct checkpoint *c, const char *reason)
{
    struct error err;
    assert_int_equal(options_of(c, &err), -1);
    if (!strstr(err.text, reason))
        fail_msg("'%s', where '%s' was expected", err.text, reason);
    checkpoint_free(c);
}

static void test_scan_is_accepted(void **state)
{
    (void)state;
    for (int weight_norm = 0; weight_norm < 2; weight_norm++) {
        struct error err;
        struct checkpoint *c = make_scan(weight_norm);
        assert_done(options_of(c, &err), err);
        assert_null(family_of(c));
        checkpoint_free(c);
    }
}

static const struct {
    const char *tensor;
    size_t group;
    const char *option, *family;
} clues[] = {
    {NULL, 0, "mean_neg", "NAAF"},
    {NULL, 0, "using_intra_info", "NAAF"},
    {"embed.glove.weight", 1, NULL, "NAAF"},
    {NULL, 0, "iteration_step", "IMRAM"},
    {"gate_t2i.weight", 3, NULL, "IMRAM"},
    {NULL, 0, "is_sparse", "GSMN"},
    {"vGNN.conv.weight", 2, NULL, "GSMN"},
    {NULL, 0, "rcr_step", "RCAR"},
    {NULL, 0, "coding_type", "CHAN"},
    {"gpool.linear.weight", 0, NULL, "VSE-infinity"},
    {"mlp.fcs.0.weight", 0, NULL, "VSE-infinity"},
    {"agsa.fc.weight", 0, NULL, "CAMERA"},
    {"Rs_GCN_1.g.weight", 0, NULL, "VSRN"},
    {"fc_att.weight", 0, NULL, "PFAN"},
    {"position_embedding.weight", 0, NULL, "PFAN"},
    {"sim_tranloc_w.weight", 2, NULL, "SGRAF"},
    {"SGR_module.0.graph_key_w.weight", 3, NULL, "SGRAF"},
    {"cap_rnn.weight_ih_l0", 1, NULL, "SGRAF"},
    {"cnn.features.0.weight", 0, NULL, "VSE++ with a CNN of its own"},
};

static void test_families_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(clues); i++) {
        char reason[64];
        struct checkpoint *c = make_scan(false);
        if (clues[i].tensor)
            add_tensor(c, clues[i].group, clues[i].tensor, 2, 3);
        else
            checkpoint_option_add(c, clues[i].option, OPTION_INT, 0, NULL);
        assert_string_equal(family_of(c), clues[i].family);
        snprintf(reason, sizeof reason, "a model of %s", clues[i].family);
        assert_refused(c, reason);
    }
}

/* Options that forks of SCAN took over from others say nothing beside cross_attn. */
static void test_forks_of_scan_are_scan(void **state)
{
    (void)state;
    static const char *const options[] = {"measure", "vse_mean_warmup_epochs", "module_name",
                                          "dim_vid"};
    for (size_t i = 0; i < COUNTOF(options); i++) {
        struct checkpoint *c = make_scan(false), *other = checkpoint_new(2);
        checkpoint_option_add(c, options[i], OPTION_TEXT, 0, "cosine");
        checkpoint_option_add(other, options[i], OPTION_TEXT, 0, "cosine");
        assert_null(family_of(c));
        assert_non_null(family_of(other));
        checkpoint_free(c);
        checkpoint_free(other);
    }
}

static void test_every_tensor_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t group;
        const char *reason;
    } more[] = {
        {"proj.weight", 1, "(proj.weight in the text encoder)"},
        {"scale", 0, "it has 1 tensor that SCAN does not have (scale in the image encoder)"},
        {"bn.num_batches_tracked", 0, "bn.num_batches_tracked in the image encoder"},
        {"rnn.weight_ih_l2", 1, "rnn.weight_ih_l2"},
        {"rnn.bias_ih_l0_reverse", 1, "rnn.bias_ih_l0_reverse"},
        {"embed.bias", 1, "embed.bias in the text encoder"},
        {"w", 2, "(w in part 3, beside image and text encoder)"},
        {"w", 3, "(w in sim_enc, beside image and text encoder)"},
    };
    for (size_t i = 0; i < COUNTOF(more); i++) {
        struct checkpoint *c = make_scan(false);
        add_tensor(c, more[i].group, more[i].name, 2, 0);
        assert_refused(c, more[i].reason);
    }
    struct checkpoint *c = make_scan(false);
    for (char name[] = "a"; name[0] <= 'e'; name[0]++)
        add_tensor(c, name[0] < 'c' ? 0 : 3, name, 2, 0);
    assert_refused(c, "5 tensors that SCAN does not have (a, b in the image encoder; c in sim_enc, "
                      "beside image and text encoder ...)");
}

static void test_weight_norm_per_row(void **state)
{
    (void)state;
    struct checkpoint *c = make_scan(true);
    c->groups[0].tensors[1].count = D;
    assert_refused(c, "fc.weight_g holds 4 numbers: its weight norm is per row");
}

static void test_object_where_a_value_is_needed(void **state)
{
    (void)state;
    struct error err;
    struct checkpoint *c = make_scan(false);
    checkpoint_option_add(c, "started", OPTION_OPAQUE, 0, "<datetime.datetime>");
    checkpoint_option_add(c, "num_epochs", OPTION_OPAQUE, 0, "<mine.Thing>");
    assert_done(options_of(c, &err), err);
    checkpoint_option_add(c, "lambda_lse", OPTION_OPAQUE, 0, "<mine.Thing>");
    checkpoint_option_add(c, "no_imgnorm", OPTION_OPAQUE, 0, "<mine.Thing>");
    assert_refused(c, "<mine.Thing>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_is_accepted),
        cmocka_unit_test(test_families_are_named),
        cmocka_unit_test(test_forks_of_scan_are_scan),
        cmocka_unit_test(test_every_tensor_has_its_place),
        cmocka_unit_test(test_weight_norm_per_row),
        cmocka_unit_test(test_object_where_a_value_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
