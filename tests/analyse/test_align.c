/* test_align.c: attention against boxes: worked examples, and each measure computed a second way on
 * random data. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "analyse/align/alignment.h"
#include "analyse/align/box.h"
#include "base/mem.h"
#include "base/rng.h"

enum { SEED = 20210520, ROUNDS = 300, MOST_REGIONS = 13, MOST_BOXES = 5, SIDE = 24 };

static void assert_near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within))
        fail_msg("%.17g is not %.17g", a, b);
}

/* ---- boxes ---- */

static void test_boxes(void **state)
{
    (void)state;
    const float a[4] = {0, 0, 10, 10}, b[4] = {5, 5, 15, 15}, apart[4] = {20, 0, 30, 10};
    const float two[2][4] = {{0, 0, 5, 10}, {4, 0, 8, 10}}, touching[4] = {10, 0, 20, 10};
    float scratch[12], around[4];
    assert_near(box_iou(a, b), 25.0 / 175, 1e-12);
    assert_near(box_iou(a, a), 1, 1e-12);
    assert_true(box_iou(a, apart) == 0 && box_iou(a, touching) == 0);
    assert_near(box_covered(a, two, 2, scratch), 0.8, 1e-12); /* 5 + 4 minus the common 1 */
    assert_near(box_covered(a, two, 1, scratch), 0.5, 1e-12);
    assert_true(box_covered(apart, two, 2, scratch) == 0);
    box_around(two, 2, around);
    const float whole[4] = {0, 0, 8, 10};
    assert_memory_equal(around, whole, sizeof whole);
    assert_true(box_middle_in(a, two, 1)); /* 5 5 is on the edge */
    assert_false(box_middle_in(apart, two, 2));
}

static void test_clip(void **state)
{
    (void)state;
    float part[4] = {-5, 3, 50, 200}, wanted[4] = {0, 3, 50, 100};
    assert_true(box_clip(part, 60, 100));
    assert_memory_equal(part, wanted, sizeof wanted);
    assert_false(box_clip((float[4]){70, 0, 80, 10}, 60, 100)); /* outside */
    assert_false(box_clip((float[4]){5, 5, 5, 10}, 60, 100));   /* no area */
    assert_false(box_clip((float[4]){9, 5, 5, 10}, 60, 100));   /* reversed */
    assert_false(box_clip((float[4]){NAN, 0, 1, 1}, 60, 100));
    assert_false(box_clip((float[4]){0, 0, INFINITY, 1}, 60, 100));
}

static void random_box(struct rng *rng, float box[4])
{
    box[0] = (float)rng_below(rng, SIDE - 1);
    box[1] = (float)rng_below(rng, SIDE - 1);
    box[2] = box[0] + 1 + (float)rng_below(rng, (uint64_t)(SIDE - box[0] - 1) + 1);
    box[3] = box[1] + 1 + (float)rng_below(rng, (uint64_t)(SIDE - box[1] - 1) + 1);
}

static bool pixel_in(const float box[4], int x, int y)
{
    return (float)x >= box[0] && (float)x < box[2] && (float)y >= box[1] && (float)y < box[3];
}

/* By counting pixels. */
static double counted_cover(const float box[4], const float (*boxes)[4], size_t n)
{
    size_t all = 0, inside = 0;
    for (int x = 0; x <= SIDE; x++)
        for (int y = 0; y <= SIDE; y++) {
            bool found = false;
            for (size_t i = 0; i < n; i++)
                found = found || pixel_in(boxes[i], x, y);
            all += pixel_in(box, x, y);
            inside += found && pixel_in(box, x, y);
        }
    return (double)inside / (double)all;
}

static double counted_iou(const float a[4], const float b[4])
{
    size_t any = 0, both = 0;
    for (int x = 0; x <= SIDE; x++)
        for (int y = 0; y <= SIDE; y++) {
            both += pixel_in(a, x, y) && pixel_in(b, x, y);
            any += pixel_in(a, x, y) || pixel_in(b, x, y);
        }
    return (double)both / (double)any;
}

/* ---- one word ---- */

/* Four regions, one box. Region 0 is the box, 1 overlaps it by half its own area (IoU 1/3), 2 has
 * IoU 1/2 with it, 3 is apart. */
static const float four[4][4] = {{0, 0, 10, 10}, {5, 0, 15, 10}, {0, 0, 20, 10}, {50, 50, 60, 60}};
static const float thing[1][4] = {{0, 0, 10, 10}};

