/* test_kind.c: what a checkpoint is taken for, and which are refused: made in memory. */
#include "model/kind.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "model/options.h"
#include "tests/support/testing.h"

enum { D = 8 };

/* A checkpoint with encoders of nothing but their first tensors, and so many parts. */
static struct checkpoint *made(size_t parts)
{
    struct checkpoint *c = checkpoint_new(parts);
    struct tensor *t;
    struct error err;
    assert_done(checkpoint_tensor_add(&c->groups[0], "fc.weight", TENSOR_FLOATS, 2,
                                      (size_t[]){D, 4}, &t, &err),
                err);
    assert_done(checkpoint_tensor_add(&c->groups[1], "embed.weight", TENSOR_FLOATS, 2,
                                      (size_t[]){5, 3}, &t, &err),
                err);
    return c;
}

static void add(struct checkpoint *c, size_t part, const char *name, int ndim, size_t rows,
                size_t columns)
{
    struct tensor *t;
    struct error err;
    assert_done(checkpoint_tensor_add(&c->groups[part], name, TENSOR_FLOATS, ndim,
                                      (size_t[]){rows, columns}, &t, &err),
                err);
}

static void add_text(struct checkpoint *c, const char *name, const char *text)
{
    checkpoint_option_add(c, name, OPTION_TEXT, 0, text);
}

/* Asserts that it is of a kind, and refused for a reason (NULL: read). Frees it. */
static void check(struct checkpoint *c, const char *kind_name, const char *reason)
{
    struct error err;
    const struct model_kind *kind = kind_of(c);
    assert_int_equal(kind != NULL, kind_name != NULL);
    if (kind) {
        struct kind_options options = {.kind = kind, .D = D};
        assert_string_equal(kind->name, kind_name);
        int status = kind->read_tensors ? kind->read_tensors(c, &options, &err) : 0;
        if ((status == 0) != !reason || (reason && !strstr(err.text, reason)))
            fail_msg("%s: %s instead of: %s", kind_name, status ? err.text : "read",
                     reason ? reason : "read");
    }
    checkpoint_free(c);
}

static void test_bfan(void **state)
{
    (void)state;
    struct checkpoint *c = made(2);
    add_text(c, "focal_type", "prob");
    check(c, "BFAN", NULL);
    c = made(2);
    checkpoint_option_add(c, "focal_type", OPTION_NONE, 0, NULL);
    check(c, NULL, NULL);
    c = made(3);
    add_text(c, "focal_type", "prob");
    check(c, NULL, NULL);
}

static void test_vse(void **state)
{
    (void)state;
    struct checkpoint *c = made(2);
    add_text(c, "measure", "order");
    check(c, "VSE++", NULL);
    c = made(2);
    add_text(c, "measure", "cosine");
    add(c, 1, "rnn.weight_ih_l0_reverse", 2, 3 * D, 3);
    check(c, "VSE++", "two directions");
    c = made(2); /* a fork of SCAN that kept the option */
    add_text(c, "measure", "cosine");
    add_text(c, "cross_attn", "t2i");
    check(c, NULL, NULL);
}

/* A similarity module's deciding tensors. */
static struct checkpoint *made_sgraf(size_t size, size_t steps, bool filter)
{
    char name[64];
    struct checkpoint *c = made(3);
    add(c, 2, "sim_tranloc_w.weight", 2, 6, size);
    add(c, 2, "v_global_w.embedding_local.1.weight", 1, 36, 1);
    for (size_t k = 0; k < steps; k++) {
        snprintf(name, sizeof name, "SGR_module.%zu.graph_query_w.weight", k);
        add(c, 2, name, 2, 6, 6);
    }
    if (filter)
        add(c, 2, "SAF_module.attn_sim_w.weight", 2, 1, 6);
    return c;
}

