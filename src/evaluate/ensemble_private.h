/* ensemble_private.h: an ensemble in the making. ensemble.c goes through the members,
 * ensemble_member.c scores one, ensemble_decide.c averages and decides what the bounds leave open.
 */
#ifndef EVALUATE_ENSEMBLE_PRIVATE_H
#define EVALUATE_ENSEMBLE_PRIVATE_H

#include "evaluate/ensemble.h"

/* Similarities and how far each can be off its pair's own score; the true pairs' own ones. Over
 * folds, as folds.h lays them out. */
struct ensemble_scores {
    float *sims, *bounds; /* count x images x captions */
    float *truth;         /* count x captions */
};

struct ensemble_work {
    const struct ensemble_spec *spec;
    struct ensemble *out;
    bool cut;                        /* out->folds is known: a member was seen */
    struct ensemble_scores sum, one; /* of all members so far, of one */
    struct exact_list truth;         /* the true pairs of a fold */
    struct session *session;         /* that hooks.open opened, of member `open` */
    size_t open;
};

/* Scores a member (they come in order) into work->sum if it is the first, else
 * work->one, which are allocated here; the first cuts the split into folds. Errors: as
 * ensemble_evaluate. */
int ensemble_score_member(struct ensemble_work *work, size_t member, struct error *err) MUST_USE;

/* Scores the listed pairs of a fold by themselves under one member: scores[], as long as the list.
 * Errors: of opening, reading and scoring. */
int ensemble_score_list(struct ensemble_work *work, size_t member, size_t fold,
                        const struct exact_list *list, float *scores, struct error *err) MUST_USE;

/* Adds a member's n scores times its weight to the sum; the first one's are in `sum` already, and
 * `one` is ignored. A single member stays as it is. */
void ensemble_add(const struct ensemble_spec *spec, size_t member, const float *one, size_t n,
                  float *sum);

/* Makes the sum of all members a mean: divides by the weights. A single member stays as it is. */
void ensemble_divide(const struct ensemble_spec *spec, size_t n, float *sum);

/* As `member` of ensemble_decide: the mean of all. */
enum { ENSEMBLE_MEAN = -1 };

/* Puts pairs' own scores into scores->sims wherever the bounds leave a rank of the truths open.
 * Errors: as ensemble_score_list; no memory. */
int ensemble_decide(struct ensemble_work *work, ptrdiff_t member,
                    const struct ensemble_scores *scores, struct error *err) MUST_USE;

#endif
