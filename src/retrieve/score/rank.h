/* rank.h: the one order of scored items: every ranking, rank and best answer of the program.
 *
 * A higher score comes first, from +inf down to -inf; NaN comes after every number; equal scores
 * (0 and -0, and any two NaN) go by index, the lower first. Between items of different indices the
 * order is strict and total. */
#ifndef RETRIEVE_SCORE_RANK_H
#define RETRIEVE_SCORE_RANK_H

#include <stdbool.h>
#include <stddef.h>

struct ranked {
    size_t index; /* image, or caption */
    float score;
};

/* Whether `a` ranks before `b`. */
static inline bool rank_better(struct ranked a, struct ranked b)
{
    bool a_number = a.score == a.score, b_number = b.score == b.score;
    if (a_number != b_number)
        return a_number;
    if (a_number && a.score != b.score)
        return a.score > b.score;
    return a.index < b.index;
}

/* The same for qsort: negative if `a` ranks before `b`, 0 if they are of one index and score. */
static inline int rank_compare(struct ranked a, struct ranked b)
{
    return rank_better(b, a) - rank_better(a, b);
}

/* The k best of n scores, best first; out holds min(k, n). Returns how many. */
size_t rank_top(const float *scores, size_t n, size_t k, struct ranked *out);

/* The index of the best of n scores, n > 0. */
size_t rank_best(const float *scores, size_t n);

/* Rank (0 = best) of `index` among n scores. */
size_t rank_of(const float *scores, size_t n, size_t index);

#endif
