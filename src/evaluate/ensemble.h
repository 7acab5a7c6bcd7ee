/* ensemble.h: the scores of a model, or the weighted mean of several, ranked and evaluated.
 *
 * A member is a session of its own (its own checkpoint, options and vocabulary) or a matrix of
 * similarities. Sessions are scored by faster ways with bounds, and pairs on which a rank hangs
 * again by themselves (retrieve/score/exact.h), so that the ranks are those of the pairs' own
 * scores in every precision. */
#ifndef EVALUATE_ENSEMBLE_H
#define EVALUATE_ENSEMBLE_H

#include "evaluate/folds.h"
#include "evaluate/split_names.h"
#include "retrieve/score/sims_file.h"
#include "retrieve/session/session_exact.h"

/* One of: a session, a matrix in memory, a matrix in a file, or, if all are NULL, a session that
 * ensemble_hooks.open opens. All borrowed. */
struct ensemble_member {
    const char *name;              /* in messages; of a file: its path */
    const struct session *session; /* its captions encoded */
    const float *sims;             /* images x captions */
    size_t images, captions;       /* of `sims` */
    bool file;                     /* `name` is that of a matrix (retrieve/score/sims_file.h) */
};

/* What the caller may want to do, and to hear, on the way; each may be NULL. */
struct ensemble_hooks {
    /* Opens a member's session, captions encoded. The ensemble frees it, and holds one at a time: a
     * member may be opened again for the pairs that are left to decide. */
    int (*open)(void *context, size_t member, struct session **out, struct error *err);
    /* A stage of the work ("scoring", "deciding") begins: returns its progress, or NULL; and ends.
     */
    const struct progress *(*begin)(void *context, const char *stage);
    void (*end)(void *context);
    /* A line worth knowing: images left out, a precision not used. */
    void (*note)(void *context, const char *text);
    void *context;
};

struct ensemble_spec {
    const struct ensemble_member *members;
    size_t count;
    const double *weights; /* one per member, as ensemble_check_weights wants them; NULL: equal */
    /* Where matrices, without a session before them, find the split's images and captions; if NULL,
     * or not there, each image has the same number of captions, by the shape. */
    const struct split_files *files;
    struct sims_reading reading; /* of matrices in files */
    struct folds_spec folds;
    bool every_pair;   /* every pair's own score, because more than ranks is made of them */
    bool member_ranks; /* the ranks of each member, too */
    struct ensemble_hooks hooks;
};

/* What came of it; all owned. */
struct ensemble {
    struct folds folds;
    float *sims;                      /* a matrix in folds (folds.h) */
    struct evaluation *each, mean;    /* of each fold, and their mean */
    struct folds_ranks ranks;         /* of the mean of all members */
    struct folds_ranks *member_ranks; /* of each member, or NULL */
    size_t members;
    struct exact_counts counts; /* pairs, and how many of them were scored again */
    bool bf16;                  /* a member was scored in bfloat16 */
};

/* Checks weights: finite, not negative, and not all 0. Errors: those; the first wrong one by its
 * number. */
int ensemble_check_weights(const double *weights, size_t count, struct error *err) MUST_USE;

/* Scores all members, ranks and evaluates their mean; notes it if their scores are of very
 * different width and no weights say what is meant. The caller calls ensemble_done. Errors: no
 * member, weights, members of different splits, folds_cut's, those of sims_file.h, what opening and
 * scoring say, no memory, "interrupted". */
int ensemble_evaluate(const struct ensemble_spec *spec, struct ensemble *out,
                      struct error *err) MUST_USE;

/* Frees what it holds, and zeroes it. */
void ensemble_done(struct ensemble *ensemble);

/* The share of all pairs that was scored again, 0 to 1. */
double ensemble_share_again(const struct ensemble *ensemble);

#endif
