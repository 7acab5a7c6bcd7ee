/* gather_all.c: figures that look at every pair of a split. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/sweep.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "figure/gather.h"

/* ---- captions ---- */

static const char *caption_text(const struct session *session, size_t caption)
{
    const struct dataset *data = session->data;
    return data->caption ? data->caption[caption] : "?";
}

int gather_captions(const struct session *session, size_t image, size_t k, int max_side,
                    struct figure_data *data, struct figure_set *set, struct error *err)
{
    size_t count = k < session->C ? k : session->C;
    float *scores = mem_new(session->C, sizeof *scores);
    struct ranked *best = mem_new(count, sizeof *best);
    struct figure_caption *captions = figure_data_take(data, count, sizeof *captions);
    int status = session_score_captions(session, image, scores, NULL, err);
    if (status == 0) {
        count = rank_top(scores, session->C, count, best);
        for (size_t i = 0; i < count; i++)
            captions[i] = (struct figure_caption){
                .text = figure_data_text(data, caption_text(session, best[i].index)),
                .score = best[i].score,
                .truth = caption_map_has(&session->data->map, image, best[i].index),
                .rank = i + 1};
        set->captions = captions;
        set->caption_count = count;
        set->truth_rank = session->data->map.captions > 0; /* it is known which ones are true */
        gather_image(session, image, max_side, data, &set->image);
    }
    free(best);
    free(scores);
    return status;
}

/* ---- failures ---- */

/* One pass over all scores, of which `k` answers per query are kept. */
static int sweep_session(const struct session *session, size_t k, struct sweep *out,
                         struct error *err)
{
    struct score_source source;
    if (session->data->map.captions == 0)
        return error_set(err, "the split has no captions that belong to its images");
    scores_of_session(session, &source);
    return sweep_run(&source, k, 0, NULL, out, err);
}

/* The true image, then the best ones. */
static void fill_failure(const struct session *session, size_t caption, struct figure_result truth,
                         const struct ranked *best, size_t count, int max_side,
                         struct figure_data *data, struct figure_set *set)
{
    size_t image = caption_map_image(&session->data->map, caption);
    struct figure_result *results = figure_data_take(data, count + 1, sizeof *results);
    results[0] = truth;
    gather_image(session, image, max_side, data, &results[0].image);
    for (size_t i = 0; i < count; i++) {
        results[i + 1] = (struct figure_result){
            .score = best[i].score, .truth = best[i].index == image, .rank = i + 1};
        gather_image(session, best[i].index, max_side, data, &results[i + 1].image);
    }
    set->query = figure_data_text(data, caption_text(session, caption));
    set->results = results;
    set->result_count = count + 1;
    set->truth_rank = truth.rank;
}

int gather_failure(const struct session *session, size_t caption, size_t k, int max_side,
                   struct figure_data *data, struct figure_set *set, struct error *err)
{
    struct query *query = NULL;
    if (session->data->map.captions == 0)
        return error_set(err, "the split has no captions that belong to its images");
    if (query_from_caption(session, caption, &query, err) != 0)
        return -1;
    size_t count = k < session->I ? k : session->I;
    size_t truth = caption_map_image(&session->data->map, caption);
    float *scores = mem_new(session->I, sizeof *scores);
    struct ranked *best = mem_new(count, sizeof *best);
    int status = session_score_images(session, query, scores, NULL, err);
    if (status == 0) {
        struct figure_result result = {
            .score = scores[truth], .truth = true, .rank = rank_of(scores, session->I, truth) + 1};
        count = rank_top(scores, session->I, count, best);
        fill_failure(session, caption, result, best, count, max_side, data, set);
    }
    free(best);
    free(scores);
    query_free(query);
    return status;
}

struct failed {
    size_t caption, rank;
};

static int worse(const void *a, const void *b)
{
    const struct failed *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? 1 : -1;
    return (x->caption > y->caption) - (x->caption < y->caption);
}

/* All captions, the worst first; the caller's to free. */
static struct failed *worst_captions(const struct sweep *sweep)
{
    struct failed *all = mem_new(sweep->C, sizeof *all);
    for (size_t c = 0; c < sweep->C; c++)
        all[c] = (struct failed){c, sweep->captions[c].rank};
    qsort(all, sweep->C, sizeof *all, worse);
    return all;
}

