/* eval.h: `scanscope eval`: its options and results. eval.c has src/evaluate compute them,
 * eval_text.c and eval_json.c print them. */
#ifndef CLI_EVAL_H
#define CLI_EVAL_H

#include "cli/cli.h"
#include "evaluate/confidence.h"
#include "evaluate/ensemble.h"
#include "evaluate/judgements.h"
#include "evaluate/split_names.h"

/* Recalls at k of members a and b; the member after the last is the ensemble. */
struct eval_difference {
    size_t a, b, k;
    bool i2t;
    struct confidence_difference found;
};

/* The same of their sums of recalls. */
struct eval_rsum_difference {
    size_t a, b;
    struct paired found;
};

struct eval {
    /* the options */
    struct cli_common common;
    bool fold5, metrics, ci, by_length, complete;
    int folds, fold_size, run_depth, resamples, seed;
    const char *save_sims, *weight_text, *qrels, *caption_ids, *run, *ranks_file;

    /* the way there */
    double *weights; /* of --weights, or NULL */
    struct progress_line line;

    /* the results; what no option asks for stays empty */
    struct unknown_words unknown; /* of the member whose vocabulary lacks most */
    struct ensemble ensemble;
    struct split_names names;
    struct judgements judged;
    struct metrics own_metrics[2], judged_metrics[2]; /* [0] text to image, [1] image to text */
    struct interval intervals[2][CONFIDENCE_RECALLS], rsum_interval;
    struct eval_difference *differences;
    struct eval_rsum_difference *rsum_differences;
    struct by_length *lengths;
    size_t difference_count, rsum_difference_count, length_count;
};

/* The name of a member of a difference. */
static inline const char *eval_member_name(const struct eval *eval, size_t member)
{
    const struct cli_common *common = &eval->common;
    return member < common->models.count ? common->model_names[member] : "ensemble";
}

/* The reference's lines, then the tables that the options ask for. */
void eval_print_text(const struct eval *eval);

/* The same as one line of JSON. */
void eval_print_json(const struct eval *eval);

#endif
