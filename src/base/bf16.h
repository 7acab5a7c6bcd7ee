/* bf16.h: bfloat16, the upper half of a float, rounded to nearest; and a float split into two
 * halves, the rounded one and a correction that restores it bit for bit. */
#ifndef BASE_BF16_H
#define BASE_BF16_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Half a unit in the last place: |x - bf16(x)| <= this times |x|. */
static const float bf16_unit = 1.0f / 256;

/* The bits of a float, and back. */
static inline uint32_t bf16_bits(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float bf16_float_of_bits(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A float rounded to bfloat16; ties go away from zero. */
static inline uint16_t bf16_round(float x)
{
    return (uint16_t)((bf16_bits(x) + 0x8000u) >> 16);
}

/* A bfloat16 as a float: exact. */
static inline float bf16_float(uint16_t h)
{
    return bf16_float_of_bits((uint32_t)h << 16);
}

/* The lower half: as a signed number, what rounding took from the bits. */
static inline uint16_t bf16_low(float x)
{
    return (uint16_t)bf16_bits(x);
}

/* The float whose bf16_round is `high` and whose bf16_low is `low`. */
static inline float bf16_join(uint16_t high, uint16_t low)
{
    return bf16_float_of_bits(((uint32_t)high << 16) + (uint32_t)(int32_t)(int16_t)low);
}

/* Splits n floats into halves, and joins them again. */
static inline void bf16_split(const float *x, size_t n, uint16_t *high_out, uint16_t *low_out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        high_out[i] = bf16_round(x[i]);
        low_out[i] = bf16_low(x[i]);
    }
}

static inline void bf16_join_all(const uint16_t *high, const uint16_t *low, size_t n, float *out)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        out[i] = bf16_join(high[i], low[i]);
}

#endif
