/* figure_batch.c: reading a batch. */
#include "cli/figure_batch.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "figure/figure_file.h"
#include "figure/style.h"
#include "io/text/captions.h"
#include "io/text/json_in.h"

/* ---- fields ---- */

static int wrong(struct batch_job *job, const char *key, const char *wanted)
{
    return error_set(&job->err, "%s: expected %s", key, wanted);
}

static int take_text(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    if (!json_is_string(value))
        return wrong(job, key, "a string");
    *(const char **)out = json_string_value(value);
    return 0;
}

static int take_number(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > INT32_MAX)
        return wrong(job, key, "a non-negative integer");
    *(int *)out = (int)json_integer_value(value);
    return 0;
}

static int take_index(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    int number = 0;
    if (take_number(job, key, value, &number) != 0)
        return -1;
    *(long *)out = number;
    return 0;
}

static int take_kind(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    const char *name = NULL;
    if (take_text(job, key, value, &name) != 0)
        return -1;
    return figure_kind_named(name, out, &job->err);
}

static int take_direction(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    const char *name = NULL;
    if (take_text(job, key, value, &name) != 0)
        return -1;
    return gather_direction_named(name, out, &job->err);
}

/* A string, or a list of strings; *list_out is the job's. */
static int take_texts(struct batch_job *job, const char *key, const json_t *value,
                      const char ***list_out, size_t *count_out)
{
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    free(*list_out);
    *count_out = 0;
    *list_out = mem_new(count, sizeof **list_out);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        if (!json_is_string(item))
            return wrong(job, key, "a string, or a list of strings");
        (*list_out)[(*count_out)++] = json_string_value(item);
    }
    return 0;
}

static int take_captions(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    (void)out;
    int status = take_texts(job, key, value, &job->captions, &job->request.caption_count);
    job->request.captions = job->captions;
    return status;
}

static int take_logs(struct batch_job *job, const char *key, const json_t *value, void *out)
{
    (void)out;
    return take_texts(job, key, value, &job->logs, &job->log_count);
}

/* A style keeps the font's name, which lives in the job's JSON. */
static int take_style(struct batch_job *job, const char *key, const json_t *value,
                      struct figure_style *style)
{
    char number[32] = "";
    const char *text = json_string_value(value);
    if (json_is_number(value))
        snprintf(number, sizeof number, "%.17g", json_number_value(value));
    else if (json_is_boolean(value))
        snprintf(number, sizeof number, "%s", json_is_true(value) ? "true" : "false");
    else if (!text)
        return wrong(job, key, "a string, a number, true or false");
    return figure_style_set(style, key, text ? text : number, &job->err);
}

static const struct field {
    const char *key;
    int (*take)(struct batch_job *job, const char *key, const json_t *value, void *out);
    size_t offset; /* of what it fills, in the job */
} fields[] = {
    {"kind", take_kind, offsetof(struct batch_job, request.kind)},
    {"caption", take_captions, 0},
    {"captions", take_captions, 0},
    {"caption_index", take_index, offsetof(struct batch_job, request.caption_index)},
    {"image", take_text, offsetof(struct batch_job, request.image)},
    {"words", take_text, offsetof(struct batch_job, request.words)},
    {"regions", take_text, offsetof(struct batch_job, request.regions)},
    {"direction", take_direction, offsetof(struct batch_job, request.direction)},
    {"top", take_number, offsetof(struct batch_job, request.top)},
    {"rows", take_number, offsetof(struct batch_job, request.rows)},
    {"log", take_logs, 0},
    {"logs", take_logs, 0},
    {"data", take_text, offsetof(struct batch_job, data)},
    /* the caller puts the folder before it */
    {"output", NULL, 0},
};
enum { FIELDS = COUNTOF(fields) };

static const struct field *field_named(const char *key)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].key, key) == 0)
            return &fields[i];
    return NULL;
}

static int take_field(struct batch_job *job, const char *key, const json_t *value,
                      const char **output)
{
    const struct field *field = field_named(key);
    if (!field)
        return take_style(job, key, value, &job->style);
    if (!field->take)
        return take_text(job, key, value, output);
    return field->take(job, key, value, (char *)job + field->offset);
}

int figure_batch_restyle(struct batch_job *job, struct figure_style *style)
{
    const char *key;
    json_t *value;
    json_object_foreach (job->json, key, value) {
        if (!field_named(key) && take_style(job, key, value, style) != 0)
            return -1;
    }
    return 0;
}

