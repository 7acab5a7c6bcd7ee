/* eval.h: `scanscope eval` in parts: the members' scores (eval_members.c), the
 * pairs that ranks hang on (eval_decide.c), what the split's items
 * are called (eval_split.c), the reference's lines (eval.c), further tables (eval_tables.c) and
 * files (eval_files.c). */
#ifndef CLI_EVAL_H
#define CLI_EVAL_H

#include "analyse/stats.h"
#include "cli/cli.h"
#include "evaluate/evaluate.h"
#include "evaluate/metrics.h"
#include "retrieve/session/session_exact.h"

enum { EVAL_FOLDS = 5, EVAL_FOLD_IMAGES = 1000 };

/* Places (0 = best) of the truths: of the images' best captions, of the captions' images; part
 * after part, as the queries stand in the split. */
struct eval_ranks {
    size_t *i2t, *t2i;
};

/* Similarities and how far each can be off its pair's own score; the true pairs' own ones. */
struct member_scores {
    float *sims, *bounds; /* parts x part_images x part_captions */
    float *truth;         /* parts x part_captions */
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
    struct member_scores sum, one; /* of all members so far, of one */
    struct exact_list truth;       /* the true pairs of a part */
    struct session *session;       /* of the member `open` */
    size_t open;
    struct exact_counts counts;
    bool bf16;                  /* a member was scored in bfloat16 */
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

/* Where the bounds leave a rank open, the pairs' own scores come into e->sum. */
int eval_decide(struct eval *e, struct error *err) MUST_USE;
void eval_scores_free(struct eval *e);

/* e->members[member], from the member's scores, which become exact where its ranks hang on them. */
int eval_member_ranks(struct eval *e, size_t member, const struct member_scores *scores,
                      struct error *err) MUST_USE;

/* Of all pairs, the share that was scored again. */
double eval_share_again(const struct eval *e);

/* What eval_decide needs of the members. */
bool eval_is_matrix(const struct eval *e, size_t member);
struct session_block eval_part(const struct eval *e, size_t p);
/* The session of a member, e->session; opening another closes it. */
int eval_open_member(struct eval *e, size_t member, struct error *err) MUST_USE;
/* A member that is a file; the caller frees *sims_out, shape_out[0] x shape_out[1]. */
int eval_load_matrix(const struct eval *e, size_t member, float **sims_out, size_t shape_out[2],
                     struct error *err) MUST_USE;
/* sum = the members so far, times their weights, and this one; what is there of the first is its
 * own. */
void eval_combine(const struct eval *e, size_t member, const float *one, size_t n, float *sum);
void eval_divide(const struct eval *e, size_t n, float *sum);

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
