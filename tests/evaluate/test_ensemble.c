/* test_ensemble.c: ensembles against means worked out by hand, and against the sessions' own
 * scores: weights, folds, deciding in both precisions, sessions and matrices together, errors. */
#include "tests/support/scratch.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "evaluate/ensemble.h"
#include "io/array/npy.h"
#include "model/kernels/bf16.h"

static void assert_error(const struct error *err, const char *reason)
{
    if (!strstr(err->text, reason))
        fail_msg("'%s' does not say '%s'", err->text, reason);
}

static struct ensemble_member matrix(const char *name, const float *sims, size_t I, size_t C)
{
    return (struct ensemble_member){.name = name, .sims = sims, .images = I, .captions = C};
}

static struct ensemble evaluate_done(const struct ensemble_spec *spec)
{
    struct ensemble e;
    struct error err;
    assert_done(ensemble_evaluate(spec, &e, &err), err);
    return e;
}

static void assert_fails(const struct ensemble_spec *spec, const char *reason)
{
    struct ensemble e;
    struct error err;
    assert_int_equal(ensemble_evaluate(spec, &e, &err), -1);
    assert_error(&err, reason);
    assert_null(e.sims); /* nothing is left to free */
    assert_null(e.member_ranks);
}

/* ---- matrices ---- */

/* Three images, two captions each. */
static const float a[] = {90, 50, 40, 70, 10, 80, 30, 20, 60, 35, 15, 70, 10, 40, 80, 60, 95, 20};
static const float b[] = {10, 20, 30, 40, 50, 60, 60, 50, 40, 30, 20, 10, 11, 22, 33, 44, 55, 66};
/* Ranks worked out by hand: of a, of b, and of their mean 50 35 35 55 30 70 | 45 35 50 32.5 17.5 40
 * | 10.5 31 56.5 52 75 43. */
static const size_t a_i2t[] = {0, 1, 0}, a_t2i[] = {0, 0, 1, 2, 0, 2};
static const size_t b_i2t[] = {4, 2, 0}, b_t2i[] = {2, 2, 0, 2, 0, 0};
static const size_t mean_i2t[] = {2, 0, 0}, mean_t2i[] = {0, 0, 1, 2, 0, 1};

static void assert_ranks(const struct folds_ranks *ranks, const size_t i2t[3], const size_t t2i[6])
{
    assert_memory_equal(ranks->i2t, i2t, 3 * sizeof *i2t);
    assert_memory_equal(ranks->t2i, t2i, 6 * sizeof *t2i);
}

static void test_one_matrix(void **state)
{
    (void)state;
    const struct ensemble_member members[] = {matrix("a", a, 3, 6)};
    struct ensemble_spec spec = {.members = members, .count = 1};
    struct ensemble e = evaluate_done(&spec);
    assert_memory_equal(e.sims, a, sizeof a);
    assert_ranks(&e.ranks, a_i2t, a_t2i);
    assert_true(e.folds.count == 1 && e.folds.map.per_image == 2 && !e.bf16 && !e.member_ranks);
    assert_true(fabs(e.mean.rsum - (200.0 / 3 + 200 + 50 + 200)) < 1e-9);
    ensemble_done(&e);
    assert_null(e.sims);
}

static void test_weighted_means(void **state)
{
    (void)state;
    const struct ensemble_member members[] = {matrix("a", a, 3, 6), matrix("b", b, 3, 6),
                                              matrix("c", a, 3, 6)};
    const double weights[][3] = {{1, 1, 0}, {2, 1, 0}, {1, 0, 0}, {0.5, 3, 0.25}};
    for (size_t w = 0; w < 4; w++) {
        struct ensemble_spec spec = {
            .members = members, .count = 3, .weights = weights[w], .member_ranks = true};
        struct ensemble e = evaluate_done(&spec);
        double total = weights[w][0] + weights[w][1] + weights[w][2];
        for (size_t k = 0; k < 18; k++) {
            double mean =
                (weights[w][0] * a[k] + weights[w][1] * b[k] + weights[w][2] * a[k]) / total;
            if (fabs(e.sims[k] - mean) > 1e-5 * mean)
                fail_msg("weights %zu, pair %zu: %g, not %g", w, k, (double)e.sims[k], mean);
        }
        assert_ranks(&e.member_ranks[0], a_i2t, a_t2i);
        assert_ranks(&e.member_ranks[1], b_i2t, b_t2i);
        if (w == 0)
            assert_ranks(&e.ranks, mean_i2t, mean_t2i);
        if (w == 2)
            assert_memory_equal(e.sims, a, sizeof a);
        ensemble_done(&e);
    }
    struct ensemble_spec equal = {.members = members, .count = 2};
    struct ensemble e = evaluate_done(&equal);
    assert_true(e.sims[0] == 50 && e.sims[17] == 43);
    ensemble_done(&e);
}

