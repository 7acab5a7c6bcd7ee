/* ensemble.c: all members scored in turn, averaged, decided, ranked. */
#include "evaluate/ensemble_private.h"

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

/* Room for the roundings of the mean of near scores and of that of own ones: each is at most as
 * many units of the weighted magnitudes as there are operations. */
static void widen(const struct ensemble_work *w, const struct ensemble_scores *scores)
{
    const float unit = 6e-8f, slack = 2 * unit * (float)(w->spec->count + 3);
    size_t n = w->out->folds.count * folds_pairs(&w->out->folds);
    for (size_t k = 0; k < n; k++)
        scores->bounds[k] += slack * (fabsf(scores->sims[k]) + scores->bounds[k]);
}

static int add_member(struct ensemble_work *w, size_t member, struct error *err)
{
    struct ensemble *out = w->out;
    const struct ensemble_scores *scores = member == 0 ? &w->sum : &w->one;
    if (ensemble_score_member(w, member, err) != 0)
        return -1;
    if (out->member_ranks) {
        if (ensemble_decide(w, (ptrdiff_t)member, scores, err) != 0)
            return -1;
        folds_rank(&out->folds, scores->sims, NULL, &out->member_ranks[member]);
    }
    if (w->spec->count == 1)
        return 0;
    size_t n = out->folds.count * folds_pairs(&out->folds);
    widen(w, scores);
    ensemble_add(w->spec, member, scores->sims, n, w->sum.sims);
    ensemble_add(w->spec, member, scores->bounds, n, w->sum.bounds);
    ensemble_add(w->spec, member, scores->truth, folds_captions(&out->folds), w->sum.truth);
    return 0;
}

static int score_members(struct ensemble_work *w, struct error *err)
{
    const struct ensemble_spec *spec = w->spec;
    const struct folds *f = &w->out->folds;
    for (size_t m = 0; m < spec->count; m++)
        if (add_member(w, m, err) != 0)
            return -1;
    ensemble_divide(spec, f->count * folds_pairs(f), w->sum.sims);
    ensemble_divide(spec, f->count * folds_pairs(f), w->sum.bounds);
    ensemble_divide(spec, folds_captions(f), w->sum.truth);
    return ensemble_decide(w, ENSEMBLE_MEAN, &w->sum, err);
}

static void scores_free(struct ensemble_scores *scores)
{
    free(scores->sims);
    free(scores->bounds);
    free(scores->truth);
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
    int status = score_members(&w, err);
    if (status == 0) {
        out->sims = w.sum.sims;
        w.sum.sims = NULL;
        out->each = mem_new(out->folds.count, sizeof *out->each);
        folds_rank(&out->folds, out->sims, out->each, &out->ranks);
        evaluate_mean(out->each, out->folds.count, &out->mean);
    } else {
        ensemble_done(out);
    }
    scores_free(&w.sum);
    scores_free(&w.one);
    exact_list_free(&w.truth);
    session_free(w.session);
    return status;
}

void ensemble_done(struct ensemble *ensemble)
{
    for (size_t m = 0; ensemble->member_ranks && m < ensemble->members; m++)
        folds_ranks_done(&ensemble->member_ranks[m]);
    free(ensemble->member_ranks);
    folds_ranks_done(&ensemble->ranks);
    free(ensemble->each);
    free(ensemble->sims);
    *ensemble = (struct ensemble){0};
}

double ensemble_share_again(const struct ensemble *ensemble)
{
    return (double)ensemble->counts.again / (double)ensemble->counts.pairs;
}
