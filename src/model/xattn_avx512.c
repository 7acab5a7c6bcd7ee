/* xattn_avx512.c: xattn_lanes.h for AVX-512: 32 registers of 16 floats. */
#include "model/xattn_private.h"

#ifdef XATTN_X86
#pragma GCC target("arch=x86-64-v4")
#include <immintrin.h>

#define LANES 16
#define COLUMNS 4
#define GRAM_ROWS 4
#define DOT_ROWS 4
#define DOT_COLUMNS 7
#define LANES_NAME "AVX-512"
#define LANES_KERNEL xattn_avx512

typedef float vf __attribute__((vector_size(64)));

static inline vf v_max(vf a, vf b)
{
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
}

static inline vf v_sqrt(vf a)
{
    return (vf)_mm512_sqrt_ps((__m512)a);
}

static inline __m256 halves(vf a)
{
    return _mm256_add_ps(_mm512_castps512_ps256((__m512)a), _mm512_extractf32x8_ps((__m512)a, 1));
}

/* Lane sums of sum[0..rows-1][c] to out[0], out[step], ...: in the same order for one row as for four,
 * so that a raw score has the same bits whichever side of it was packed. */
static inline void v_sums(vf sum[DOT_ROWS][DOT_COLUMNS], int rows, int c, float *out, size_t step)
{
    __m256 zero = _mm256_setzero_ps();
    __m256 ab = _mm256_hadd_ps(halves(sum[0][c]), rows > 1 ? halves(sum[1][c]) : zero);
    __m256 cd = _mm256_hadd_ps(rows > 2 ? halves(sum[2][c]) : zero,
                               rows > 3 ? halves(sum[3][c]) : zero);
    __m256 abcd = _mm256_hadd_ps(ab, cd);
    float four[4];
    _mm_storeu_ps(four, _mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1)));
    for (int r = 0; r < rows; r++)
        out[(size_t)r * step] = four[r];
}

#include "model/xattn_lanes.h"
#endif