static void test_worked_example(void **state)
{
    (void)state;
    struct error err;
    struct align_target t;
    struct align_scratch s;
    double out[ALIGN_MEASURES];
    assert_done(align_target_init(&t, 4, &err), err);
    align_scratch_init(&s, 4);
    align_target_set(&t, &s, &four[0][0], thing, 1);
    assert_int_equal(t.matches, 2);
    assert_true(t.match[0] && !t.match[1] && t.match[2] && !t.match[3]);
    assert_true(t.middle[0] && t.middle[1] && t.middle[2] && !t.middle[3]);
    assert_true(t.inside[0] == 1 && t.inside[1] == 0.5f && t.inside[2] == 0.5f && t.inside[3] == 0);
    /* order 3 0 1 2; attended (at least 1/4): 3 and 0 */
    const float weights[4] = {0.3f, 0.2f, 0.1f, 0.4f};
    align_measure(&t, &s, weights, 1, out);
    assert_true(out[ALIGN_POINTING] == 0 && out[ALIGN_RECALL_1] == 0);
    assert_true(out[ALIGN_RECALL_5] == 1 && out[ALIGN_RECALL_10] == 1);
    assert_near(out[ALIGN_MASS], 0.3 + 0.1 + 0.05, 1e-6);
    assert_near(out[ALIGN_AP], (1.0 / 2 + 2.0 / 4) / 2, 1e-12);
    assert_near(out[ALIGN_PRECISION], 0.5, 1e-12);
    assert_near(out[ALIGN_RECALL], 0.5, 1e-12);
    assert_near(out[ALIGN_F1], 0.5, 1e-12);
    /* scaling changes nothing; no region attended */
    const float scaled[4] = {3, 2, 1, 4};
    double again[ALIGN_MEASURES];
    align_measure(&t, &s, scaled, 1, again);
    for (int m = 0; m < ALIGN_MEASURES; m++)
        assert_near(out[m], again[m], 1e-6);
    align_measure(&t, &s, weights, 4, out);
    assert_true(out[ALIGN_PRECISION] == 0 && out[ALIGN_RECALL] == 0 && out[ALIGN_F1] == 0);
    align_bound(&t, out);
    for (int m = 0; m < ALIGN_MEASURES; m++)
        assert_true(out[m] == 1);
    /* the average precisions of the six ways in which two of four places match */
    align_uniform(&t, 1, out);
    assert_near(out[ALIGN_POINTING], 0.75, 1e-12);
    assert_near(out[ALIGN_MASS], 0.5, 1e-12);
    assert_near(out[ALIGN_RECALL_1], 0.5, 1e-12);
    assert_near(out[ALIGN_AP], (1 + 5.0 / 6 + 3.0 / 4 + 7.0 / 12 + 1.0 / 2 + 5.0 / 12) / 6, 1e-12);
    assert_true(out[ALIGN_PRECISION] == 0.5 && out[ALIGN_RECALL] == 1);
    align_target_done(&t);
    align_scratch_done(&s);
}

/* Two halves of a thing: each box alone has IoU 1/2 or less with the region, both together 1. */
static void test_several_boxes(void **state)
{
    (void)state;
    struct error err;
    struct align_target t;
    struct align_scratch s;
    const float halves[2][4] = {{0, 0, 4, 10}, {6, 0, 10, 10}};
    double out[ALIGN_MEASURES];
    assert_done(align_target_init(&t, 4, &err), err);
    align_scratch_init(&s, 4);
    align_target_set(&t, &s, &four[0][0], halves, 2);
    assert_true(t.match[0]);
    assert_near(t.inside[0], 0.8, 1e-6);
    /* no region matches: the bound says so */
    const float far[1][4] = {{80, 80, 90, 90}};
    align_target_set(&t, &s, &four[0][0], far, 1);
    align_bound(&t, out);
    for (int m = 0; m < ALIGN_MEASURES; m++)
        assert_true(out[m] == 0);
    align_measure(&t, &s, (float[4]){1, 2, 3, 4}, 1, out);
    for (int m = 0; m < ALIGN_MEASURES; m++)
        assert_true(out[m] == 0);
    /* weights of all zero are uniform */
    align_target_set(&t, &s, &four[0][0], thing, 1);
    double zero[ALIGN_MEASURES];
    align_measure(&t, &s, (float[4]){0, 0, 0, 0}, 1, zero);
    align_uniform(&t, 1, out);
    assert_memory_equal(zero, out, sizeof out);
    align_target_done(&t);
    align_scratch_done(&s);
}

/* ---- computed a second way
 * -----------------------------------------------------------------------------
 */

struct scene {
    size_t R, n;
    float regions[MOST_REGIONS][4], boxes[MOST_BOXES][4], weights[MOST_REGIONS];
};

