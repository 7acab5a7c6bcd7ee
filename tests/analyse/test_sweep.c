/* test_sweep.c: the pass in tiles of any size against the whole matrix: ranks, best wrong answers
 * and best answers, with ties and NaN. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "analyse/sweep.h"
#include "base/mem.h"
#include "base/rng.h"
#include "evaluate/evaluate.h"
#include "tests/support/regular.h"

/* ---- brute force ---- */

/* `map` NULL: of images for a caption, whose own is `image`. */
static struct ranked best_wrong(const float *row, size_t C, const struct caption_map *map,
                                size_t image)
{
    struct ranked best = {SIZE_MAX, NAN};
    for (size_t c = 0; c < C; c++)
        if ((map ? caption_map_image(map, c) : c) != image &&
            (best.index == SIZE_MAX || rank_better((struct ranked){c, row[c]}, best)))
            best = (struct ranked){c, row[c]};
    return best;
}

static bool same_score(float a, float b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void assert_same(struct ranked a, struct ranked b)
{
    assert_int_equal(a.index, b.index);
    assert_true(same_score(a.score, b.score));
}

static void check_top(const struct ranked *top, size_t k, const float *scores, size_t n)
{
    struct ranked *all = mem_new(n, sizeof *all);
    rank_top(scores, n, k, all);
    for (size_t r = 0; r < k; r++)
        assert_same(top[r], all[r]);
    free(all);
}

static void check_images(const struct sweep *s, const float *sims)
{
    struct recalls whole, swept;
    size_t *ranks = mem_new(s->I, sizeof *ranks);
    evaluate_i2t(sims, s->map, &whole, ranks);
    sweep_recalls(s->images, s->I, &swept);
    assert_memory_equal(&whole, &swept, sizeof whole);
    for (size_t i = 0; i < s->I; i++) {
        const float *row = sims + i * s->C;
        assert_int_equal(s->images[i].truth == SIZE_MAX, ranks[i] == EVALUATE_NO_QUERY);
        if (s->images[i].truth != SIZE_MAX) {
            assert_int_equal(s->images[i].rank, ranks[i]);
            assert_int_equal(caption_map_image(s->map, s->images[i].truth), i);
            assert_int_equal(rank_of(row, s->C, s->images[i].truth), ranks[i]);
            assert_true(same_score(row[s->images[i].truth], s->images[i].score));
        }
        assert_same(s->images[i].wrong, best_wrong(row, s->C, s->map, i));
        check_top(s->image_top + i * s->image_k, s->image_k, row, s->C);
    }
    free(ranks);
}

static void check_captions(const struct sweep *s, const float *sims)
{
    struct recalls whole, swept;
    size_t *ranks = mem_new(s->C, sizeof *ranks);
    float *column = mem_new(s->I, sizeof *column);
    evaluate_t2i(sims, s->map, &whole, ranks);
    sweep_recalls(s->captions, s->C, &swept);
    assert_memory_equal(&whole, &swept, sizeof whole);
    for (size_t c = 0; c < s->C; c++) {
        for (size_t i = 0; i < s->I; i++)
            column[i] = sims[i * s->C + c];
        assert_int_equal(s->captions[c].rank, ranks[c]);
        assert_int_equal(s->captions[c].truth, caption_map_image(s->map, c));
        assert_same(s->captions[c].wrong,
                    best_wrong(column, s->I, NULL, caption_map_image(s->map, c)));
        check_top(s->caption_top + c * s->caption_k, s->caption_k, column, s->I);
    }
    free(column);
    free(ranks);
}

/* ---- random matrices ---- */

/* Few distinct values, so that many tie; some NaN and infinities. */
static void fill(float *sims, size_t n, struct rng *rng)
{
    for (size_t k = 0; k < n; k++) {
        uint64_t odd = rng_below(rng, 40);
        sims[k] = odd == 0   ? NAN
                  : odd == 1 ? INFINITY
                  : odd < 20 ? (float)rng_below(rng, 5)
                             : (float)rng_unit(rng) * 5;
    }
}

static void check_matrix(const struct caption_map *map, size_t k, size_t tile, struct rng *rng)
{
    size_t I = map->images, C = map->captions;
    float *sims = mem_new(I * C, sizeof *sims);
    struct score_source source;
    struct sweep sweep;
    struct error err;
    fill(sims, I * C, rng);
    scores_of_matrix(sims, map, &source);
    assert_done(sweep_run(&source, k, tile, NULL, &sweep, &err), err);
    uint64_t not_finite = 0;
    for (size_t p = 0; p < I * C; p++)
        not_finite += !isfinite(sims[p]);
    assert_int_equal(sweep.not_finite, not_finite);
    check_images(&sweep, sims);
    check_captions(&sweep, sims);
    sweep_done(&sweep);
    free(sims);
}

static void test_random(void **state)
{
    (void)state;
    uint64_t seed = (uint64_t)time(NULL);
    struct rng rng;
    fprintf(stderr, "# seed %llu\n", (unsigned long long)seed);
    rng_seed(&rng, seed);
    for (int round = 0; round < 60; round++) {
        size_t I = 1 + rng_below(&rng, 40), per_image = 1 + rng_below(&rng, 6);
        size_t k = rng_below(&rng, 8), tile = 1 + rng_below(&rng, 2000);
        size_t missing = round % 5 == 0 ? rng_below(&rng, per_image) : 0; /* a truncated split */
        check_matrix(REGULAR(I, I * per_image - missing, per_image), k, tile, &rng);
    }
}

/* Any number of captions per image, also none, sorted or not. */
static void test_irregular(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 77);
    for (int round = 0; round < 80; round++) {
        struct caption_map map;
        struct error err;
        size_t image[90], I = 1 + rng_below(&rng, 40), C = 1 + rng_below(&rng, 90);
        for (size_t c = 0; c < C; c++)
            image[c] = round % 2 ? c * I / C / 2 * 2 : rng_below(&rng, I);
        assert_done(caption_map_make(image, C, I, &map, &err), err);
        check_matrix(&map, rng_below(&rng, 8), 1 + rng_below(&rng, 2000), &rng);
        caption_map_done(&map);
    }
}