/* The images of a fold are ranked among themselves; the notes tell what no fold has. */
static void hear(void *context, const char *text)
{
    snprintf(context, 128, "%s", text);
}

static void test_folds_of_a_matrix(void **state)
{
    (void)state;
    char heard[128] = "";
    const struct ensemble_member members[] = {matrix("a", a, 3, 6), matrix("b", b, 3, 6)};
    struct ensemble_spec spec = {.members = members,
                                 .count = 2,
                                 .folds = {.count = 3},
                                 .hooks = {.note = hear, .context = heard}};
    struct ensemble e = evaluate_done(&spec);
    const float blocks[] = {50, 35, 50, 32.5f, 75, 43};
    assert_memory_equal(e.sims, blocks, sizeof blocks);
    assert_true(e.folds.count == 3 && e.each[2].i2t.r1 == 100 && fabs(e.mean.t2i.r1 - 100) < 1e-9);
    assert_string_equal(heard, "");
    ensemble_done(&e);
    spec.folds = (struct folds_spec){.size = 2};
    e = evaluate_done(&spec);
    const float block[] = {50, 35, 35, 55, 45, 35, 50, 32.5f};
    assert_memory_equal(e.sims, block, sizeof block);
    assert_string_equal(heard, "1 folds of 2 images; the last 1 images are omitted");
    ensemble_done(&e);
}

static void test_matrix_files(void **state)
{
    (void)state;
    struct error err;
    char *path = scratch_path("b.npy"), *row = scratch_path("row.npy");
    char *text = scratch_text("text.npy", "no array", 8), *none = scratch_path("none.npy");
    assert_done(npy_save(path, NPY_F32, 2, (size_t[]){3, 6}, b, &err), err);
    assert_done(npy_save(row, NPY_F32, 1, (size_t[]){18}, b, &err), err);
    struct ensemble_member members[] = {matrix("a", a, 3, 6), {.name = path, .file = true}};
    struct ensemble_spec spec = {.members = members, .count = 2};
    struct ensemble e = evaluate_done(&spec);
    assert_ranks(&e.ranks, mean_i2t, mean_t2i);
    ensemble_done(&e);
    members[1].name = row;
    assert_fails(&spec, "row.npy: holds no matrix of similarities");
    members[1].name = text;
    assert_fails(&spec, "text.npy");
    members[1].name = none;
    assert_fails(&spec, "none.npy");
    free(path);
    free(row);
    free(text);
    free(none);
}

static void test_errors(void **state)
{
    (void)state;
    float broken[18];
    struct error err;
    memcpy(broken, a, sizeof a);
    struct ensemble_member members[] = {matrix("a", a, 3, 6), matrix("b", b, 3, 6)};
    struct ensemble_spec spec = {.members = members, .count = 0};
    assert_fails(&spec, "no model");
    spec.count = 2;
    spec.member_ranks = true;
    members[1] = matrix("narrow", b, 3, 3);
    assert_fails(&spec, "narrow has 3 images x 3 captions, the models before it 3 x 6");
    members[1] = matrix("broken", broken, 3, 6);
    broken[8] = NAN;
    assert_fails(&spec, "broken: image 1, caption 2: the similarity is NaN");
    broken[8] = -INFINITY;
    assert_fails(&spec, "broken: image 1, caption 2");
    members[0] = matrix("odd", a, 4, 6);
    assert_fails(&spec, "odd: 4 x 6 is not a matrix of images x captions");
    members[0] = (struct ensemble_member){.name = "nothing"};
    assert_fails(&spec, "nothing: no scores");
    members[0] = members[1] = matrix("a", a, 3, 6);
    spec.folds.count = 4;
    assert_fails(&spec, "too few for 4 folds");
    spec.folds.count = 0;
    spec.weights = (double[]){1, NAN};
    assert_fails(&spec, "weight 2 is nan");
    assert_int_equal(ensemble_check_weights((double[]){0, -1}, 2, &err), -1);
    assert_error(&err, "weight 2 is -1");
    assert_int_equal(ensemble_check_weights((double[]){INFINITY}, 1, &err), -1);
    assert_int_equal(ensemble_check_weights((double[]){0, 0}, 2, &err), -1);
    assert_error(&err, "all 0");
    assert_done(ensemble_check_weights((double[]){0, 1e-9}, 2, &err), err);
}

