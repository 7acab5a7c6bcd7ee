/* gather_log.c: training curves from the logs of scanscope train (train.jsonl). */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "figure/gather.h"
#include "io/text/json_in.h"

enum { RECALLS = 6, LOSS_POINTS = 300 };

/* Points, in the log's order. */
struct points {
    struct {
        double x, y;
    } * items;
    size_t count, cap;
};

/* The contents of a log: losses and validations, by iteration. */
struct log {
    const char *path;
    struct points loss, rsum, recalls[RECALLS]; /* i2t R@1 R@5 R@10, t2i R@1 R@5 R@10 */
};

static void add_point(struct points *points, double x, double y)
{
    MEM_ROOM(points->items, points->count, points->cap);
    points->items[points->count].x = x;
    points->items[points->count++].y = y;
}

static void log_done(struct log *log)
{
    free(log->loss.items);
    free(log->rsum.items);
    for (int i = 0; i < RECALLS; i++)
        free(log->recalls[i].items);
}

/* ---- reading ---- */

static double number(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void read_validation(struct log *log, const json_t *event, double iteration)
{
    static const char *const keys[] = {"i2t", "t2i"};
    add_point(&log->rsum, iteration, number(json_object_get(event, "rsum")));
    for (int i = 0; i < RECALLS; i++) {
        const json_t *value = json_array_get(json_object_get(event, keys[i / 3]), (size_t)i % 3);
        add_point(&log->recalls[i], iteration, number(value));
    }
}

static void read_event(struct log *log, const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "event"));
    double iteration = number(json_object_get(event, "iteration"));
    if (!name || !isfinite(iteration))
        return;
    if (strcmp(name, "step") == 0)
        add_point(&log->loss, iteration, number(json_object_get(event, "loss")));
    else if (strcmp(name, "validation") == 0)
        read_validation(log, event, iteration);
}

static int read_lines(struct log *log, const char *text, size_t size, struct error *err)
{
    size_t line = 0;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(text + at, '\n', size - at);
        json_error_t why;
        length = end ? (size_t)(end - text) - at : size - at;
        line++;
        json_t *event = length ? json_loadb(text + at, length, 0, &why) : NULL;
        if (length && !event && end) /* the last line of a run that was killed may be cut */
            return error_at(err, log->path, -1,
                            "line %zu is not JSON: is this the train.jsonl of a "
                            "training run?",
                            line);
        read_event(log, event);
        json_decref(event);
    }
    if (log->loss.count == 0 && log->rsum.count == 0)
        return error_at(err, log->path, -1,
                        "holds no step and no validation: is this the "
                        "train.jsonl of a training run?");
    return 0;
}

static int read_log(struct log *log, struct error *err)
{
    struct file_map map;
    if (file_map_open(log->path, &map, err) != 0)
        return -1;
    const uint8_t *text = map.data;
    size_t size = map.size;
    int status = json_in_begin(log->path, &text, &size, err);
    if (status == 0)
        status = read_lines(log, (const char *)text, size, err);
    file_map_close(&map);
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

static void plot_recalls(struct figure_data *data, const struct log *log, int first,
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

static void make_plots(struct figure_data *data, const struct log *logs, size_t count)
{
    struct figure_plot *plots = figure_data_take(data, 4, sizeof *plots);
    struct figure_series *loss = figure_data_take(data, count, sizeof *loss);
    struct figure_series *rsum = figure_data_take(data, count, sizeof *rsum);
    for (size_t i = 0; i < count; i++) {
        const char *name = gather_run_name(data, logs[i].path);
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
    struct log *logs = mem_new(count, sizeof *logs);
    int status = 0;
    data->figure.kind = FIGURE_CURVES;
    for (size_t i = 0; i < count && status == 0; i++) {
        logs[i].path = paths[i];
        status = read_log(&logs[i], err);
    }
    if (status == 0)
        make_plots(data, logs, count);
    for (size_t i = 0; i < count; i++)
        log_done(&logs[i]);
    free(logs);
    return status;
}
