/* test_family_others.c: models of other families, with the published code's tensors and options, in
 * each of the forms in which people save them: all are refused by name. */
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "model/options_given.h"
#include "tests/support/testing.h"

enum { MOST = 12, PARTS = 4, D = 4, F = 6, E = 5, V = 9 };

/* Tensors as "PART NAME"; "scan image" and "scan text" are SCAN's encoders. */
struct family {
    const char *name;
    const char *tensors[MOST];
    const char *options[4];
    bool by_options; /* the tensors are SCAN's: nothing else tells them apart */
};

#define IMAGE "0 fc.weight", "0 fc.bias"
#define TEXT                                                                                       \
    "1 embed.weight", "1 rnn.weight_ih_l0", "1 rnn.weight_hh_l0", "1 rnn.bias_ih_l0",              \
        "1 rnn.bias_hh_l0"
#define BERT "1 bert.embeddings.word_embeddings.weight", "1 bert.pooler.dense.weight"

static const struct family families[] = {
    {"NAAF",
     {IMAGE, "1 embed.glove.weight", "1 embed.embed.weight", "1 rnn.weight_ih_l0",
      "1 rnn.weight_hh_l0", "1 rnn.bias_ih_l0", "1 rnn.bias_hh_l0"},
     {"mean_neg", "stnd_neg", "thres_safe", "lambda_softmax"},
     false},
    {"NAAF", {IMAGE, TEXT}, {"precomp_enc_text_type", "thres", "mean_neg", NULL}, true},
    {"IMRAM",
     {"0 fc_local.weight", "0 fc_local.bias", TEXT, "2 linear_t2i.weight", "2 gate_t2i.weight",
      "2 linear_i2t.weight", "2 gate_i2t.weight"},
     {"cross_attn", "iteration_step", "model_mode", NULL},
     false},
    {"GSMN",
     {IMAGE, TEXT, "2 vGNN.conv_weights.0.weight", "2 out_1.weight_g", "3 tGNN.params.weight",
      "3 out_1.weight_g"},
     {"feat_dim", "num_block", "is_sparse", NULL},
     false},
    {"RCAR",
     {IMAGE, "0 mlp.layers.0.weight", TEXT, "2 sim_eval_w.weight",
      "2 alv_modules.0.sim_transform_w.weight", "2 rar_modules.0.rar_q_w.0.weight"},
     {"self_regulator", "rcar_step", "vse_mean_warmup_epochs", "sim_dim"},
     false},
    {"CHAN", {IMAGE, TEXT, "1 fc.weight", "1 fc.bias"}, {"coding_type", "pooling_type"}, false},
    {"CHAN", {IMAGE, TEXT}, {"coding_type", "vse_mean_warmup_epochs"}, true},
    {"VSE-infinity",
     {IMAGE, "0 mlp.layers.0.weight", "0 gpool.linear.weight", BERT, "1 gpool.linear.weight"},
     {"vse_mean_warmup_epochs", "embedding_warmup_epochs", "backbone_source"},
     false},
    {"CAMERA",
     {IMAGE, "0 position_enc.proj.weight", "0 agsa.attns.0.linears.0.weight", "0 mvs.conv.0.weight",
      BERT, "1 mapping.weight", "1 agsa.attns.0.linears.0.weight"},
     {"smry_k", "smry_lamda", "head"},
     false},
    {"VSRN",
     {IMAGE, "0 img_rnn.weight_ih_l0", "0 Rs_GCN_1.g.weight", TEXT},
     {"dim_vid", "dim_hidden", "measure", "use_abs"},
     false},
    {"PFAN",
     {IMAGE, "0 fc_att.weight", "0 position_embedding.weight", TEXT},
     {"cross_attn", "agg_func"},
     false},
    {"PVSE",
     {"0 cnn.conv1.weight", IMAGE, "0 pie_net.attention.w_1.weight", TEXT,
      "1 pie_net.attention.w_1.weight"},
     {"num_embeds", "measure"},
     false},
    {"VSE++ with a CNN of its own",
     {"0 cnn.features.0.weight", IMAGE, TEXT},
     {"measure", "use_abs", "cnn_type"},
     false},
};

