/* test_score_kind.c: the kinds of models beside SCAN through the scoring engine: a pair's own score
 * wherever it is asked for, and tiles within their bounds of it. */
#include "tests/support/made_split.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "retrieve/score/exact.h"
#include "retrieve/score/score_kind.h"

enum { I = 70, R = 5, C = 90, D = 72 };

/* A kind without parameters of its own. */
struct scene {
    struct split split;
    struct kind_model model;
    struct scoring scoring;
    float *own; /* I x C */
};

/* Of any length: no_imgnorm. */
static float *vectors(struct rng *rng, size_t n)
{
    float *out = mem_new(n * D, sizeof *out);
    for (size_t i = 0; i < n; i++) {
        double length = exp(rng_range(rng, -3, 3));
        for (size_t d = 0; d < D; d++)
            out[i * D + d] = (float)(length * rng_normal(rng));
    }
    return out;
}

static void own_scores(struct scene *s)
{
    struct error err;
    struct exact_list all;
    uint32_t caption = 0;
    s->own = mem_new(I * C, sizeof *s->own);
    for (size_t i = 0; i < I; i++)
        for (size_t c = 0; c < C; c++) {
            struct embedded_images image = embedded_images_at(&s->split.images, i, 1);
            struct embedded_captions one = embedded_captions_at(&s->split.captions, c, 1);
            struct score_list list = {(size_t[]){0, 1}, &caption};
            assert_done(
                score_pairs(&s->scoring, &image, &one, &list, s->own + i * C + c, NULL, &err), err);
        }
    assert_done(exact_all_pairs(I, C, &all, &err), err);
    struct score_list list = {all.starts, all.captions};
    float *sims = mem_new(I * C, sizeof *sims);
    assert_done(
        score_pairs(&s->scoring, &s->split.images, &s->split.captions, &list, sims, NULL, &err),
        err);
    assert_memory_equal(sims, s->own, I * C * sizeof *sims);
    free(sims);
    exact_list_free(&all);
}

static void scene_init(struct scene *s, const struct kind_options *options)
{
    struct rng rng;
    rng_seed(&rng, 7);
    *s = (struct scene){.model = {.options = *options}};
    s->model.options.D = D;
    split_init(&s->split, 3, I, R, D, C, 30);
    s->split.images.global = vectors(&rng, I);
    s->split.captions.global = vectors(&rng, C);
    s->scoring = (struct scoring){.kind = &s->model};
    own_scores(s);
}

static void scene_done(struct scene *s)
{
    split_done(&s->split);
    free(s->own);
}

static void check_one(const struct scene *s)
{
    struct error err;
    float column[I], row[C], pair;
    const uint32_t list[] = {3, 69, 0};
    for (size_t i = 0; i < I; i += 23) {
        struct embedded_images image = embedded_images_at(&s->split.images, i, 1);
        struct embedded_captions caption = embedded_captions_at(&s->split.captions, 4, 1);
        assert_done(score_captions(&s->scoring, &image, &s->split.captions, row, NULL, &err), err);
        assert_memory_equal(row, s->own + i * C, sizeof row);
        assert_done(score_pair(&s->scoring, &image, &caption, NULL, NULL, &pair, &err), err);
        assert_true(pair == s->own[i * C + 4]);
    }
    for (size_t c = 0; c < C; c += 31) {
        struct embedded_captions caption = embedded_captions_at(&s->split.captions, c, 1);
        assert_done(score_images(&s->scoring, &s->split.images, &caption, column, NULL, &err), err);
        for (size_t i = 0; i < I; i++)
            assert_true(column[i] == s->own[i * C + c]);
        memset(column, 0, sizeof column);
        assert_done(score_image_subset(&s->scoring, &s->split.images, &caption, list, 3, column,
                                       NULL, &err),
                    err);
        for (size_t i = 0; i < I; i++)
            assert_true(column[i] == (i == 0 || i == 3 || i == 69 ? s->own[i * C + c] : 0));
    }
}

/* Bounds hold, and are of some use. Without bounds tiles are those of every pair by itself. */
static void check_tiles(const struct scene *s)
{
    struct error err;
    float *sims = mem_new(I * C, sizeof *sims), *bounds = mem_new(I * C, sizeof *bounds);
    assert_done(score_all_approx(&s->scoring, &s->split.images, &s->split.captions, NULL, sims,
                                 bounds, NULL, &err),
                err);
    for (size_t k = 0; k < I * C; k++) {
        assert_true(fabsf(sims[k] - s->own[k]) <= bounds[k]);
        assert_true(isfinite(bounds[k]));
    }
    assert_done(score_all(&s->scoring, &s->split.images, &s->split.captions, sims, NULL, &err),
                err);
    if (s->model.options.kind->same_bits(&s->model.options))
        assert_memory_equal(sims, s->own, I * C * sizeof *sims);
    free(sims);
    free(bounds);
}

static void check(const struct kind_options *options)
{
    struct scene s;
    scene_init(&s, options);
    check_one(&s);
    check_tiles(&s);
    scene_done(&s);
}

/* The kind that averages an image's regions, or the first other one without parameters. */
static const struct model_kind *find_kind(bool pools)
{
    for (size_t i = 0; kind_at(i); i++)
        if (kind_at(i)->pools == pools && !kind_at(i)->tensor)
            return kind_at(i);
    return NULL;
}

static void test_cosine(void **state)
{
    (void)state;
    check(&(struct kind_options){.kind = find_kind(true), .measure = VSE_COSINE});
}

static void test_order(void **state)
{
    (void)state;
    check(&(struct kind_options){.kind = find_kind(true), .measure = VSE_ORDER});
}

static void test_bfan(void **state)
{
    (void)state;
    check(&(struct kind_options){.kind = find_kind(false), .bfan = {BFAN_PROB, 20}});
}

/* What is not held takes no memory, and views of it stay empty. */
static void test_holds(void **state)
{
    (void)state;
    struct error err;
    struct embedded_images images;
    struct embedded_captions captions;
    size_t starts[] = {0, 3, 5};
    struct kind_holds global = {.global = true};
    assert_done(embedded_images_alloc(4, 36, D, global, false, &images, &err), err);
    assert_true(images.global && !images.regions && !images.norm && !images.gram);
    assert_int_equal(images.R, 1);
    struct embedded_images part = embedded_images_at(&images, 2, 2);
    assert_true(part.global == images.global + 2 * D && !part.norm);
    embedded_images_finish(&images, 3, NULL);
    embedded_images_free(&images);
    assert_done(embedded_captions_alloc(2, D, starts, global, &captions, &err), err);
    assert_true(embedded_captions_ready(&captions) && !captions.words && !captions.gram_start);
    struct embedded_captions last = embedded_captions_at(&captions, 1, 1);
    assert_true(last.global == captions.global + D);
    embedded_captions_free(&captions);
    assert_false(embedded_captions_ready(&captions));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cosine),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_bfan),
        cmocka_unit_test(test_holds),
    };
    return cmocka_run_group_tests_name("score_kind", tests, NULL, NULL);
}
