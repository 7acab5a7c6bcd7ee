/* test_metrics.c: measures for several relevant items: worked examples, and a second way to count
 * on random data. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "evaluate/metrics.h"
#include "retrieve/session/session.h"
#include "tests/support/regular.h"

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) <= 1e-12))
        fail_msg("%.17g is not %.17g", a, b);
}

/* Places 1, 3 and 4 of three relevant items (r = 3), grades 1, 3, 2. */
static void test_worked_example(void **state)
{
    (void)state;
    struct query_metrics m;
    const size_t ranks[] = {0, 2, 3};
    const int32_t grades[] = {1, 3, 2}, ideal[] = {3, 2, 1};
    metrics_of_ranks(ranks, grades, ideal, 3, &m);
    assert_true(m.r1 == 1 && m.r5 == 1 && m.r10 == 1 && m.relevant == 3);
    assert_near(m.r_precision, 2.0 / 3);           /* places 1 and 3 of the first three */
    assert_near(m.map_r, (1.0 / 1 + 2.0 / 3) / 3); /* P(1) and P(3) */
    /* DCG 1/log2(2) + 3/log2(4) + 2/log2(5), best 3/log2(2) + 2/log2(3) + 1/log2(4) */
    assert_near(m.ndcg, (1 + 1.5 + 2 / log2(5)) / (3 + 2 / log2(3) + 0.5));
}

static void test_late_and_none(void **state)
{
    (void)state;
    struct query_metrics m;
    const size_t seventh = 6;
    const int32_t one = 1;
    metrics_of_ranks(&seventh, &one, &one, 1, &m);
    assert_true(m.r1 == 0 && m.r5 == 0 && m.r10 == 1 && m.map_r == 0 && m.r_precision == 0);
    assert_near(m.ndcg, 1.0 / 3); /* 1 / log2(8) */
    metrics_of_ranks(NULL, NULL, NULL, 0, &m);
    assert_true(m.relevant == 0 && m.ndcg == 0);
}

static void test_relevance(void **state)
{
    (void)state;
    struct error err;
    struct relevance r;
    struct relevant_pair pairs[] = {{2, 9, 1}, {0, 5, 1}, {2, 1, 4}, {0, 5, 3}, {2, 4, 2}};
    assert_done(metrics_relevance_make(pairs, 5, 4, &r, &err), err);
    const size_t starts[] = {0, 1, 1, 4, 4}, items[] = {5, 1, 4, 9};
    const int32_t grades[] = {3, 4, 2, 1};
    assert_memory_equal(r.starts, starts, sizeof starts);
    assert_memory_equal(r.items, items, sizeof items);
    assert_memory_equal(r.grades, grades, sizeof grades);
    metrics_relevance_done(&r);
    assert_done(metrics_relevance_of_split(REGULAR(2, 5, 3), true, &r, &err),
                err); /* the last image has two */
    const size_t own[] = {0, 3, 5};
    assert_memory_equal(r.starts, own, sizeof own);
    metrics_relevance_done(&r);
    assert_done(metrics_relevance_make(NULL, 0, 2, &r, &err), err);
    assert_int_equal(r.starts[2], 0);
    metrics_relevance_done(&r);
}

/* ---- by another way: rank everything, then count ---- */

enum { IMAGES = 23, CAPTIONS = 61 };

/* What is asked: rank `n` items with scores and grades (0: not relevant). */
static void brute_force(const float *scores, const int32_t *grades, size_t n,
                        struct query_metrics *out)
{
    struct ranked *order = mem_new(n, sizeof *order);
    double gain = 0, best = 0, sum = 0;
    size_t r = 0, found = 0;
    *out = (struct query_metrics){0};
    rank_top(scores, n, n, order);
    for (size_t i = 0; i < n; i++)
        r += grades[i] > 0;
    for (size_t k = 0; k < n; k++) {
        int32_t grade = grades[order[k].index];
        gain += grade / log2((double)k + 2);
        if (grade > 0) {
            found++;
            out->r1 = out->r1 || k < 1;
            out->r5 = out->r5 || k < 5;
            out->r10 = out->r10 || k < 10;
            sum += k < r ? (double)found / (double)(k + 1) : 0;
        }
        if (k + 1 == r)
            out->r_precision = (double)found / (double)r;
    }
    for (int32_t grade = 9, k = 0; grade > 0; grade--)
        for (size_t i = 0; i < n; i++)
            if (grades[i] == grade)
                best += grade / log2(k++ + 2.0);
    out->relevant = r;
    out->map_r = r ? sum / (double)r : 0;
    out->ndcg = r ? gain / best : 0;
    free(order);
}

