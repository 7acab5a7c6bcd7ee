/* eval_decide.c: the pairs that ranks hang on: those whose bounds leave open on which side of a
 * true pair they stand are scored again by themselves (retrieve/score/exact.h). */
#include <stdlib.h>

#include "base/mem.h"
#include "cli/eval.h"

static int list_model(struct eval *e, size_t member, size_t p, const struct exact_list *list,
                      float *scores, struct error *err)
{
    struct progress_line line;
    struct session_block part = eval_part(e, p);
    struct score_list pairs = {list->starts, list->captions};
    if (eval_open_member(e, member, err) != 0)
        return -1;
    progress_line_start(&line, "deciding", e->common.quiet);
    int status = session_score_pairs(e->session, &part, &pairs, scores, &line.progress, err);
    progress_line_end(&line);
    return status;
}

static int list_matrix(struct eval *e, size_t member, size_t p, const struct exact_list *list,
                       float *scores, struct error *err)
{
    float *sims = NULL;
    size_t shape[2];
    if (eval_load_matrix(e, member, &sims, shape, err) != 0) {
        free(sims);
        return -1;
    }
    for (size_t i = 0; i < e->part_images; i++)
        for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
            scores[k] =
                sims[(p * e->part_images + i) * e->C + p * e->part_captions + list->captions[k]];
    free(sims);
    return 0;
}

/* Own scores of the listed pairs of part p under one member. */
static int list_member(struct eval *e, size_t member, size_t p, const struct exact_list *list,
                       float *scores, struct error *err)
{
    return (eval_is_matrix(e, member) ? list_matrix : list_model)(e, member, p, list, scores, err);
}

/* ... and under the ensemble, rounded as the sum of all pairs is. */
static int list_mean(struct eval *e, size_t p, const struct exact_list *list, float *scores,
                     struct error *err)
{
    size_t n = list->starts[e->part_images];
    float *one = NULL;
    int status = mem_alloc(&one, n, sizeof *one, "the similarities", err);
    for (size_t m = 0; m < e->common.models.count && status == 0; m++) {
        status = list_member(e, m, p, list, m ? one : scores, err);
        if (status == 0)
            eval_combine(e, m, one, n, scores);
    }
    eval_divide(e, n, scores);
    free(one);
    return status;
}

/* member EVAL_MEAN: the ensemble. */
enum { EVAL_MEAN = -1 };

static int decide_list(struct eval *e, ptrdiff_t member, size_t p, const struct exact_list *list,
                       float *sims, struct error *err)
{
    size_t n = list->starts[e->part_images];
    float *own = NULL;
    if (n == 0)
        return 0;
    int status = mem_alloc(&own, n, sizeof *own, "the similarities", err);
    if (status == 0)
        status = member == EVAL_MEAN ? list_mean(e, p, list, own, err)
                                     : list_member(e, (size_t)member, p, list, own, err);
    if (status == 0)
        exact_scatter(list, own, e->part_images, e->part_captions, sims);
    free(own);
    return status;
}

static int decide_part(struct eval *e, ptrdiff_t member, const struct member_scores *scores,
                       size_t p, struct error *err)
{
    struct exact_list open;
    float *sims = scores->sims + p * eval_part_size(e);
    float *truth = scores->truth + p * e->part_captions;
    int status = exact_undecided_pairs(sims, scores->bounds + p * eval_part_size(e), e->part_images,
                                       e->part_captions, e->per_image, truth, &open, err);
    exact_scatter(&e->truth, truth, e->part_images, e->part_captions, sims);
    if (status == 0) {
        e->counts.pairs += eval_part_size(e);
        e->counts.again += open.starts[e->part_images] + e->truth.starts[e->part_images];
        status = decide_list(e, member, p, &open, sims, err);
    }
    exact_list_free(&open);
    return status;
}

int eval_member_ranks(struct eval *e, size_t member, const struct member_scores *scores,
                      struct error *err)
{
    for (size_t p = 0; p < e->parts; p++)
        if (decide_part(e, (ptrdiff_t)member, scores, p, err) != 0)
            return -1;
    eval_rank(e, scores->sims, NULL, &e->members[member]);
    return 0;
}

int eval_decide(struct eval *e, struct error *err)
{
    for (size_t p = 0; p < e->parts; p++)
        if (decide_part(e, EVAL_MEAN, &e->sum, p, err) != 0)
            return -1;
    return 0;
}

double eval_share_again(const struct eval *e)
{
    return (double)e->counts.again / (double)e->counts.pairs;
}

static void scores_free(struct member_scores *scores)
{
    free(scores->sims);
    free(scores->bounds);
    free(scores->truth);
    *scores = (struct member_scores){0};
}

void eval_scores_free(struct eval *e)
{
    scores_free(&e->sum);
    scores_free(&e->one);
    exact_list_free(&e->truth);
    session_free(e->session);
    e->session = NULL;
}
