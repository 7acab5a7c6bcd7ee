/* lanes_avx2.h: what lanes.h needs, for AVX2 with FMA: 16 registers of 8 floats. */
#ifndef MODEL_KERNELS_LANES_AVX2_H
#define MODEL_KERNELS_LANES_AVX2_H

#include <immintrin.h>

#define LANES 8
#define COLUMNS 4
#define GRAM_ROWS 2
#define LANES_NAME "AVX2"

typedef float vf __attribute__((vector_size(32)));

static inline vf v_max(vf a, vf b)
{
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
}

static inline vf v_sqrt(vf a)
{
    return (vf)_mm256_sqrt_ps((__m256)a);
}

static inline float v_sum(vf a)
{
    __m128 four =
        _mm_add_ps(_mm256_castps256_ps128((__m256)a), _mm256_extractf128_ps((__m256)a, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

/* Integers of 16 bits, two in a lane. */
#define LANES_HALVES 1

typedef int vf_ints __attribute__((vector_size(32)));

/* The squares of max(0, a - b), a and b without a sign, summed in pairs; the differences must fit
 * 15 bits. */
static inline vf_ints v_squares_over(vf_ints a, vf_ints b)
{
    __m256i over = _mm256_subs_epu16((__m256i)a, (__m256i)b);
    return (vf_ints)_mm256_madd_epi16(over, over);
}

static inline int v_sum_ints(vf_ints a)
{
    __m128i four =
        _mm_add_epi32(_mm256_castsi256_si128((__m256i)a), _mm256_extracti128_si256((__m256i)a, 1));
    __m128i two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    return _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 1)));
}

#endif
