/* lanes.h: vectors of floats, written once and compiled for each vector unit: lanes_avx512.h,
 * lanes_avx2.h or lanes_plain.h, included before this, defines the type `vf` of LANES floats, its
 * few special operations (v_max, v_sqrt, v_sum) and the sizes of the register blocks. */
#ifndef MODEL_KERNELS_LANES_H
#define MODEL_KERNELS_LANES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES_INLINE static inline __attribute__((always_inline))

typedef int32_t vi __attribute__((vector_size(4 * LANES)));

LANES_INLINE vf splat(float x)
{
    return x - (vf){0};
}

LANES_INLINE vf load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

LANES_INLINE void store(float *p, vf v)
{
    memcpy(p, &v, sizeof v);
}

/* v where the mask is set, 0 elsewhere. */
LANES_INLINE vf keep(vi mask, vf v)
{
    return (vf)((vi)v & mask);
}

/* e^x for x <= 0 as vec_expf does it (vecmath.h); below -87.3 it stays at e^-87.3; NaN too. */
LANES_INLINE vf exp_negative(vf x)
{
    const float rounder = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    x = v_max(splat(-87.3f), x);
    vf shifted = x * 1.44269504f + rounder, n = shifted - rounder;
    vf r = x - n * 0.693359375f + n * 2.12194440e-4f;
    vf p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    vi power = ((vi)shifted - 0x4b400000 + 127) << 23;
    return p * (vf)power;
}

LANES_INLINE vf leaky(vf x)
{
    return v_max(x, x * 0.1f);
}

#endif