static void random_scene(struct rng *rng, struct scene *s)
{
    s->R = 1 + (size_t)rng_below(rng, MOST_REGIONS);
    s->n = 1 + (size_t)rng_below(rng, MOST_BOXES);
    for (size_t r = 0; r < s->R; r++) {
        random_box(rng, s->regions[r]);
        s->weights[r] = (float)(1 + rng_below(rng, 12)); /* coarse, so that ties occur */
    }
    for (size_t i = 0; i < s->n; i++)
        random_box(rng, s->boxes[i]);
}

static bool counted_match(const struct scene *s, size_t r)
{
    float around[4] = {SIDE, SIDE, 0, 0};
    bool found = false;
    for (size_t i = 0; i < s->n; i++) {
        found = found || counted_iou(s->regions[r], s->boxes[i]) >= 0.5;
        for (int k = 0; k < 2; k++) {
            around[k] = fminf(around[k], s->boxes[i][k]);
            around[k + 2] = fmaxf(around[k + 2], s->boxes[i][k + 2]);
        }
    }
    return found || counted_iou(s->regions[r], around) >= 0.5;
}

/* The number of regions before r. */
static size_t place_of(const struct scene *s, size_t r)
{
    size_t before = 0;
    for (size_t k = 0; k < s->R; k++)
        before += s->weights[k] > s->weights[r] || (s->weights[k] == s->weights[r] && k < r);
    return before;
}

static void count_measures(const struct scene *s, double out[ALIGN_MEASURES])
{
    double sum = 0, matches = 0, attended = 0, right = 0;
    memset(out, 0, ALIGN_MEASURES * sizeof *out);
    for (size_t r = 0; r < s->R; r++)
        sum += s->weights[r];
    for (size_t r = 0; r < s->R; r++)
        matches += counted_match(s, r);
    for (size_t r = 0; r < s->R; r++) {
        size_t place = place_of(s, r), found = 0;
        bool match = counted_match(s, r);
        for (size_t k = 0; k < s->R; k++)
            found += place_of(s, k) <= place && counted_match(s, k);
        out[ALIGN_MASS] +=
            s->weights[r] / sum * counted_cover(s->regions[r], (const float(*)[4])s->boxes, s->n);
        out[ALIGN_RECALL_1] += match && place < 1;
        out[ALIGN_RECALL_5] = out[ALIGN_RECALL_5] || (match && place < 5);
        out[ALIGN_RECALL_10] = out[ALIGN_RECALL_10] || (match && place < 10);
        out[ALIGN_AP] += match ? (double)found / (double)(place + 1) / matches : 0;
        float x = (s->regions[r][0] + s->regions[r][2]) / 2,
              y = (s->regions[r][1] + s->regions[r][3]) / 2;
        for (size_t i = 0; i < s->n && place == 0; i++)
            if (x >= s->boxes[i][0] && x <= s->boxes[i][2] && y >= s->boxes[i][1] &&
                y <= s->boxes[i][3])
                out[ALIGN_POINTING] = 1;
        bool looks = s->weights[r] / sum >= 1.0 / (double)s->R - 1e-12;
        attended += looks;
        right += looks && match;
    }
    out[ALIGN_PRECISION] = attended > 0 ? right / attended : 0;
    out[ALIGN_RECALL] = matches > 0 ? right / matches : 0;
    if (right > 0)
        out[ALIGN_F1] = 2 / (1 / out[ALIGN_PRECISION] + 1 / out[ALIGN_RECALL]);
}

static void test_random_scenes(void **state)
{
    (void)state;
    struct rng rng;
    struct error err;
    struct scene s;
    double got[ALIGN_MEASURES], wanted[ALIGN_MEASURES], bound[ALIGN_MEASURES];
    printf("# seed %d\n", SEED);
    rng_seed(&rng, SEED);
    for (int round = 0; round < ROUNDS; round++) {
        struct align_target t;
        struct align_scratch scratch;
        random_scene(&rng, &s);
        assert_done(align_target_init(&t, s.R, &err), err);
        align_scratch_init(&scratch, s.R);
        align_target_set(&t, &scratch, &s.regions[0][0], (const float(*)[4])s.boxes, s.n);
        align_measure(&t, &scratch, s.weights, 1, got);
        align_bound(&t, bound);
        count_measures(&s, wanted);
        for (int m = 0; m < ALIGN_MEASURES; m++) {
            assert_near(got[m], wanted[m], 1e-6);
            assert_true(got[m] <= bound[m] + 1e-6);
        }
        align_target_done(&t);
        align_scratch_done(&scratch);
    }
}

