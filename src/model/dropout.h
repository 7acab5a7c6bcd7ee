/* dropout.h: masks of dropout, as torch's nn.Dropout in training mode. */
#ifndef MODEL_DROPOUT_H
#define MODEL_DROPOUT_H

#include <stddef.h>

#include "base/rng.h"

/* out: n factors, each 0 with probability `rate` (0 <= rate < 1), else 1 / (1 - rate). */
void dropout_mask(struct rng *rng, double rate, size_t n, float *out);

#endif
