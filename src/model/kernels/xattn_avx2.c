/* xattn_avx2.c: xattn_lanes.h for AVX2 with FMA: 16 registers of 8 floats. */
#include "model/kernels/xattn_private.h"

#ifdef XATTN_X86
#pragma GCC target("arch=x86-64-v3")
#include "model/kernels/lanes_avx2.h"

#include "model/kernels/lanes.h"

#define DOT_ROWS 4
#define DOT_COLUMNS 3
#define LANES_KERNEL xattn_avx2

/* Lane sums of sum[0..rows-1][c] to out[0], out[step], ... */
static inline void v_sums(vf sum[DOT_ROWS][DOT_COLUMNS], int rows, int c, float *out, size_t step)
{
    vf zero = {0};
    __m256 ab = _mm256_hadd_ps((__m256)sum[0][c], (__m256)(rows > 1 ? sum[1][c] : zero));
    __m256 cd = _mm256_hadd_ps((__m256)(rows > 2 ? sum[2][c] : zero),
                               (__m256)(rows > 3 ? sum[3][c] : zero));
    __m256 abcd = _mm256_hadd_ps(ab, cd);
    float four[4];
    _mm_storeu_ps(four, _mm_add_ps(_mm256_castps256_ps128(abcd), _mm256_extractf128_ps(abcd, 1)));
    for (int r = 0; r < rows; r++)
        out[(size_t)r * step] = four[r];
}

#include "model/kernels/xattn_lanes.h"
#endif