static void assert_same(const struct query_metrics *a, const struct query_metrics *b)
{
    assert_int_equal(a->relevant, b->relevant);
    assert_near(a->r1, b->r1);
    assert_near(a->r5, b->r5);
    assert_near(a->r10, b->r10);
    assert_near(a->map_r, b->map_r);
    assert_near(a->r_precision, b->r_precision);
    assert_near(a->ndcg, b->ndcg);
}

/* The block's images begin at 100, its captions at 500 of the whole split; some judged items are
 * outside. Coarse scores make many ties. */
static void check_direction(struct rng *rng, const float *sims, bool i2t)
{
    struct error err;
    struct relevance relevance;
    size_t queries = i2t ? IMAGES : CAPTIONS, items = i2t ? CAPTIONS : IMAGES;
    size_t first_query = i2t ? 100 : 500, first_item = i2t ? 500 : 100, count = 0;
    int32_t *grades = mem_new(queries * items, sizeof *grades);
    struct relevant_pair *pairs = mem_new(queries * (items + 1), sizeof *pairs);
    for (size_t q = 0; q < queries; q++) {
        for (size_t k = 0; k < items; k++) {
            int32_t grade = rng_below(rng, 6) ? 0 : 1 + (int32_t)rng_below(rng, 9);
            grades[q * items + k] = q % 7 == 3 ? 0 : grade;
            if (grades[q * items + k] > 0)
                pairs[count++] = (struct relevant_pair){first_query + q, first_item + k, grade};
        }
        pairs[count++] = (struct relevant_pair){first_query + q, q % 2 ? 3 : 900, 5};
    }
    assert_done(metrics_relevance_make(pairs, count, 1000, &relevance, &err), err);
    struct score_block block = {sims, IMAGES, CAPTIONS, 100, 500};
    struct query_metrics *got = mem_new(queries, sizeof *got), wanted;
    float column[CAPTIONS];
    assert_done(metrics_evaluate(&block, &relevance, i2t, got, &err), err);
    for (size_t q = 0; q < queries; q++) {
        for (size_t k = 0; k < items; k++)
            column[k] = i2t ? sims[q * CAPTIONS + k] : sims[k * CAPTIONS + q];
        brute_force(column, grades + q * items, items, &wanted);
        assert_same(&got[q], &wanted);
    }
    metrics_relevance_done(&relevance);
    free(got);
    free(pairs);
    free(grades);
}

static void test_random_blocks(void **state)
{
    (void)state;
    enum { SEED = 20230105, ROUNDS = 5 };
    struct rng rng;
    float sims[IMAGES * CAPTIONS];
    printf("# seed %d\n", SEED);
    rng_seed(&rng, SEED);
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t k = 0; k < IMAGES * CAPTIONS; k++)
            sims[k] = (float)rng_below(&rng, 30) / 30;
        check_direction(&rng, sims, true);
        check_direction(&rng, sims, false);
    }
}

static void test_mean(void **state)
{
    (void)state;
    const struct query_metrics queries[] = {
        {.relevant = 2, .r1 = 1, .map_r = 0.5, .ndcg = 1}, {0}, {.relevant = 4, .ndcg = 0.5}};
    struct metrics m;
    metrics_mean(queries, 3, 0, &m);
    assert_int_equal(m.queries, 2);
    assert_true(m.relevant == 3 && m.r1 == 50 && m.map_r == 25 && m.ndcg == 75);
    metrics_mean(queries + 1, 1, 0, &m);
    assert_true(m.queries == 0 && m.r1 == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example), cmocka_unit_test(test_late_and_none),
        cmocka_unit_test(test_relevance),      cmocka_unit_test(test_random_blocks),
        cmocka_unit_test(test_mean),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
