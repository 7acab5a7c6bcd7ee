/* test_folds.c: splits cut into folds, ranked and measured fold by fold; recalls by length, and how
 * sure they are: small enough to work out by hand. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "evaluate/confidence.h"
#include "evaluate/folds.h"
#include "tests/support/regular.h"

static struct folds cut(struct folds_spec spec, size_t I, size_t per_image)
{
    struct folds f;
    struct error err;
    assert_done(folds_cut(&spec, REGULAR(I, I * per_image, per_image), &f, &err), err);
    return f;
}

static void assert_shape(struct folds f, size_t count, size_t images, size_t captions)
{
    assert_int_equal(f.count, count);
    assert_int_equal(f.images, images);
    assert_int_equal(folds_captions_of(&f, count - 1), captions);
    assert_int_equal(folds_pairs(&f, 0), images * captions);
    assert_int_equal(folds_first_pair(&f, 1), images * captions);
    assert_int_equal(folds_images(&f), count * images);
    assert_int_equal(folds_captions(&f), count * captions);
    folds_done(&f);
}

static void test_shapes(void **state)
{
    (void)state;
    assert_shape(cut((struct folds_spec){0}, 7, 2), 1, 7, 14);
    assert_shape(cut((struct folds_spec){.count = 1}, 7, 2), 1, 7, 14);
    assert_shape(cut((struct folds_spec){.count = 3}, 7, 2), 3, 2, 4); /* one image is left over */
    assert_shape(cut((struct folds_spec){.size = 3}, 7, 5), 2, 3, 15); /* the same */
    assert_shape(cut((struct folds_spec){2, 3}, 100, 1), 2, 3, 3);
    assert_shape(cut((struct folds_spec){.count = 7}, 7, 2), 7, 1, 2);
}

static void assert_refused(struct folds_spec spec, size_t I, size_t C, size_t per_image,
                           const char *reason)
{
    struct folds f;
    struct error err;
    assert_int_equal(folds_cut(&spec, REGULAR(I, C, per_image), &f, &err), -1);
    if (!strstr(err.text, reason))
        fail_msg("'%s' does not say '%s'", err.text, reason);
}

static void test_what_cannot_be_cut(void **state)
{
    (void)state;
    assert_refused((struct folds_spec){0}, 0, 0, 5, "no captions");
    assert_refused((struct folds_spec){0}, 4, 0, 0, "no captions");
    assert_refused((struct folds_spec){.count = 8}, 7, 14, 2, "7 images, too few for 8 folds");
    assert_refused((struct folds_spec){.size = 8}, 7, 14, 2, "too few for a fold of 8");
    assert_refused((struct folds_spec){5, 1000}, 4999, 24995, 5, "5 folds of 1000 images");
    assert_refused((struct folds_spec){SIZE_MAX, 2}, 7, 14, 2, "too few");
    assert_refused((struct folds_spec){.count = 3}, 6, 6, 2, "fold 3 of 3 has no captions");
    assert_refused((struct folds_spec){0}, SIZE_MAX / 2, SIZE_MAX / 2, 1, "too many pairs");
}

/* Two folds of two images with two captions each. Ranks by hand, of the images' best captions 0 1 |
 * 0 2, of the captions' images 0 1 0 0 | 0 0 1 1. */
static const float sims[] = {
    0.9f, 0.1f, 0.3f, 0.2f, /* fold 0, image 0 */
    0.4f, 0.8f, 0.5f, 0.6f, /* image 1: 0.6 is behind 0.8 */
    0.5f, 0.7f, 0.6f, 0.4f, /* fold 1, image 0 */
    0.3f, 0.4f, 0.2f, 0.1f, /* image 1: 0.2 is behind 0.4 and 0.3 */
};
static const size_t i2t[] = {0, 1, 0, 2}, t2i[] = {0, 1, 0, 0, 0, 0, 1, 1};

static void test_ranks(void **state)
{
    (void)state;
    struct folds f = cut((struct folds_spec){.count = 2}, 4, 2);
    struct folds_ranks ranks, again;
    struct evaluation each[2];
    folds_rank(&f, sims, each, &ranks);
    assert_memory_equal(ranks.i2t, i2t, sizeof i2t);
    assert_memory_equal(ranks.t2i, t2i, sizeof t2i);
    assert_true(each[0].i2t.r1 == 50 && each[0].t2i.r1 == 75);
    assert_true(each[1].i2t.r1 == 50 && each[1].t2i.r1 == 50 && each[1].i2t.mean == 2);
    folds_rank(&f, sims, NULL, &again);
    assert_memory_equal(again.t2i, t2i, sizeof t2i);
    folds_ranks_done(&ranks);
    folds_ranks_done(&again);
    assert_null(ranks.i2t);
    folds_done(&f);
}

/* Recall and R-precision over the queries of both folds together; a truth in another fold does not
 * count. */
