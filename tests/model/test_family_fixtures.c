/* test_family_fixtures.c: BFAN, VSE++ and SGRAF through the table of kinds (model/kind.h): each is
 * recognised, and has the published code's similarities and recalls, from both torch formats. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/mem.h"
#include "model/kernels/xattn.h"
#include "model/kind.h"
#include "retrieve/score/score_kind.h"
#include "tests/model/family_fixture.h"
#include "tests/support/testing.h"

/* A fixture, embedded. */
struct scene {
    struct family_fixture f;
    struct kind_model model;
    size_t *regions, *gram_start; /* I + 1, C + 1 */
    struct kind_images images;
    struct kind_captions captions;
    float *v, *e, *arrays[8];
    size_t array_count, longest;
};

static float *array(struct scene *s, size_t n)
{
    return s->arrays[s->array_count++] = mem_new(n, sizeof(float));
}

static void embed_images(struct scene *s)
{
    const struct model_kind *kind = s->model.options.kind;
    struct kind_holds holds = kind->holds(&s->model.options);
    const struct fixture *b = &s->f.base;
    size_t D = s->f.D, R = kind->pools ? 1 : b->R;
    float *pooled = mem_new(b->I * b->F, sizeof *pooled);
    vse_mean_regions(b->features, b->I, b->R, NULL, b->F, pooled);
    s->v = family_fixture_encode(&s->f, kind->pools ? pooled : b->features, b->I * R);
    s->regions = mem_new(b->I + 1, sizeof *s->regions);
    for (size_t i = 0; i <= b->I; i++)
        s->regions[i] = i * R;
    float *norm = array(s, b->I * R), *gram = array(s, b->I * R * R), *global = array(s, b->I * D);
    xattn_norms(s->v, b->I * R, D, norm);
    for (size_t i = 0; i < b->I; i++)
        xattn_gram(s->v + i * R * D, R, D, gram + i * R * R);
    s->images = (struct kind_images){.I = b->I,
                                     .R = R,
                                     .regions = holds.regions ? s->v : NULL,
                                     .norm = holds.regions ? norm : NULL,
                                     .gram = holds.region_gram ? gram : NULL,
                                     .global = holds.global ? global : NULL};
    free(pooled);
    if (!holds.global)
        return;
    float *room = mem_new(kind->finish_size(&s->model, b->I, b->I * R), sizeof *room);
    kind->finish_images(&s->model, s->v, s->regions, b->I, room, global);
    free(room);
}

static void embed_captions(struct scene *s)
{
    const struct model_kind *kind = s->model.options.kind;
    struct kind_holds holds = kind->holds(&s->model.options);
    const struct fixture *b = &s->f.base;
    size_t D = s->f.D, all = 0;
    s->e = family_fixture_words(&s->f);
    s->gram_start = mem_new(b->C + 1, sizeof *s->gram_start);
    for (size_t c = 0; c < b->C; c++) {
        size_t W = b->starts[c + 1] - b->starts[c];
        s->longest = W > s->longest ? W : s->longest;
        s->gram_start[c + 1] = all += W * W;
    }
    float *norm = array(s, b->words), *gram = array(s, all), *global = array(s, b->C * D);
    xattn_norms(s->e, b->words, D, norm);
    for (size_t c = 0; c < b->C; c++)
        xattn_gram(s->e + b->starts[c] * D, b->starts[c + 1] - b->starts[c], D,
                   gram + s->gram_start[c]);
    s->captions = (struct kind_captions){.C = b->C,
                                         .starts = b->starts,
                                         .words = holds.words ? s->e : NULL,
                                         .norm = holds.words ? norm : NULL,
                                         .gram = holds.word_gram ? gram : NULL,
                                         .global = holds.global ? global : NULL,
                                         .gram_start = s->gram_start};
    if (!holds.global)
        return;
    float *room = mem_new(kind->finish_size(&s->model, b->C, b->words), sizeof *room);
    kind->finish_captions(&s->model, s->e, b->starts, b->C, room, global);
    free(room);
}

static void scene_open(struct scene *s, const char *name, const char *kind_name)
{
    struct error err;
    *s = (struct scene){0};
    family_fixture_open(name, &s->f);
    const struct model_kind *kind = s->f.options.kind.kind;
    assert_ptr_equal(kind, kind_of(s->f.checkpoint));
    assert_string_equal(kind->name, kind_name);
    s->model = (struct kind_model){s->f.options.kind, s->f.params.kind_block, NULL};
    for (int i = 0; kind->ready && i < 2; i++) /* again, as after a training step */
        assert_done(kind->ready(&s->model, &err), err);
    embed_images(s);
    embed_captions(s);
}

