/* train.h: a training run like that of the reference's train.py: epochs over shuffled captions,
 * after each a validation and a checkpoint, and the best model by the sum of recalls. */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"
#include "model/options_given.h"
#include "train/log.h"

/* Whether captions of the same image count as negatives of each other's. */
enum train_negatives {
    TRAIN_NEGATIVES_DEFAULT, /* as the resumed run; else not if the split has a file of the
                              * captions' images, as in the reference if it has none: they do */
    TRAIN_NEGATIVES_ALL,
    TRAIN_NEGATIVES_MASKED
};

/* What to train, and on what. Everything is borrowed for the run. */
struct train_spec {
    struct model_options options; /* img_dim and vocab_size are the data's */
    struct dataset *training, *validation;
    struct vocab *vocab; /* NULL if both splits are token ids */
    enum token_compat compat;
    uint64_t seed;
    enum train_negatives negatives;
    const struct checkpoint *resume; /* NULL: from the beginning */
    struct model_given given;        /* what the resumed checkpoint does not say */
    const char *suffix; /* of checkpoints, which decides their format; NULL: ".pth.tar" */
    /* Called with every event, in order; NULL to skip. */
    void (*listen)(void *context, const struct train_event *event);
    void *context;
};

/* Runs to the end, or until Ctrl-C (base/interrupt.h), which saves
 * model_name/checkpoint_interrupted.pth.tar and sets *saved_out to its path, the caller's to free
 * (NULL if the run was not interrupted). Checkpoints are model_name/checkpoint_EPOCH.pth.tar and
 * model_name/model_best.pth.tar (without the optimiser), or with another suffix. Errors: data that
 * do not fit, features that are not finite, a loss that is no longer finite, a full disk, not
 * enough memory; each leaves the earlier checkpoints alone and names the last one. */
int train_run(const struct train_spec *spec, char **saved_out, struct error *err) MUST_USE;

#endif