/* ---- lines ---- */

/* The figure, and what --save-data writes beside it, stay below the folder. */
static int name_output(struct batch_job *job, const struct batch_options *options, const char *name)
{
    const char *folder = options->folder ? options->folder : ".";
    char *beside[2] = {NULL, NULL};
    int status = file_below(folder, name, &job->output, &job->err);
    if (status == 0 && options->save_data)
        figure_data_paths(name, &beside[0], &beside[1]);
    for (int i = 0; i < 2; i++) {
        char *path = NULL;
        if (status == 0 && beside[i])
            status = file_below(folder, beside[i], &path, &job->err);
        free(path);
        free(beside[i]);
    }
    return status;
}

static int read_number(struct batch_job *job, const struct batch_options *options,
                       const json_t *value)
{
    int caption = 0;
    if (take_number(job, "caption_index", value, &caption) != 0)
        return -1;
    char name[32];
    snprintf(name, sizeof name, "caption-%04d.png", caption);
    job->request.caption_index = caption;
    return name_output(job, options, name);
}

static int read_line(struct batch_job *job, const char *line, size_t length,
                     const struct batch_options *options)
{
    json_error_t at;
    char name[32];
    const char *output = NULL, *key;
    json_t *root = json_loadb(line, length, JSON_DECODE_ANY, &at), *value;
    job->json = root;
    if (options->style(options->context, &job->style, &job->err) != 0)
        return -1;
    if (json_is_integer(root))
        return read_number(job, options, root);
    if (!json_is_object(root))
        return error_set(&job->err, "is not a JSON object%s%s", root ? "" : ": ",
                         root ? "" : at.text);
    json_object_foreach (root, key, value) {
        if (take_field(job, key, value, &output) != 0)
            return -1;
    }
    snprintf(name, sizeof name, "%04zu.png", job->line);
    return name_output(job, options, output ? output : name);
}

static struct batch_job *add_job(struct batch *batch, size_t line)
{
    MEM_ROOM(batch->jobs, batch->count, batch->cap);
    struct batch_job *job = &batch->jobs[batch->count++];
    *job = (struct batch_job){.line = line,
                              .style = {.original_first = true, .names = true},
                              .request = {.kind = FIGURE_WORDS, .caption_index = -1}};
    return job;
}

static void read_lines(struct batch *batch, const char *text, size_t size,
                       const struct batch_options *options)
{
    size_t line = 0;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(text + at, '\n', size - at);
        length = end ? (size_t)(end - text) - at : size - at;
        line++;
        if (length == 0 || (length == 1 && text[at] == '\r'))
            continue;
        struct batch_job *job = add_job(batch, line);
        job->failed = read_line(job, text + at, length, options) != 0;
    }
}

/* ---- an explorer's session ---- */

/* How the explorer showed attention; a value that figures do not have is ignored. */
static void take_look(const json_t *session, struct figure_style *style)
{
    static const char *const keys[][2] = {{"overlay", "style"}, {"map", "map"}};
    struct error ignored;
    for (size_t i = 0; i < COUNTOF(keys); i++) {
        const char *name = json_string_value(json_object_get(session, keys[i][0]));
        if (name && figure_style_set(style, keys[i][1], name, &ignored) != 0)
            continue;
    }
}

static void read_marks(struct batch *batch, const json_t *marks,
                       const struct batch_options *options)
{
    for (size_t i = 0; i < json_array_size(marks); i++) {
        struct batch_job *job = add_job(batch, i + 1);
        take_look(batch->session, &job->style);
        job->failed = options->style(options->context, &job->style, &job->err) != 0 ||
                      read_number(job, options, json_array_get(marks, i)) != 0;
    }
}

static bool read_session(struct batch *batch, const char *text, size_t size,
                         const struct batch_options *options)
{
    json_t *root = json_loadb(text, size, 0, NULL);
    const json_t *marks = json_object_get(root, "marks");
    if (!json_is_array(marks) || !json_is_array(json_object_get(root, "models"))) {
        json_decref(root);
        return false;
    }
    batch->session = root;
    read_marks(batch, marks, options);
    return true;
}