static void test_metrics(void **state)
{
    (void)state;
    struct folds f = cut((struct folds_spec){.count = 2}, 4, 2);
    struct relevance own[2];
    struct metrics m[2];
    struct error err;
    for (int direction = 0; direction < 2; direction++)
        assert_done(metrics_relevance_of_split(REGULAR(4, 8, 2), direction, &own[direction], &err),
                    err);
    assert_done(folds_metrics(&f, sims, own, NULL, m, &err), err);
    assert_int_equal(m[0].queries, 8);
    assert_int_equal(m[1].queries, 4);
    assert_true(m[0].r1 == 62.5 && m[1].r1 == 50 && m[1].relevant == 2);
    /* own captions among the first two: 1, 1, 1 (0.7, 0.6), 0 of 2 */
    assert_true(fabs(m[1].r_precision - 100 * (0.5 + 0.5 + 0.5 + 0) / 4) < 1e-9);
    metrics_relevance_done(&own[1]);
    struct relevant_pair pairs[] = {{0, 1, 1}, {0, 7, 1}}; /* image 0: caption 7 is in fold 1 */
    assert_done(metrics_relevance_make(pairs, 2, 4, &own[1], &err), err);
    assert_done(folds_metrics(&f, sims, own, NULL, m, &err), err);
    assert_true(m[1].queries == 1 && m[1].relevant == 1 && m[1].r1 == 0 && m[1].r5 == 100);
    const size_t complete[2] = {8, 5}; /* of trec_eval -c: five images are asked about */
    assert_done(folds_metrics(&f, sims, own, complete, m, &err), err);
    assert_true(m[1].queries == 5 && m[1].relevant == 0.2 && m[1].r1 == 0 && m[1].r5 == 20);
    assert_true(m[0].queries == 8 && m[0].r1 == 62.5);
    metrics_relevance_done(&own[0]);
    metrics_relevance_done(&own[1]);
    folds_done(&f);
}

static void test_by_length(void **state)
{
    (void)state;
    struct by_length *groups;
    /* an eighth of 16 captions is 2: lengths 1 and 3 make a group, 4 and 5 one each, 9 is the rest
     */
    const size_t words[] = {4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 1, 3, 9};
    size_t ranks[] = {0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 9, 0, 11, 4};
    assert_int_equal(evaluate_by_length(words, ranks, 16, &groups), 4);
    const size_t from[] = {1, 4, 5, 6}, to[] = {3, 4, 5, 9}, counts[] = {2, 8, 5, 1};
    for (size_t g = 0; g < 4; g++) {
        assert_int_equal(groups[g].to, to[g]);
        assert_int_equal(groups[g].captions, counts[g]);
        if (g < 3)
            assert_int_equal(groups[g].from, from[g]);
    }
    assert_true(groups[0].t2i.r1 == 50 && groups[0].t2i.r10 == 50 && groups[0].t2i.mean == 6.5);
    assert_true(groups[1].t2i.r1 == 12.5 && groups[1].t2i.r5 == 62.5 && groups[1].t2i.median == 4);
    assert_true(groups[2].t2i.r1 == 80 && groups[3].t2i.r5 == 100 && groups[3].t2i.mean == 5);
    free(groups);
    assert_int_equal(evaluate_by_length((size_t[]){3, 3}, (size_t[]){0, 1}, 2, &groups), 1);
    assert_true(groups[0].from == 3 && groups[0].to == 3);
    free(groups);
}

static void test_confidence(void **state)
{
    (void)state;
    struct folds f = cut((struct folds_spec){.count = 2}, 4, 2);
    struct folds_ranks a = {.i2t = (size_t[]){0, 1, 0, 2},
                            .t2i = (size_t[]){0, 1, 0, 0, 0, 0, 1, 1}};
    struct folds_ranks b = {.i2t = (size_t[]){1, 0, 0, 0},
                            .t2i = (size_t[]){0, 0, 0, 0, 0, 0, 0, 1}};
    struct bootstrap how = {.resamples = 300};
    struct interval recalls[2][CONFIDENCE_RECALLS];
    struct confidence_difference d;
    struct error err;
    assert_done(confidence_recalls(&f, &a, &how, recalls, &err), err);
    assert_true(recalls[0][0].value == 62.5 && recalls[1][0].value == 50);
    assert_true(recalls[0][0].low < 62.5 && recalls[0][0].high > 62.5);
    assert_true(recalls[1][1].low == 100 && recalls[1][1].high == 100);
    assert_done(confidence_compare(&f, &b, &a, false, 1, &how, &d, &err), err);
    assert_true(d.paired.difference.value == 25);
    assert_true(d.mcnemar.only_a == 2 && d.mcnemar.only_b == 0 && d.mcnemar.exact_p == 0.5);
    assert_done(confidence_compare(&f, &a, &b, true, 1, &how, &d, &err), err);
    assert_true(d.paired.difference.value == -25);
    assert_true(d.mcnemar.only_a == 1 && d.mcnemar.only_b == 2);
    assert_done(confidence_compare(&f, &a, &a, true, 1, &how, &d, &err), err);
    assert_true(d.paired.difference.value == 0 && d.paired.p == 1 && d.mcnemar.exact_p == 1);
    struct interval sum;
    struct paired difference;
    assert_done(confidence_rsum(&f, &a, &how, &sum, &err), err);
    assert_true(sum.value == 62.5 + 50 + 4 * 100 && sum.low < sum.value && sum.high > sum.value);
    assert_done(confidence_compare_rsum(&f, &a, &b, &how, &difference, &err), err);
    assert_true(difference.difference.value == -25 - 25 && difference.p < 1);
    folds_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),    cmocka_unit_test(test_what_cannot_be_cut),
        cmocka_unit_test(test_ranks),     cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_by_length), cmocka_unit_test(test_confidence),
    };
    return cmocka_run_group_tests_name("folds", tests, NULL, NULL);
}