/* ---- sessions ---- */

static int open_demo(bool bf16, struct session **out, struct error *err)
{
    char *folder = NULL;
    if (file_asset("demo", &folder, err) != 0)
        return -1;
    char *model = file_join(folder, "model.pth.tar");
    struct session_spec spec = {.model = model,
                                .data = {.folder = folder, .split = "test"},
                                .encode_captions = true,
                                .bf16 = bf16,
                                .index = {.mode = INDEX_OFF}};
    int status = session_open(&spec, NULL, out, err);
    free(model);
    free(folder);
    return status;
}

static struct session *demo(void)
{
    struct session *session = NULL;
    struct error err;
    assert_done(open_demo(false, &session, &err), err);
    return session;
}

/* Every pair's own score, I x C; the caller's to free. */
static float *own_scores(const struct session *s)
{
    const struct ensemble_member members[] = {{.name = "demo", .session = s}};
    struct ensemble_spec spec = {.members = members, .count = 1, .every_pair = true};
    struct ensemble e = evaluate_done(&spec);
    float *sims = e.sims;
    e.sims = NULL;
    ensemble_done(&e);
    return sims;
}

static float *other_scores(const float *own, size_t n)
{
    float *sims = mem_new(n, sizeof *sims);
    for (size_t k = 0; k < n; k++)
        sims[k] = own[k] + 0.05f * sinf((float)k); /* no order of its own */
    return sims;
}

static void assert_same_ranks(const struct ensemble *x, const struct ensemble *y)
{
    size_t images = folds_images(&y->folds), captions = folds_captions(&y->folds);
    assert_int_equal(folds_images(&x->folds), images);
    assert_memory_equal(x->ranks.i2t, y->ranks.i2t, images * sizeof *x->ranks.i2t);
    assert_memory_equal(x->ranks.t2i, y->ranks.t2i, captions * sizeof *x->ranks.t2i);
}

/* The ranks of tiles and of bfloat16, decided, are those of the pairs' own scores. */
static void check_decided(const struct session *session, const struct ensemble *wanted,
                          const float *other, const double *weights, struct folds_spec folds)
{
    const struct ensemble_member members[] = {{.name = "demo", .session = session},
                                              matrix("other", other, session->I, session->C)};
    struct ensemble_spec spec = {.members = members,
                                 .count = other ? 2 : 1,
                                 .weights = weights,
                                 .folds = folds,
                                 .member_ranks = true};
    struct ensemble e = evaluate_done(&spec);
    assert_same_ranks(&e, wanted);
    assert_true(e.bf16 == (session->half != NULL));
    assert_true(e.counts.again > 0 && ensemble_share_again(&e) <= 1);
    ensemble_done(&e);
}

/* With the session's own scores negated every mean is 0, and the index decides: but only if not a
 * bit of a faster score is left. */
static void check_to_the_bit(const struct session *session, const float *own)
{
    size_t n = session->I * session->C;
    float *negated = mem_new(n, sizeof *negated), *zero = mem_new(n, sizeof *zero);
    for (size_t k = 0; k < n; k++)
        negated[k] = -own[k];
    const struct ensemble_member members[] = {matrix("zero", zero, session->I, session->C)};
    struct ensemble_spec spec = {.members = members, .count = 1, .folds = {.size = 60}};
    struct ensemble wanted = evaluate_done(&spec);
    check_decided(session, &wanted, negated, NULL, spec.folds);
    ensemble_done(&wanted);
    free(negated);
    free(zero);
}

/* A session is the same as the matrix of its own scores, alone and in an ensemble, in folds. */
static void check_session(const struct session *session, const float *own)
{
    const double weights[] = {3, 1};
    float *other = other_scores(own, session->I * session->C);
    const struct ensemble_member members[] = {matrix("own", own, session->I, session->C),
                                              matrix("other", other, session->I, session->C)};
    for (size_t count = 1; count <= 2; count++)
        for (size_t size = 0; size <= 60; size += 60) {
            struct ensemble_spec spec = {
                .members = members, .count = count, .weights = weights, .folds = {.size = size}};
            struct ensemble wanted = evaluate_done(&spec);
            check_decided(session, &wanted, count == 2 ? other : NULL, weights, spec.folds);
            ensemble_done(&wanted);
        }
    check_to_the_bit(session, own);
    free(other);
}

