#include "cli/figure_batch.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "figure/style.h"
#include "io/captions.h"

/* ---- reading --------------------------------------------------------------------------------- */

static int wrong(struct batch_job *job, const char *key, const char *wanted)
{
    return error_set(&job->err, "%s: %s is wanted here", key, wanted);
}

static int take_text(struct batch_job *job, const char *key, const json_t *value, const char **out)
{
    if (!json_is_string(value))
        return wrong(job, key, "a text");
    *out = json_string_value(value);
    return 0;
}

static int take_number(struct batch_job *job, const char *key, const json_t *value, long *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > INT32_MAX)
        return wrong(job, key, "a whole number that is not negative");
    *out = (long)json_integer_value(value);
    return 0;
}

static int take_int(struct batch_job *job, const char *key, const json_t *value, int *out)
{
    long number;
    if (take_number(job, key, value, &number) != 0)
        return -1;
    *out = (int)number;
    return 0;
}

static int take_kind(struct batch_job *job, const json_t *value)
{
    const char *name = NULL;
    if (take_text(job, "kind", value, &name) != 0)
        return -1;
    return figure_kind_named(name, &job->request.kind, &job->err);
}

/* Texts that a style keeps must live as long as the job: a font's name stays in the JSON. */
static int take_style(struct batch_job *job, const char *key, const json_t *value)
{
    char number[32] = "";
    const char *text = json_string_value(value);
    if (json_is_number(value))
        snprintf(number, sizeof number, "%.17g", json_number_value(value));
    else if (json_is_boolean(value))
        snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
    else if (!text)
        return wrong(job, key, "a text, a number, true or false");
    return figure_style_set(&job->style, key, text ? text : number, &job->err);
}

static int take_field(struct batch_job *job, const char *key, const json_t *value,
                      const char **output)
{
    struct figure_request *r = &job->request;
    static const struct {
        const char *key;
        size_t offset;
    } texts[] = {{"image", offsetof(struct figure_request, image)},
                 {"words", offsetof(struct figure_request, words)},
                 {"regions", offsetof(struct figure_request, regions)}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(key, texts[i].key) == 0)
            return take_text(job, key, value, (const char **)((char *)r + texts[i].offset));
    if (strcmp(key, "kind") == 0)
        return take_kind(job, value);
    if (strcmp(key, "caption") == 0)
        return take_text(job, key, value, &job->caption);
    if (strcmp(key, "caption_index") == 0)
        return take_number(job, key, value, &r->caption_index);
    if (strcmp(key, "top") == 0)
        return take_int(job, key, value, &r->top);
    if (strcmp(key, "rows") == 0)
        return take_int(job, key, value, &r->rows);
    if (strcmp(key, "output") == 0)
        return take_text(job, key, value, output);
    return take_style(job, key, value);
}

static int read_line(struct batch_job *job, const char *line, size_t length, const char *folder)
{
    json_error_t at;
    const char *output = NULL, *key;
    char name[32];
    json_t *root = json_loadb(line, length, 0, &at), *value;
    job->json = root;
    if (!json_is_object(root))
        return error_set(&job->err, "is no JSON object%s%s", root ? "" : ": ", root ? "" : at.text);
    json_object_foreach (root, key, value) {
        if (take_field(job, key, value, &output) != 0)
            return -1;
    }
    snprintf(name, sizeof name, "%04zu.png", job->line);
    job->output = file_join(folder ? folder : "", output ? output : name);
    return 0;
}

int batch_read(const char *path, const char *folder, const struct figure_style *defaults,
               struct batch *out, struct error *err)
{
    struct file_map map;
    size_t cap = 0, line = 0;
    *out = (struct batch){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    if (text_check(path, map.data, map.size, err) != 0) {
        file_map_close(&map);
        return -1;
    }
    const char *text = (const char *)map.data;
    for (size_t at = 0, length; at < map.size; at += length + 1) {
        const char *end = memchr(text + at, '\n', map.size - at);
        length = end ? (size_t)(end - text) - at : map.size - at;
        line++;
        if (length == 0 || (length == 1 && text[at] == '\r'))
            continue;
        MEM_ROOM(out->jobs, out->count, cap);
        struct batch_job *job = &out->jobs[out->count++];
        *job = (struct batch_job){.line = line, .style = *defaults};
        job->request.caption_index = -1;
        job->failed = read_line(job, text + at, length, folder) != 0;
    }
    file_map_close(&map);
    for (size_t i = 0; i < out->count; i++) { /* the jobs do not move any more */
        out->jobs[i].request.captions = &out->jobs[i].caption;
        out->jobs[i].request.caption_count = out->jobs[i].caption != NULL;
    }
    if (out->count == 0)
        return error_at(err, path, -1, "holds no figures: give a JSON object a line");
    return 0;
}

void batch_done(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        json_decref(batch->jobs[i].json);
        free(batch->jobs[i].output);
        free(batch->jobs[i].shown);
        str_done(&batch->jobs[i].notes);
    }
    free(batch->jobs);
    *batch = (struct batch){0};
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw(struct batch_job *job, const struct figure_sessions *sessions)
{
    struct figure_data data = {0};
    int side = figure_photo_side(&job->style);
    job->failed = figure_request_answer(&job->request, sessions, side, &data, &job->err) != 0 ||
                  figure_write(&data.figure, &job->style, job->output, &job->notes, &job->err) != 0;
    if (data.figure.info.caption)
        job->shown = mem_strdup(data.figure.info.caption);
    figure_data_done(&data);
}

void batch_draw(struct batch *batch, const struct figure_sessions *sessions,
                const struct progress *progress)
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
            draw(job, sessions);
#pragma omp critical(batch_progress)
        if (!progress_step(progress, ++done, batch->count)) {
#pragma omp atomic write
            stop = true;
        }
    }
}
