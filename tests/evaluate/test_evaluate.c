/* test_evaluate.c: recalls of matrices small enough to work out by hand. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "evaluate/evaluate.h"
#include "tests/support/regular.h"

/* 3 images, 2 captions each. Best own caption of the images: ranks 0, 2, 0. Ranks of the captions'
 * images: 0, 1, 2, 2, 0, 1. */
static const float sims[] = {
    0.9f, 0.5f, 0.4f, 0.6f, 0.1f, 0.7f, /* image 0 */
    0.8f, 0.6f, 0.3f, 0.5f, 0.4f, 0.9f, /* image 1: 0.5 is after 0.9, 0.8, 0.6: rank 3 */
    0.1f, 0.4f, 0.5f, 0.7f, 0.9f, 0.8f, /* image 2 */
};

static void test_worked_example(void **state)
{
    (void)state;
    struct recalls r;
    size_t ranks[6];
    evaluate_i2t(sims, REGULAR(3, 6, 2), &r, ranks);
    size_t images[] = {0, 3, 0};
    assert_memory_equal(ranks, images, sizeof images);
    assert_true(fabs(r.r1 - 200.0 / 3) < 1e-12 && r.r5 == 100 && r.r10 == 100);
    assert_true(r.median == 1 && r.mean == 2);

    evaluate_t2i(sims, REGULAR(3, 6, 2), &r, ranks);
    size_t captions[] = {0, 1, 2, 2, 0, 1};
    assert_memory_equal(ranks, captions, sizeof captions);
    assert_true(fabs(r.r1 - 100.0 / 3) < 1e-12 && r.r5 == 100);
    assert_true(r.median == 2 && r.mean == 2);

    struct evaluation e;
    evaluate(sims, REGULAR(3, 6, 2), &e);
    assert_true(fabs(e.rsum - (200.0 / 3 + 200 + 100.0 / 3 + 200)) < 1e-9);
}

/* numpy's floor(median) + 1: an even count halves the middle two. */
static void test_median_of_even_count(void **state)
{
    (void)state;
    /* caption ranks 0, 1, 1, 1 ... here 0 and 1: median 0.5, floor 0, + 1 */
    const float two[] = {0.9f, 0.2f, 0.1f, 0.1f};
    struct recalls r;
    size_t ranks[2];
    evaluate_t2i(two, REGULAR(2, 2, 1), &r, ranks);
    assert_int_equal(ranks[0], 0);
    assert_int_equal(ranks[1], 1);
    assert_true(r.median == 1 && r.mean == 1.5 && r.r1 == 50);
}

static void test_ties_and_nan(void **state)
{
    (void)state;
    const float flat[] = {1, 1, 1, 1};
    size_t ranks[2];
    struct recalls r;
    evaluate_t2i(flat, REGULAR(2, 2, 1), &r, ranks);
    assert_int_equal(ranks[0], 0);
    assert_int_equal(ranks[1], 1);
    evaluate_i2t(flat, REGULAR(2, 2, 1), &r, ranks);
    assert_int_equal(ranks[1], 1);
    const float broken[] = {NAN, 0, 0, NAN};
    evaluate_t2i(broken, REGULAR(2, 2, 1), &r, ranks);
    assert_int_equal(ranks[0], 1);
    assert_int_equal(ranks[1], 1);
    evaluate_i2t(broken, REGULAR(2, 2, 1), &r, ranks);
    assert_int_equal(ranks[0], 1);
}

static void test_mean_of_folds(void **state)
{
    (void)state;
    struct evaluation folds[2] = {
        {.i2t = {.r1 = 10, .median = 2}, .t2i = {.mean = 5}, .rsum = 100},
        {.i2t = {.r1 = 30, .median = 5}, .t2i = {.mean = 6}, .rsum = 300}};
    struct evaluation mean;
    evaluate_mean(folds, 2, &mean);
    assert_true(mean.i2t.r1 == 20 && mean.i2t.median == 3.5 && mean.t2i.mean == 5.5 &&
                mean.rsum == 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example),
        cmocka_unit_test(test_median_of_even_count),
        cmocka_unit_test(test_ties_and_nan),
        cmocka_unit_test(test_mean_of_folds),
    };
    return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
