#include "analyse/hubness.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate/stats.h"

static int larger_first(const void *a, const void *b, void *context)
{
    const size_t *counts = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (counts[x] != counts[y])
        return counts[x] > counts[y] ? -1 : 1;
    return (x > y) - (x < y);
}

void hubness_measure(const struct ranked *top, size_t queries, size_t kept, size_t k, size_t items,
                     struct hubness *out)
{
    *out = (struct hubness){.items = items, .k = k};
    out->counts = mem_new(items, sizeof *out->counts);
    out->order = mem_new(items, sizeof *out->order);
    for (size_t q = 0; q < queries; q++)
        for (size_t a = q * kept; a < q * kept + k; a++) {
            assert(top[a].index < items);
            out->counts[top[a].index]++;
        }
    double *counts = mem_new(items, sizeof *counts);
    for (size_t i = 0; i < items; i++) {
        out->order[i] = i;
        counts[i] = (double)out->counts[i];
        out->never += (out->counts[i] == 0) / (double)items;
    }
    out->skewness = stats_skewness(counts, items);
    out->expected = (double)(queries * k) / (double)items;
    qsort_r(out->order, items, sizeof *out->order, larger_first, out->counts);
    free(counts);
}

void hubness_done(struct hubness *hubness)
{
    free(hubness->counts);
    free(hubness->order);
    *hubness = (struct hubness){0};
}
