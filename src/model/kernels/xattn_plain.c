/* xattn_plain.c: xattn_lanes.h for any CPU with vectors of 4 floats (SSE2, NEON, VSX). */
#include "model/kernels/xattn_private.h"

#define LANES 4
#define COLUMNS 4
#define GRAM_ROWS 2
#define DOT_ROWS 4
#define DOT_COLUMNS 3
#define LANES_NAME "plain"
#define LANES_KERNEL xattn_plain

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

/* Lane sums of sum[0..rows-1][c] to out[0], out[step], ... */
static inline void v_sums(vf sum[DOT_ROWS][DOT_COLUMNS], int rows, int c, float *out, size_t step)
{
    for (int r = 0; r < rows; r++)
        out[(size_t)r * step] = v_sum(sum[r][c]);
}

#include "model/kernels/xattn_lanes.h"
