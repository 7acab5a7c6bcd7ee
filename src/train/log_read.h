/* log_read.h: what a train.jsonl says of its run: losses and validations by step, also of a run
 * that was killed and resumed. Reads what log.h writes. */
#ifndef TRAIN_LOG_READ_H
#define TRAIN_LOG_READ_H

#include <stddef.h>

#include "base/error.h"
#include "base/notes.h"

enum { TRAIN_RECALLS = 6 }; /* i2t R@1 R@5 R@10, t2i R@1 R@5 R@10 */

/* A step and its loss; NaN if that was not finite. */
struct train_past_step {
    double iteration, epoch, batch, loss;
};

/* A validation after step `iteration`; per cent. */
struct train_past_validation {
    double iteration, rsum, recalls[TRAIN_RECALLS];
};

/* Both in order of their steps, each step once. Zero-initialise; owns its lists. */
struct train_history {
    struct train_past_step *steps;
    struct train_past_validation *validations;
    size_t step_count, step_cap, validation_count, validation_cap;
};

/* Reads a log. A begin that resumes (it names its checkpoint) replaces the steps and validations
 * that the run repeats from there. A line that a killed run left unfinished is skipped if it is the
 * last one or what resumed the run follows it, on the next line or on the same. `notes` says, by
 * line, what was skipped or replaced. `out` is the caller's to train_history_done, also after an
 * error. Errors, by line: anything else that is not JSON or not an event, a step or validation that
 * goes back without a resumed begin, a second run, another format; no step and no validation. */
int train_log_read(const char *path, struct train_history *out, struct notes *notes,
                   struct error *err) MUST_USE;

/* Frees the lists. */
void train_history_done(struct train_history *history);

#endif