static void scene_close(struct scene *s)
{
    if (s->model.options.kind->done)
        s->model.options.kind->done(&s->model);
    for (size_t i = 0; i < s->array_count; i++)
        free(s->arrays[i]);
    free(s->v);
    free(s->e);
    free(s->regions);
    free(s->gram_start);
    family_fixture_close(&s->f);
}

/* Every pair by itself. */
static void score_pairs_alone(const struct scene *s, float *sims)
{
    struct error err;
    size_t I = s->images.I, C = s->captions.C, *starts = mem_new(I + 1, sizeof *starts);
    uint32_t *captions = mem_new(I * C, sizeof *captions);
    for (size_t i = 0; i <= I; i++)
        starts[i] = i * C;
    for (size_t k = 0; k < I * C; k++)
        captions[k] = (uint32_t)(k % C);
    struct score_list list = {starts, captions};
    assert_done(score_kind_pairs(&s->model, &s->images, &s->captions, &list, sims, NULL, &err),
                err);
    free(starts);
    free(captions);
}

/* One caption with all images, one image with all captions. */
static void check_one(const struct scene *s, const float *sims)
{
    struct error err;
    size_t I = s->images.I, C = s->captions.C, i = 4, c = 5;
    float *scores = mem_new(I + C, sizeof *scores);
    struct kind_images image = kind_images_at(&s->model, &s->images, i, 1);
    struct kind_captions caption = kind_captions_at(&s->model, &s->captions, c, 1);
    assert_done(score_kind_all(&s->model, &s->images, &caption, scores, NULL, &err), err);
    assert_done(score_kind_all(&s->model, &image, &s->captions, scores + I, NULL, &err), err);
    for (size_t k = 0; k < I; k++)
        assert_true(fabsf(scores[k] - sims[k * C + c]) < 1e-6f);
    for (size_t k = 0; k < C; k++)
        assert_true(fabsf(scores[I + k] - sims[i * C + k]) < 1e-6f);
    free(scores);
}

/* What rankings begin with is as near to the pairs' own scores as its bounds say. */
static void check_bounds(const struct scene *s, const float *own)
{
    struct error err;
    size_t n = s->images.I * s->captions.C;
    float *sims = mem_new(n, sizeof *sims), *bounds = mem_new(n, sizeof *bounds);
    assert_done(score_kind_approx(&s->model, &s->images, &s->captions, sims, bounds, NULL, &err),
                err);
    for (size_t k = 0; k < n; k++)
        assert_true(fabsf(sims[k] - own[k]) <= bounds[k] && bounds[k] < 5e-3f);
    free(sims);
    free(bounds);
}

static void check_scores(const struct scene *s)
{
    struct error err;
    size_t n = s->images.I * s->captions.C;
    float *sims = mem_new(n, sizeof *sims), *alone = mem_new(n, sizeof *alone);
    assert_done(score_kind_all(&s->model, &s->images, &s->captions, sims, NULL, &err), err);
    score_pairs_alone(s, alone);
    family_fixture_check(&s->f, sims);
    family_fixture_check(&s->f, alone);
    if (s->model.options.kind->same_bits(&s->model.options))
        assert_memory_equal(sims, alone, n * sizeof *sims);
    check_bounds(s, alone);
    check_one(s, sims);
    free(sims);
    free(alone);
}

static bool stop(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

static void check_interrupted(const struct scene *s)
{
    struct error err;
    struct progress progress = {stop, NULL};
    float *sims = mem_new(s->images.I * s->captions.C, sizeof *sims);
    assert_int_equal(score_kind_all(&s->model, &s->images, &s->captions, sims, &progress, &err),
                     -1);
    assert_string_equal(err.text, "interrupted");
    free(sims);
}

static void assert_weights(const float *weights, size_t rows, size_t n)
{
    for (size_t r = 0; r < rows; r++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            assert_true(weights[r * n + i] >= 0);
            sum += (double)weights[r * n + i];
        }
        assert_true(fabs(sum - 1) < 1e-5);
    }
}

/* BFAN's score is the sum of what it shows. */
static void check_similarity(const struct kind_shown *shown, size_t R, size_t W, float score)
{
    double words = 0, regions = 0;
    for (size_t w = 0; w < W; w++)
        words += (double)shown->word_similarity[w] / (double)W;
    for (size_t r = 0; r < R; r++)
        regions += (double)shown->region_similarity[r] / (double)R;
    assert_true(fabs(words + regions - (double)score) < 1e-5);
}

