/* ensemble.c: all members scored in turn, averaged, decided, ranked. */
#include "evaluate/ensemble_private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

int ensemble_check_weights(const double *weights, size_t count, struct error *err)
{
    double total = 0;
    for (size_t m = 0; m < count; m++) {
        if (!isfinite(weights[m]) || weights[m] < 0)
            return error_set(err, "weight %zu is %g: weights must be finite and not negative",
                             m + 1, weights[m]);
        total += weights[m];
    }
    return total > 0 ? 0 : error_set(err, "the weights are all 0");
}

/* ---- the weighted mean ---- */

static double weight_of(const struct ensemble_spec *spec, size_t member)
{
    return spec->weights ? spec->weights[member] : 1;
}

/* Adds a member's n scores times its weight to the sum; the first one's are in `sum` already, and
 * `one` is ignored. A single member stays as it is. */
static void add(const struct ensemble_spec *spec, size_t member, const float *one, size_t n,
                float *sum)
{
    float weight = (float)weight_of(spec, member);
    assert(member < spec->count);
    for (size_t k = 0; spec->count > 1 && k < n; k++)
        sum[k] = member == 0 ? weight * sum[k] : sum[k] + weight * one[k];
}

/* Makes the sum of all members a mean. A single member stays as it is. */
static void divide(const struct ensemble_spec *spec, size_t n, float *sum)
{
    double total = 0;
    for (size_t m = 0; m < spec->count; m++)
        total += weight_of(spec, m);
    assert(total > 0);
    for (size_t k = 0; spec->count > 1 && k < n; k++)
        sum[k] /= (float)total;
}

/* ---- pairs that ranks hang on, scored again by themselves (retrieve/score/exact.h) ---- */

/* As `member`: the mean of all. */
enum { MEAN = -1 };

/* Own scores of the listed pairs under the ensemble, rounded as the mean of all pairs is. */
static int score_mean(struct ensemble_work *w, size_t fold, const struct exact_list *list, size_t n,
                      float *scores, struct error *err)
{
    float *one = NULL;
    int status = mem_alloc(&one, n, sizeof *one, "the similarities", err);
    for (size_t m = 0; m < w->spec->count && status == 0; m++) {
        status = ensemble_score_list(w, m, fold, list, m ? one : scores, err);
        if (status == 0)
            add(w->spec, m, one, n, scores);
    }
    divide(w->spec, n, scores);
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
        status = member == MEAN ? score_mean(w, fold, list, n, own, err)
                                : ensemble_score_list(w, (size_t)member, fold, list, own, err);
    if (status == 0)
        exact_scatter(list, own, f->images, folds_captions_of(f, fold), sims);
    free(own);
    return status;
}

static int decide_fold(struct ensemble_work *w, ptrdiff_t member,
                       const struct ensemble_scores *scores, size_t fold, struct error *err)
{
    const struct folds *f = &w->out->folds;
    struct exact_list open;
    size_t first = folds_first_pair(f, fold);
    float *sims = scores->sims + first, *truth = scores->truth + f->starts[fold];
    const struct exact_list *pairs = &w->truth[fold];
    int status =
        exact_undecided_pairs(sims, scores->bounds + first, &f->maps[fold], truth, &open, err);
    exact_scatter(pairs, truth, f->images, folds_captions_of(f, fold), sims);
    if (status == 0) {
        w->out->counts.pairs += folds_pairs(f, fold);
        w->out->counts.again += open.starts[f->images] + pairs->starts[f->images];
        status = score_open(w, member, fold, &open, sims, err);
    }
    exact_list_free(&open);
    return status;
}

/* Puts pairs' own scores into scores->sims wherever the bounds leave a rank of the truths open. */
static int decide(struct ensemble_work *w, ptrdiff_t member, const struct ensemble_scores *scores,
                  struct error *err)
{
    assert(w->cut);
    for (size_t fold = 0; fold < w->out->folds.count; fold++)
        if (decide_fold(w, member, scores, fold, err) != 0)
            return -1;
    return 0;
}

/* ---- all members ---- */

/* Room for the roundings of the mean of near scores and of that of own ones: each is at most as
 * many units of the weighted magnitudes as there are operations. */
static void widen(const struct ensemble_work *w, const struct ensemble_scores *scores)
{
    const float unit = 6e-8f, slack = 2 * unit * (float)(w->spec->count + 3);
    size_t n = folds_first_pair(&w->out->folds, w->out->folds.count);
    for (size_t k = 0; k < n; k++)
        scores->bounds[k] += slack * (fabsf(scores->sims[k]) + scores->bounds[k]);
}

static double spread_of(const float *sims, size_t n)
{
    double sum = 0, squares = 0;
#pragma omp parallel for reduction(+ : sum, squares)
    for (size_t k = 0; k < n; k++) {
        double from_first = (double)sims[k] - sims[0];
        sum += from_first;
        squares += from_first * from_first;
    }
    double variance = squares / (double)n - sum / (double)n * (sum / (double)n);
    return variance > 0 ? sqrt(variance) : 0;
}