int gather_failures(const struct session *session, size_t rows, size_t k, int max_side,
                    struct figure_data *data, struct error *err)
{
    struct sweep sweep;
    struct recalls recalls;
    char title[128];
    if (sweep_session(session, k, &sweep, err) != 0)
        return -1;
    size_t count = rows < sweep.C ? rows : sweep.C;
    struct failed *worst = worst_captions(&sweep);
    struct figure_set *sets = figure_data_sets(data, count);
    for (size_t s = 0; s < count; s++) {
        const struct sweep_query *query = &sweep.captions[worst[s].caption];
        struct figure_result truth = {
            .score = query->score, .truth = true, .rank = query->rank + 1};
        fill_failure(session, worst[s].caption, truth,
                     sweep.caption_top + worst[s].caption * sweep.caption_k, sweep.caption_k,
                     max_side, data, &sets[s]);
    }
    sweep_recalls(sweep.captions, sweep.C, &recalls);
    snprintf(title, sizeof title, "Captions whose image ranks worst, of %zu; recall at 10: %.1f %%",
             sweep.C, recalls.r10);
    data->figure.info.caption = figure_data_text(data, title);
    free(worst);
    sweep_done(&sweep);
    return 0;
}

/* ---- curves ---- */

enum { RECALL_TOP = 100, BINS = 6, PLOTS = 4 };
static const size_t bin_ends[BINS] = {1, 5, 10, 50, 100, SIZE_MAX};
static const char *const bin_names[BINS] = {"1", "2-5", "6-10", "11-50", "51-100", "more"};

/* Per cent of the queries (those with a truth) whose rank, 0 = best, is below 1, 2, ...,
 * RECALL_TOP. */
static struct figure_series recall_series(struct figure_data *data, const char *name,
                                          const struct sweep_query *queries, size_t count)
{
    double *x = figure_data_take(data, RECALL_TOP, sizeof *x);
    double *y = figure_data_take(data, RECALL_TOP, sizeof *y);
    double share = 100.0 / (double)sweep_count(queries, count);
    for (size_t i = 0; i < count; i++)
        if (sweep_is_query(&queries[i]) && queries[i].rank < RECALL_TOP)
            y[queries[i].rank] += share;
    for (int k = 0; k < RECALL_TOP; k++) {
        x[k] = k + 1;
        y[k] += k ? y[k - 1] : 0;
    }
    return (struct figure_series){name, x, y, RECALL_TOP};
}

static struct figure_series rank_series(struct figure_data *data, const char *name,
                                        const struct sweep_query *queries, size_t count)
{
    double *x = figure_data_take(data, BINS, sizeof *x),
           *y = figure_data_take(data, BINS, sizeof *y);
    double share = 100.0 / (double)sweep_count(queries, count);
    for (int b = 0; b < BINS; b++)
        x[b] = b;
    for (size_t i = 0; i < count; i++) {
        int b = 0;
        while (queries[i].rank + 1 > bin_ends[b])
            b++;
        if (sweep_is_query(&queries[i]))
            y[b] += share;
    }
    return (struct figure_series){name, x, y, BINS};
}

static int add_model(const struct session *session, size_t index, struct figure_data *data,
                     struct figure_series *series[PLOTS], struct error *err)
{
    struct sweep sweep;
    const char *name = figure_data_text(data, session->name);
    if (sweep_session(session, 0, &sweep, err) != 0)
        return -1;
    series[0][index] = recall_series(data, name, sweep.captions, sweep.C);
    series[1][index] = recall_series(data, name, sweep.images, sweep.I);
    series[2][index] = rank_series(data, name, sweep.captions, sweep.C);
    series[3][index] = rank_series(data, name, sweep.images, sweep.I);
    sweep_done(&sweep);
    return 0;
}

int gather_curves(struct session *const *sessions, size_t count, struct figure_data *data,
                  struct error *err)
{
    static const char *const titles[PLOTS] = {
        "Image retrieval: recall at k", "Caption retrieval: recall at k",
        "Rank of the caption's image", "Rank of the image's best caption"};
    struct figure_series *series[PLOTS];
    struct figure_plot *plots = figure_data_take(data, PLOTS, sizeof *plots);
    for (int p = 0; p < PLOTS; p++) {
        bool recall = p < 2;
        series[p] = figure_data_take(data, count, sizeof **series);
        plots[p] = (struct figure_plot){.title = titles[p],
                                        .x_label = recall ? "k" : "rank",
                                        .y_label = "% of queries",
                                        .series = series[p],
                                        .series_count = count,
                                        .bars = !recall,
                                        .log_x = recall,
                                        .y_top = recall ? 100 : 0,
                                        .ticks = recall ? NULL : bin_names};
    }
    for (size_t i = 0; i < count; i++)
        if (add_model(sessions[i], i, data, series, err) != 0)
            return -1;
    data->figure.plots = plots;
    data->figure.plot_count = PLOTS;
    return 0;
}
