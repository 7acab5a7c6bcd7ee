/* state.h: the position of a training run, in a checkpoint that the reference's code can open too.
 *
 * A checkpoint has what the reference saves (model, opt, epoch, best_rsum, Eiters) and, under the
 * key "scanscope", what lets --resume continue as if the run had never stopped: adam.m.NAME and
 * adam.v.NAME for each parameter, and the integers steps, epoch, batch, captions, batch_size, rng
 * (4), and masked if it is 1. */
#ifndef TRAIN_STATE_H
#define TRAIN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "io/torch/checkpoint.h"
#include "train/trainer.h"

struct train_state {
    int64_t epoch, batch; /* the next batch */
    int64_t iterations;   /* steps since the beginning: Eiters */
    double best_rsum;
    struct rng rng;               /* as it was before this epoch was shuffled */
    int64_t masked;               /* 1: captions of the same image are no negatives of each other */
    int64_t captions, batch_size; /* of the split and the run: `batch` is valid only for these */
};

/* Writes a checkpoint, atomically. trainer: NULL omits the optimiser and the position. Errors: the
 * file cannot be written, not enough memory. */
int train_state_save(const char *path, const struct model *model, struct trainer *trainer,
                     const struct train_state *state, struct error *err) MUST_USE;

/* Restores trainer and state from a checkpoint; the trainer has its model already. *whole_out:
 * false if the checkpoint has no optimiser state (the reference's): training then continues after
 * its epoch with fresh moments. Errors: a part of the state that is missing or misshapen. */
int train_state_load(const struct checkpoint *checkpoint, const struct model *model,
                     struct trainer *trainer, struct train_state *state, bool *whole_out,
                     struct error *err) MUST_USE;

#endif
