/* adam.h: Adam (Kingma and Ba 2015) with PyTorch's defaults and rounding order, and gradient
 * clipping. */
#ifndef MODEL_ADAM_H
#define MODEL_ADAM_H

#include <stddef.h>
#include <stdint.h>

/* The Euclidean norm of n gradients, with the same bits whatever the number of threads. */
double adam_gradient_norm(const float *gradients, size_t n);

/* The factor by which PyTorch's clip_grad_norm_ scales gradients: limit / (norm + 1e-6), at most 1.
 * limit 0: always 1. */
double adam_clip_factor(double norm, double limit);

/* Adam's moments of n values: n each, borrowed. */
struct adam {
    float *m, *v;
};

/* Step number `step` (from 1) on n values with their n gradients, which are multiplied by `scale`
 * on the way. beta 0.9 and 0.999, epsilon 1e-8. */
void adam_step(float *values, const float *gradients, const struct adam *adam, size_t n,
               int64_t step, double learning_rate, double scale);

#endif
