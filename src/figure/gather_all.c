/* gather_all.c: figures that look at every pair of a split. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "figure/gather.h"
#include "retrieve/evaluate.h"

/* ---- captions -------------------------------------------------------------------------------- */

static const char *caption_text(const struct session *session, size_t caption)
{
    const struct dataset *data = session->data;
    return data->caption ? data->caption[caption] : "?";
}

int gather_captions(const struct session *session, size_t image, size_t k, int max_side,
                    struct figure_data *data, struct figure_set *set, struct error *err)
{
    size_t count = k < session->C ? k : session->C, per_image = session->data->per_image;
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
                .truth = per_image && best[i].index / per_image == image,
                .rank = i + 1};
        set->captions = captions;
        set->caption_count = count;
        set->truth_rank = per_image > 0; /* which ones are true is known */
        gather_image(session, image, max_side, data, &set->image);
    }
    free(best);
    free(scores);
    return status;
}

/* ---- failures -------------------------------------------------------------------------------- */

/* All scores, I x C; the caller's to free. */
static int score_all(const struct session *session, float **out, struct error *err)
{
    size_t pairs;
    *out = NULL;
    if (session->data->per_image == 0)
        return error_set(err, "the split has no captions that belong to its images");
    if (!mem_mul(session->I, session->C, &pairs))
        return error_set(err, "the split has too many pairs");
    if (mem_get(out, pairs, sizeof **out, "all similarities", err) != 0)
        return -1;
    return session_score_all(session, *out, NULL, err);
}

struct failure {
    size_t caption, rank;
};

static int worse(const void *a, const void *b)
{
    const struct failure *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? 1 : -1;
    return (x->caption > y->caption) - (x->caption < y->caption);
}

/* The true image, then the best ones. */
static void fill_failure(const struct session *session, const float *column,
                         const struct failure *failure, size_t k, int max_side,
                         struct figure_data *data, struct figure_set *set)
{
    size_t count = k < session->I ? k : session->I;
    size_t truth = failure->caption / session->data->per_image;
    struct ranked *best = mem_new(count, sizeof *best);
    struct figure_result *results = figure_data_take(data, count + 1, sizeof *results);
    count = rank_top(column, session->I, count, best);
    results[0] =
        (struct figure_result){.score = column[truth], .truth = true, .rank = failure->rank + 1};
    gather_image(session, truth, max_side, data, &results[0].image);
    for (size_t i = 0; i < count; i++) {
        results[i + 1] = (struct figure_result){
            .score = best[i].score, .truth = best[i].index == truth, .rank = i + 1};
        gather_image(session, best[i].index, max_side, data, &results[i + 1].image);
    }
    set->query = figure_data_text(data, caption_text(session, failure->caption));
    set->results = results;
    set->result_count = count + 1;
    set->truth_rank = failure->rank + 1;
    free(best);
}

static void fill_failures(const struct session *session, const float *sims,
                          const struct failure *worst, size_t k, int max_side,
                          struct figure_data *data)
{
    float *column = mem_new(session->I, sizeof *column);
    for (size_t s = 0; s < data->figure.set_count; s++) {
        for (size_t i = 0; i < session->I; i++)
            column[i] = sims[i * session->C + worst[s].caption];
        fill_failure(session, column, &worst[s], k, max_side, data,
                     (struct figure_set *)&data->figure.sets[s]);
    }
    free(column);
}

int gather_failures(const struct session *session, size_t rows, size_t k, int max_side,
                    struct figure_data *data, struct error *err)
{
    float *sims;
    struct recalls recalls;
    char title[128];
    int status = score_all(session, &sims, err);
    if (status == 0) {
        size_t C = session->C, count = rows < C ? rows : C;
        size_t *ranks = mem_new(C, sizeof *ranks);
        struct failure *all = mem_new(C, sizeof *all);
        evaluate_t2i(sims, session->I, C, session->data->per_image, &recalls, ranks);
        for (size_t c = 0; c < C; c++)
            all[c] = (struct failure){c, ranks[c]};
        qsort(all, C, sizeof *all, worse);
        figure_data_sets(data, count);
        fill_failures(session, sims, all, k, max_side, data);
        snprintf(title, sizeof title,
                 "Captions whose image ranks worst, of %zu; recall at 10: %.1f %%", C, recalls.r10);
        data->figure.info.caption = figure_data_text(data, title);
        free(all);
        free(ranks);
    }
    free(sims);
    return status;
}

/* ---- curves ---------------------------------------------------------------------------------- */

enum { RECALL_TOP = 100, BINS = 6, PLOTS = 4 };
static const size_t bin_ends[BINS] = {1, 5, 10, 50, 100, SIZE_MAX};
static const char *const bin_names[BINS] = {"1", "2-5", "6-10", "11-50", "51-100", "more"};

/* Per cent of the ranks (0 = best) that are below 1, 2, ... RECALL_TOP. */
static struct figure_series recall_series(struct figure_data *data, const char *name,
                                          const size_t *ranks, size_t count)
{
    double *x = figure_data_take(data, RECALL_TOP, sizeof *x);
    double *y = figure_data_take(data, RECALL_TOP, sizeof *y);
    for (size_t i = 0; i < count; i++)
        if (ranks[i] < RECALL_TOP)
            y[ranks[i]] += 100.0 / (double)count;
    for (int k = 0; k < RECALL_TOP; k++) {
        x[k] = k + 1;
        y[k] += k ? y[k - 1] : 0;
    }
    return (struct figure_series){name, x, y, RECALL_TOP};
}

static struct figure_series rank_series(struct figure_data *data, const char *name,
                                        const size_t *ranks, size_t count)
{
    double *x = figure_data_take(data, BINS, sizeof *x),
           *y = figure_data_take(data, BINS, sizeof *y);
    for (int b = 0; b < BINS; b++)
        x[b] = b;
    for (size_t i = 0; i < count; i++) {
        int b = 0;
        while (ranks[i] + 1 > bin_ends[b])
            b++;
        y[b] += 100.0 / (double)count;
    }
    return (struct figure_series){name, x, y, BINS};
}

/* The folder's name tells models apart better than model_best.pth.tar does. */
const char *gather_run_name(struct figure_data *data, const char *path)
{
    static const char *const plain[] = {"model", "checkpoint", "train.jsonl"};
    char *folder = file_folder(path);
    const char *name = file_name(path), *kept = name;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strncmp(name, plain[i], strlen(plain[i])) == 0 && strcmp(folder, ".") != 0)
            kept = file_name(folder);
    kept = figure_data_text(data, kept);
    free(folder);
    return kept;
}

static int add_model(const struct session *session, size_t index, struct figure_data *data,
                     struct figure_series *series[PLOTS], struct error *err)
{
    float *sims;
    struct recalls recalls;
    const char *name = gather_run_name(data, session->model_path);
    int status = score_all(session, &sims, err);
    if (status == 0) {
        size_t I = session->I, C = session->C, per_image = session->data->per_image;
        size_t *ranks = mem_new(C > I ? C : I, sizeof *ranks);
        evaluate_t2i(sims, I, C, per_image, &recalls, ranks);
        series[0][index] = recall_series(data, name, ranks, C);
        series[2][index] = rank_series(data, name, ranks, C);
        evaluate_i2t(sims, I, C, per_image, &recalls, ranks);
        series[1][index] = recall_series(data, name, ranks, I);
        series[3][index] = rank_series(data, name, ranks, I);
        free(ranks);
    }
    free(sims);
    return status;
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
