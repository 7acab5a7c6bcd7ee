#include "retrieve/session/session_exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/session/session_private.h"

/* ---- one caption ---- */

/* A ranking in progress. */
struct ranking_work {
    const struct session *session;
    const struct query *query;
    const struct exact_places *need;
    float *scores, *bounds;
    bool *own; /* whether scores[i] is the pair's own */
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
    struct embedded_captions caption = query_caption(w->query, w->session->D, starts);
    struct scoring scoring = session_scoring(w->session);
    int status = score_image_subset(&scoring, &w->session->images, &caption, w->list, w->listed,
                                    w->scores, w->progress, err);
    w->again += w->listed;
    w->listed = 0;
    return status;
}

static int score_near(struct ranking_work *w, struct error *err)
{
    size_t starts[2] = {0, w->query->W};
    struct embedded_captions caption = query_caption(w->query, w->session->D, starts);
    struct scoring scoring = session_scoring(w->session);
    return score_images_approx(&scoring, &w->session->images, &caption, w->session->half, w->scores,
                               w->bounds, w->progress, err);
}

/* Sets the own scores of the images in `need` and of the seemingly best ones; what really comes in
 * the first places is no worse than the worst of the latter, *least_out. */
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

static int score_rows(const struct session *session, const struct session_block *part, size_t first,
                      size_t n, bool half, float *sims, float *bounds,
                      const struct progress *progress, struct error *err)
{
    struct embedded_images images =
        embedded_images_at(&session->images, part->first_image + first, n);
    struct embedded_captions captions =
        embedded_captions_at(&session->captions, part->first_caption, part->captions);
    struct scoring scoring = session_scoring(session);
    return score_all_approx(&scoring, &images, &captions, half ? session->half : NULL,
                            sims + first * part->captions, bounds + first * part->captions,
                            progress, err);
}

int session_score_approx(const struct session *session, const struct session_block *part,
                         float *sims, float *bounds, bool *wide_out,
                         const struct progress *progress, struct error *err)
{
    if (session->matrix) {
        *wide_out = false;
        memset(bounds, 0, part->images * part->captions * sizeof *bounds);
        return session_score_block(session, part->first_image, part->images, part->first_caption,
                                   part->captions, sims, progress, err);
    }
    size_t trial = part->images < 2 * TRIAL_IMAGES ? 0 : TRIAL_IMAGES;
    bool half = session->half != NULL;
    *wide_out = false;
    if (half && trial > 0) {
        if (score_rows(session, part, 0, trial, true, sims, bounds, NULL, err) != 0)
            return -1;
        *wide_out = exact_bounds_too_wide(sims, bounds, trial, part->captions);
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
    if (session->matrix) {
        for (size_t i = 0; i < part->images; i++)
            for (size_t k = list->starts[i]; k < list->starts[i + 1]; k++)
                scores[k] = sims_file_at(session->matrix, part->first_image + i,
                                         part->first_caption + list->captions[k]);
        return 0;
    }
    struct embedded_images images =
        embedded_images_at(&session->images, part->first_image, part->images);
    struct embedded_captions captions =
        embedded_captions_at(&session->captions, part->first_caption, part->captions);
    struct scoring scoring = session_scoring(session);
    return score_pairs(&scoring, &images, &captions, list, scores, progress, err);
}