/* Images whose captions were all cut off are no queries, as in evaluate_i2t. */
static void test_image_without_captions(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5);
    check_matrix(REGULAR(6, 8, 2), 3, 0, &rng);
    check_matrix(REGULAR(6, 8, 2), 3, 1, &rng);
}

static void test_all_equal(void **state)
{
    (void)state;
    float sims[12 * 24];
    struct score_source source;
    struct sweep sweep;
    struct error err;
    for (int p = 0; p < 12 * 24; p++)
        sims[p] = 0.25f;
    scores_of_matrix(sims, REGULAR(12, 24, 2), &source);
    assert_done(sweep_run(&source, 2, 9, NULL, &sweep, &err), err);
    check_images(&sweep, sims);
    check_captions(&sweep, sims);
    for (size_t c = 0; c < 24; c++)
        assert_int_equal(sweep.captions[c].rank, c / 2);
    sweep_done(&sweep);
}

/* The worked example of test_evaluate.c. */
static void test_worked(void **state)
{
    (void)state;
    static const float sims[] = {
        0.9f, 0.5f, 0.4f, 0.6f, 0.1f, 0.7f, 0.8f, 0.6f, 0.3f,
        0.5f, 0.4f, 0.9f, 0.1f, 0.4f, 0.5f, 0.7f, 0.9f, 0.8f,
    };
    struct score_source source;
    struct sweep sweep;
    struct error err;
    scores_of_matrix(sims, REGULAR(3, 6, 2), &source);
    assert_done(sweep_run(&source, 1, 0, NULL, &sweep, &err), err);
    const size_t captions[] = {0, 1, 2, 2, 0, 1}, images[] = {0, 3, 0};
    for (size_t c = 0; c < 6; c++)
        assert_int_equal(sweep.captions[c].rank, captions[c]);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sweep.images[i].rank, images[i]);
    assert_int_equal(sweep.images[1].truth, 3); /* 0.5 beats 0.3 */
    assert_int_equal(sweep.images[1].wrong.index, 5);
    assert_int_equal(sweep.captions[3].wrong.index, 2);
    sweep_done(&sweep);
}

