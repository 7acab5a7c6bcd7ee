/* eval.h: `scanscope eval` in parts: the members' scores (eval_members.c), what the split's items
 * are called (eval_split.c), the reference's lines (eval.c), further tables (eval_tables.c) and
 * files (eval_files.c). */
#ifndef CLI_EVAL_H
#define CLI_EVAL_H

#include "analyse/stats.h"
#include "cli/cli.h"
#include "retrieve/evaluate.h"
#include "retrieve/metrics.h"

enum { EVAL_FOLDS = 5, EVAL_FOLD_IMAGES = 1000 };

/* Places (0 = best) of the truths: of the images' best captions, of the captions' images; part
 * after part, as the queries stand in the split. */
struct eval_ranks {
    size_t *i2t, *t2i;
};

struct eval {
    /* the options */
    struct cli_common common;
    bool fold5, metrics, ci, by_length;
    int folds, fold_size, run_depth, resamples;
    const char *save_sims, *weight_text, *qrels, *caption_id_file, *run, *ranks_file;
    double *weights; /* one a member */

    /* what all members of the ensemble share */
    size_t I, C, per_image;
    /* the matrix in parts that are scored each by themselves: the whole, or the folds' diagonal
     * blocks */
    size_t parts, part_images, part_captions;
    float *sum, *one;           /* parts x part_images x part_captions */
    struct eval_ranks *members; /* of each member, for --ci of several; NULL else */

    /* what the split calls its items; only where an option needs it */
    char **image_id;   /* I */
    char **caption_id; /* C: IMAGE#N, or of --caption-ids */
    size_t *words;     /* C, without <start> and <end>; NULL where not known */

    struct relevance judged[2]; /* of --qrels: text to image, image to text */

    struct evaluation *fold, mean; /* parts */
    struct eval_ranks ranks;       /* of the ensemble */
};

static inline size_t eval_part_size(const struct eval *e)
{
    return e->part_images * e->part_captions;
}

/* Queries of all parts. */
static inline size_t eval_images(const struct eval *e)
{
    return e->parts * e->part_images;
}

static inline size_t eval_captions(const struct eval *e)
{
    return e->parts * e->part_captions;
}

/* --weights into e->weights: one number a member, not negative, some above 0 (1 each where the
 * option is not given). False with a line in `err` for a wrong usage. */
bool eval_parse_weights(struct eval *e, struct error *err) MUST_USE;

/* Scores all members into e->sum, their weighted mean. */
int eval_members(struct eval *e, struct error *err) MUST_USE;

/* Recalls and ranks of a matrix in parts; ranks NULL where not wanted, else its members are
 * allocated here. */
void eval_rank(const struct eval *e, const float *sims, struct evaluation *folds_out,
               struct eval_ranks *ranks_out);
void eval_ranks_done(struct eval_ranks *ranks);

/* Whether an option needs the names of the items. */
bool eval_needs_names(const struct eval *e);

/* Ids and lengths, of the first open session; for an ensemble of matrices alone (session NULL) of
 * the folder's text files, where the options give one. */
int eval_take_split(struct eval *e, const struct session *session, struct error *err) MUST_USE;

/* The tables after the reference's lines, as text, or as JSON members each after a comma. */
int eval_tables(const struct eval *e, struct error *err) MUST_USE;

/* --run and --ranks. */
int eval_write_files(const struct eval *e, struct error *err) MUST_USE;

#endif