/* The mean is one of plain scores, as the reference has it: what spreads wider decides more. */
static void note_spreads(const struct ensemble_work *w)
{
    enum { MUCH = 5 };
    const struct ensemble_spec *spec = w->spec;
    size_t wide = 0, narrow = 0;
    struct str weights = {0};
    for (size_t m = 1; m < spec->count; m++) {
        wide = w->spreads[m] > w->spreads[wide] ? m : wide;
        narrow = w->spreads[m] < w->spreads[narrow] ? m : narrow;
    }
    double least = w->spreads[narrow], most = w->spreads[wide];
    if (spec->weights || !(least > 0) || most < MUCH * least)
        return;
    for (size_t m = 0; m < spec->count; m++)
        str_addf(&weights, "%s%.3g", m ? "," : "", most / w->spreads[m]);
    ensemble_note(w,
                  "the scores of %s spread %.3g times as wide as those of %s, so that their mean "
                  "follows %s; --weights %s evens that",
                  spec->members[wide].name, most / least, spec->members[narrow].name,
                  spec->members[wide].name, str_text(&weights));
    str_done(&weights);
}

static int add_member(struct ensemble_work *w, size_t member, struct error *err)
{
    struct ensemble *out = w->out;
    const struct ensemble_scores *scores = member == 0 ? &w->sum : &w->one;
    if (ensemble_score_member(w, member, err) != 0)
        return -1;
    if (out->member_ranks) {
        if (decide(w, (ptrdiff_t)member, scores, err) != 0)
            return -1;
        folds_rank(&out->folds, scores->sims, NULL, &out->member_ranks[member]);
    }
    if (w->spec->count == 1)
        return 0;
    size_t n = folds_first_pair(&out->folds, out->folds.count);
    w->spreads[member] = spread_of(scores->sims, n);
    widen(w, scores);
    add(w->spec, member, scores->sims, n, w->sum.sims);
    add(w->spec, member, scores->bounds, n, w->sum.bounds);
    add(w->spec, member, scores->truth, folds_captions(&out->folds), w->sum.truth);
    return 0;
}

static int score_members(struct ensemble_work *w, struct error *err)
{
    const struct ensemble_spec *spec = w->spec;
    const struct folds *f = &w->out->folds;
    for (size_t m = 0; m < spec->count; m++)
        if (add_member(w, m, err) != 0)
            return -1;
    note_spreads(w);
    divide(spec, folds_first_pair(f, f->count), w->sum.sims);
    divide(spec, folds_first_pair(f, f->count), w->sum.bounds);
    divide(spec, folds_captions(f), w->sum.truth);
    return decide(w, MEAN, &w->sum, err);
}

static void scores_free(struct ensemble_scores *scores)
{
    free(scores->sims);
    free(scores->bounds);
    free(scores->truth);
}

static void work_done(struct ensemble_work *w, size_t folds)
{
    scores_free(&w->sum);
    scores_free(&w->one);
    for (size_t p = 0; w->truth && p < folds; p++)
        exact_list_free(&w->truth[p]);
    free(w->truth);
    for (size_t m = 0; m < w->spec->count; m++)
        sims_file_free(w->files[m]);
    free(w->files);
    free(w->spreads);
    session_free(w->session);
}

int ensemble_evaluate(const struct ensemble_spec *spec, struct ensemble *out, struct error *err)
{
    struct ensemble_work w = {.spec = spec, .out = out};
    *out = (struct ensemble){.members = spec->count};
    if (spec->count == 0)
        return error_set(err, "there is no model to evaluate");
    if (spec->weights && ensemble_check_weights(spec->weights, spec->count, err) != 0)
        return -1;
    if (spec->member_ranks)
        out->member_ranks = mem_new(spec->count, sizeof *out->member_ranks);
    w.files = mem_new(spec->count, sizeof(struct sims_file *));
    w.spreads = mem_new(spec->count, sizeof *w.spreads);
    int status = score_members(&w, err);
    size_t folds = out->folds.count;
    if (status == 0) {
        out->sims = w.sum.sims;
        w.sum.sims = NULL;
        out->each = mem_new(out->folds.count, sizeof *out->each);
        folds_rank(&out->folds, out->sims, out->each, &out->ranks);
        evaluate_mean(out->each, out->folds.count, &out->mean);
    } else {
        ensemble_done(out);
    }
    work_done(&w, folds);
    return status;
}

void ensemble_done(struct ensemble *ensemble)
{
    for (size_t m = 0; ensemble->member_ranks && m < ensemble->members; m++)
        folds_ranks_done(&ensemble->member_ranks[m]);
    free(ensemble->member_ranks);
    folds_ranks_done(&ensemble->ranks);
    folds_done(&ensemble->folds);
    free(ensemble->each);
    free(ensemble->sims);
    *ensemble = (struct ensemble){0};
}

double ensemble_share_again(const struct ensemble *ensemble)
{
    return (double)ensemble->counts.again / (double)ensemble->counts.pairs;
}