/* What the session says of a model and its data (ui/state/saved.h). */
static const struct {
    const char *key;
    size_t offset;
} spec_fields[] = {
    {"model", offsetof(struct session_spec, model)},
    {"vocab", offsetof(struct session_spec, vocab)},
    {"data", offsetof(struct session_spec, data.folder)},
    {"split", offsetof(struct session_spec, data.split)},
    {"features", offsetof(struct session_spec, data.features)},
    {"captions", offsetof(struct session_spec, data.captions)},
    {"token_ids", offsetof(struct session_spec, data.token_ids)},
    {"images", offsetof(struct session_spec, data.photos)},
    {"id_mapping", offsetof(struct session_spec, data.id_mapping)},
};

int figure_batch_session_spec(const struct batch *batch, struct session_spec *out,
                              struct error *err)
{
    const json_t *model = json_array_get(json_object_get(batch->session, "models"), 0);
    *out = (struct session_spec){0};
    for (size_t i = 0; i < COUNTOF(spec_fields); i++)
        *(const char **)((char *)out + spec_fields[i].offset) =
            json_string_value(json_object_get(model, spec_fields[i].key));
    out->data.split = out->data.split ? out->data.split : "test";
    if (json_is_true(json_object_get(model, "py3bytes")))
        out->compat = TOKENS_PY3BYTES;
    out->given.assume_defaults = json_string_value(json_object_get(model, "assume_defaults"));
    for (size_t i = 0; i < MODEL_GIVEN; i++) {
        const char *value = json_string_value(json_object_get(model, model_given_name(i)));
        if (value && model_given_set(&out->given, i, value, err) != 0)
            return -1;
    }
    if (out->model && (out->data.folder || out->data.features))
        return 0;
    return error_set(err,
                     "the explorer's session names no model or no data: give them with -m and -d");
}

/* ---- the file ---- */

/* What two figures must not share: the file, or with --save-data its name without the ending. */
static char *claim_of(const struct batch_job *job, const struct batch_options *options)
{
    char *json = NULL, *csv = NULL;
    if (!options->save_data)
        return mem_strdup(job->output);
    figure_data_paths(job->output, &json, &csv);
    free(csv);
    return json;
}

static int by_claim(const void *a, const void *b)
{
    const struct batch_job *x = *(const struct batch_job *const *)a;
    const struct batch_job *y = *(const struct batch_job *const *)b;
    int order = strcmp(x->claim, y->claim);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void fail_repeated(struct batch_job *job, const struct batch_job *first)
{
    bool same = strcmp(job->output, first->output) == 0;
    job->failed =
        error_set(&job->err, "%s is already the %s of line %zu", same ? job->output : job->claim,
                  same ? "figure" : "data", first->line) != 0;
}

/* A line whose file an earlier one writes fails: it would replace that figure, or its data. */
static void fail_repeated_outputs(struct batch *batch, const struct batch_options *options)
{
    struct batch_job **jobs = mem_new(batch->count, sizeof *jobs);
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->jobs[i].failed) {
            batch->jobs[i].claim = claim_of(&batch->jobs[i], options);
            jobs[count++] = &batch->jobs[i];
        }
    qsort(jobs, count, sizeof(*jobs), by_claim);
    for (size_t i = 1, first = 0; i < count; i++)
        if (strcmp(jobs[first]->claim, jobs[i]->claim) != 0)
            first = i;
        else
            fail_repeated(jobs[i], jobs[first]);
    free(jobs);
}

int figure_batch_read(const char *path, const struct batch_options *options, struct batch *out,
                      struct error *err)
{
    struct file_map map;
    *out = (struct batch){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    const uint8_t *text = map.data;
    size_t size = map.size;
    int status = json_in_begin(path, &text, &size, err);
    if (status == 0)
        status = text_check(path, text, size, err);
    if (status == 0 && !read_session(out, (const char *)text, size, options))
        read_lines(out, (const char *)text, size, options);
    file_map_close(&map);
    if (status != 0)
        return -1;
    fail_repeated_outputs(out, options);
    if (out->session && out->count == 0)
        return error_at(err, path, -1, "marks no caption: mark some in the explorer, with Space");
    return out->count ? 0
                      : error_at(err, path, -1, "holds no figures: give one JSON object per line");
}

void figure_batch_done(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        json_decref(batch->jobs[i].json);
        free(batch->jobs[i].captions);
        free(batch->jobs[i].logs);
        free(batch->jobs[i].output);
        free(batch->jobs[i].claim);
        free(batch->jobs[i].shown);
        free(batch->jobs[i].preview);
        notes_done(&batch->jobs[i].notes);
        notes_done(&batch->jobs[i].remarks);
    }
    free(batch->jobs);
    json_decref(batch->session);
    *batch = (struct batch){0};
}
