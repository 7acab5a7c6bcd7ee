#include "train/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/str.h"

static void add_options(struct json_out *out, const struct model_options *options)
{
    json_out_open(out, "options", '{');
    for (size_t i = 0; model_option_name(i, NULL, NULL); i++) {
        char text[1100];
        const char *name = model_option_name(i, NULL, NULL);
        if (!model_option_applies(options, i))
            continue;
        model_option_text(options, i, text, sizeof text);
        (model_option_kind(i) == OPTION_TEXT ? json_out_text : json_out_raw)(out, name, text);
    }
    json_out_close(out, '}');
}

static void add_begin(struct json_out *out, const struct train_begin *b)
{
    json_out_integer(out, "format", 1);
    json_out_count(out, "images", b->images);
    json_out_count(out, "captions", b->captions);
    json_out_count(out, "parameters", b->parameters);
    json_out_count(out, "batches", b->batches);
    json_out_count(out, "seed", b->seed);
    json_out_integer(out, "threads", b->threads);
    json_out_integer(out, "epoch", b->epoch);
    json_out_integer(out, "batch", b->batch);
    json_out_integer(out, "iteration", b->iteration);
    json_out_text(out, "resumed", b->resumed);
    add_options(out, b->options);
}

static void add_step(struct json_out *out, const struct train_step *s)
{
    json_out_integer(out, "epoch", s->epoch);
    json_out_integer(out, "batch", s->batch);
    json_out_integer(out, "iteration", s->iteration);
    json_out_count(out, "pairs", s->pairs);
    json_out_real(out, "loss", s->loss);
    json_out_real(out, "gradient_norm", s->gradient_norm);
    json_out_real(out, "learning_rate", s->learning_rate);
    json_out_real(out, "seconds", s->seconds);
}

static void add_recalls(struct json_out *out, const char *key, const struct recalls *r)
{
    json_out_reals(out, key, (double[]){r->r1, r->r5, r->r10, r->median, r->mean}, 5);
}

static void add_validation(struct json_out *out, const struct train_validation *v)
{
    json_out_integer(out, "epoch", v->epoch);
    json_out_integer(out, "iteration", v->iteration);
    add_recalls(out, "i2t", &v->evaluation.i2t);
    add_recalls(out, "t2i", &v->evaluation.t2i);
    json_out_real(out, "rsum", v->evaluation.rsum);
    json_out_real(out, "seconds", v->seconds);
}

static void add_epoch(struct json_out *out, const struct train_epoch *e)
{
    json_out_integer(out, "epoch", e->epoch);
    json_out_integer(out, "iteration", e->iteration);
    json_out_real(out, "loss", e->loss);
    json_out_real(out, "rsum", e->rsum);
    json_out_real(out, "best_rsum", e->best_rsum);
    json_out_real(out, "seconds", e->seconds);
    json_out_text(out, "checkpoint", e->checkpoint);
}

void train_event_json(const struct train_event *event, struct str *out)
{
    static const char *const names[] = {
        [TRAIN_BEGIN] = "begin", [TRAIN_STEP] = "step", [TRAIN_VALIDATION] = "validation",
        [TRAIN_EPOCH] = "epoch", [TRAIN_NOTE] = "note",
    };
    struct json_out json = {.text = out};
    json_out_open(&json, NULL, '{');
    json_out_text(&json, "event", names[event->kind]);
    switch (event->kind) {
    case TRAIN_BEGIN:
        add_begin(&json, &event->begin);
        break;
    case TRAIN_STEP:
        add_step(&json, &event->step);
        break;
    case TRAIN_VALIDATION:
        add_validation(&json, &event->validation);
        break;
    case TRAIN_EPOCH:
        add_epoch(&json, &event->epoch);
        break;
    case TRAIN_NOTE:
        json_out_text(&json, "text", event->note);
        break;
    }
    json_out_close(&json, '}');
}

/* The bytes up to the last newline; -1: it cannot be read. */
static off_t whole_lines(int file, off_t size)
{
    char block[4096];
    while (size > 0) {
        off_t from = size > (off_t)sizeof block ? size - (off_t)sizeof block : 0;
        ssize_t got = pread(file, block, (size_t)(size - from), from);
        if (got != (ssize_t)(size - from))
            return -1;
        for (; size > from; size--)
            if (block[size - from - 1] == '\n')
                return size;
    }
    return 0;
}

/* Cuts what a killed run left unfinished, so that the next line begins a line. */
static int cut_torn(int file, size_t *cut_out)
{
    struct stat stat;
    if (fstat(file, &stat) != 0)
        return -1;
    off_t whole = S_ISREG(stat.st_mode) ? whole_lines(file, stat.st_size) : stat.st_size;
    if (whole < 0)
        return -1;
    *cut_out = (size_t)(stat.st_size - whole);
    return *cut_out == 0 || (ftruncate(file, whole) == 0 && fsync(file) == 0) ? 0 : -1;
}

int train_log_open(const char *folder, bool append, struct train_log *out, struct error *err)
{
    *out = (struct train_log){0};
    if (file_make_folder(folder, err) != 0)
        return -1;
    out->path = file_join(folder, "train.jsonl");
    int flags = append ? O_RDWR | O_APPEND : O_WRONLY | O_TRUNC;
    int file = open(out->path, flags | O_CREAT | O_CLOEXEC, 0666);
    if (file >= 0 && (!append || cut_torn(file, &out->cut) == 0) &&
        (out->file = fdopen(file, append ? "a" : "w")))
        return 0;
    error_errno(err, out->path, "write");
    if (file >= 0)
        close(file);
    train_log_close(out);
    return -1;
}

int train_log_write(struct train_log *log, const struct train_event *event, struct error *err)
{
    struct str line = {0};
    train_event_json(event, &line);
    str_add(&line, "\n");
    errno = 0;
    bool written =
        fwrite(line.text, 1, line.length, log->file) == line.length && fflush(log->file) == 0;
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
