/* test_kind_checkpoints.c: checkpoints of BFAN, SGRAF and VSE++: written and read again in every
 * format, without options, damaged. Made in memory, from fresh models. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "model/kind.h"
#include "model/model_private.h"
#include "tests/support/testing.h"

/* The kinds, as options. */
static const struct variant {
    const char *options[6]; /* NAME=VALUE */
    const char *line;
} variants[] = {
    {{"family=bfan", "focal_type=prob", "bi_gru=true"}, "BFAN, prob; lambda_softmax 20"},
    {{"family=bfan", "lambda_softmax=9", "no_txtnorm=true"},
     "BFAN, equal; lambda_softmax 9, no_txtnorm"},
    {{"family=vse", "measure=order", "use_abs=true"}, "VSE++, order, use_abs"},
    {{"family=vse", "no_imgnorm=true"}, "VSE++, cosine, no_imgnorm"},
    {{"family=sgraf", "sim_dim=5", "sgr_step=2", "bi_gru=true"},
     "SGRAF, SGR; sim_dim 5, sgr_step 2"},
    {{"family=sgraf", "sim_dim=5", "module_name=SAF"}, "SGRAF, SAF; sim_dim 5"},
};
enum { BFAN = 0, VSE = 2, SGR = 4, SAF = 5 };

static void set(struct model_options *options, const char *what)
{
    struct error err;
    char *name = mem_strdup(what), *value = strchr(name, '=');
    *value++ = '\0';
    assert_done(model_options_set(options, name, value, &err), err);
    free(name);
}

static struct model *fresh(const struct variant *v)
{
    static const char *const sizes[] = {"img_dim=6", "embed_size=4", "word_dim=3", "vocab_size=7"};
    struct model_options options;
    struct model *model;
    struct error err;
    model_options_default(&options);
    for (size_t i = 0; i < COUNTOF(sizes); i++)
        set(&options, sizes[i]);
    for (size_t i = 0; i < COUNTOF(v->options) && v->options[i]; i++)
        set(&options, v->options[i]);
    assert_done(model_new(&options, 3, &model, &err), err);
    return model;
}

/* With some numbers in what a fresh model has the same everywhere. */
static void stir(struct model *model)
{
    for (size_t i = 0; i < model->params.list_count; i++) {
        const struct param *p = &model->params.list[i];
        for (size_t k = 0; p->group == 2 && k < p->count; k++)
            model->params.data[p->offset + k] += (float)(k + i) * 0.25F;
        if (p->role == SGRAF_COUNTER)
            model->params.data[p->offset] = 41;
    }
    model_refresh(model);
}

static void add_tensor(struct checkpoint *c, const struct model *model, size_t index)
{
    struct error err;
    const struct param *p = &model->params.list[index];
    struct tensor *t;
    bool counter = p->role == SGRAF_COUNTER;
    assert_done(checkpoint_tensor_add(&c->groups[p->group], p->name,
                                      counter ? TENSOR_INTEGERS : TENSOR_FLOATS, p->ndim, p->shape,
                                      &t, &err),
                err);
    if (counter)
        t->integers[0] = (int64_t)model->params.data[p->offset];
    else
        memcpy(t->data, model->params.data + p->offset, p->count * sizeof *t->data);
}

/* `said`: with the options that are not the sizes. */
static struct checkpoint *written(const struct model *model, bool said)
{
    bool third = model->params.kind_block != NULL;
    struct checkpoint *c = checkpoint_new(third ? 3 : 2);
    c->has_model = true;
    for (size_t i = 0; i < model->params.list_count; i++)
        add_tensor(c, model, i);
    for (size_t i = 0; said && i < MODEL_GIVEN; i++) {
        char text[MODEL_GIVEN_TEXT];
        size_t index = model_given_option(i);
        if (i == model_given_find("family") || !model_option_applies(&model->options, index))
            continue;
        model_option_text(&model->options, index, text, sizeof text);
        checkpoint_option_add(c, model_given_name(i), model_option_kind(index),
                              model_option_number(&model->options, index), text);
    }
    return c;
}

/* The same through a file: `suffix` says of which format. */
static struct checkpoint *through_file(struct checkpoint *c, const char *suffix)
{
    struct error err;
    struct checkpoint *back;
    char *path = mem_printf("/tmp/kindsXXXXXX%s", suffix);
    int fd = mkstemps(path, (int)strlen(suffix));
    assert_true(fd >= 0);
    close(fd);
    assert_done(checkpoint_save(path, c, &err), err);
    assert_done(checkpoint_load(path, &back, &err), err);
    unlink(path);
    checkpoint_free(c);
    free(path);
    return back;
}

