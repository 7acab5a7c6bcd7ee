#include "analyse/compare.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

const size_t compare_cutoffs[COMPARE_CUTOFFS] = {1, 5, 10};

/* A query's worth: 100 if its truth is in the first `top`, else 0; with top 0 its reciprocal rank.
 */
static double worth(const struct sweep_query *query, size_t top)
{
    if (top == 0)
        return 1 / (double)(query->rank + 1);
    return query->rank < top ? 100 : 0;
}

/* The worth of each query by itself. */
static size_t query_worths(const struct sweep_query *queries, size_t n, size_t top, double *out)
{
    size_t units = 0;
    for (size_t q = 0; q < n; q++)
        if (sweep_is_query(&queries[q]))
            out[units++] = worth(&queries[q], top);
    return units;
}

/* What each image that has captions adds to the mean worth of the captions. */
static size_t image_worths(const struct sweep_query *captions, const struct caption_map *map,
                           size_t top, double *out)
{
    size_t *counts = mem_new(map->images, sizeof *counts);
    double *sums = mem_new(map->images, sizeof *sums);
    for (size_t i = 0; i < map->images; i++) {
        counts[i] = caption_map_count(map, i);
        for (size_t k = 0; k < counts[i]; k++)
            sums[i] += worth(&captions[caption_map_nth(map, i, k)], top);
    }
    size_t units = stats_unit_shares(sums, counts, map->images, out);
    free(counts);
    free(sums);
    return units;
}

static int compare_worth(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                         const struct caption_map *map, size_t top, const struct bootstrap *how,
                         struct paired *out, struct error *err)
{
    double *of_a = mem_new(n, sizeof *of_a), *of_b = mem_new(n, sizeof *of_b);
    size_t units = map ? image_worths(a, map, top, of_a) : query_worths(a, n, top, of_a);
    units = map ? image_worths(b, map, top, of_b) : query_worths(b, n, top, of_b);
    int status = stats_bootstrap_paired(of_a, of_b, units, how, out, err);
    free(of_a);
    free(of_b);
    return status;
}

static void count_failures(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                           size_t top, struct compared_recall *out)
{
    size_t queries = sweep_count(a, n);
    for (size_t q = 0; q < n; q++) {
        if (!sweep_is_query(&a[q]))
            continue;
        bool a_fails = a[q].rank >= top, b_fails = b[q].rank >= top;
        out->both_fail += a_fails && b_fails;
        out->only_a_fails += a_fails && !b_fails;
        out->only_b_fails += b_fails && !a_fails;
    }
    size_t any = out->both_fail + out->only_a_fails + out->only_b_fails;
    out->overlap = any ? (double)out->both_fail / (double)any : NAN;
    out->a = 100 * (1 - (double)(out->both_fail + out->only_a_fails) / (double)queries);
    out->b = 100 * (1 - (double)(out->both_fail + out->only_b_fails) / (double)queries);
    stats_mcnemar(out->only_b_fails, out->only_a_fails, &out->mcnemar);
}

static void compare_ranks(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                          struct comparison *out)
{
    double share = 1 / (double)out->queries;
    for (size_t q = 0; q < n; q++) {
        if (!sweep_is_query(&a[q]))
            continue;
        out->mean_rank_a += share * (double)(a[q].rank + 1);
        out->mean_rank_b += share * (double)(b[q].rank + 1);
        out->reciprocal_a += share * worth(&a[q], 0);
        out->reciprocal_b += share * worth(&b[q], 0);
        out->better += b[q].rank < a[q].rank;
        out->worse += b[q].rank > a[q].rank;
        out->same += b[q].rank == a[q].rank;
    }
}

int compare_queries(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                    const struct caption_map *map, const struct bootstrap *how,
                    struct comparison *out, struct error *err)
{
    *out = (struct comparison){.queries = sweep_count(a, n)};
    compare_ranks(a, b, n, out);
    for (int t = 0; t < COMPARE_CUTOFFS; t++) {
        count_failures(a, b, n, compare_cutoffs[t], &out->at[t]);
        if (compare_worth(a, b, n, map, compare_cutoffs[t], how, &out->at[t].difference, err) != 0)
            return -1;
    }
    return compare_worth(a, b, n, map, 0, how, &out->reciprocal, err);
}

/* What each image that has captions adds, with these, to the sum of recalls. */
static double *rsum_units(const struct sweep *sweep, size_t *count_out)
{
    double *units = mem_new(sweep->I, sizeof *units), *one = mem_new(sweep->I, sizeof *one);
    for (int t = 0; t < COMPARE_CUTOFFS; t++) {
        *count_out = query_worths(sweep->images, sweep->I, compare_cutoffs[t], one);
        for (size_t u = 0; u < *count_out; u++)
            units[u] += one[u];
        image_worths(sweep->captions, sweep->map, compare_cutoffs[t], one);
        for (size_t u = 0; u < *count_out; u++)
            units[u] += one[u];
    }
    free(one);
    return units;
}

int compare_rsums(const struct sweep *a, const struct sweep *b, const struct bootstrap *how,
                  struct compared_rsum *out, struct error *err)
{
    assert(a->I == b->I && a->C == b->C);
    size_t units;
    double *of_a = rsum_units(a, &units), *of_b = rsum_units(b, &units);
    out->a = stats_mean(of_a, units);
    out->b = stats_mean(of_b, units);
    int status = stats_bootstrap_paired(of_a, of_b, units, how, &out->difference, err);
    free(of_a);
    free(of_b);
    return status;
}

double compare_rank_change(const struct sweep_query *a, const struct sweep_query *b)
{
    return log((double)(a->rank + 1) / (double)(b->rank + 1));
}