static void test_session(void **state)
{
    (void)state;
    struct session *session = demo();
    float *own = own_scores(session), *row = mem_new(session->C, sizeof *row);
    struct error err;
    assert_done(session_score_captions(session, 7, row, NULL, &err), err);
    assert_memory_equal(own + 7 * session->C, row, session->C * sizeof *row);
    check_session(session, own);
    free(own);
    free(row);
    session_free(session);
}

static void check_kernel(const struct bf16_kernel *kernel, const float *own)
{
    struct session *half = NULL;
    struct error err;
    bf16_kernel_set(kernel);
    assert_done(open_demo(true, &half, &err), err);
    check_session(half, own);
    session_free(half);
    bf16_kernel_set(NULL);
}

/* The plain kernel, and the CPU's if it has one. */
static void test_bfloat16(void **state)
{
    (void)state;
    const char *why;
    struct session *session = demo();
    float *own = own_scores(session);
    check_kernel(&bf16_plain, own);
    if (bf16_kernel(&why))
        check_kernel(NULL, own);
    else
        fprintf(stderr, "# skipped: the CPU's kernel: %s\n", why);
    free(own);
    session_free(session);
}

/* What the hooks were asked. */
struct watch {
    size_t opened[3], open_stages, stages;
    bool fail;
};

static int open_hook(void *context, size_t member, struct session **out, struct error *err)
{
    struct watch *w = context;
    w->opened[member]++;
    return w->fail ? error_set(err, "will not open") : open_demo(false, out, err);
}

static const struct progress *begin_hook(void *context, const char *stage)
{
    struct watch *w = context;
    assert_true(!strcmp(stage, "scoring") || !strcmp(stage, "deciding"));
    assert_int_equal(w->open_stages++, 0);
    w->stages++;
    return NULL;
}

static void end_hook(void *context)
{
    assert_int_equal(--((struct watch *)context)->open_stages, 0);
}

static void test_opened_by_hook(void **state)
{
    (void)state;
    struct watch watch = {0};
    struct session *session = demo();
    float *own = own_scores(session);
    const struct ensemble_member members[] = {
        matrix("own", own, session->I, session->C), {.name = "demo"}, {.name = "again"}};
    struct ensemble_spec spec = {
        .members = members,
        .count = 3,
        .every_pair = true,
        .hooks = {.open = open_hook, .begin = begin_hook, .end = end_hook, .context = &watch}};
    struct ensemble e = evaluate_done(&spec);
    for (size_t k = 0; k < session->I * session->C; k++)
        assert_true(fabsf(e.sims[k] - own[k]) <= 2e-7f * fabsf(own[k]));
    assert_true(watch.opened[0] == 0 && watch.opened[1] >= 1 && watch.opened[2] >= 1);
    assert_true(watch.stages >= 2 && watch.open_stages == 0);
    ensemble_done(&e);
    watch.fail = true;
    assert_fails(&spec, "will not open");
    spec.members += 1;
    spec.count = 1;
    watch.fail = false;
    watch.opened[0] = 0;
    e = evaluate_done(&spec);
    assert_int_equal(watch.opened[0], 1); /* stays open for what is left to decide */
    ensemble_done(&e);
    free(own);
    session_free(session);
}

static bool give_up(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return false;
}

static const struct progress *begin_and_give_up(void *context, const char *stage)
{
    static const struct progress progress = {give_up, NULL};
    (void)context;
    (void)stage;
    return &progress;
}

static void test_interrupted(void **state)
{
    (void)state;
    struct session *session = demo();
    const struct ensemble_member members[] = {{.name = "demo", .session = session}};
    struct ensemble_spec spec = {
        .members = members, .count = 1, .hooks = {.begin = begin_and_give_up}};
    assert_fails(&spec, "interrupted");
    session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_matrix),
        cmocka_unit_test(test_weighted_means),
        cmocka_unit_test(test_folds_of_a_matrix),
        cmocka_unit_test(test_matrix_files),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_bfloat16),
        cmocka_unit_test(test_opened_by_hook),
        cmocka_unit_test(test_interrupted),
    };
    return cmocka_run_group_tests_name("ensemble", tests, scratch_make, scratch_remove);
}
