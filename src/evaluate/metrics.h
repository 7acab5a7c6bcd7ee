/* metrics.h: retrieval measures, besides the recalls, for queries with several relevant items. */
#ifndef EVALUATE_METRICS_H
#define EVALUATE_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dataset/caption_map.h"

/* That `item` is relevant to `query`, and how much: grade > 0. */
struct relevant_pair {
    size_t query, item;
    int32_t grade;
};

/* The relevant items of each query: those of query q are items[starts[q]] .. items[starts[q + 1]],
 * ascending. All owned. */
struct relevance {
    size_t queries;
    size_t *starts; /* queries + 1 */
    size_t *items;
    int32_t *grades;
};

/* Made from `count` pairs in any order, which are sorted in place; a pair given twice counts once,
 * with its higher grade. The pairs' queries must be below `queries`. The caller calls
 * metrics_relevance_done. Errors: no memory. */
int metrics_relevance_make(struct relevant_pair *pairs, size_t count, size_t queries,
                           struct relevance *out, struct error *err) MUST_USE;

/* The split's own truths: an image's captions (i2t), a caption's image (else); grade 1. The caller
 * calls metrics_relevance_done. Errors: no memory. */
int metrics_relevance_of_split(const struct caption_map *map, bool i2t, struct relevance *out,
                               struct error *err) MUST_USE;

/* Frees what it holds, and zeroes it. */
void metrics_relevance_done(struct relevance *relevance);

/* One query's measures. With r relevant items among those ranked, P(k) the share of relevant ones
 * among the first k, and places counted from 1:
 *   r1, r5, r10  1 if a relevant item is among the first k (trec_eval: success)
 *   map_r        1/r sum over k <= r of P(k) if item k is relevant (Musgrave, Belongie and Lim,
 *                ECCV 2020, "A Metric Learning Reality Check", section 3.2)
 *   r_precision  P(r) (trec_eval: Rprec)
 *   ndcg         sum of grade / log2(1 + place), as a share of the best order's (trec_eval: ndcg)
 */
struct query_metrics {
    size_t relevant; /* r; 0: not judged, and the rest is 0 */
    double r1, r5, r10, map_r, r_precision, ndcg;
};

/* Measures one query. ranks: the places of its n relevant items counted from 0, ascending; grades:
 * theirs, in that order; ideal: the same grades, descending. */
void metrics_of_ranks(const size_t *ranks, const int32_t *grades, const int32_t *ideal, size_t n,
                      struct query_metrics *out);

/* A block of scores: the rows of `sims` are images, the columns captions. first_image and
 * first_caption are their numbers in the whole split, to which the relevance refers. */
struct score_block {
    const float *sims; /* images x captions */
    size_t images, captions, first_image, first_caption;
};

/* Measures every query of the block (i2t: its images, ranking captions; else its captions, ranking
 * images): out[images or captions]. Relevant items outside the block do not count. The order is
 * rank.h's. Errors: no memory. */
int metrics_evaluate(const struct score_block *block, const struct relevance *relevance, bool i2t,
                     struct query_metrics *out, struct error *err) MUST_USE;

/* Means over `queries` queries, in per cent, and the mean of `relevant`. */
struct metrics {
    size_t queries;
    double relevant, r1, r5, r10, map_r, r_precision, ndcg;
};

/* Averages the measures of n queries: over those that have a relevant item, or, with `complete`
 * above 0, over that many: the rest count 0 in all measures, as with trec_eval -c. */
void metrics_mean(const struct query_metrics *queries, size_t n, size_t complete,
                  struct metrics *out);

#endif