static void test_sgraf(void **state)
{
    (void)state;
    check(made_sgraf(D, 3, false), "SGRAF", NULL);
    check(made_sgraf(D, 0, true), "SGRAF", NULL);
    check(made_sgraf(D, 0, false), "SGRAF", "0 steps of SGR and no SAF");
    check(made_sgraf(D, 2, true), "SGRAF", "2 steps of SGR and a SAF");
    check(made_sgraf(D, SGRAF_MOST_STEPS, false), "SGRAF", NULL);
    check(made_sgraf(D, SGRAF_MOST_STEPS + 1, false), "SGRAF", "at most 8 steps");
    check(made_sgraf(D + 1, 3, false), "SGRAF", "belong to different models");
    struct checkpoint *c = made(3);
    add(c, 2, "sim_tranloc_w.weight", 1, 6, 1);
    check(c, "SGRAF", "not a matrix");
    c = made(3);
    add(c, 2, "sim_tranloc_w.weight", 2, 6, D);
    check(c, "SGRAF", "embedding_local.1.weight is missing");
}

/* Another model with a third part, or with one only. */
static void test_others(void **state)
{
    (void)state;
    struct checkpoint *c = made(3);
    add(c, 2, "gate_t2i.weight", 2, 6, 6);
    check(c, NULL, NULL);
    check(made(2), NULL, NULL);
    check(checkpoint_new(1), NULL, NULL);
    check(checkpoint_new(0), NULL, NULL);
}

/* The option family offers SCAN and every row. */
static void test_families(void **state)
{
    struct str all = {0};
    (void)state;
    str_add(&all, "scan");
    for (size_t i = 0; kind_at(i); i++)
        str_addf(&all, "|%s", kind_at(i)->family);
    assert_string_equal(model_option_value(model_option_find("family")), all.text);
    str_done(&all);
}

/* What a row offers fits together. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; kind_at(i); i++) {
        const struct model_kind *k = kind_at(i);
        struct kind_options options = {.kind = k, .D = D, .sgraf = {SGRAF_SGR, D, 6, 4, 2}};
        struct kind_holds holds = k->holds(&options);
        assert_true(k->name && k->family && k->gru && k->options && k->is && k->tile &&
                    k->tile_scratch && k->same_bits && k->training && k->tile_images > 0 &&
                    k->tile_captions > 0);
        assert_int_equal(holds.global, k->finish_images != NULL);
        assert_int_equal(holds.global, k->finish_captions && k->finish_size);
        assert_int_equal(k->shows != 0, k->show != NULL);
        assert_int_equal(k->ready != NULL, k->done != NULL);
        assert_true(holds.global || holds.regions);
        assert_true(!(holds.region_gram && !holds.regions) && !(holds.word_gram && !holds.words));
    }
}

/* The tensors of a kind lie side by side, none over another. */
static void test_tensors(void **state)
{
    static const struct sgraf_options all[] = {{SGRAF_SGR, D, 6, 4, SGRAF_MOST_STEPS},
                                               {SGRAF_SAF, D, 6, 4, 3}};
    (void)state;
    for (size_t m = 0; m < 2; m++) {
        const struct model_kind *k = kind_at(0);
        struct kind_options options = {.kind = k, .D = D, .sgraf = all[m]};
        kind_tensor t;
        size_t end = 0, block;
        assert_string_equal(k->name, "SGRAF");
        for (size_t i = 0; k->tensor(&options, i, &t, &block); i++) {
            size_t count = 1;
            for (int d = 0; d < t.ndim; d++)
                count *= t.shape[d];
            assert_int_equal(count, t.count);
            assert_true(t.offset >= end && t.offset % 16 == 0 &&
                        strlen(t.name) < sizeof t.name - 1);
            end = t.offset + t.count;
        }
        assert_true(end <= block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families), cmocka_unit_test(test_bfan),
        cmocka_unit_test(test_vse),      cmocka_unit_test(test_sgraf),
        cmocka_unit_test(test_others),   cmocka_unit_test(test_table),
        cmocka_unit_test(test_tensors),
    };
    return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
