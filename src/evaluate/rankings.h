/* rankings.h: rankings written out for other programs: a TREC run, and a table of ranks. */
#ifndef EVALUATE_RANKINGS_H
#define EVALUATE_RANKINGS_H

#include <stdio.h>

#include "base/notes.h"
#include "evaluate/folds.h"
#include "evaluate/split_names.h"

/* What is ranked; borrowed. The names are of the folds' split. */
struct rankings {
    const struct folds *folds;
    const float *sims; /* in folds */
    const struct split_names *names;
    const char *tag;           /* of the run, one word; NULL: "scanscope" */
    const struct notes *notes; /* at the head of the table, after "# "; NULL: none */
};

/* Writes both directions, images first: the `depth` best items (0: all) of each query's fold, by
 * trec_run_write. Errors: a name that cannot stand in a run, or stands for two items; a score
 * that is not finite. */
int rankings_write_run(const struct rankings *rankings, size_t depth, FILE *stream,
                       struct error *err) MUST_USE;

/* Writes CSV, a row per query: its rank as in `ranks`, its best truth and the first of its ranking,
 * with their scores (empty if not finite). Errors: no memory. */
int rankings_write_ranks(const struct rankings *rankings, const struct folds_ranks *ranks,
                         FILE *stream, struct error *err) MUST_USE;

#endif
