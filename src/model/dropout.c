#include "model/dropout.h"

void dropout_mask(struct rng *rng, double rate, size_t n, float *out)
{
    float kept = (float)(1 / (1 - rate));
    for (size_t i = 0; i < n; i++)
        out[i] = rng_unit(rng) < rate ? 0 : kept;
}
