/* test_fixtures.c: the reference's similarities, attention and recalls on all of its ten models. */
#include "tests/support/fixture.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate/evaluate.h"
#include "retrieve/score/score.h"
#include "tests/support/regular.h"

/* A fixture, embedded. */
struct split {
    struct fixture fixture;
    struct model *model;
    struct attn_options attn;
    struct embedded_images images;
    struct embedded_captions captions;
};

static const struct kind_holds both_ways = {
    .regions = true, .words = true, .region_gram = true, .word_gram = true};

static void embed_images(struct split *s)
{
    struct fixture *f = &s->fixture;
    size_t D = (size_t)model_options(s->model)->embed_size, R = f->R;
    struct error err;
    assert_done(embedded_images_alloc(f->I, R, D, both_ways, false, &s->images, &err), err);
    model_encode_regions(s->model, f->features, f->I * R, s->images.regions);
    for (size_t i = 0; i < f->I; i++)
        embedded_images_finish(&s->images, i, s->images.regions + i * R * D);
}

static void embed_captions(struct split *s)
{
    struct fixture *f = &s->fixture;
    size_t D = s->images.D;
    struct error err;
    assert_done(embedded_captions_alloc(f->C, D, f->starts, both_ways, &s->captions, &err), err);
    assert_done(model_encode_words(s->model, f->ids, f->starts, f->C, s->captions.words, &err),
                err);
    for (size_t c = 0; c < f->C; c++)
        embedded_captions_finish(&s->captions, c);
}

static void split_open(struct split *s, const char *name)
{
    *s = (struct split){0};
    fixture_open(name, &s->fixture);
    s->model = fixture_model(&s->fixture, "model.pth.tar");
    s->attn = model_options(s->model)->attn;
    embed_images(s);
    embed_captions(s);
}

static void split_close(struct split *s)
{
    embedded_images_free(&s->images);
    embedded_captions_free(&s->captions);
    model_free(s->model);
    fixture_close(&s->fixture);
}

static double tolerance(const struct split *s)
{
    return s->attn.agg_func == AGG_SUM ? 2e-4 : 2e-5;
}

static float *reference_sims(const struct split *s)
{
    struct npy *file = fixture_array(&s->fixture, "sims.npy");
    float *sims = mem_new(file->count, sizeof *sims);
    assert_int_equal(file->count, s->fixture.I * s->fixture.C);
    npy_rows_f32(file, 0, file->shape[0], sims);
    npy_free(file);
    return sims;
}

static float *our_sims(const struct split *s)
{
    struct error err;
    float *sims = mem_new(s->fixture.I * s->fixture.C, sizeof *sims);
    assert_done(
        score_all(&(struct scoring){.attn = &s->attn}, &s->images, &s->captions, sims, NULL, &err),
        err);
    return sims;
}

static void check_sims(const struct split *s)
{
    float *wanted = reference_sims(s), *got = our_sims(s);
    double worst = 0;
    for (size_t i = 0; i < s->fixture.I * s->fixture.C; i++)
        worst = fmax(worst, fabs((double)got[i] - wanted[i]));
    print_message("# %s: similarities within %.2g\n", s->fixture.name, worst);
    assert_true(worst <= tolerance(s));
    free(wanted);
    free(got);
}

/* The file's columns are queries: t2i R x W, i2t W x R. */
static void check_attention(const struct split *s, size_t image, size_t caption)
{
    char *name = mem_printf("attn_%zu_%zu.npy", image, caption);
    struct npy *file = fixture_array(&s->fixture, name);
    size_t K = file->shape[0], Q = file->shape[1];
    float *wanted = mem_new(K * Q, sizeof *wanted), *got = mem_new(K * Q, sizeof *got), score;
    npy_rows_f32(file, 0, K, wanted);
    struct embedded_images v = s->images;
    v.I = 1;
    v.regions += image * v.R * v.D;
    v.gram += image * v.R * v.R;
    v.norm += image * v.R;
    struct embedded_captions e = s->captions;
    e.C = 1;
    e.starts += caption;
    e.gram_start += caption;
    struct error err;
    assert_int_equal(K * Q, v.R * (e.starts[1] - e.starts[0]));
    assert_done(score_pair(&(struct scoring){.attn = &s->attn}, &v, &e, got, NULL, &score, &err),
                err);
    for (size_t k = 0; k < K; k++)
        for (size_t q = 0; q < Q; q++)
            if (!(fabs((double)got[q * K + k] - wanted[k * Q + q]) <= 1e-5))
                fail_msg("%s/%s: %.9g, reference %.9g", s->fixture.name, name, got[q * K + k],
                         wanted[k * Q + q]);
    free(wanted);
    free(got);
    free(name);
    npy_free(file);
}

static void check_recalls(const struct fixture *f, const char *key, const struct recalls *r)
{
    double values[] = {r->r1, r->r5, r->r10, r->median, r->mean};
    for (size_t k = 0; k < 5; k++)
        if (fabs(values[k] - fixture_number(f, key, k)) > 1e-9)
            fail_msg("%s: %s[%zu] %.9g, reference %.9g", f->name, key, k, values[k],
                     fixture_number(f, key, k));
}

static void check_evaluation(const struct split *s)
{
    const struct fixture *f = &s->fixture;
    float *sims = our_sims(s);
    struct evaluation e;
    evaluate(sims, REGULAR(f->I, f->C, 5), &e);
    check_recalls(f, "i2t", &e.i2t);
    check_recalls(f, "t2i", &e.t2i);
    free(sims);
}

static void for_all(void (*check)(const struct split *))
{
    for (size_t n = 0; fixture_names[n]; n++) {
        struct split s;
        split_open(&s, fixture_names[n]);
        check(&s);
        split_close(&s);
    }
}

static void test_similarities(void **state)
{
    (void)state;
    for_all(check_sims);
}

static void check_all_attention(const struct split *s)
{
    check_attention(s, 0, 0);
    check_attention(s, 1, 2);
    check_attention(s, 23, 3);
}

static void test_attention(void **state)
{
    (void)state;
    for_all(check_all_attention);
}

static void test_recalls(void **state)
{
    (void)state;
    for_all(check_evaluation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_similarities),
        cmocka_unit_test(test_attention),
        cmocka_unit_test(test_recalls),
    };
    return cmocka_run_group_tests_name("fixtures", tests, NULL, NULL);
}
