/* exact.h: which pairs have to be scored again, for rankings that are exact though made of faster
 * scores.
 *
 * Exact is the order of the pairs' own float32 scores (score.h), ties by the lower index. Faster
 * scores (bfloat16; tiles) come with bounds. A pair whose bound leaves open on which side of a
 * threshold it stands is scored again by itself; all others stand where their own scores would. */
#ifndef RETRIEVE_SCORE_EXACT_H
#define RETRIEVE_SCORE_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dataset/caption_map.h"

/* Some pairs of I x C, as struct score_list; owns its arrays, to be freed with exact_list_free,
 * also after an error of the function that fills it. */
struct exact_list {
    size_t *starts; /* I + 1 */
    uint32_t *captions;
};

/* Frees its arrays; the struct is the caller's. */
void exact_list_free(struct exact_list *list);

/* The true pairs of a map's images x captions. Errors: not enough memory. */
int exact_true_pairs(const struct caption_map *map, struct exact_list *out,
                     struct error *err) MUST_USE;

/* All pairs of I x C, in the order of a matrix. Errors: too many pairs, not enough memory. */
int exact_all_pairs(size_t I, size_t C, struct exact_list *out, struct error *err) MUST_USE;

/* The pairs on which recalls and the ranks of true pairs depend: those whose scores (sims I x C of
 * the map, off by at most bounds I x C) may be on either side of their caption's true pair or of
 * their image's best true pair. truth: own scores of the true pairs, as exact_true_pairs lists
 * them. Errors: not enough memory. */
int exact_undecided_pairs(const float *sims, const float *bounds, const struct caption_map *map,
                          const float *truth, struct exact_list *out, struct error *err) MUST_USE;

/* Whether most bounds are wider than the standard deviation of their image's scores (both I x C):
 * then bfloat16 decides next to nothing, and its time is wasted. */
bool exact_bounds_too_wide(const float *sims, const float *bounds, size_t I, size_t C);

/* Copies the list's scores to their places in sims (I x C). */
void exact_scatter(const struct exact_list *list, const float *scores, size_t I, size_t C,
                   float *sims);

#endif
