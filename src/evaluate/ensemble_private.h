/* ensemble_private.h: an ensemble in the making. ensemble_member.c scores a member,
 * ensemble.c averages all and decides what the bounds leave open. */
#ifndef EVALUATE_ENSEMBLE_PRIVATE_H
#define EVALUATE_ENSEMBLE_PRIVATE_H

#include "evaluate/ensemble.h"

/* Similarities and how far each can be off its pair's own score; the true pairs' own ones. Over
 * folds, as folds.h lays them out. */
struct ensemble_scores {
    float *sims, *bounds; /* a matrix in folds */
    float *truth;         /* of each fold, as `truth` of the work lists them */
};

struct ensemble_work {
    const struct ensemble_spec *spec;
    struct ensemble *out;
    bool cut;                        /* out->folds is known: a member was seen */
    struct ensemble_scores sum, one; /* of all members so far, of one */
    struct exact_list *truth;        /* the true pairs of each fold */
    struct session *session;         /* that hooks.open opened, of member `open` */
    size_t open;
    struct sims_file **files; /* of each member that is a matrix in a file, once it was opened */
    double *spreads;          /* standard deviation of each member's similarities */
};

/* Gives the caller a line to show. */
void ensemble_note(const struct ensemble_work *work, const char *format, ...) PRINTF_LIKE(2, 3);

/* Scores a member (they come in order) into work->sum if it is the first, else
 * work->one, which are allocated here; the first cuts the split into folds. Errors: as
 * ensemble_evaluate. */
int ensemble_score_member(struct ensemble_work *work, size_t member, struct error *err) MUST_USE;

/* Scores the listed pairs of a fold by themselves under one member: scores[], as long as the list.
 * Errors: of opening, reading and scoring. */
int ensemble_score_list(struct ensemble_work *work, size_t member, size_t fold,
                        const struct exact_list *list, float *scores, struct error *err) MUST_USE;

#endif
