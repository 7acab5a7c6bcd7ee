/* compare.h: two systems, A and B, on the same queries: recalls, ranks, and the certainty of their
 * differences, which are A - B everywhere, as evaluate/stats.h's. */
#ifndef ANALYSE_COMPARE_H
#define ANALYSE_COMPARE_H

#include "analyse/sweep.h"
#include "evaluate/stats.h"

enum { COMPARE_CUTOFFS = 3 };
extern const size_t compare_cutoffs[COMPARE_CUTOFFS]; /* 1, 5, 10 */

/* Recall at k: that of both in per cent; A's minus B's with its interval and p (paired bootstrap
 * over images: the captions of an image are drawn together); McNemar's test over the queries. */
struct compared_recall {
    double a, b;
    struct paired difference;
    struct mcnemar mcnemar;
    /* queries whose truth is not in the first k: with both, with one only; and the share that fails
     * with both among those that fail with either (Jaccard), NaN if there are none */
    size_t both_fail, only_a_fails, only_b_fails;
    double overlap;
};

/* The comparison of one direction. */
struct comparison {
    size_t queries;
    struct compared_recall at[COMPARE_CUTOFFS];
    double mean_rank_a, mean_rank_b;   /* from 1 */
    double reciprocal_a, reciprocal_b; /* mean reciprocal ranks */
    struct paired reciprocal;          /* A's minus B's */
    size_t better, worse, same;        /* queries by B's rank compared with A's */
};

/* Compares n queries of A and of B; images without captions are none. Units of the bootstrap are
 * the queries, or, with `map`, the images that have captions: then the queries are these. Errors:
 * no memory. */
int compare_queries(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                    const struct caption_map *map, const struct bootstrap *how,
                    struct comparison *out, struct error *err) MUST_USE;

/* The sum of the six recalls, in per cent: of both, and A's minus B's (bootstrap over images). */
struct compared_rsum {
    double a, b;
    struct paired difference;
};

/* Compares the sums of recalls of two sweeps of one split. Errors: no memory. */
int compare_rsums(const struct sweep *a, const struct sweep *b, const struct bootstrap *how,
                  struct compared_rsum *out, struct error *err) MUST_USE;

/* The change of a query's rank from A to B: log(a / b) of ranks from 1; above 0 is better. */
double compare_rank_change(const struct sweep_query *a, const struct sweep_query *b);

#endif
