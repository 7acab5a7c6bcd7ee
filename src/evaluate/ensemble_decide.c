/* ensemble_decide.c: the weighted mean, and the pairs that ranks hang on: those whose bounds leave
 * open on which side of a true pair they stand are scored again by themselves
 * (retrieve/score/exact.h). */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "evaluate/ensemble_private.h"

/* ---- the weighted mean ---- */

static double weight_of(const struct ensemble_spec *spec, size_t member)
{
    return spec->weights ? spec->weights[member] : 1;
}

void ensemble_add(const struct ensemble_spec *spec, size_t member, const float *one, size_t n,
                  float *sum)
{
    float weight = (float)weight_of(spec, member);
    assert(member < spec->count);
    for (size_t k = 0; spec->count > 1 && k < n; k++)
        sum[k] = member == 0 ? weight * sum[k] : sum[k] + weight * one[k];
}

void ensemble_divide(const struct ensemble_spec *spec, size_t n, float *sum)
{
    double total = 0;
    for (size_t m = 0; m < spec->count; m++)
        total += weight_of(spec, m);
    assert(total > 0);
    for (size_t k = 0; spec->count > 1 && k < n; k++)
        sum[k] /= (float)total;
}

/* ---- deciding ---- */

/* Own scores of the listed pairs under the ensemble, rounded as the mean of all pairs is. */
static int score_mean(struct ensemble_work *w, size_t fold, const struct exact_list *list, size_t n,
                      float *scores, struct error *err)
{
    float *one = NULL;
    int status = mem_alloc(&one, n, sizeof *one, "the similarities", err);
    for (size_t m = 0; m < w->spec->count && status == 0; m++) {
        status = ensemble_score_list(w, m, fold, list, m ? one : scores, err);
        if (status == 0)
            ensemble_add(w->spec, m, one, n, scores);
    }
    ensemble_divide(w->spec, n, scores);
    free(one);
    return status;
}

static int score_open(struct ensemble_work *w, ptrdiff_t member, size_t fold,
                      const struct exact_list *list, float *sims, struct error *err)
{
    const struct folds *f = &w->out->folds;
    size_t n = list->starts[f->images];
    float *own = NULL;
    if (n == 0)
        return 0;
    int status = mem_alloc(&own, n, sizeof *own, "the similarities", err);
    if (status == 0)
        status = member == ENSEMBLE_MEAN
                     ? score_mean(w, fold, list, n, own, err)
                     : ensemble_score_list(w, (size_t)member, fold, list, own, err);
    if (status == 0)
        exact_scatter(list, own, f->images, f->captions, sims);
    free(own);
    return status;
}

static int decide_fold(struct ensemble_work *w, ptrdiff_t member,
                       const struct ensemble_scores *scores, size_t fold, struct error *err)
{
    const struct folds *f = &w->out->folds;
    struct exact_list open;
    float *sims = scores->sims + fold * folds_pairs(f);
    float *truth = scores->truth + fold * f->captions;
    int status = exact_undecided_pairs(sims, scores->bounds + fold * folds_pairs(f), f->images,
                                       f->captions, f->per_image, truth, &open, err);
    exact_scatter(&w->truth, truth, f->images, f->captions, sims);
    if (status == 0) {
        w->out->counts.pairs += folds_pairs(f);
        w->out->counts.again += open.starts[f->images] + w->truth.starts[f->images];
        status = score_open(w, member, fold, &open, sims, err);
    }
    exact_list_free(&open);
    return status;
}

int ensemble_decide(struct ensemble_work *work, ptrdiff_t member,
                    const struct ensemble_scores *scores, struct error *err)
{
    assert(work->cut);
    for (size_t fold = 0; fold < work->out->folds.count; fold++)
        if (decide_fold(work, member, scores, fold, err) != 0)
            return -1;
    return 0;
}
