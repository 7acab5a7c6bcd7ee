#include "train/log.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

static void add_text(struct str *out, const char *key, const char *text)
{
    char *clean = utf8_clean(text, strlen(text));
    str_addf(out, ", \"%s\": \"", key);
    for (const char *c = clean; *c; c++)
        str_addf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    str_add(out, "\"");
    free(clean);
}

static void add_real(struct str *out, const char *key, double value)
{
    if (isfinite(value))
        str_addf(out, ", \"%s\": %.17g", key, value);
    else
        str_addf(out, ", \"%s\": null", key);
}

static void add_whole(struct str *out, const char *key, int64_t value)
{
    str_addf(out, ", \"%s\": %lld", key, (long long)value);
}

static void add_options(struct str *out, const struct model_options *options)
{
    str_add(out, ", \"options\": ");
    struct str inner = {0};
    for (size_t i = 0; model_option_name(i, NULL, NULL); i++) {
        char text[1100];
        const char *name = model_option_name(i, NULL, NULL);
        model_option_text(options, i, text, sizeof text);
        if (model_option_kind(i) == OPTION_TEXT)
            add_text(&inner, name, text);
        else
            str_addf(&inner, ", \"%s\": %s", name, text);
    }
    str_addf(out, "{%s}", str_text(&inner) + 2); /* without the first comma */
    str_done(&inner);
}

static void add_begin(struct str *out, const struct train_begin *b)
{
    add_whole(out, "format", 1);
    add_whole(out, "images", (int64_t)b->images);
    add_whole(out, "captions", (int64_t)b->captions);
    add_whole(out, "parameters", (int64_t)b->parameters);
    add_whole(out, "batches", (int64_t)b->batches);
    str_addf(out, ", \"seed\": %llu", (unsigned long long)b->seed);
    add_whole(out, "threads", b->threads);
    add_whole(out, "epoch", b->epoch);
    add_whole(out, "batch", b->batch);
    if (b->resumed)
        add_text(out, "resumed", b->resumed);
    add_options(out, b->options);
}

static void add_step(struct str *out, const struct train_step *s)
{
    add_whole(out, "epoch", s->epoch);
    add_whole(out, "batch", s->batch);
    add_whole(out, "iteration", s->iteration);
    add_whole(out, "pairs", (int64_t)s->pairs);
    add_real(out, "loss", s->loss);
    add_real(out, "gradient_norm", s->gradient_norm);
    add_real(out, "learning_rate", s->learning_rate);
    add_real(out, "seconds", s->seconds);
}

static void add_recalls(struct str *out, const char *key, const struct recalls *r)
{
    str_addf(out, ", \"%s\": [%.17g, %.17g, %.17g, %.17g, %.17g]", key, r->r1, r->r5, r->r10,
             r->median, r->mean);
}

static void add_validation(struct str *out, const struct train_validation *v)
{
    add_whole(out, "epoch", v->epoch);
    add_whole(out, "iteration", v->iteration);
    add_recalls(out, "i2t", &v->evaluation.i2t);
    add_recalls(out, "t2i", &v->evaluation.t2i);
    add_real(out, "rsum", v->evaluation.rsum);
    add_real(out, "seconds", v->seconds);
}

static void add_epoch(struct str *out, const struct train_epoch *e)
{
    add_whole(out, "epoch", e->epoch);
    add_whole(out, "iteration", e->iteration);
    add_real(out, "loss", e->loss);
    add_real(out, "rsum", e->rsum);
    add_real(out, "best_rsum", e->best_rsum);
    add_real(out, "seconds", e->seconds);
    add_text(out, "checkpoint", e->checkpoint);
}

void train_event_json(const struct train_event *event, struct str *out)
{
    static const char *const names[] = {
        [TRAIN_BEGIN] = "begin", [TRAIN_STEP] = "step", [TRAIN_VALIDATION] = "validation",
        [TRAIN_EPOCH] = "epoch", [TRAIN_NOTE] = "note",
    };
    str_addf(out, "{\"event\": \"%s\"", names[event->kind]);
    switch (event->kind) {
    case TRAIN_BEGIN:
        add_begin(out, &event->begin);
        break;
    case TRAIN_STEP:
        add_step(out, &event->step);
        break;
    case TRAIN_VALIDATION:
        add_validation(out, &event->validation);
        break;
    case TRAIN_EPOCH:
        add_epoch(out, &event->epoch);
        break;
    case TRAIN_NOTE:
        add_text(out, "text", event->note);
        break;
    }
    str_add(out, "}");
}

int train_log_open(const char *folder, bool append, struct train_log *out, struct error *err)
{
    *out = (struct train_log){0};
    if (file_make_folder(folder, err) != 0)
        return -1;
    out->path = file_join(folder, "train.jsonl");
    out->file = fopen(out->path, append ? "ae" : "we");
    if (out->file)
        return 0;
    error_errno(err, out->path, "write");
    train_log_close(out);
    return -1;
}

int train_log_write(struct train_log *log, const struct train_event *event, struct error *err)
{
    struct str line = {0};
    train_event_json(event, &line);
    str_add(&line, "\n");
    errno = 0;
    bool written = fwrite(line.text, 1, line.length, log->file) == line.length &&
                   (event->kind == TRAIN_STEP || fflush(log->file) == 0);
    str_done(&line);
    return written ? 0 : error_errno(err, log->path, "write");
}

void train_log_close(struct train_log *log)
{
    if (log->file)
        fclose(log->file);
    free(log->path);
    *log = (struct train_log){0};
}