static void assert_line(const struct model *model, const char *line)
{
    struct str text = {0};
    model_options_line(model_options(model), &text);
    assert_string_equal(str_text(&text), line);
    str_done(&text);
}

static void assert_same(const struct model *a, const struct model *b)
{
    assert_int_equal(a->params.count, b->params.count);
    assert_memory_equal(a->params.data, b->params.data, a->params.count * sizeof(float));
    assert_true(model_image_hash(a) == model_image_hash(b));
    assert_ptr_equal(model_kind(a)->options.kind, model_kind(b)->options.kind);
}

static void test_round_trip(void **state)
{
    static const char *const suffixes[] = {".pth.tar", ".safetensors"};
    (void)state;
    for (size_t i = 0; i < COUNTOF(variants) * COUNTOF(suffixes); i++) {
        const struct variant *v = &variants[i / COUNTOF(suffixes)];
        struct model *model = fresh(v), *again;
        struct error err;
        stir(model);
        struct checkpoint *c = through_file(written(model, true), suffixes[i % COUNTOF(suffixes)]);
        assert_done(model_from_checkpoint(c, NULL, &again, &err), err);
        assert_same(model, again);
        assert_line(again, v->line);
        assert_int_equal(model_notes(again)->lines.count, 0);
        checkpoint_free(c);
        model_free(again);
        model_free(model);
    }
}

/* As the published code initialises. */
static void test_fresh(void **state)
{
    (void)state;
    for (size_t v = SGR; v <= SAF; v++) {
        struct model *model = fresh(&variants[v]);
        for (size_t i = 0; i < model->params.list_count; i++) {
            const struct param *p = &model->params.list[i];
            const float *x = model->params.data + p->offset;
            bool one = strstr(p->name, "running_var") || strstr(p->name, ".weight");
            double bound = sqrt(6.0 / (double)(p->shape[0] + p->shape[1])), most = 0;
            for (size_t k = 0; p->group == 2 && k < p->count; k++) {
                most = fmax(most, fabs((double)x[k]));
                if (p->ndim != 2 && x[k] != (one ? 1 : 0))
                    fail_msg("%s[%zu] is %g", p->name, k, (double)x[k]);
            }
            if (p->group == 2 && p->ndim == 2)
                assert_true(most <= bound && most > bound / 4);
        }
        model_free(model);
    }
}

/* ---- without options ---- */

static const struct unsaid {
    size_t variant;
    const char *given[3];
    bool assume;
    const char *line, *refusal; /* one of both */
} unsaid[] = {
    {BFAN, {NULL}, false, NULL, "give --family bfan or --family vse"},
    {BFAN, {NULL}, true, "SCAN (assumed), t2i (assumed), LogSumExp (assumed)", NULL},
    {BFAN, {"cross_attn=t2i"}, false, NULL, ": agg_func, lambda_softmax, lambda_lse and raw"},
    {BFAN, {"family=bfan"}, false, NULL, ": lambda_softmax and focal_type are missing"},
    {BFAN,
     {"family=bfan"},
     true,
     "BFAN (given), equal (assumed); lambda_softmax 20 (assumed)",
     NULL},
    {BFAN, {"focal_type=prob"}, false, NULL, ": lambda_softmax is missing"},
    {BFAN,
     {"focal_type=prob", "lambda_softmax=4"},
     false,
     "BFAN, prob (given); lambda_softmax 4 (given)",
     NULL},
    {BFAN, {"lambda_softmax=4"}, false, NULL, "family, cross_attn"},
    {BFAN, {"family=vse"}, true, NULL, "VSE++, but its GRU has two directions"},
    {BFAN, {"family=sgraf"}, true, NULL, "no tensors of SGRAF"},
    {BFAN, {"family=scan", "focal_type=prob"}, true, NULL, "SCAN has no such option"},
    {BFAN, {"focal_type=prob", "measure=order"}, false, NULL, "family, cross_attn"},
    {VSE, {"family=vse"}, false, NULL, ": measure is missing"},
    {VSE, {"measure=order", "use_abs=true"}, false, "VSE++, order (given), use_abs", NULL},
    {VSE, {"family=vse", "no_txtnorm=true"}, true, NULL, "VSE++ has no such option"},
    {SGR, {NULL}, false, "SGRAF, SGR; sim_dim 5, sgr_step 2", NULL},
    {SAF, {"no_txtnorm=true"}, false, "SGRAF, SAF; sim_dim 5, no_txtnorm", NULL},
    {SGR, {"family=bfan"}, false, NULL, "--family bfan: the file is of SGRAF"},
    {SGR, {"lambda_softmax=9"}, false, NULL, "SGRAF has no such option"},
};