static void test_one_caption(void **state)
{
    static const float scores[] = {0.3f, 0.5f, 0.5f, 0.1f};
    struct sweep_query q;
    (void)state;
    sweep_caption(scores, 4, 0, &q);
    assert_true(q.truth == 0 && q.score == 0.3f && q.rank == 2);
    assert_same(q.wrong, (struct ranked){1, 0.5f}); /* of equal ones the first */
    sweep_caption(scores, 4, 2, &q);
    assert_true(q.rank == 1 && q.wrong.index == 1);
    sweep_caption(scores, 4, 1, &q);
    assert_true(q.rank == 0 && q.wrong.index == 2);
    sweep_caption((float[]){0.9f, NAN, 0.2f}, 3, 0, &q);
    assert_true(q.rank == 0 && q.wrong.index == 2);
    sweep_caption((float[]){NAN, -2, -1}, 3, 0, &q);
    assert_true(q.rank == 2 && q.wrong.index == 2);
    sweep_caption(scores, 1, 0, &q);
    assert_true(q.rank == 0 && q.wrong.index == SIZE_MAX && isnan(q.wrong.score));
}

static void test_nothing(void **state)
{
    (void)state;
    struct score_source source;
    struct sweep sweep;
    struct error err;
    scores_of_matrix(NULL, REGULAR(5, 0, 0), &source);
    assert_int_equal(sweep_run(&source, 1, 0, NULL, &sweep, &err), -1);
    assert_non_null(strstr(err.text, "no captions"));
    scores_of_matrix(NULL, REGULAR(0, 0, 5), &source);
    assert_int_equal(sweep_run(&source, 1, 0, NULL, &sweep, &err), -1);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

static void test_interrupted(void **state)
{
    (void)state;
    const float sims[4] = {1, 2, 3, 4};
    struct progress progress = {stop_at_once, NULL};
    struct score_source source;
    struct sweep sweep;
    struct error err;
    scores_of_matrix(sims, REGULAR(2, 2, 1), &source);
    assert_int_equal(sweep_run(&source, 1, 0, &progress, &sweep, &err), -1);
    assert_string_equal(err.text, "interrupted");
}

/* ---- sources ---- */

/* The mean of matrices, one of them from a file, is their sum divided. */
static void test_mean(void **state)
{
    (void)state;
    enum { I = 7, C = 14 };
    float a[I * C], b[I * C], mean[I * C], part[3 * 5];
    struct rng rng;
    struct error err;
    rng_seed(&rng, 9);
    for (int p = 0; p < I * C; p++) {
        a[p] = (float)rng_unit(&rng);
        b[p] = (float)rng_unit(&rng);
        mean[p] = (a[p] + b[p]) / 2;
    }
    const char *path = "test_sweep_b.npy";
    struct sims_file *file = NULL;
    struct score_source members[2], source;
    const struct sims_reading reading = {0};
    struct notes notes = {0};
    assert_done(npy_save(path, NPY_F32, 2, (size_t[]){I, C}, b, &err), err);
    assert_done(sims_file_open(path, &file, &err), err);
    assert_done(sims_file_fit(file, REGULAR(I, C, 2), &reading, &notes, &err), err);
    scores_of_matrix(a, REGULAR(I, C, 2), &members[0]);
    scores_of_file(file, REGULAR(I, C, 2), &members[1]);
    struct score_mean both = {members, 2};
    scores_of_mean(&both, &source);
    assert_done(scores_part(&source, 2, 3, 4, 5, part, NULL, &err), err);
    for (int i = 0; i < 3; i++)
        assert_memory_equal(part + 5 * i, mean + (2 + i) * C + 4, 5 * sizeof *part);
    sims_file_free(file);
    notes_done(&notes);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_irregular),
        cmocka_unit_test(test_image_without_captions),
        cmocka_unit_test(test_all_equal),
        cmocka_unit_test(test_worked),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_one_caption),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
