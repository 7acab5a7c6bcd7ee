/* test_sgraf.c: SGRAF against its naive twin in double: scores in evaluation and training, what a
 * pair shows, gradients by finite differences; images with different numbers of regions. */
#include "model/sgraf.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/sgraf_train.h"
#include "tests/model/naive_sgraf.h"
#include "tests/support/testing.h"

enum { IMAGES = 4, CAPTIONS = 5 };

struct scene {
    struct sgraf_layout layout;
    struct sgraf_shape shape;
    size_t regions[IMAGES + 1], words[CAPTIONS + 1];
    size_t n;                  /* numbers in x */
    double *x, *block, *v, *e; /* block, then v, then e */
    float *fx, *fblock, *fv, *fe;
    float *masks[4];
};

static void random_block(struct scene *s, struct rng *rng)
{
    for (size_t i = 0; i < s->layout.tensor_count; i++) {
        const struct sgraf_tensor *t = &s->layout.tensors[i];
        bool positive = t->kind == SGRAF_STATISTIC && strstr(t->name, "var");
        double scale = t->ndim == 2 ? 2 / sqrt((double)t->shape[1]) : 0.5;
        for (size_t j = 0; j < t->count; j++)
            s->block[t->offset + j] = positive ? rng_range(rng, 0.5, 2) : scale * rng_normal(rng);
    }
}

static void random_masks(struct scene *s, struct rng *rng)
{
    size_t D = s->layout.options.D,
           rows[] = {s->regions[IMAGES], IMAGES, s->words[CAPTIONS], CAPTIONS};
    for (size_t m = 0; m < 4; m++) {
        s->masks[m] = mem_new(rows[m] * D, sizeof(float));
        for (size_t i = 0; i < rows[m] * D; i++)
            s->masks[m][i] = rng_unit(rng) < 0.4 ? 0 : 1 / 0.6f;
    }
}

static void scene_init(struct scene *s, struct rng *rng, const struct sgraf_options *options)
{
    *s = (struct scene){0};
    sgraf_layout_init(options, &s->layout);
    for (size_t i = 0; i < IMAGES; i++)
        s->regions[i + 1] = s->regions[i] + (i == 1 ? options->R : 1 + rng_below(rng, options->R));
    for (size_t c = 0; c < CAPTIONS; c++)
        s->words[c + 1] = s->words[c] + 1 + rng_below(rng, 7);
    s->shape = (struct sgraf_shape){IMAGES, CAPTIONS, s->regions, s->words};
    size_t D = options->D, v = s->layout.count, e = v + s->regions[IMAGES] * D;
    s->n = e + s->words[CAPTIONS] * D;
    s->block = s->x = mem_new(s->n, sizeof *s->x);
    s->fblock = s->fx = mem_new(s->n, sizeof *s->fx);
    s->v = s->x + v;
    s->e = s->x + e;
    s->fv = s->fx + v;
    s->fe = s->fx + e;
    random_block(s, rng);
    random_masks(s, rng);
    for (size_t i = v; i < s->n; i++)
        s->x[i] = rng_normal(rng) / sqrt((double)D);
    for (size_t i = 0; i < s->n; i++)
        s->x[i] = s->fx[i] = (float)s->x[i];
}

static void scene_done(struct scene *s)
{
    free(s->x);
    free(s->fx);
    for (size_t m = 0; m < 4; m++)
        free(s->masks[m]);
}

static void assert_scores(const float *fast, const double *naive, const char *what)
{
    for (size_t i = 0; i < IMAGES * CAPTIONS; i++)
        if (!(fabs((double)fast[i] - naive[i]) < 1e-5))
            fail_msg("%s %zu: %.9g, naive %.9g", what, i, (double)fast[i], naive[i]);
}

/* ---- evaluation ---- */

static void check_shown(const struct scene *s, const float *attention, const float *nodes)
{
    size_t R = s->regions[1], W = s->words[1];
    for (size_t w = 0; w < W; w++) {
        double sum = 0;
        for (size_t r = 0; r < R; r++)
            sum += (double)attention[w * R + r];
        assert_true(fabs(sum - 1) < 1e-5);
    }
    double sum = 0;
    for (size_t i = 0; i <= W; i++)
        sum += (double)nodes[i];
    assert_true(fabs(sum - 1) < 1e-5);
}

/* Captions by themselves, or a few at a time, have the scores that they have among others: the same
 * bits if our own kernel multiplies. */
