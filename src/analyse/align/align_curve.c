/* align_curve.c: precision and recall of thresholded attention. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/align/alignment.h"

static const double thresholds[ALIGN_THRESHOLDS] = {0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 8};

static int strongest_first(const void *a, const void *b)
{
    const struct align_pair *x = a, *y = b;
    return x->weight > y->weight ? -1 : x->weight < y->weight;
}

/* The sum over thresholds of the recall gained times the precision there. */
static double average_precision(const struct align_pair *pairs, size_t n, size_t matches)
{
    double sum = 0;
    size_t found = 0;
    for (size_t i = 0; i < n;) {
        size_t before = found, weight_end = i;
        for (; weight_end < n && pairs[weight_end].weight == pairs[i].weight; weight_end++)
            found += pairs[weight_end].match;
        sum += (double)(found - before) / (double)matches * (double)found / (double)weight_end;
        i = weight_end;
    }
    return sum;
}

void align_curve_measure(struct align_pair *pairs, size_t n, struct align_curve *out)
{
    size_t matches = 0;
    *out = (struct align_curve){0};
    memcpy(out->threshold, thresholds, sizeof thresholds);
    for (size_t i = 0; i < n; i++)
        matches += pairs[i].match;
    for (int t = 0; t < ALIGN_THRESHOLDS; t++) {
        size_t above = 0, right = 0;
        for (size_t i = 0; i < n; i++) {
            above += pairs[i].weight >= thresholds[t];
            right += pairs[i].weight >= thresholds[t] && pairs[i].match;
        }
        out->precision[t] = above ? (double)right / (double)above : NAN;
        out->recall[t] = matches ? (double)right / (double)matches : NAN;
    }
    out->bound = matches > 0;
    if (matches == 0)
        return;
    qsort(pairs, n, sizeof *pairs, strongest_first);
    out->uniform = (double)matches / (double)n;
    out->ap = average_precision(pairs, n, matches);
}
