/* gather_log.c: training curves from the logs of scanscope train (train.jsonl). */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/naming.h"
#include "figure/gather.h"
#include "train/log_read.h"

enum { LOSS_POINTS = 300 };

/* Points, in the log's order. */
struct points {
    struct {
        double x, y;
    } * items;
    size_t count, cap;
};

/* Losses and validations, by iteration; values that are not finite are left out. */
struct curves {
    struct points loss, rsum, recalls[TRAIN_RECALLS];
};

static void add_point(struct points *points, double x, double y)
{
    if (!isfinite(y))
        return;
    MEM_ROOM(points->items, points->count, points->cap);
    points->items[points->count].x = x;
    points->items[points->count++].y = y;
}

static void curves_done(struct curves *curves)
{
    free(curves->loss.items);
    free(curves->rsum.items);
    for (int i = 0; i < TRAIN_RECALLS; i++)
        free(curves->recalls[i].items);
}

static int read_curves(const char *path, struct curves *out, struct notes *notes, struct error *err)
{
    struct train_history history;
    int status = train_log_read(path, &history, notes, err);
    for (size_t i = 0; i < history.step_count; i++)
        add_point(&out->loss, history.steps[i].iteration, history.steps[i].loss);
    for (size_t i = 0; i < history.validation_count; i++) {
        const struct train_past_validation *v = &history.validations[i];
        add_point(&out->rsum, v->iteration, v->rsum);
        for (int k = 0; k < TRAIN_RECALLS; k++)
            add_point(&out->recalls[k], v->iteration, v->recalls[k]);
    }
    train_history_done(&history);
    return status;
}

/* ---- plots ---- */

/* Means of neighbouring points, so that at most `most` are left. */
static struct figure_series thinned(struct figure_data *data, const char *name,
                                    const struct points *points, size_t most)
{
    size_t each = (points->count + most - 1) / most;
    each = each ? each : 1;
    size_t count = (points->count + each - 1) / each;
    double *x = figure_data_take(data, count, sizeof *x);
    double *y = figure_data_take(data, count, sizeof *y);
    for (size_t i = 0; i < count; i++) {
        size_t from = i * each, to = from + each < points->count ? from + each : points->count;
        for (size_t k = from; k < to; k++)
            y[i] += points->items[k].y / (double)(to - from);
        x[i] = points->items[to - 1].x;
    }
    return (struct figure_series){name, x, y, count};
}

static void plot_recalls(struct figure_data *data, const struct curves *log, int first,
                         const char *title, struct figure_plot *out)
{
    static const char *const names[] = {"R@1", "R@5", "R@10"};
    struct figure_series *series = figure_data_take(data, 3, sizeof *series);
    for (int i = 0; i < 3; i++)
        series[i] = thinned(data, names[i], &log->recalls[first + i], SIZE_MAX / 2);
    *out = (struct figure_plot){.title = title,
                                .x_label = "steps",
                                .y_label = "% of queries",
                                .series = series,
                                .series_count = 3};
}

static void make_plots(struct figure_data *data, const struct curves *logs, char *const *names,
                       size_t count)
{
    struct figure_plot *plots = figure_data_take(data, 4, sizeof *plots);
    struct figure_series *loss = figure_data_take(data, count, sizeof *loss);
    struct figure_series *rsum = figure_data_take(data, count, sizeof *rsum);
    for (size_t i = 0; i < count; i++) {
        const char *name = figure_data_text(data, names[i]);
        loss[i] = thinned(data, name, &logs[i].loss, LOSS_POINTS);
        rsum[i] = thinned(data, name, &logs[i].rsum, SIZE_MAX / 2);
    }
    plots[0] = (struct figure_plot){.title = "Training loss",
                                    .x_label = "steps",
                                    .y_label = "loss of a batch, mean of neighbouring steps",
                                    .series = loss,
                                    .series_count = count};
    plots[1] = (struct figure_plot){.title = "Validation: sum of recalls",
                                    .x_label = "steps",
                                    .y_label = "R@1 + R@5 + R@10, both directions",
                                    .series = rsum,
                                    .series_count = count};
    data->figure.plots = plots;
    data->figure.plot_count = 2;
    if (count == 1) {
        plot_recalls(data, &logs[0], 0, "Validation: caption retrieval", &plots[2]);
        plot_recalls(data, &logs[0], 3, "Validation: image retrieval", &plots[3]);
        data->figure.plot_count = 4;
    }
}

int gather_logs(const char *const *paths, size_t count, struct figure_data *data, struct error *err)
{
    struct curves *logs = mem_new(count, sizeof *logs);
    char **names = mem_new(count, sizeof *names);
    int status = 0;
    data->figure.kind = FIGURE_CURVES;
    naming_files(paths, count, names);
    for (size_t i = 0; i < count && status == 0; i++)
        status = read_curves(paths[i], &logs[i], figure_data_notes(data), err);
    if (status == 0)
        make_plots(data, logs, names, count);
    for (size_t i = 0; i < count; i++) {
        curves_done(&logs[i]);
        free(names[i]);
    }
    free(names);
    free(logs);
    return status;
}
