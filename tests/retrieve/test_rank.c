/* test_rank.c: the one order of scored items: its rule for NaN, ties and infinities, and that it is
 * an order at all. */
#include "tests/support/testing.h"

#include <math.h>

#include "base/rng.h"
#include "retrieve/score/rank.h"

/* Every pair of these, in this order: the earlier ranks before the later. */
static void test_rule(void **state)
{
    (void)state;
    const struct ranked order[] = {
        {9, INFINITY}, {2, 1.5f}, {3, 1.5f},      {0, 0.0f}, {1, -0.0f},
        {4, 0.0f},     {8, -1},   {5, -INFINITY}, {6, NAN},  {7, -NAN},
    };
    enum { N = sizeof order / sizeof *order };
    for (size_t a = 0; a < N; a++)
        for (size_t b = 0; b < N; b++) {
            if (rank_better(order[a], order[b]) != (a < b))
                fail_msg("%zu (%g) and %zu (%g)", order[a].index, (double)order[a].score,
                         order[b].index, (double)order[b].score);
            assert_int_equal(rank_compare(order[a], order[b]), (a > b) - (a < b));
        }
}

enum { MANY = 60, SEED = 11 };

/* Few values, so that many are equal. */
static void random_scores(float scores[MANY])
{
    static const float values[] = {0.25f, 0.5f, -0.5f, 0, -0.0f, INFINITY, -INFINITY, NAN};
    struct rng rng;
    printf("# seed %d\n", SEED);
    rng_seed(&rng, SEED);
    for (size_t i = 0; i < MANY; i++)
        scores[i] = values[rng_below(&rng, sizeof values / sizeof *values)];
}

static bool before(const float *scores, size_t a, size_t b)
{
    return rank_better((struct ranked){a, scores[a]}, (struct ranked){b, scores[b]});
}

/* Of two different items exactly one is first; and what is before the one is before the other. */
static void test_strict_and_total(void **state)
{
    (void)state;
    float scores[MANY];
    random_scores(scores);
    for (size_t a = 0; a < MANY; a++) {
        assert_false(before(scores, a, a));
        for (size_t b = 0; b < MANY; b++) {
            assert_int_equal(before(scores, a, b) + before(scores, b, a), a != b);
            for (size_t c = 0; c < MANY; c++)
                assert_true(!before(scores, a, b) || !before(scores, b, c) || before(scores, a, c));
        }
    }
}

/* The functions made of it agree: the k best, the best, each one's rank. */
static void test_top_best_and_rank(void **state)
{
    (void)state;
    float scores[MANY];
    struct ranked top[MANY];
    random_scores(scores);
    assert_int_equal(rank_top(scores, MANY, MANY, top), MANY);
    for (size_t k = 0; k < MANY; k++) {
        assert_int_equal(rank_of(scores, MANY, top[k].index), k);
        assert_true(k == 0 || rank_better(top[k - 1], top[k]));
    }
    assert_int_equal(rank_best(scores, MANY), top[0].index);
    assert_int_equal(rank_best((float[]){NAN, -INFINITY, NAN}, 3), 1);
    assert_int_equal(rank_best((float[]){NAN, NAN}, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_strict_and_total),
        cmocka_unit_test(test_top_best_and_rank),
    };
    return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
