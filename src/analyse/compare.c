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

/* The mean worth of each unit's queries. */
static double *unit_means(const struct sweep_query *queries, size_t n, size_t per_unit, size_t top)
{
    size_t units = (n + per_unit - 1) / per_unit;
    double *means = mem_new(units, sizeof *means);
    for (size_t u = 0; u < units; u++) {
        size_t end = (u + 1) * per_unit < n ? (u + 1) * per_unit : n;
        for (size_t q = u * per_unit; q < end; q++)
            means[u] += worth(&queries[q], top) / (double)(end - u * per_unit);
    }
    return means;
}

static int compare_worth(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                         size_t per_unit, size_t top, const struct bootstrap *how,
                         struct paired *out, struct error *err)
{
    size_t units = (n + per_unit - 1) / per_unit;
    double *of_a = unit_means(a, n, per_unit, top), *of_b = unit_means(b, n, per_unit, top);
    int status = stats_bootstrap_paired(of_a, of_b, units, how, out, err);
    free(of_a);
    free(of_b);
    return status;
}

static void count_failures(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                           size_t top, struct compared_recall *out)
{
    for (size_t q = 0; q < n; q++) {
        bool a_fails = a[q].rank >= top, b_fails = b[q].rank >= top;
        out->both_fail += a_fails && b_fails;
        out->only_a_fails += a_fails && !b_fails;
        out->only_b_fails += b_fails && !a_fails;
    }
    size_t any = out->both_fail + out->only_a_fails + out->only_b_fails;
    out->overlap = any ? (double)out->both_fail / (double)any : NAN;
    out->a = 100 * (1 - (double)(out->both_fail + out->only_a_fails) / (double)n);
    out->b = 100 * (1 - (double)(out->both_fail + out->only_b_fails) / (double)n);
    stats_mcnemar(out->only_b_fails, out->only_a_fails, &out->mcnemar);
}

static void compare_ranks(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                          struct comparison *out)
{
    double share = 1 / (double)n;
    for (size_t q = 0; q < n; q++) {
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
                    size_t per_unit, const struct bootstrap *how, struct comparison *out,
                    struct error *err)
{
    *out = (struct comparison){.queries = n};
    compare_ranks(a, b, n, out);
    for (int t = 0; t < COMPARE_CUTOFFS; t++) {
        count_failures(a, b, n, compare_cutoffs[t], &out->at[t]);
        if (compare_worth(a, b, n, per_unit, compare_cutoffs[t], how, &out->at[t].difference,
                          err) != 0)
            return -1;
    }
    return compare_worth(a, b, n, per_unit, 0, how, &out->reciprocal, err);
}

/* What each image adds, with its captions, to the sum of recalls. */
static double *rsum_units(const struct sweep *sweep)
{
    double *units = mem_new(sweep->I, sizeof *units);
    for (int t = 0; t < COMPARE_CUTOFFS; t++) {
        for (size_t i = 0; i < sweep->I; i++)
            units[i] += worth(&sweep->images[i], compare_cutoffs[t]);
        for (size_t c = 0; c < sweep->C; c++)
            units[c / sweep->per_image] += worth(&sweep->captions[c], compare_cutoffs[t]) *
                                           (double)sweep->I / (double)sweep->C;
    }
    return units;
}

int compare_rsums(const struct sweep *a, const struct sweep *b, const struct bootstrap *how,
                  struct compared_rsum *out, struct error *err)
{
    assert(a->I == b->I && a->C == b->C);
    double *of_a = rsum_units(a), *of_b = rsum_units(b);
    out->a = stats_mean(of_a, a->I);
    out->b = stats_mean(of_b, b->I);
    int status = stats_bootstrap_paired(of_a, of_b, a->I, how, &out->difference, err);
    free(of_a);
    free(of_b);
    return status;
}

double compare_rank_change(const struct sweep_query *a, const struct sweep_query *b)
{
    return log((double)(a->rank + 1) / (double)(b->rank + 1));
}