static void check_alone(const struct sgraf_model *model, const struct sgraf_image *image,
                        const struct sgraf_captions *all, float *scratch, const float *scores)
{
    size_t D = model->layout->options.D;
    for (size_t c = 0; c < CAPTIONS; c++) {
        float score;
        struct sgraf_captions one = {1, all->starts + c, all->words + all->starts[c] * D,
                                     all->globals + c * D};
        sgraf_score(model, image, &one, scratch, NULL, &score);
        assert_true(sgraf_same_bits() ? score == scores[c] : fabsf(score - scores[c]) < 1e-5f);
    }
}

static void check_evaluation(const struct scene *s)
{
    const struct sgraf_layout *l = &s->layout;
    struct sgraf_model model;
    size_t D = l->options.D, N = s->words[CAPTIONS], V = s->regions[IMAGES];
    float *room = mem_new(sgraf_model_size(l), sizeof *room);
    float *global_room = mem_new(sgraf_global_size(l, CAPTIONS, N + V), sizeof *global_room);
    float *images = mem_new(IMAGES * D, sizeof *images),
          *captions = mem_new(CAPTIONS * D, sizeof *captions), scores[IMAGES * CAPTIONS];
    float *scratch = mem_new(sgraf_scratch(l, l->options.R, N, CAPTIONS, 7), sizeof *scratch);
    float *image_room = mem_new(sgraf_image_size(l, l->options.R), sizeof *image_room);
    float *attention = mem_new(N * l->options.R, sizeof *attention),
          *nodes = mem_new(N + CAPTIONS, sizeof *nodes),
          *similarity = mem_new(N, sizeof *similarity);
    double naive[IMAGES * CAPTIONS];
    naive_sgraf(l, s->block, false, &s->shape, s->v, s->e, NULL, naive);
    sgraf_model_init(l, s->fblock, room, &model);
    sgraf_global_images(&model, s->fv, s->regions, IMAGES, global_room, images);
    sgraf_global_captions(&model, s->fe, s->words, CAPTIONS, global_room, captions);
    for (size_t i = 0; i < IMAGES; i++) {
        struct sgraf_image image;
        sgraf_image_init(l, s->fv + s->regions[i] * D, s->regions[i + 1] - s->regions[i],
                         images + i * D, image_room, &image);
        struct sgraf_captions all = {CAPTIONS, s->words, s->fe, captions};
        struct sgraf_shown shown = {attention, similarity, nodes};
        sgraf_score(&model, &image, &all, scratch, i == 0 ? &shown : NULL, scores + i * CAPTIONS);
        if (i == 0)
            check_shown(s, attention, nodes);
        check_alone(&model, &image, &all, scratch, scores + i * CAPTIONS);
    }
    assert_scores(scores, naive, "evaluation");
    free(room);
    free(global_room);
    free(images);
    free(captions);
    free(scratch);
    free(image_room);
    free(attention);
    free(nodes);
    free(similarity);
}

/* ---- training ---- */

struct loss {
    const struct scene *scene;
    const struct sgraf_dropout *dropout;
    double weights[IMAGES * CAPTIONS];
};

static double loss_of(const struct loss *p)
{
    const struct scene *s = p->scene;
    double scores[IMAGES * CAPTIONS], sum = 0;
    naive_sgraf(&s->layout, s->block, true, &s->shape, s->v, s->e, p->dropout, scores);
    for (size_t i = 0; i < IMAGES * CAPTIONS; i++)
        sum += p->weights[i] * scores[i];
    return sum;
}

/* `most` components of n from `first` on. */
static void check_gradient(struct loss *p, size_t first, size_t n, const float *gradient,
                           size_t most, const char *what)
{
    const double step = 1e-5;
    double scale = 1e-3;
    size_t stride = n > most ? n / most : 1;
    for (size_t i = 0; i < n; i++)
        scale = fmax(scale, fabs((double)gradient[i]));
    for (size_t i = 0; i < n; i += stride) {
        double *x = p->scene->x + first + i, kept = *x;
        *x = kept + step;
        double up = loss_of(p);
        *x = kept - step;
        double down = loss_of(p);
        *x = kept;
        double wanted = (up - down) / (2 * step);
        if (!(fabs((double)gradient[i] - wanted) < 5e-4 * scale))
            fail_msg("%s: component %zu is %.7g, by differences %.7g (largest %.3g)", what, i,
                     (double)gradient[i], wanted, scale);
    }
}

