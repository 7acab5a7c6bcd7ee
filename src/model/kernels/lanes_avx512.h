/* lanes_avx512.h: what lanes.h needs, for AVX-512: 32 registers of 16 floats. */
#ifndef MODEL_KERNELS_LANES_AVX512_H
#define MODEL_KERNELS_LANES_AVX512_H

#include <immintrin.h>

#define LANES 16
#define COLUMNS 4
#define GRAM_ROWS 4
#define LANES_NAME "AVX-512"

typedef float vf __attribute__((vector_size(64)));

static inline vf v_max(vf a, vf b)
{
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
}

static inline vf v_sqrt(vf a)
{
    return (vf)_mm512_sqrt_ps((__m512)a);
}

static inline float v_sum(vf a)
{
    return _mm512_reduce_add_ps((__m512)a);
}

/* Integers of 16 bits, two in a lane. */
#define LANES_HALVES 1

typedef int vf_ints __attribute__((vector_size(64)));

/* The squares of max(0, a - b), a and b without a sign, summed in pairs; the differences must fit
 * 15 bits. */
static inline vf_ints v_squares_over(vf_ints a, vf_ints b)
{
    __m512i over = _mm512_subs_epu16((__m512i)a, (__m512i)b);
    return (vf_ints)_mm512_madd_epi16(over, over);
}

static inline int v_sum_ints(vf_ints a)
{
    return _mm512_reduce_add_epi32((__m512i)a);
}

#endif
