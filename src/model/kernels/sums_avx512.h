/* sums_avx512.h: lane sums of four vectors at once; for files compiled for AVX-512. */
#ifndef MODEL_KERNELS_SUMS_AVX512_H
#define MODEL_KERNELS_SUMS_AVX512_H

#include <immintrin.h>

/* The upper half of a vector added to the lower. */
static inline __m256 sums_halves(__m512 a)
{
    return _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
}

/* Each sum is computed in the same order, whatever the others are. */
static inline void sums_of_four(__m512 a, __m512 b, __m512 c, __m512 d, float four_out[4])
{
    __m256 ab = _mm256_hadd_ps(sums_halves(a), sums_halves(b));
    __m256 cd = _mm256_hadd_ps(sums_halves(c), sums_halves(d));
    __m256 abcd = _mm256_hadd_ps(ab, cd);
    _mm_storeu_ps(four_out,
                  _mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1)));
}

#endif
