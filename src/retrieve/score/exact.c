/* exact.c: which pairs are scored again, and scoring them. */
#include "retrieve/score/exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/session/session_private.h"

/* ---- one caption ---- */

/* A ranking in the making. */
struct ranking_work {
    const struct session *session;
    const struct query *query;
    const struct exact_places *need;
    float *scores, *bounds;
    bool *own; /* scores[i] is the pair's own */
    uint32_t *list;
    size_t listed, again;
    const struct progress *progress;
};

static void work_done(struct ranking_work *w)
{
    free(w->bounds);
    free(w->own);
    free(w->list);
}

static void add(struct ranking_work *w, size_t i)
{
    if (!w->own[i])
        w->list[w->listed++] = (uint32_t)i;
    w->own[i] = true;
}

static int score_added(struct ranking_work *w, struct error *err)
{
    size_t starts[2] = {0, w->query->W};
    struct score_images images = session_images(w->session);
    struct score_captions caption = session_captions_of_query(w->session, w->query, starts);
    int status = score_image_subset(&model_options(w->session->model)->attn, &images, &caption,
                                    w->list, w->listed, w->scores, w->progress, err);
    w->again += w->listed;
    w->listed = 0;
    return status;
}

static int score_near(struct ranking_work *w, struct error *err)
{
    size_t starts[2] = {0, w->query->W};
    struct score_images images = session_images(w->session);
    struct score_captions caption = session_captions_of_query(w->session, w->query, starts);
    return score_images_approx(&model_options(w->session->model)->attn, &images, &caption,
                               w->session->half, w->scores, w->bounds, w->progress, err);
}

/* Own scores of the named images, and of the seemingly best: no worse than the worst of those is
 * what really stands in the first places. */
static int score_best(struct ranking_work *w, float *least_out, struct error *err)
{
    size_t I = w->session->I, top = w->need->top < I ? w->need->top : I;
    struct ranked *best = NULL;
    *least_out = INFINITY;
    if (mem_alloc(&best, top, sizeof *best, "a ranking", err) != 0)
        return -1;
    rank_top(w->scores, I, top, best);
    for (size_t k = 0; k < top; k++)
        add(w, best[k].index);
    for (size_t k = 0; k < w->need->count; k++)
        add(w, w->need->first + k);
    int status = score_added(w, err);
    for (size_t k = 0; k < top; k++)
        if (!(w->scores[best[k].index] >= *least_out)) /* a NaN lets all in */
            *least_out = w->scores[best[k].index];
    free(best);
    return status;
}

static bool may_cross(const struct ranking_work *w, size_t i, float least)
{
    if (w->need->top > 0 && !(w->scores[i] + w->bounds[i] < least))
        return true;
    for (size_t k = 0; k < w->need->count; k++)
        if (!(fabsf(w->scores[i] - w->scores[w->need->first + k]) > w->bounds[i]))
            return true;
    return false;
}

static int rank_with(struct ranking_work *w, struct error *err)
{
    size_t I = w->session->I;
    float least;
    if (mem_alloc(&w->bounds, I, sizeof *w->bounds, "bounds of scores", err) != 0 ||
        mem_alloc(&w->own, I, sizeof *w->own, "bounds of scores", err) != 0 ||
        mem_alloc(&w->list, I, sizeof *w->list, "bounds of scores", err) != 0 ||
        score_near(w, err) != 0 || score_best(w, &least, err) != 0)
        return -1;
    for (size_t i = 0; i < I; i++)
        if (!w->own[i] && may_cross(w, i, least))
            add(w, i);
    return score_added(w, err);
}

int session_rank_images(const struct session *session, const struct query *query,
                        const struct exact_places *need, float *scores, struct exact_counts *counts,
                        const struct progress *progress, struct error *err)
{
    struct ranking_work w = {
        .session = session, .query = query, .need = need, .scores = scores, .progress = progress};
    int status = session->half && need->top < session->I
                     ? rank_with(&w, err)
                     : session_score_images(session, query, scores, progress, err);
    if (counts) {
        counts->pairs += session->I;
        counts->again += w.again;
    }
    work_done(&w);
    return status;
}

/* ---- a matrix ---- */

enum { TRIAL_IMAGES = 128 };

/* Whether most bounds are wider than the scores of their image are spread: then bfloat16 decides
 * next to nothing, and its time is wasted. */
static bool too_wide(const float *sims, const float *bounds, size_t I, size_t C)
{
    size_t wide = 0;
    for (size_t i = 0; i < I; i++) {
        double sum = 0, squares = 0;
        for (size_t c = 0; c < C; c++) {
            sum += sims[i * C + c];
            squares += (double)sims[i * C + c] * sims[i * C + c];
        }
        float spread =
            (float)sqrt(fmax(squares / (double)C - sum * sum / (double)C / (double)C, 0));
        for (size_t c = 0; c < C; c++)
            wide += !(bounds[i * C + c] < spread);
    }
    return wide > I * C / 2;
}

static int score_rows(const struct session *session, const struct session_block *part, size_t first,
                      size_t n, bool half, float *sims, float *bounds,
                      const struct progress *progress, struct error *err)
{
    struct score_images images = session_images_at(session, part->first_image + first, n);
    struct score_captions captions =
        session_captions_at(session, part->first_caption, part->captions);
    return score_all_approx(&model_options(session->model)->attn, &images, &captions,
                            half ? session->half : NULL, sims + first * part->captions,
                            bounds + first * part->captions, progress, err);
}

