/* vecmath.h: exp, sigmoid and tanh of a float without branches or calls, so that a loop over them
 * under `#pragma omp simd` becomes vector code. Cephes' polynomials (S. L. Moshier); at most 2 ulp
 * off. */
#ifndef MODEL_KERNELS_VECMATH_H
#define MODEL_KERNELS_VECMATH_H

#include <stdint.h>
#include <string.h>

/* 2^n for -126 <= n <= 127. */
static inline float vec_pow2i(int32_t n)
{
    uint32_t bits = (uint32_t)(n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* e^x; clamped to e^-87.3 .. e^88.3 (finite, never 0); NaN stays NaN. */
static inline float vec_expf(float x)
{
    const float lowest = -87.3f, highest = 88.3f, log2_e = 1.44269504f;
    const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    const float rounder = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    x = x < lowest ? lowest : x;
    x = x > highest ? highest : x;
    float shifted = x * log2_e + rounder, n = shifted - rounder;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    int32_t power = bits - 0x4b400000;
    float r = x - n * ln2_high - n * ln2_low;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return (p * r * r + r + 1.0f) * vec_pow2i(power);
}

/* 1 / (1 + e^-x) */
static inline float vec_sigmoidf(float x)
{
    return 1.0f / (1.0f + vec_expf(-x));
}

/* tanh(x), with a small relative error near 0 as well. */
static inline float vec_tanhf(float x)
{
    const float near_zero = 0.625f;
    float z = x * x, size = x < 0 ? -x : x;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    float small = p * z * x + x;
    float large = 1.0f - 2.0f / (vec_expf(2.0f * size) + 1.0f);
    large = x < 0 ? -large : large;
    return size < near_zero ? small : large;
}

#endif
