/* evaluate.h: recalls as the reference computes them. src/evaluate makes rankings into numbers:
 * recalls, further measures, folds, ensembles, judgements; as a library, which the commands print.
 */
#ifndef EVALUATE_EVALUATE_H
#define EVALUATE_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

#include "io/dataset/caption_map.h"

struct recalls {
    double r1, r5, r10, median, mean; /* recalls per cent; ranks start at 1 */
};

/* The rank of an image that has no captions: it is no query. */
#define EVALUATE_NO_QUERY SIZE_MAX

/* Computes the recalls of a matrix sims: the map's I x C. i2t: of each image's best-ranked caption,
 * of the images that have any; t2i: of each caption's image. The order is rank.h's: on distinct
 * scores numpy's argsort()[::-1]. ranks_out: I (i2t) or C (t2i) ranks, 0 = best, or
 * EVALUATE_NO_QUERY; NULL to skip. */
void evaluate_i2t(const float *sims, const struct caption_map *map, struct recalls *out,
                  size_t *ranks_out);
void evaluate_t2i(const float *sims, const struct caption_map *map, struct recalls *out,
                  size_t *ranks_out);

/* The median of n ranks, 0 = best, which are sorted in place, as a rank from 1, and as the
 * reference has it: floor(median) + 1, so that of two in the middle the mean is rounded down. The
 * only definition of a median rank; NaN if n is 0. */
double evaluate_median_rank(size_t *ranks, size_t n);

/* Recalls of n ranks, 0 = best, n > 0, which are sorted in place. */
void evaluate_ranks(size_t *ranks, size_t n, struct recalls *out);

/* Both directions, and their sum of recalls. */
struct evaluation {
    struct recalls i2t, t2i;
    double rsum;
};

/* Evaluates a matrix, as above, in both directions. */
void evaluate(const float *sims, const struct caption_map *map, struct evaluation *out);

/* The same with the ranks: I and C of them; NULL to skip. */
void evaluate_with_ranks(const float *sims, const struct caption_map *map, struct evaluation *out,
                         size_t *i2t_ranks_out, size_t *t2i_ranks_out);

/* The mean of n evaluations (folds), value by value; n > 0. */
void evaluate_mean(const struct evaluation *folds, size_t n, struct evaluation *out);

/* Captions of `from` to `to` words, text to image. */
struct by_length {
    size_t from, to, captions;
    struct recalls t2i;
};

/* Groups n captions of words[c] words, whose images have ranks[c] (0 = best): neighbouring lengths
 * go together until they hold an eighth of the captions. Returns how many groups; *out is the
 * caller's to free. */
size_t evaluate_by_length(const size_t *words, const size_t *ranks, size_t n,
                          struct by_length **out);

#endif
