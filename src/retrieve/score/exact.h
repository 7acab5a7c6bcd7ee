/* exact.h: rankings that are exact, made of faster scores.
 *
 * Exact is the order of the pairs' own float32 scores (score.h), ties by the lower index. Faster
 * ones (bfloat16; tiles) come with bounds. A pair whose bound leaves open on which side of a
 * threshold it stands is scored again by itself; all others stand where their own scores would. */
#ifndef RETRIEVE_SCORE_EXACT_H
#define RETRIEVE_SCORE_EXACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "retrieve/score/score.h"
#include "retrieve/session/session.h"

/* What of a ranking has to be exact: its first `top` places, and the ranks of items first ..
 * first+count-1. */
struct exact_places {
    size_t top, first, count;
};

/* How many pairs there were, and how many of them were scored again. */
struct exact_counts {
    uint64_t pairs, again;
};

/* As session_score_images, with scores so that what `need` says is exact: in a session of bfloat16
 * the others are near. counts: added to; NULL: not wanted. */
int session_rank_images(const struct session *session, const struct query *query,
                        const struct exact_places *need, float *scores, struct exact_counts *counts,
                        const struct progress *progress, struct error *err) MUST_USE;

/* Part of a session: images first_image .. and captions first_caption .. of it. */
struct session_block {
    size_t first_image, images, first_caption, captions;
};

/* Scores of a part with their bounds, both images x captions: in bfloat16 where the session is so,
 * in float32 otherwise, and where the bounds turn out wider than the scores differ: *wide_out then.
 */
int session_score_approx(const struct session *session, const struct session_block *part,
                         float *sims, float *bounds, bool *wide_out,
                         const struct progress *progress, struct error *err) MUST_USE;

/* The pairs' own scores of some pairs of a part; the list counts from the part's first. */
int session_score_pairs(const struct session *session, const struct session_block *part,
                        const struct score_list *list, float *scores,
                        const struct progress *progress, struct error *err) MUST_USE;

/* A list that owns its arrays. */
struct exact_list {
    size_t *starts; /* I + 1 */
    uint32_t *captions;
};

void exact_list_free(struct exact_list *list);

/* The true pairs of I x C with per_image captions an image. */
int exact_true_pairs(size_t I, size_t C, size_t per_image, struct exact_list *out,
                     struct error *err) MUST_USE;

/* All pairs of I x C, in a matrix's order. */
int exact_all_pairs(size_t I, size_t C, struct exact_list *out, struct error *err) MUST_USE;

/* The pairs on which recalls and ranks of the truth hang: those whose scores may be on either side
 * of their caption's true pair or of their image's best true pair. truth: own scores of the true
 * pairs, as exact_true_pairs lists them. Errors: no memory. */
int exact_undecided_pairs(const float *sims, const float *bounds, size_t I, size_t C,
                          size_t per_image, const float *truth, struct exact_list *out,
                          struct error *err) MUST_USE;

/* Puts scores where the list says. */
void exact_scatter(const struct exact_list *list, const float *scores, size_t I, size_t C,
                   float *sims);

#endif