/* What uniform attention reaches is the mean over random orders of the regions, here from many
 * draws of nearly equal weights. */
static void test_uniform_is_chance(void **state)
{
    (void)state;
    enum { ORDERS = 40000 };
    struct rng rng;
    struct error err;
    struct align_target t;
    struct align_scratch scratch;
    struct scene s;
    double one[ALIGN_MEASURES], sums[ALIGN_MEASURES] = {0}, uniform[ALIGN_MEASURES];
    printf("# seed %d\n", SEED + 1);
    rng_seed(&rng, SEED + 1);
    do {
        random_scene(&rng, &s);
        s.R = MOST_REGIONS;
        for (size_t r = 0; r < s.R; r++)
            random_box(&rng, s.regions[r]);
        memcpy(s.regions[3], s.boxes[0], sizeof s.boxes[0]);
        memcpy(s.regions[8], s.boxes[0], sizeof s.boxes[0]);
        assert_done(align_target_init(&t, s.R, &err), err);
        align_scratch_init(&scratch, s.R);
        align_target_set(&t, &scratch, &s.regions[0][0], (const float(*)[4])s.boxes, s.n);
    } while (t.matches > 5);
    for (int k = 0; k < ORDERS; k++) {
        for (size_t r = 0; r < s.R; r++)
            s.weights[r] = 1 + (float)rng_unit(&rng) * 1e-3f;
        align_measure(&t, &scratch, s.weights, 0.9, one);
        for (int m = 0; m < ALIGN_MEASURES; m++)
            sums[m] += one[m] / ORDERS;
    }
    align_uniform(&t, 0.9, uniform);
    for (int m = 0; m < ALIGN_MEASURES; m++)
        assert_near(sums[m], uniform[m],
                    0.015); /* 5 deviations of a share over 40,000 are 0.0125 */
    align_target_done(&t);
    align_scratch_done(&scratch);
}

/* ---- thresholds ---- */

static void test_curve(void **state)
{
    (void)state;
    struct align_curve c;
    /* by weight: 5 yes, 3 no, 3 yes, 1 yes, 0.1 no. AP: 1/3 1 + 1/3 2/3 (a tie is one step) + 1/3
     * 3/4 */
    struct align_pair pairs[] = {{1, true}, {3, false}, {0.1f, false}, {5, true}, {3, true}};
    align_curve_measure(pairs, 5, &c);
    assert_near(c.ap, (1 + 2.0 / 3 + 3.0 / 4) / 3, 1e-12);
    assert_near(c.uniform, 0.6, 1e-12);
    for (int t = 0; t < ALIGN_THRESHOLDS; t++) {
        size_t above = 0, right = 0;
        for (int i = 0; i < 5; i++) {
            above += pairs[i].weight >= c.threshold[t];
            right += pairs[i].weight >= c.threshold[t] && pairs[i].match;
        }
        if (above > 0)
            assert_near(c.precision[t], (double)right / (double)above, 1e-12);
        else
            assert_true(isnan(c.precision[t]));
        assert_near(c.recall[t], (double)right / 3, 1e-12);
    }
    align_curve_measure(NULL, 0, &c);
    assert_true(c.ap == 0 && c.bound == 0);
}

/* The average precision of pairs without ties is the mean precision at the places of matches. */
static void test_curve_at_random(void **state)
{
    (void)state;
    enum { N = 200 };
    struct rng rng;
    struct align_pair pairs[N];
    struct align_curve c;
    printf("# seed %d\n", SEED + 2);
    rng_seed(&rng, SEED + 2);
    for (int i = 0; i < N; i++)
        pairs[i] = (struct align_pair){(float)rng_unit(&rng), rng_below(&rng, 4) == 0};
    double sum = 0, matches = 0;
    for (int i = 0; i < N; i++) {
        size_t above = 0, right = 0;
        for (int k = 0; k < N && pairs[i].match; k++) {
            above += pairs[k].weight >= pairs[i].weight;
            right += pairs[k].weight >= pairs[i].weight && pairs[k].match;
        }
        matches += pairs[i].match;
        sum += pairs[i].match ? (double)right / (double)above : 0;
    }
    align_curve_measure(pairs, N, &c);
    assert_near(c.ap, sum / matches, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boxes),          cmocka_unit_test(test_clip),
        cmocka_unit_test(test_worked_example), cmocka_unit_test(test_several_boxes),
        cmocka_unit_test(test_random_scenes),  cmocka_unit_test(test_uniform_is_chance),
        cmocka_unit_test(test_curve),          cmocka_unit_test(test_curve_at_random),
    };
    return cmocka_run_group_tests_name("align", tests, NULL, NULL);
}