static void check_shown(const struct scene *s, size_t i, size_t c)
{
    const struct model_kind *kind = s->model.options.kind;
    size_t R = s->images.R, W = s->f.base.starts[c + 1] - s->f.base.starts[c];
    float *scratch = mem_new(kind->tile_scratch(&s->model, R, 1, s->longest), sizeof *scratch);
    float *room = mem_new(2 * R * W + 2 * W + R + 1, sizeof *room);
    struct kind_shown shown = {room, room + R * W, room + 2 * R * W, room + 2 * R * W + W,
                               room + 2 * R * W + W + R};
    struct kind_images image = kind_images_at(&s->model, &s->images, i, 1);
    struct kind_captions caption = kind_captions_at(&s->model, &s->captions, c, 1);
    kind->show(&s->model, &image, &caption, scratch, &shown);
    if (kind->shows & KIND_WORDS_ON_REGIONS)
        assert_weights(shown.word_region, W, R);
    if (kind->shows & KIND_REGIONS_ON_WORDS) {
        assert_weights(shown.region_word, R, W);
        check_similarity(&shown, R, W, s->f.sims[i * s->captions.C + c]);
    }
    if (kind->shows & KIND_NODES)
        assert_weights(shown.nodes, 1, W + 1);
    free(scratch);
    free(room);
}

static void check(const char *name, const char *kind_name)
{
    struct scene s;
    scene_open(&s, name, kind_name);
    check_scores(&s);
    check_interrupted(&s);
    assert_int_equal(s.model.options.kind->show != NULL, s.model.options.kind->shows != 0);
    for (size_t i = 0; s.model.options.kind->show && i < 6; i++)
        check_shown(&s, i, 7 * i);
    scene_close(&s);
}

/* A step's scores in training, through the table: where no batch norm and no dropout changes them,
 * those of evaluation. */
static void check_training(const char *name, const char *kind_name)
{
    struct scene s;
    scene_open(&s, name, kind_name);
    const struct kind_training *t = s.model.options.kind->training;
    const struct kind_options *o = &s.model.options;
    size_t n = s.images.I * s.captions.C, threads = (size_t)omp_get_max_threads();
    struct kind_batch batch = {s.images.I, s.captions.C, s.regions, s.f.base.starts,
                               s.v,        s.e,          NULL};
    void *acts = mem_new(t->acts_size, 1);
    struct arena arena = {0};
    float *sims = mem_new(n, sizeof *sims);
    t->carve(o, &batch, threads, &arena, acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    t->carve(o, &batch, threads, &arena, acts);
    t->forward(o, s.model.block, &batch, NULL, acts, sims);
    family_fixture_check(&s.f, sims);
    free(arena.base);
    free(acts);
    free(sims);
    scene_close(&s);
}

#define TEST(check, name, kind)                                                                    \
    static void check##_##name(void **state)                                                       \
    {                                                                                              \
        (void)state;                                                                               \
        check(#name, kind);                                                                        \
    }
TEST(check, bfan_equal, "BFAN")
TEST(check, bfan_prob, "BFAN")
TEST(check, vse_cosine, "VSE++")
TEST(check, vse_order, "VSE++")
TEST(check, sgraf_sgr, "SGRAF")
TEST(check, sgraf_saf, "SGRAF")
TEST(check_training, bfan_equal, "BFAN")
TEST(check_training, bfan_prob, "BFAN")
TEST(check_training, vse_cosine, "VSE++")
TEST(check_training, vse_order, "VSE++")

/* SCAN's own models are of none of these kinds. */
static void test_scan(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_names[i]; i++) {
        struct error err;
        struct checkpoint *c;
        char *name = mem_printf("%s/model.pth.tar", fixture_names[i]),
             *path = testing_fixture(name);
        assert_done(checkpoint_load(path, &c, &err), err);
        assert_null(kind_of(c));
        checkpoint_free(c);
        free(name);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_bfan_equal),
        cmocka_unit_test(check_bfan_prob),
        cmocka_unit_test(check_vse_cosine),
        cmocka_unit_test(check_vse_order),
        cmocka_unit_test(check_sgraf_sgr),
        cmocka_unit_test(check_sgraf_saf),
        cmocka_unit_test(check_training_bfan_equal),
        cmocka_unit_test(check_training_bfan_prob),
        cmocka_unit_test(check_training_vse_cosine),
        cmocka_unit_test(check_training_vse_order),
        cmocka_unit_test(test_scan),
    };
    return cmocka_run_group_tests_name("family_fixtures", tests, NULL, NULL);
}
