/* test_family_fixtures.c: similarities and recalls of the published code of BFAN, VSE++ and SGRAF,
 * on both torch formats. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/xattn.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bfan_equal),
        cmocka_unit_test(test_bfan_prob),
        cmocka_unit_test(test_vse_cosine),
        cmocka_unit_test(test_vse_order),
    };
    return cmocka_run_group_tests_name("family_fixtures", tests, NULL, NULL);
}
