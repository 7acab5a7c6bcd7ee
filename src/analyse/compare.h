/* compare.h: two systems on the same queries. */
#ifndef ANALYSE_COMPARE_H
#define ANALYSE_COMPARE_H

#include "analyse/sweep.h"
#include "evaluate/stats.h"

enum { COMPARE_CUTOFFS = 3 };
extern const size_t compare_cutoffs[COMPARE_CUTOFFS]; /* 1, 5, 10 */

/* Recall at k: per cent of both, B's less A's with its interval and p (paired bootstrap over
 * images: captions of one image are drawn together), and McNemar's test over the queries. */
struct compared_recall {
    double a, b;
    struct paired difference;
    struct mcnemar mcnemar;
    /* queries whose truth is not among the first k: of both, of one alone; and those of both as a
     * share of those of any (Jaccard), NaN where there are none */
    size_t both_fail, only_a_fails, only_b_fails;
    double overlap;
};

/* One direction. */
struct comparison {
    size_t queries;
    struct compared_recall at[COMPARE_CUTOFFS];
    double mean_rank_a, mean_rank_b;   /* from 1 */
    double reciprocal_a, reciprocal_b; /* mean reciprocal ranks */
    struct paired reciprocal;          /* B's less A's */
    size_t better, worse, same;        /* queries by B's rank beside A's */
};

/* n queries of either; `per_unit` queries, one after the other, make one unit of the bootstrap (the
 * captions of an image; 1 for images). Errors: no memory. */
int compare_queries(const struct sweep_query *a, const struct sweep_query *b, size_t n,
                    size_t per_unit, const struct bootstrap *how, struct comparison *out,
                    struct error *err) MUST_USE;

/* The sum of the six recalls of both, and B's less A's over images. */
struct compared_rsum {
    double a, b;
    struct paired difference;
};
int compare_rsums(const struct sweep *a, const struct sweep *b, const struct bootstrap *how,
                  struct compared_rsum *out, struct error *err) MUST_USE;

/* How much a rank changed from A to B: log(a / b) of ranks from 1; more than 0 is better. */
double compare_rank_change(const struct sweep_query *a, const struct sweep_query *b);

#endif
