/* train.h: a training run as the reference's train.py does it: epochs over shuffled captions,
 * validation after each, a checkpoint each, the best by the sum of recalls beside them. */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"
#include "train/log.h"

/* What to train, on what. Everything is the caller's and must live as long as the run. */
struct train_spec {
    struct model_options options; /* img_dim and vocab_size as the data have them */
    struct dataset *training, *validation;
    struct vocab *vocab; /* NULL where both splits are token ids */
    enum token_compat compat;
    uint64_t seed;
    const struct checkpoint *resume; /* NULL: from the beginning */
    /* Hears of everything that happens, in order. NULL: nobody listens. */
    void (*listen)(void *context, const struct train_event *event);
    void *context;
};

/* Runs to the end, or until Ctrl-C (base/interrupt.h), which saves
 * model_name/checkpoint_interrupted.pth.tar and sets *saved_out to its path, the caller's to free
 * (NULL where the run ended by itself). Checkpoints are model_name/checkpoint_EPOCH.pth.tar and
 * model_name/model_best.pth.tar (without the optimiser). Errors: data that do not fit, NaN
 * features, a loss that is not finite any more, a full disk; each leaves the checkpoints saved
 * before as they are, and names the last one. */
int train_run(const struct train_spec *spec, char **saved_out, struct error *err) MUST_USE;

#endif