static void check_unsaid(const struct unsaid *u)
{
    struct model *model = fresh(&variants[u->variant]), *again = NULL;
    struct checkpoint *c = written(model, false);
    struct model_given given = {.assume_defaults = u->assume};
    struct error err = {.text = "it opens"};
    for (size_t i = 0; i < COUNTOF(u->given) && u->given[i]; i++) {
        char *name = mem_strdup(u->given[i]), *value = strchr(name, '=');
        *value++ = '\0';
        assert_done(model_given_set(&given, model_given_find(name), value, &err), err);
        free(name);
    }
    for (size_t g = 0; g < c->group_count; g++)
        for (size_t i = 0; i < c->groups[g].count; i++) { /* as loading leaves it */
            struct tensor *t = &c->groups[g].tensors[i];
            if (!t->data)
                t->data = mem_new(t->count, sizeof *t->data);
        }
    int status = model_from_checkpoint(c, &given, &again, &err);
    if ((status == 0) != (u->line != NULL) || (u->refusal && !strstr(err.text, u->refusal)))
        fail_msg("row %td: '%s'", u - unsaid, status ? err.text : "it opens");
    if (status == 0) {
        struct str text = {0};
        model_options_line(model_options(again), &text);
        if (strncmp(str_text(&text), u->line, strlen(u->line)) != 0)
            fail_msg("row %td: '%s'", u - unsaid, str_text(&text));
        str_done(&text);
    }
    checkpoint_free(c);
    model_free(again);
    model_free(model);
}

static void test_without_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(unsaid); i++)
        check_unsaid(&unsaid[i]);
}

/* ---- damaged, or with something else in it ---- */

static struct tensor *tensor_of(struct checkpoint *c, const char *name)
{
    for (size_t g = 0; g < c->group_count; g++) {
        const struct tensor *t = checkpoint_tensor_find(&c->groups[g], name);
        if (t)
            return (struct tensor *)t;
    }
    fail_msg("no %s", name);
    return NULL;
}

/* What is done to a tensor: gone, another shape, a value. */
enum damage { GONE, SHORTER, FLAT, NOT_A_NUMBER, NEGATIVE, OPTION };

static const struct damaged {
    size_t variant;
    enum damage damage;
    const char *what;    /* a tensor; NAME=VALUE of an option instead of the file's */
    const char *refusal; /* NULL: it opens all the same */
} damages[] = {
    {BFAN, GONE, "fc.bias", "the tensor fc.bias is missing"},
    {BFAN, GONE, "rnn.bias_hh_l0_reverse", "rnn.bias_hh_l0_reverse is missing"},
    {BFAN, NOT_A_NUMBER, "embed.weight", "embed.weight holds NaN"},
    {BFAN, OPTION, "focal_type=foo", "focal_type is 'foo'; it must be one of equal|prob"},
    {BFAN, OPTION, "lambda_softmax=often", "lambda_softmax is text"},
    {BFAN, OPTION, "lambda_softmax=", "its options (opt) lack lambda_softmax"},
    {VSE, OPTION, "measure=euclid", "measure is 'euclid'; it must be one of cosine|order"},
    {VSE, OPTION, "measure=", "its options (opt) lack measure"},
    {VSE, OPTION, "use_abs=often", "use_abs is text"},
    {VSE, GONE, "rnn.weight_hh_l0", "rnn.weight_hh_l0 is missing"},
    {SGR, GONE, "cap_rnn.weight_hh_l0", "cap_rnn.weight_hh_l0 is missing"},
    {SGR, GONE, "v_global_w.embedding_local.1.running_mean", "running_mean is missing"},
    {SGR, GONE, "v_global_w.embedding_local.1.num_batches_tracked", NULL},
    {SGR, GONE, "SGR_module.0.graph_query_w.weight", "a model of SGRAF, but it has 0 steps"},
    {SGR, GONE, "SGR_module.1.sim_graph_w.bias", "SGR_module.1.sim_graph_w.bias is missing"},
    {SGR, SHORTER, "sim_tranglo_w.weight", "sim_tranglo_w.weight has the shape (4, 4) instead"},
    {SGR, SHORTER, "v_global_w.embedding_local.1.running_var",
     "has the shape (35) instead of (36)"},
    {SGR, SHORTER, "v_global_w.embedding_local.1.weight", "has the shape (36) instead of (35)"},
    {SGR, FLAT, "sim_tranloc_w.weight", "sim_tranloc_w.weight is not a matrix"},
    {SAF, NOT_A_NUMBER, "SAF_module.bn.running_var", "SAF_module.bn.running_var holds NaN"},
    {SAF, NEGATIVE, "SAF_module.bn.running_var", "no variance is negative"},
    {SAF, NEGATIVE, "SAF_module.bn.running_mean", NULL},
    {SAF, GONE, "SAF_module.attn_sim_w.weight", "and no SAF"},
};

