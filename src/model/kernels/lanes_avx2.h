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

#endif
