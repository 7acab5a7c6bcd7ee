#include "analyse/align/align.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/align/box.h"
#include "base/mem.h"

static const double match_iou = 0.5;
static const size_t recall_at[] = {1, 5, 10};
enum { RECALLS = 3 };

const char *const align_keys[ALIGN_MEASURES] = {
    "pointing", "mass", "recall_1", "recall_5", "recall_10", "ap", "precision", "recall", "f1",
};
const char *const align_names[ALIGN_MEASURES] = {
    "pointing game",     "mass inside",         "R@1 (IoU >= 0.5)", "R@5",          "R@10",
    "average precision", "attention precision", "attention recall", "attention F1",
};

int align_find(const char *key)
{
    for (int m = 0; m < ALIGN_MEASURES; m++)
        if (strcmp(align_keys[m], key) == 0)
            return m;
    return -1;
}

int align_target_init(struct align_target *target, size_t regions, struct error *err)
{
    *target = (struct align_target){.regions = regions};
    if (mem_alloc(&target->middle, regions, sizeof *target->middle, "regions", err) == 0 &&
        mem_alloc(&target->match, regions, sizeof *target->match, "regions", err) == 0 &&
        mem_alloc(&target->inside, regions, sizeof *target->inside, "regions", err) == 0)
        return 0;
    align_target_done(target);
    return -1;
}

void align_target_done(struct align_target *target)
{
    free(target->middle);
    free(target->match);
    free(target->inside);
    *target = (struct align_target){0};
}

void align_scratch_init(struct align_scratch *scratch, size_t regions)
{
    *scratch = (struct align_scratch){.regions = regions};
    scratch->order = mem_new(regions, sizeof *scratch->order);
}

void align_scratch_done(struct align_scratch *scratch)
{
    free(scratch->order);
    free(scratch->parts);
    *scratch = (struct align_scratch){0};
}

static bool matches(const float region[4], const float (*boxes)[4], size_t n, const float around[4])
{
    bool found = box_iou(region, around) >= match_iou;
    for (size_t i = 0; i < n && !found; i++)
        found = box_iou(region, boxes[i]) >= match_iou;
    return found;
}

void align_target_set(struct align_target *target, struct align_scratch *scratch,
                      const float *regions, const float (*boxes)[4], size_t n)
{
    float around[4];
    assert(n > 0 && target->regions == scratch->regions);
    box_around(boxes, n, around);
    if (n > scratch->boxes) {
        scratch->boxes = n;
        scratch->parts = mem_grow(scratch->parts, 6 * n, sizeof *scratch->parts);
    }
    target->matches = 0;
    for (size_t r = 0; r < target->regions; r++) {
        const float *region = regions + 4 * r;
        bool real =
            region[2] > region[0] && region[3] > region[1]; /* some files pad with empty regions */
        target->middle[r] = real && box_middle_in(region, boxes, n);
        target->match[r] = real && matches(region, boxes, n, around);
        target->inside[r] = real ? (float)box_covered(region, boxes, n, scratch->parts) : 0;
        target->matches += target->match[r];
    }
}

/* ---- measures ---- */

/* Orders regions by weight, strongest first, ties by index. An insertion sort: n is small. */
static void order_regions(const float *weights, size_t n, size_t *order)
{
    for (size_t r = 0; r < n; r++) {
        size_t at = r;
        for (; at > 0 && weights[order[at - 1]] < weights[r]; at--)
            order[at] = order[at - 1];
        order[at] = r;
    }
}

static void measure_order(const struct align_target *t, const size_t *order, double *out)
{
    size_t found = 0;
    out[ALIGN_POINTING] = t->middle[order[0]];
    for (size_t k = 0; k < t->regions; k++) {
        if (!t->match[order[k]])
            continue;
        found++;
        out[ALIGN_AP] += (double)found / (double)(k + 1) / (double)t->matches;
        for (int i = 0; i < RECALLS; i++)
            if (k < recall_at[i])
                out[ALIGN_RECALL_1 + i] = 1;
    }
}

static double harmonic(double a, double b)
{
    return a + b > 0 ? 2 * a * b / (a + b) : 0;
}

static void measure_attended(const struct align_target *t, size_t attended, size_t right,
                             double *out)
{
    out[ALIGN_PRECISION] = attended ? (double)right / (double)attended : 0;
    out[ALIGN_RECALL] = t->matches ? (double)right / (double)t->matches : 0;
    out[ALIGN_F1] = harmonic(out[ALIGN_PRECISION], out[ALIGN_RECALL]);
}

void align_measure(const struct align_target *target, struct align_scratch *scratch,
                   const float *weights, double attended, double out[ALIGN_MEASURES])
{
    const struct align_target *t = target;
    double sum = 0;
    size_t looked_at = 0, right = 0;
    for (int m = 0; m < ALIGN_MEASURES; m++)
        out[m] = 0;
    for (size_t r = 0; r < t->regions; r++)
        sum += weights[r];
    if (!(sum > 0)) {
        align_uniform(t, attended, out);
        return;
    }
    for (size_t r = 0; r < t->regions; r++) {
        bool looks = weights[r] * (double)t->regions >= attended * sum;
        out[ALIGN_MASS] += weights[r] / sum * t->inside[r];
        looked_at += looks;
        right += looks && t->match[r];
    }
    order_regions(weights, t->regions, scratch->order);
    measure_order(t, scratch->order, out);
    measure_attended(t, looked_at, right, out);
}

void align_bound(const struct align_target *target, double out[ALIGN_MEASURES])
{
    for (int m = 0; m < ALIGN_MEASURES; m++)
        out[m] = target->matches > 0;
    out[ALIGN_POINTING] = out[ALIGN_MASS] = 0;
    for (size_t r = 0; r < target->regions; r++) {
        if (target->middle[r])
            out[ALIGN_POINTING] = 1;
        if (target->inside[r] > out[ALIGN_MASS])
            out[ALIGN_MASS] = target->inside[r];
    }
}

/* The probability that any of k regions drawn from n, of which m match, matches:
 * 1 - C(n - m, k) / C(n, k). */
static double chance_within(size_t n, size_t m, size_t k)
{
    double none = 1;
    for (size_t i = 0; i < k && i < n; i++)
        none *= n - i > m ? (double)(n - i - m) / (double)(n - i) : 0;
    return 1 - none;
}

/* The average precision, averaged over all orders of n regions of which m > 0 match: a matching
 * region is at each place k with probability 1/n, and (m - 1) (k - 1) / (n - 1) others are expected
 * among the k - 1 places before it. */
static double chance_precision(size_t n, size_t m)
{
    double sum = 0;
    for (size_t k = 1; k <= n; k++) {
        double others = n > 1 ? (double)(m - 1) * (double)(k - 1) / (double)(n - 1) : 0;
        sum += (1 + others) / (double)k;
    }
    return sum / (double)n;
}

void align_uniform(const struct align_target *target, double attended, double out[ALIGN_MEASURES])
{
    size_t n = target->regions, m = target->matches, middles = 0;
    double inside = 0;
    for (size_t r = 0; r < n; r++) {
        middles += target->middle[r];
        inside += target->inside[r];
    }
    out[ALIGN_POINTING] = (double)middles / (double)n;
    out[ALIGN_MASS] = inside / (double)n;
    for (int i = 0; i < RECALLS; i++)
        out[ALIGN_RECALL_1 + i] = chance_within(n, m, recall_at[i]);
    out[ALIGN_AP] = m ? chance_precision(n, m) : 0;
    measure_attended(target, attended <= 1 ? n : 0, attended <= 1 ? m : 0, out);
}
