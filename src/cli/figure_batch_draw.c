/* figure_batch_draw.c: drawing a batch. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/figure_batch.h"
#include "figure/figure_file.h"
#include "figure/gather.h"

bool figure_batch_needs_session(const struct batch_job *job)
{
    return !job->failed && !job->data && job->log_count == 0;
}

/* The file's own style, overridden by the options, overridden by the line. */
static int load(struct batch_job *job, const struct batch_options *options,
                struct figure_data *data)
{
    struct figure_style style;
    if (figure_load_json(job->data, options->images, data, &style, &job->err) != 0 ||
        options->style(options->context, &style, &job->err) != 0 ||
        figure_batch_restyle(job, &style) != 0)
        return -1;
    job->style = style;
    job->request.kind = data->figure.kind;
    return 0;
}

static int from_logs(struct batch_job *job, struct figure_data *data)
{
    return gather_logs(job->logs, job->log_count, data, &job->err);
}

/* What a line gives beside data, or for another kind, is not ignored without a word. */
static void note_unused(struct batch_job *job)
{
    const struct figure_request *r = &job->request;
    bool content = r->caption_count || r->caption_index >= 0 || r->image || r->words ||
                   r->regions || r->top || r->rows || job->log_count;
    if (!job->data)
        figure_request_unused(r, job->log_count, &job->notes);
    else if (content)
        notes_add(&job->notes, "a data file says what it shows: only style fields change it");
}

static int fill(struct batch_job *job, const struct figure_sessions *sessions,
                const struct batch_options *options, struct figure_data *data)
{
    note_unused(job);
    if (job->data)
        return load(job, options, data);
    if (job->log_count && job->request.kind != FIGURE_CURVES)
        return error_set(&job->err, "logs are drawn as curves, not as %s",
                         figure_kind_name(job->request.kind));
    if (job->log_count)
        return from_logs(job, data);
    return figure_request_answer(&job->request, sessions, figure_photo_side(&job->style), data,
                                 &job->err);
}

/* Browsers do not show a PDF inside a page, so that gets the same figure as SVG. */
static int draw_preview(struct batch_job *job, const struct figure *figure)
{
    char path[] = "/tmp/scanscope-XXXXXX.svg";
    struct file_map map;
    int file = mkstemps(path, 4);
    if (file < 0)
        return error_errno(&job->err, path, "make");
    close(file);
    int status = figure_write(figure, &job->style, path, NULL, &job->err);
    if (status == 0 && (status = file_map_any(path, &map, &job->err)) == 0) {
        job->preview = mem_strndup((const char *)map.data, map.size);
        file_map_close(&map);
    }
    unlink(path);
    return status;
}

static bool is_pdf(const char *path)
{
    const char *dot = strrchr(file_name(path), '.');
    return dot && strcasecmp(dot, ".pdf") == 0;
}

static int draw(struct batch_job *job, const struct figure_sessions *sessions,
                const struct batch_options *options, struct figure_data *data)
{
    if (fill(job, sessions, options, data) != 0 ||
        figure_write(&data->figure, &job->style, job->output, &job->notes, &job->err) != 0)
        return -1;
    if (options->page && is_pdf(job->output) && draw_preview(job, &data->figure) != 0)
        return -1;
    return options->save_data
               ? figure_save_beside(&data->figure, &job->style, job->output, &job->err)
               : 0;
}

static void run(struct batch_job *job, const struct figure_sessions *sessions,
                const struct batch_options *options)
{
    struct figure_data data = {0};
    job->failed = draw(job, sessions, options, &data) != 0;
    notes_add_all(&job->remarks, figure_data_notes(&data));
    if (data.figure.info.caption)
        job->shown = mem_strdup(data.figure.info.caption);
    job->style.font = NULL; /* it may be the data's */
    figure_data_done(&data);
}

void figure_batch_draw(struct batch *batch, const struct figure_sessions *sessions,
                       const struct batch_options *options, const struct progress *progress)
{
    size_t done = 0;
    bool stop = false;
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < batch->count; i++) {
        struct batch_job *job = &batch->jobs[i];
        bool stopped;
#pragma omp atomic read
        stopped = stop;
        if (stopped && !job->failed)
            job->failed = error_set(&job->err, "interrupted") != 0;
        if (!job->failed)
            run(job, sessions, options);
#pragma omp critical(batch_progress)
        if (!progress_step(progress, ++done, batch->count)) {
#pragma omp atomic write
            stop = true;
        }
    }
}
