#include "model/adam.h"

#include <assert.h>
#include <math.h>

#include "base/simd.h"

enum { BLOCK = 16384 };

static size_t block_size(size_t n, size_t first)
{
    return n - first < BLOCK ? n - first : BLOCK;
}

SIMD_CLONES static double block_square(const float *values, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += (double)values[i] * (double)values[i];
    return sum;
}

/* Up to ROUND blocks at a time, so that their sums fit on the stack; they are added in order. */
double adam_gradient_norm(const float *gradients, size_t n)
{
    enum { ROUND = 64 };
    double total = 0, sums[ROUND];
    for (size_t first = 0; first < n; first += (size_t)ROUND * BLOCK) {
        size_t left = (n - first + BLOCK - 1) / BLOCK, blocks = left < ROUND ? left : ROUND;
#pragma omp parallel for schedule(static)
        for (size_t b = 0; b < blocks; b++)
            sums[b] = block_square(gradients + first + b * BLOCK, block_size(n, first + b * BLOCK));
        for (size_t b = 0; b < blocks; b++)
            total += sums[b];
    }
    return sqrt(total);
}

double adam_clip_factor(double norm, double limit)
{
    double scale = limit > 0 ? limit / (norm + 1e-6) : 1;
    return scale < 1 ? scale : 1;
}

struct adam_factors {
    float scale, step_size, root_correction; /* lr / (1 - beta1^t), sqrt(1 - beta2^t) */
};

SIMD_CLONES static void adam_block(float *values, const float *gradients, float *m, float *v,
                                   size_t n, const struct adam_factors *f)
{
    const float beta1 = 0.9f, beta2 = 0.999f, rest1 = (float)(1 - 0.9), rest2 = (float)(1 - 0.999);
    const float scale = f->scale, step_size = f->step_size, root = f->root_correction;
    const float epsilon = 1e-8f;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float g = gradients[i] * scale;
        m[i] = m[i] * beta1 + rest1 * g;
        v[i] = v[i] * beta2 + rest2 * g * g;
        values[i] -= step_size * m[i] / (sqrtf(v[i]) / root + epsilon);
    }
}

void adam_step(float *values, const float *gradients, const struct adam *adam, size_t n,
               int64_t step, double learning_rate, double scale)
{
    assert(step > 0);
    const struct adam_factors factors = {
        (float)scale,
        (float)(learning_rate / (1 - pow(0.9, (double)step))),
        (float)sqrt(1 - pow(0.999, (double)step)),
    };
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < n; i += BLOCK)
        adam_block(values + i, gradients + i, adam->m + i, adam->v + i, block_size(n, i), &factors);
}
