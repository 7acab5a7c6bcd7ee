/* trainer.h: one training step: forward, backward, clip, Adam; its memory is one allocation that
 * grows only if a batch is larger than any before. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/adam.h"
#include "model/model.h"
#include "model/params.h"

/* n images with a caption each, borrowed; image i and caption i belong together. */
struct batch {
    size_t n;
    const float *features;       /* N x F: regions of all images, end to end */
    const size_t *region_starts; /* n + 1, from 0 to N */
    const int32_t *ids;          /* words of all captions, end to end */
    const size_t *starts;        /* n + 1 */
    const size_t *image;         /* n: pairs of the same image are no negatives; NULL: all are */
    struct rng *rng; /* for dropout, of a kind of model that has some; NULL: none is dropped */
};

/* The parts of a step, in order. */
enum step_part {
    STEP_IMAGE,
    STEP_TEXT,
    STEP_ATTENTION,
    STEP_ATTENTION_BACK,
    STEP_IMAGE_BACK,
    STEP_TEXT_BACK,
    STEP_ADAM,
    STEP_PARTS
};

struct step_result {
    double loss, gradient_norm; /* before clipping */
    size_t carried; /* pairs with a gradient: only these go back through the attention */
    double seconds[STEP_PARTS]; /* of each part */
};

struct trainer;

/* Works on `model`, which is borrowed. Errors: not enough memory. To be freed with trainer_free. */
int trainer_new(struct model *model, struct trainer **out, struct error *err) MUST_USE;
void trainer_free(struct trainer *trainer);

/* One step; running statistics of batch norms go on with the batch's. Errors, each leaving the
 * parameters unchanged: fewer than two pairs, an empty caption,
 * a word id outside the vocabulary, a loss or gradient that is not finite, not enough memory. */
int trainer_step(struct trainer *trainer, const struct batch *batch, double learning_rate,
                 struct step_result *out, struct error *err) MUST_USE;

/* Computes only the loss and the gradients (trainer_gradients); the parameters stay as they are,
 * running statistics too. Errors: as trainer_step. */
int trainer_backward(struct trainer *trainer, const struct batch *batch, struct step_result *out,
                     struct error *err) MUST_USE;

/* The gradients of the last step, borrowed. */
const struct params *trainer_gradients(const struct trainer *trainer);

/* Adam's state, to be saved and restored: moments laid out like the parameters, borrowed, and the
 * number of steps done. */
struct adam *trainer_adam(struct trainer *trainer);
int64_t trainer_steps(const struct trainer *trainer);
void trainer_set_steps(struct trainer *trainer, int64_t steps);

#endif
