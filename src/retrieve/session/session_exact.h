/* session_exact.h: exact rankings of an open session, made of faster scores (score/exact.h). */
#ifndef RETRIEVE_SESSION_SESSION_EXACT_H
#define RETRIEVE_SESSION_SESSION_EXACT_H

#include "retrieve/score/exact.h"
#include "retrieve/score/score.h"
#include "retrieve/session/session.h"

/* Which parts of a ranking have to be exact: its first `top` places, and the ranks of items first
 * .. first+count-1. */
struct exact_places {
    size_t top, first, count;
};

/* How many pairs there were, and how many of them were scored again. */
struct exact_counts {
    uint64_t pairs, again;
};

/* As session_score_images, with scores[I] such that the places in `need` are exact; in a bfloat16
 * session the others are approximate. counts: added to; NULL to skip. Errors: not enough memory,
 * "interrupted". */
int session_rank_images(const struct session *session, const struct query *query,
                        const struct exact_places *need, float *scores, struct exact_counts *counts,
                        const struct progress *progress, struct error *err) MUST_USE;

/* Part of a session's split. */
struct session_block {
    size_t first_image, images, first_caption, captions;
};

/* Scores of a part with their bounds, both images x captions: in bfloat16 in a bfloat16 session,
 * otherwise in float32; also if the bounds turn out wider than the scores differ, and then
 * *wide_out is set. Captions must be encoded. Errors: not enough memory, oneDNN refuses,
 * "interrupted". */
int session_score_approx(const struct session *session, const struct session_block *part,
                         float *sims, float *bounds, bool *wide_out,
                         const struct progress *progress, struct error *err) MUST_USE;

/* The own scores of some pairs of a part, in the order of the list, which counts from the part's
 * first image and caption. Errors: not enough memory, "interrupted". */
int session_score_pairs(const struct session *session, const struct session_block *part,
                        const struct score_list *list, float *scores,
                        const struct progress *progress, struct error *err) MUST_USE;

#endif