/* How the parts stand in a file: a list, a dict of all with the parts' names before theirs, a dict
 * of all without. */
enum form { LIST, PREFIXED, FLAT, FORMS };

static void add_tensor(struct tensor_group *group, const char *name)
{
    struct error err;
    struct tensor *t;
    bool vector = strstr(name, "bias") != NULL;
    bool recurrent = strstr(name, "rnn") != NULL;
    size_t rows = strstr(name, "embed") ? V : recurrent ? 3 * D : D;
    size_t columns = strstr(name, "_ih_") ? E : strstr(name, "embed") ? E : recurrent ? D : F;
    assert_done(checkpoint_tensor_add(group, name, TENSOR_FLOATS, vector ? 1 : 2,
                                      (size_t[]){rows, columns}, &t, &err),
                err);
}

static bool has_twice(const struct family *f)
{
    for (size_t i = 0; i < MOST && f->tensors[i]; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(f->tensors[i] + 2, f->tensors[k] + 2) == 0)
                return true;
    return false;
}

static struct checkpoint *made(const struct family *f, enum form form)
{
    static const char *const prefixes[PARTS] = {"img_enc.", "txt_enc.", "", "other."};
    struct error err;
    struct checkpoint *c = checkpoint_new(form == LIST ? PARTS : 1);
    for (size_t i = 0; i < MOST && f->tensors[i]; i++) {
        size_t part = (size_t)(f->tensors[i][0] - '0');
        char *name = mem_printf("%s%s", form == PREFIXED ? prefixes[part] : "", f->tensors[i] + 2);
        add_tensor(&c->groups[form == LIST ? part : 0], name);
        free(name);
    }
    for (size_t g = 0; form == LIST && g < PARTS; g++)
        c->groups[g].name = mem_printf("[%zu]", g);
    while (c->group_count > 0 && c->groups[c->group_count - 1].count == 0)
        free(c->groups[--c->group_count].name);
    c->has_model = true;
    assert_done(checkpoint_sort_parts(c, &err), err);
    return c;
}

static void check(const struct family *f, enum form form, bool options)
{
    struct error err = {.text = "it opens"};
    struct model_options read;
    struct checkpoint *c = made(f, form);
    struct model_given given = {.assume_defaults = true};
    char *reason = mem_printf("this is a model of %s", f->name);
    for (size_t i = 0; options && i < COUNTOF(f->options) && f->options[i]; i++)
        checkpoint_option_add(c, f->options[i], OPTION_INT, 1, NULL);
    int status = model_options_from_checkpoint(c, &given, &read, &err);
    if (status == 0 || !strstr(err.text, reason))
        fail_msg("%s, form %d, %s options: '%s'", f->name, (int)form, options ? "with" : "without",
                 err.text);
    free(reason);
    checkpoint_free(c);
}

static void test_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(families); i++)
        for (int form = 0; form < FORMS; form++)
            for (int options = families[i].by_options; options < 2; options++)
                if (form != FLAT || !has_twice(&families[i]))
                    check(&families[i], (enum form)form, options);
}

/* A kind's options do not make a kind of what has other tensors. */
static void test_kinds_in_another_form(void **state)
{
    static const struct family forms[] = {
        {"BFAN in another form", {IMAGE, TEXT, "2 gate.weight"}, {"focal_type"}, false},
        {"SGRAF in another form", {IMAGE, TEXT, "2 SAF_module.bn.weight"}, {"sim_dim"}, false},
        {"SGRAF in another form", {IMAGE, TEXT}, {"module_name", "sgr_step"}, false},
        {"VSE++ in another form", {IMAGE, TEXT, "2 attn.weight"}, {"measure"}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNTOF(forms); i++)
        check(&forms[i], LIST, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_by_name),
        cmocka_unit_test(test_kinds_in_another_form),
    };
    return cmocka_run_group_tests_name("family_others", tests, NULL, NULL);
}
