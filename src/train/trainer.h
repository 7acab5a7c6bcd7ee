/* step.h: one training step: forward, backward, clip, Adam; all its memory in one allocation that
 * grows only when a batch is larger than any before. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/adam.h"
#include "model/model.h"
#include "model/params.h"

/* n images with a caption each; image i and caption i belong together. */
struct batch {
    size_t n, R;
    const float *features; /* n x R x F */
    const int32_t *ids;    /* words of all captions */
    const size_t *starts;  /* n + 1 */
};

/* The parts of a step, in the order in which they are done. */
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
    size_t carried; /* pairs with a gradient: all that goes back through the attention */
    double seconds[STEP_PARTS]; /* what each part took */
};

struct trainer;

/* Works on `model`, which stays the caller's and must outlive it. */
int trainer_new(struct model *model, struct trainer **out, struct error *err) MUST_USE;
void trainer_free(struct trainer *trainer);

/* One step. Errors, each leaving the parameters as they were: fewer than two pairs, an empty
 * caption, a word id outside the vocabulary, a loss or gradient that is not finite, not enough
 * memory. */
int trainer_step(struct trainer *trainer, const struct batch *batch, double learning_rate,
                 struct step_result *out, struct error *err) MUST_USE;

/* Only the loss and the gradients, which stay in trainer_gradients. */
int trainer_backward(struct trainer *trainer, const struct batch *batch, struct step_result *out,
                     struct error *err) MUST_USE;
const struct params *trainer_gradients(const struct trainer *trainer);

/* Adam's state, to be saved and put back: blocks as the parameters are laid out, and the number of
 * steps done. */
struct adam *trainer_adam(struct trainer *trainer);
int64_t trainer_steps(const struct trainer *trainer);
void trainer_set_steps(struct trainer *trainer, int64_t steps);

#endif
