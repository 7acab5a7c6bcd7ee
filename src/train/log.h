/* log.h: the log of a training run: one JSON object per line in logger_name/train.jsonl, appended
 * to by --resume (scanscope-formats(5) lists the fields; log_read.h reads them). Numbers have all
 * their digits, so two logs of the same run are equal. */
#ifndef TRAIN_LOG_H
#define TRAIN_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"
#include "evaluate/evaluate.h"
#include "model/options.h"

/* A run begins. Strings and options are borrowed. */
struct train_begin {
    const struct model_options *options;
    size_t images, captions, parameters; /* of the training split; of the model */
    size_t batches;                      /* per epoch */
    uint64_t seed;
    int threads;
    int64_t epoch, batch; /* where it starts */
    int64_t iteration;    /* steps done before */
    const char *resumed;  /* the checkpoint, or NULL */
};

/* A step is done. */
struct train_step {
    int64_t epoch, batch,
        iteration; /* batch of the epoch, from 0; steps since the beginning, from 1 */
    size_t batches, pairs;
    double loss, gradient_norm, learning_rate, seconds;
};

/* The validation split was evaluated. */
struct train_validation {
    int64_t epoch, iteration;
    struct evaluation evaluation;
    double seconds;
};

/* An epoch is done and saved. */
struct train_epoch {
    int64_t epoch, iteration;
    double loss; /* mean of the steps taken */
    double rsum, best_rsum, seconds;
    bool best;
    const char *checkpoint;
};

enum train_event_kind { TRAIN_BEGIN, TRAIN_STEP, TRAIN_VALIDATION, TRAIN_EPOCH, TRAIN_NOTE };

struct train_event {
    enum train_event_kind kind;
    union {
        struct train_begin begin;
        struct train_step step;
        struct train_validation validation;
        struct train_epoch epoch;
        const char *note; /* a line worth reporting */
    };
};

/* Appends the event as one line of JSON, without the newline. */
void train_event_json(const struct train_event *event, struct str *out);

/* An open log. */
struct train_log {
    FILE *file;
    char *path;
    size_t cut; /* bytes that were cut when it was opened */
};

/* Opens FOLDER/train.jsonl, creating the folder. `append` keeps its contents up to the last whole
 * line: what a killed run left unfinished behind it is cut off, so that the log stays readable.
 * Errors: the folder or the file cannot be written. To be closed with train_log_close. */
int train_log_open(const char *folder, bool append, struct train_log *out,
                   struct error *err) MUST_USE;
/* Writes a line, and hands it to the system at once: a run that is killed loses none. Errors: a
 * full disk. */
int train_log_write(struct train_log *log, const struct train_event *event,
                    struct error *err) MUST_USE;
void train_log_close(struct train_log *log);

#endif
