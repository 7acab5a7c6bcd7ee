#include "train/log_read.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/json_in.h"

enum { FORMAT = 1 };

/* A log being read. */
struct reader {
    const char *path;
    size_t line; /* from 1 */
    size_t torn; /* a line that is not whole, until what follows tells why; 0: none */
    struct train_history *out;
    struct notes *notes;
    struct error *err;
};

void train_history_done(struct train_history *history)
{
    free(history->steps);
    free(history->validations);
    *history = (struct train_history){0};
}

static double number(const json_t *event, const char *key)
{
    const json_t *value = json_object_get(event, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static bool is_event(const json_t *event, const char *name)
{
    const char *has = json_string_value(json_object_get(event, "event"));
    return has && strcmp(has, name) == 0;
}

static bool is_resumed(const json_t *event)
{
    return is_event(event, "begin") && json_is_string(json_object_get(event, "resumed"));
}

static double last_iteration(const struct train_history *h)
{
    double step = h->step_count ? h->steps[h->step_count - 1].iteration : 0;
    double validation = h->validation_count ? h->validations[h->validation_count - 1].iteration : 0;
    return fmax(step, validation);
}

static int not_a_log(const struct reader *r, size_t line)
{
    return error_at(r->err, r->path, -1,
                    "line %zu is not JSON: is this the train.jsonl of a training run?", line);
}

static int wrong(const struct reader *r, const char *event, const char *what)
{
    return error_at(r->err, r->path, -1, "line %zu: a %s %s: the log is damaged there", r->line,
                    event, what);
}

/* ---- begin ---- */

/* The steps done before the begin: its own number, or, of logs without it, counted from the steps'
 * places. */
static double kept_until(const struct train_history *h, const json_t *begin)
{
    double iteration = number(begin, "iteration"), epoch = number(begin, "epoch");
    double batch = number(begin, "batch");
    if (isfinite(iteration))
        return iteration;
    for (size_t i = 0; i < h->step_count; i++) {
        const struct train_past_step *s = &h->steps[i];
        if (s->epoch > epoch || (s->epoch == epoch && s->batch >= batch))
            return s->iteration - 1;
    }
    return INFINITY;
}

static void forget_after(struct reader *r, double iteration)
{
    struct train_history *h = r->out;
    size_t before = h->step_count;
    while (h->step_count && h->steps[h->step_count - 1].iteration > iteration)
        h->step_count--;
    while (h->validation_count && h->validations[h->validation_count - 1].iteration > iteration)
        h->validation_count--;
    if (before > h->step_count)
        notes_add(r->notes,
                  "%s: line %zu: the run was resumed after step %.0f; %zu steps that it repeats "
                  "replace the earlier ones",
                  r->path, r->line, iteration, before - h->step_count);
}

static int read_begin(struct reader *r, const json_t *event)
{
    double format = number(event, "format");
    if (isfinite(format) && format != FORMAT)
        return error_at(r->err, r->path, -1, "line %zu: format %g is not known, only %d", r->line,
                        format, FORMAT);
    if (is_resumed(event))
        forget_after(r, kept_until(r->out, event));
    else if (r->out->step_count || r->out->validation_count)
        return error_at(r->err, r->path, -1,
                        "line %zu: a second run begins: give each run a log of its own", r->line);
    return 0;
}

/* ---- steps and validations ---- */

static int read_step(struct reader *r, const json_t *event)
{
    struct train_history *h = r->out;
    struct train_past_step step = {number(event, "iteration"), number(event, "epoch"),
                                   number(event, "batch"), number(event, "loss")};
    if (!isfinite(step.iteration))
        return wrong(r, "step", "without its number ('iteration')");
    if (!json_object_get(event, "loss"))
        return wrong(r, "step", "without its loss");
    if (step.iteration <= last_iteration(h))
        return wrong(r, "step", "goes back although the run was not resumed");
    if (!isfinite(step.loss))
        notes_add(r->notes, "%s: from line %zu on, some losses are not finite numbers", r->path,
                  r->line);
    MEM_ROOM(h->steps, h->step_count, h->step_cap);
    h->steps[h->step_count++] = step;
    return 0;
}

/* A validation is repeated by a run that was killed between validating and saving. */
static int read_validation(struct reader *r, const json_t *event)
{
    static const char *const keys[] = {"i2t", "t2i"};
    struct train_history *h = r->out;
    struct train_past_validation v = {.iteration = number(event, "iteration"),
                                      .rsum = number(event, "rsum")};
    bool whole = isfinite(v.iteration) && json_object_get(event, "rsum");
    for (size_t i = 0; i < TRAIN_RECALLS; i++) {
        const json_t *value = json_array_get(json_object_get(event, keys[i / 3]), i % 3);
        whole = whole && value;
        v.recalls[i] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    if (!whole)
        return wrong(r, "validation", "lacks its step or a recall");
    if (v.iteration < last_iteration(h))
        return wrong(r, "validation", "goes back although the run was not resumed");
    if (h->validation_count && h->validations[h->validation_count - 1].iteration == v.iteration)
        h->validation_count--;
    MEM_ROOM(h->validations, h->validation_count, h->validation_cap);
    h->validations[h->validation_count++] = v;
    return 0;
}

static int skip(struct reader *r, const json_t *event)
{
    (void)r, (void)event;
    return 0;
}

static int read_event(struct reader *r, const json_t *event)
{
    static const struct {
        const char *name;
        int (*read)(struct reader *r, const json_t *event);
    } kinds[] = {
        {"begin", read_begin}, {"step", read_step}, {"validation", read_validation},
        {"epoch", skip},       {"note", skip},
    };
    const char *name = json_string_value(json_object_get(event, "event"));
    if (!name)
        return error_at(r->err, r->path, -1,
                        "line %zu is not an event: is this the train.jsonl of a training run?",
                        r->line);
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        if (is_event(event, kinds[i].name))
            return kinds[i].read(r, event);
    notes_add(r->notes, "%s: line %zu: the event '%.40s' is not known: skipped", r->path, r->line,
              name);
    return 0;
}

/* ---- lines ---- */

/* What a resumed run wrote at the end of an unfinished line: a note or its begin. NULL: nothing. */
static json_t *glued(const char *text, size_t length)
{
    static const char start[] = "{\"event\"";
    for (size_t at = 1; at + sizeof start <= length; at++) {
        json_t *event;
        if (memcmp(text + at, start, sizeof start - 1) != 0 ||
            !(event = json_loadb(text + at, length - at, 0, NULL)))
            continue;
        if (is_resumed(event) || is_event(event, "note"))
            return event;
        json_decref(event);
    }
    return NULL;
}

/* Only a resumed begin, maybe after notes, excuses an unfinished line. */
static int settle_torn(struct reader *r, const json_t *event)
{
    if (!r->torn || is_event(event, "note"))
        return 0;
    if (!is_resumed(event))
        return not_a_log(r, r->torn);
    notes_add(r->notes, "%s: line %zu was cut when the run was killed: skipped", r->path, r->torn);
    r->torn = 0;
    return 0;
}

static int read_line(struct reader *r, const char *text, size_t length)
{
    json_t *event = json_loadb(text, length, 0, NULL);
    if (!event && r->torn)
        return not_a_log(r, r->torn);
    if (!event) {
        r->torn = r->line;
        event = glued(text, length);
    }
    int status = 0;
    if (event)
        status = settle_torn(r, event) == 0 ? read_event(r, event) : -1;
    json_decref(event);
    return status;
}

static bool is_blank(const char *text, size_t length)
{
    while (length && strchr(" \t\r", text[length - 1]) && text[length - 1])
        length--;
    return length == 0;
}

static int read_lines(struct reader *r, const char *text, size_t size)
{
    const struct train_history *h = r->out;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(text + at, '\n', size - at);
        length = end ? (size_t)(end - text) - at : size - at;
        r->line++;
        if (!is_blank(text + at, length) && read_line(r, text + at, length) != 0)
            return -1;
    }
    if (h->step_count == 0 && h->validation_count == 0)
        return error_at(r->err, r->path, -1,
                        "holds no step and no validation: is this the train.jsonl of a training "
                        "run?");
    if (r->torn)
        notes_add(r->notes, "%s: line %zu, the last one, is cut: the run was killed; skipped",
                  r->path, r->torn);
    return 0;
}

int train_log_read(const char *path, struct train_history *out, struct notes *notes,
                   struct error *err)
{
    struct reader r = {.path = path, .out = out, .notes = notes, .err = err};
    struct file_map map;
    *out = (struct train_history){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    const uint8_t *text = map.data;
    size_t size = map.size;
    int status = json_in_begin(path, &text, &size, err);
    if (status == 0)
        status = read_lines(&r, (const char *)text, size);
    file_map_close(&map);
    return status;
}