static void drop(struct checkpoint *c, const char *name)
{
    for (size_t g = 0; g < c->group_count; g++)
        for (size_t i = 0; i < c->groups[g].count; i++)
            if (strcmp(c->groups[g].tensors[i].name, name) == 0)
                c->groups[g].tensors[i].name[0] = '~'; /* no longer in its place ... */
}

/* ... and really gone, by moving the last into it. */
static void sweep(struct checkpoint *c)
{
    for (size_t g = 0; g < c->group_count; g++)
        for (size_t i = 0; i < c->groups[g].count; i++)
            if (c->groups[g].tensors[i].name[0] == '~') {
                struct tensor *t = &c->groups[g].tensors[i];
                free(t->name);
                free(t->data);
                free(t->integers);
                *t = c->groups[g].tensors[--c->groups[g].count];
            }
}

static void give_option(struct checkpoint *c, const char *what)
{
    char *name = mem_strdup(what), *value = strchr(name, '=');
    *value++ = '\0';
    for (size_t i = 0; i < c->option_count; i++)
        if (strcmp(c->options[i].name, name) == 0) {
            c->options[i].name[0] = '~';
        }
    checkpoint_option_add(c, name, *value ? OPTION_TEXT : OPTION_NONE, 0, value);
    c->options_key = "opt";
    free(name);
}

static void damage(struct checkpoint *c, const struct damaged *d)
{
    if (d->damage == OPTION) {
        give_option(c, d->what);
        return;
    }
    struct tensor *t = tensor_of(c, d->what);
    switch (d->damage) {
    case GONE:
        drop(c, d->what);
        sweep(c);
        break;
    case SHORTER:
        t->count -= t->count / t->shape[0];
        t->shape[0]--;
        break;
    case FLAT:
        t->ndim = 1;
        t->shape[0] = t->count;
        break;
    case NOT_A_NUMBER:
        t->data[0] = NAN;
        break;
    default:
        t->data[0] = -1;
    }
}

static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(damages); i++) {
        const struct damaged *d = &damages[i];
        struct model *model = fresh(&variants[d->variant]), *again = NULL;
        struct error err = {.text = "it opens"};
        struct checkpoint *c = through_file(written(model, true), ".pth.tar");
        damage(c, d);
        int status = model_from_checkpoint(c, NULL, &again, &err);
        if ((status == 0) != !d->refusal || (d->refusal && !strstr(err.text, d->refusal)))
            fail_msg("row %zu: '%s', where '%s' was expected", i, err.text,
                     d->refusal ? d->refusal : "no error");
        assert_null(strchr(err.text, '\n'));
        checkpoint_free(c);
        model_free(again);
        model_free(model);
    }
}

/* Options of the kind are never called unknown, nor those that the published code has besides. */
static void test_unknown_options(void **state)
{
    static const char *const known[] = {"cnn_type=vgg19", "crop_size=224", "finetune=no",
                                        "use_restval=no", "reset_train=no"};
    (void)state;
    for (size_t v = 0; v < COUNTOF(variants); v++) {
        struct model *model = fresh(&variants[v]);
        struct checkpoint *c = written(model, true);
        struct str text = {0};
        for (size_t i = 0; i < COUNTOF(known); i++)
            give_option(c, known[i]);
        give_option(c, "agg_func=Mean");
        give_option(c, "gpu=1");
        model_options_unknown(c, model_options(model), &text);
        assert_string_equal(str_text(&text), "agg_func, gpu");
        str_done(&text);
        checkpoint_free(c);
        model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),      cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_without_options), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_unknown_options),
    };
    return cmocka_run_group_tests_name("kind_checkpoints", tests, NULL, NULL);
}