int session_score_approx(const struct session *session, const struct session_block *part,
                         float *sims, float *bounds, bool *wide_out,
                         const struct progress *progress, struct error *err)
{
    size_t trial = part->images < 2 * TRIAL_IMAGES ? 0 : TRIAL_IMAGES;
    bool half = session->half != NULL;
    *wide_out = false;
    if (half && trial > 0) {
        if (score_rows(session, part, 0, trial, true, sims, bounds, NULL, err) != 0)
            return -1;
        *wide_out = too_wide(sims, bounds, trial, part->captions);
    }
    if (!half || *wide_out)
        trial = 0;
    return score_rows(session, part, trial, part->images - trial, half && !*wide_out, sims, bounds,
                      progress, err);
}

int session_score_pairs(const struct session *session, const struct session_block *part,
                        const struct score_list *list, float *scores,
                        const struct progress *progress, struct error *err)
{
    struct score_images images = session_images_at(session, part->first_image, part->images);
    struct score_captions captions =
        session_captions_at(session, part->first_caption, part->captions);
    return score_pairs(&model_options(session->model)->attn, &images, &captions, list, scores,
                       progress, err);
}

/* ---- lists ---- */

void exact_list_free(struct exact_list *list)
{
    free(list->starts);
    free(list->captions);
    *list = (struct exact_list){0};
}

static int list_get(struct exact_list *out, size_t I, size_t n, struct error *err)
{
    return mem_alloc(&out->captions, n + !n, sizeof *out->captions, "pairs to score again", err) ==
                       0 &&
                   (out->starts || mem_alloc(&out->starts, I + 1, sizeof *out->starts,
                                             "pairs to score again", err) == 0)
               ? 0
               : -1;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

int exact_true_pairs(size_t I, size_t C, size_t per_image, struct exact_list *out,
                     struct error *err)
{
    *out = (struct exact_list){0};
    if (list_get(out, I, C, err) != 0)
        return -1;
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] = smaller((i + 1) * per_image, C);
    for (size_t c = 0; c < out->starts[I]; c++)
        out->captions[c] = (uint32_t)c;
    return 0;
}

int exact_all_pairs(size_t I, size_t C, struct exact_list *out, struct error *err)
{
    size_t pairs = 0;
    *out = (struct exact_list){0};
    if (!mem_mul(I, C, &pairs))
        return error_set(err, "too many pairs");
    if (list_get(out, I, pairs, err) != 0)
        return -1;
    for (size_t i = 0; i < I; i++) {
        out->starts[i + 1] = (i + 1) * C;
        for (size_t c = 0; c < C; c++)
            out->captions[i * C + c] = (uint32_t)c;
    }
    return 0;
}

/* The matrix and what it is compared with. */
struct open_work {
    const float *sims, *bounds, *truth;
    size_t C, per_image;
};

/* Of the image's true pairs the best; NaN where one is. */
static float best_truth(const struct open_work *w, size_t i)
{
    float best = -INFINITY;
    for (size_t c = i * w->per_image; c < smaller((i + 1) * w->per_image, w->C); c++)
        if (!(w->truth[c] <= best))
            best = w->truth[c];
    return best;
}

/* Pairs of image i that are open; captions_out NULL: only counts. A caption beyond the last image's
 * has no true pair. */
static size_t open_of(const struct open_work *w, size_t i, size_t truths, uint32_t *captions_out)
{
    float best = best_truth(w, i);
    size_t n = 0, first = i * w->per_image, end = first + w->per_image;
    for (size_t c = 0; c < w->C; c++) {
        float s = w->sims[i * w->C + c], b = w->bounds[i * w->C + c];
        bool open = !(fabsf(s - best) > b) || (c < truths && !(fabsf(s - w->truth[c]) > b));
        if (!open || (c >= first && c < end))
            continue;
        if (captions_out)
            captions_out[n] = (uint32_t)c;
        n++;
    }
    return n;
}

int exact_undecided_pairs(const float *sims, const float *bounds, size_t I, size_t C,
                          size_t per_image, const float *truth, struct exact_list *out,
                          struct error *err)
{
    struct open_work w = {sims, bounds, truth, C, per_image};
    size_t truths = smaller(I * per_image, C);
    *out = (struct exact_list){0};
    if (mem_alloc(&out->starts, I + 1, sizeof *out->starts, "pairs to score again", err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] = open_of(&w, i, truths, NULL);
    for (size_t i = 0; i < I; i++)
        out->starts[i + 1] += out->starts[i];
    if (list_get(out, I, out->starts[I], err) != 0)
        return -1;
#pragma omp parallel for schedule(dynamic, 16)
    for (size_t i = 0; i < I; i++)
        open_of(&w, i, truths, out->captions + out->starts[i]);
    return 0;
}

void exact_scatter(const struct exact_list *list, const float *scores, size_t I, size_t C,
                   float *sims)
{
    for (size_t i = 0; i < I; i++)
        for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
            sims[i * C + list->captions[k]] = scores[k];
}
