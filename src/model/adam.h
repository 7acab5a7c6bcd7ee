/* adam.h: Adam (Kingma and Ba 2015) with PyTorch's defaults and rounding order, and gradient
 * clipping. */
#ifndef MODEL_ADAM_H
#define MODEL_ADAM_H

#include <stddef.h>
#include <stdint.h>

/* The Euclidean norm of n gradients, the same whatever the number of threads. */
double adam_gradient_norm(const float *gradients, size_t n);

/* What clip_grad_norm_ multiplies gradients with: limit / (norm + 1e-6) where that is below 1.
 * limit 0: never. */
double adam_clip_factor(double norm, double limit);

/* What Adam keeps beside n values. */
struct adam {
    float *m, *v;
};

/* Step number `step` (from 1) on n values. Gradients are multiplied with `scale` on the way. beta
 * 0.9 and 0.999, epsilon 1e-8. */
void adam_step(float *values, const float *gradients, const struct adam *adam, size_t n,
               int64_t step, double learning_rate, double scale);

#endif
