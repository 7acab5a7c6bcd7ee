/* lanes_plain.h: what lanes.h needs, for any CPU with vectors of 4 floats (SSE2, NEON, VSX). */
#ifndef MODEL_KERNELS_LANES_PLAIN_H
#define MODEL_KERNELS_LANES_PLAIN_H

#include <stdint.h>

#define LANES 4
#define COLUMNS 4
#define GRAM_ROWS 2
#define LANES_NAME "plain"

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vf_bits __attribute__((vector_size(16)));

/* As the instruction does: b if either is NaN. */
static inline vf v_max(vf a, vf b)
{
    vf_bits larger = a > b;
    return (vf)(((vf_bits)a & larger) | ((vf_bits)b & ~larger));
}

static inline vf v_sqrt(vf a)
{
    return (vf){__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]),
                __builtin_sqrtf(a[3])};
}

static inline float v_sum(vf a)
{
    return (a[0] + a[1]) + (a[2] + a[3]);
}

#endif
