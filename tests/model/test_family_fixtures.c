/* test_family_fixtures.c: similarities and recalls of the published code of BFAN, VSE++ and SGRAF,
 * on both torch formats. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/xattn.h"
#include "model/sgraf.h"
#include "model/vse.h"
#include "tests/model/family_fixture.h"
#include "tests/support/testing.h"

/* ---- BFAN ---- */

struct bfan_scene {
    const struct family_fixture *f;
    struct bfan_options options;
    float *v, *e;
};

static float bfan_score(const struct bfan_scene *s, const struct family_kernel *k, size_t i,
                        size_t c)
{
    const struct fixture *b = &s->f->base;
    size_t D = s->f->D, R = b->R, W = b->starts[c + 1] - b->starts[c];
    size_t lds = (W + k->lanes - 1) / k->lanes * k->lanes;
    const struct xattn_kernel *dots = xattn_kernel();
    const float *v = s->v + i * R * D, *e = s->e + b->starts[c] * D;
    float *room = mem_new(dots->packed_size(W, D) + R * lds + R * R + W * W + R + W, sizeof *room);
    float *scratch = mem_new(k->bfan_scratch(R, W), sizeof *scratch);
    float *x = room + dots->packed_size(W, D), *region_gram = x + R * lds,
          *word_gram = region_gram + R * R, *region_norm = word_gram + W * W,
          *word_norm = region_norm + R;
    dots->pack(e, W, D, room);
    dots->dots(v, R, room, W, D, x, lds, 1);
    xattn_gram(v, R, D, region_gram);
    xattn_gram(e, W, D, word_gram);
    xattn_norms(v, R, D, region_norm);
    xattn_norms(e, W, D, word_norm);
    struct bfan_pair pair = {.R = R,
                             .W = W,
                             .lds = lds,
                             .s = x,
                             .region_gram = region_gram,
                             .word_gram = word_gram,
                             .region_norm = region_norm,
                             .word_norm = word_norm};
    float score = k->bfan_pair(&s->options, &pair, scratch);
    free(room);
    free(scratch);
    return score;
}

static void check_bfan(const char *name)
{
    struct family_fixture f;
    family_fixture_open(name, &f);
    struct bfan_scene s = {.f = &f};
    s.options.focal =
        strcmp(family_fixture_text(&f, "focal_type"), "prob") == 0 ? BFAN_PROB : BFAN_EQUAL;
    s.options.lambda_softmax = (float)family_fixture_number(&f, "lambda_softmax");
    s.v = family_fixture_encode(&f, f.base.features, f.base.I * f.base.R);
    s.e = family_fixture_words(&f);
    float *sims = mem_new(f.base.I * f.base.C, sizeof *sims);
    for (size_t k = 0; family_kernel_at(k); k++) {
        for (size_t i = 0; i < f.base.I * f.base.C; i++)
            sims[i] = bfan_score(&s, family_kernel_at(k), i / f.base.C, i % f.base.C);
        family_fixture_check(&f, sims);
    }
    free(s.v);
    free(s.e);
    free(sims);
    family_fixture_close(&f);
}

static void test_bfan_equal(void **state)
{
    (void)state;
    check_bfan("bfan_equal");
}

static void test_bfan_prob(void **state)
{
    (void)state;
    check_bfan("bfan_prob");
}

/* ---- VSE++ ---- */

static void check_vse(const char *name)
{
    struct family_fixture f;
    family_fixture_open(name, &f);
    size_t I = f.base.I, C = f.base.C, D = f.D;
    bool order = strcmp(family_fixture_text(&f, "measure"), "order") == 0;
    bool use_abs = family_fixture_number(&f, "use_abs") != 0;
    float *features = mem_new(I * f.base.F, sizeof *features);
    float *e = mem_new(C * D, sizeof *e), *sims = mem_new(I * C, sizeof *sims);
    vse_mean_regions(f.base.features, I, f.base.R, NULL, f.base.F, features);
    float *v = family_fixture_encode(&f, features, I), *words = family_fixture_words(&f);
    vse_last_words(words, f.base.starts, C, D, e);
    if (use_abs) {
        vse_abs_forward(v, I, D);
        vse_abs_forward(e, C, D);
    }
    vse_scores(order ? VSE_ORDER : VSE_COSINE, v, I, e, C, D, sims);
    family_fixture_check(&f, sims);
    free(features);
    free(v);
    free(e);
    free(words);
    free(sims);
    family_fixture_close(&f);
}

static void test_vse_cosine(void **state)
{
    (void)state;
    check_vse("vse_cosine");
}

static void test_vse_order(void **state)
{
    (void)state;
    check_vse("vse_order");
}

/* ---- SGRAF ---- */