static void check_statistics(const struct scene *s, const float *after)
{
    const struct sgraf_norm *norm = &s->layout.image.global_norm;
    assert_true(after[norm->counter] == s->fblock[norm->counter] + 1);
    for (size_t i = 0; i < s->layout.tensor_count; i++) {
        const struct sgraf_tensor *t = &s->layout.tensors[i];
        bool moved =
            memcmp(after + t->offset, s->fblock + t->offset, t->count * sizeof *after) != 0;
        assert_int_equal(moved, t->kind != SGRAF_TRAINED);
    }
}

static void check_training(struct scene *s, struct rng *rng, bool hard)
{
    const struct sgraf_layout *l = &s->layout;
    struct sgraf_dropout dropout = {s->masks[0], s->masks[1], s->masks[2], s->masks[3]};
    struct loss p = {s, &dropout, {0}};
    float scores[IMAGES * CAPTIONS], dscores[IMAGES * CAPTIONS];
    double naive[IMAGES * CAPTIONS];
    float *gradients = mem_new(s->n, sizeof *gradients),
          *statistics = mem_new(l->count, sizeof *statistics);
    size_t v = (size_t)(s->fv - s->fx), e = (size_t)(s->fe - s->fx);
    struct sgraf_acts acts;
    struct arena arena = {0};
    size_t threads = (size_t)omp_get_max_threads();
    sgraf_acts_carve(l, &s->shape, threads, &arena, &acts);
    arena = (struct arena){mem_new(arena.used, 1), 0};
    sgraf_acts_carve(l, &s->shape, threads, &arena, &acts);
    for (size_t i = 0; i < IMAGES * CAPTIONS; i++)
        p.weights[i] = dscores[i] = hard && i % 3 ? 0 : (float)rng_range(rng, -1, 1);
    memcpy(statistics, s->fblock, l->count * sizeof *statistics);
    sgraf_train_forward(l, s->fblock, &s->shape, s->fv, s->fe, &dropout, statistics, &acts, scores);
    check_statistics(s, statistics);
    naive_sgraf(l, s->block, true, &s->shape, s->v, s->e, &dropout, naive);
    assert_scores(scores, naive, "training");
    sgraf_train_backward(l, s->fblock, &s->shape, s->fv, s->fe, &dropout, dscores, &acts, gradients,
                         gradients + v, gradients + e);
    for (size_t i = 0; i < l->tensor_count; i++)
        if (l->tensors[i].kind == SGRAF_TRAINED)
            check_gradient(&p, l->tensors[i].offset, l->tensors[i].count,
                           gradients + l->tensors[i].offset, 12, l->tensors[i].name);
    check_gradient(&p, v, e - v, gradients + v, 60, "regions");
    check_gradient(&p, e, s->n - e, gradients + e, 60, "words");
    free(gradients);
    free(statistics);
    free(arena.base);
}

static void check_all(const struct sgraf_options *options, uint64_t seed, bool training)
{
    struct rng rng;
    struct scene s;
    rng_seed(&rng, seed);
    scene_init(&s, &rng, options);
    if (training) {
        check_training(&s, &rng, false);
        check_training(&s, &rng, true);
    } else {
        check_evaluation(&s);
    }
    scene_done(&s);
}

static void test_evaluation(void **state)
{
    static const struct sgraf_options options[] = {
        {SGRAF_SGR, 12, 7, 9, 3},  {SGRAF_SAF, 12, 7, 9, 3},    {SGRAF_SGR, 33, 70, 36, 1},
        {SGRAF_SAF, 16, 64, 1, 0}, {SGRAF_SGR, 64, 130, 17, 2}, {SGRAF_SAF, 5, 3, 20, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        check_all(&options[i], 100 + i, false);
}

static void test_gradients_sgr(void **state)
{
    (void)state;
    check_all(&(struct sgraf_options){SGRAF_SGR, 8, 6, 5, 3}, 1, true);
    check_all(&(struct sgraf_options){SGRAF_SGR, 7, 5, 3, 1}, 2, true);
}

static void test_gradients_saf(void **state)
{
    (void)state;
    check_all(&(struct sgraf_options){SGRAF_SAF, 8, 6, 5, 0}, 3, true);
    check_all(&(struct sgraf_options){SGRAF_SAF, 7, 5, 3, 0}, 4, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evaluation),
        cmocka_unit_test(test_gradients_sgr),
        cmocka_unit_test(test_gradients_saf),
    };
    return cmocka_run_group_tests_name("sgraf", tests, NULL, NULL);
}