/* Copies the part [2] of the checkpoint into a block; every tensor must be there, and no others. */
static float *sgraf_block(const struct family_fixture *f, const struct sgraf_layout *l)
{
    const struct tensor_group *group = &f->checkpoint->groups[2];
    float *block = mem_new(l->count, sizeof *block);
    assert_int_equal(f->checkpoint->group_count, 3);
    assert_int_equal(group->count, l->tensor_count);
    for (size_t i = 0; i < l->tensor_count; i++) {
        const struct sgraf_tensor *t = &l->tensors[i];
        const struct tensor *found = &group->tensors[i];
        assert_string_equal(found->name, t->name);
        assert_int_equal(found->ndim, t->ndim);
        for (int d = 0; d < t->ndim; d++)
            assert_int_equal(found->shape[d], t->shape[d]);
        memcpy(block + t->offset, found->data, t->count * sizeof *block);
    }
    return block;
}

struct sgraf_scene {
    struct family_fixture f;
    struct sgraf_layout layout;
    struct sgraf_model model;
    float *block, *room, *v, *e, *image_globals, *caption_globals;
};

static void sgraf_globals(struct sgraf_scene *s)
{
    const struct fixture *b = &s->f.base;
    size_t D = s->f.D, *regions = mem_new(b->I + 1, sizeof *regions);
    for (size_t i = 0; i <= b->I; i++)
        regions[i] = i * b->R;
    size_t most = sgraf_global_size(&s->layout, b->C, b->words + b->I * b->R);
    float *room = mem_new(most, sizeof *room);
    s->image_globals = mem_new(b->I * D, sizeof(float));
    s->caption_globals = mem_new(b->C * D, sizeof(float));
    sgraf_global_images(&s->model, s->v, regions, b->I, room, s->image_globals);
    sgraf_global_captions(&s->model, s->e, b->starts, b->C, room, s->caption_globals);
    free(room);
    free(regions);
}

static void sgraf_open(struct sgraf_scene *s, const char *name)
{
    *s = (struct sgraf_scene){0};
    family_fixture_open(name, &s->f);
    bool saf = strcmp(family_fixture_text(&s->f, "module_name"), "SAF") == 0;
    struct sgraf_options options = {saf ? SGRAF_SAF : SGRAF_SGR, s->f.D,
                                    (size_t)family_fixture_number(&s->f, "sim_dim"), s->f.base.R,
                                    (size_t)family_fixture_number(&s->f, "sgr_step")};
    sgraf_layout_init(&options, &s->layout);
    s->block = sgraf_block(&s->f, &s->layout);
    s->room = mem_new(sgraf_model_size(&s->layout), sizeof(float));
    sgraf_model_init(&s->layout, s->block, s->room, &s->model);
    s->v = family_fixture_encode(&s->f, s->f.base.features, s->f.base.I * s->f.base.R);
    s->e = family_fixture_words(&s->f);
    sgraf_globals(s);
}

static void sgraf_close(struct sgraf_scene *s)
{
    free(s->block);
    free(s->room);
    free(s->v);
    free(s->e);
    free(s->image_globals);
    free(s->caption_globals);
    family_fixture_close(&s->f);
}

/* Captions `at_once` by `at_once`. */
static void check_sgraf(const char *name, size_t at_once)
{
    struct sgraf_scene s;
    sgraf_open(&s, name);
    const struct fixture *b = &s.f.base;
    size_t D = s.f.D;
    float *sims = mem_new(b->I * b->C, sizeof *sims);
    float *scratch = mem_new(sgraf_scratch(&s.layout, b->R, b->words, b->C, 64), sizeof *scratch);
    float *room = mem_new(sgraf_image_size(&s.layout, b->R), sizeof *room);
    for (size_t i = 0; i < b->I; i++) {
        struct sgraf_image image;
        sgraf_image_init(&s.layout, s.v + i * b->R * D, b->R, s.image_globals + i * D, room,
                         &image);
        for (size_t c = 0; c < b->C; c += at_once) {
            struct sgraf_captions captions = {c + at_once < b->C ? at_once : b->C - c,
                                              b->starts + c, s.e + b->starts[c] * D,
                                              s.caption_globals + c * D};
            sgraf_score(&s.model, &image, &captions, scratch, NULL, sims + i * b->C + c);
        }
    }
    free(room);
    family_fixture_check(&s.f, sims);
    free(sims);
    free(scratch);
    sgraf_close(&s);
}

static void test_sgraf_sgr(void **state)
{
    (void)state;
    check_sgraf("sgraf_sgr", 90);
    check_sgraf("sgraf_sgr", 7);
}

static void test_sgraf_saf(void **state)
{
    (void)state;
    check_sgraf("sgraf_saf", 90);
    check_sgraf("sgraf_saf", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bfan_equal), cmocka_unit_test(test_bfan_prob),
        cmocka_unit_test(test_vse_cosine), cmocka_unit_test(test_vse_order),
        cmocka_unit_test(test_sgraf_sgr),  cmocka_unit_test(test_sgraf_saf),
    };
    return cmocka_run_group_tests_name("family_fixtures", tests, NULL, NULL);
}
