/* gemm_avx512.c: gemm_lanes.h for AVX-512: 24 sums, in 32 registers of 16 floats. */
#include "model/kernels/gemm_private.h"

#ifdef GEMM_X86
#pragma GCC target("arch=x86-64-v4")
#include "model/kernels/lanes_avx512.h"

#include "model/kernels/lanes.h"

#define TILE_M 12
#define TILE_N 32

/* to (16 x 16, rows TILE_N apart) = the transpose of from (rows ld apart). */
LANES_INLINE void transpose(const float *from, size_t ld, float *to)
{
    __m512 r[LANES], t[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        r[i] = _mm512_loadu_ps(from + (size_t)i * ld);
#pragma GCC unroll 8
    for (int i = 0; i < LANES; i += 2) {
        t[i] = _mm512_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(r[i], r[i + 1]);
    }
#define PAIRS(op, x, y) (__m512) _mm512_##op##_pd((__m512d)(x), (__m512d)(y))
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i += 4) {
        r[i] = PAIRS(unpacklo, t[i], t[i + 2]);
        r[i + 1] = PAIRS(unpackhi, t[i], t[i + 2]);
        r[i + 2] = PAIRS(unpacklo, t[i + 1], t[i + 3]);
        r[i + 3] = PAIRS(unpackhi, t[i + 1], t[i + 3]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < LANES / 2; i++) {
        int from_row = i / 4 * 8 + i % 4; /* quarters 0 and 2, 1 and 3 of rows four apart */
        t[from_row] = _mm512_shuffle_f32x4(r[from_row], r[from_row + 4], 0x88);
        t[from_row + 4] = _mm512_shuffle_f32x4(r[from_row], r[from_row + 4], 0xdd);
    }
#pragma GCC unroll 8
    for (int i = 0; i < LANES / 2; i++) {
        _mm512_storeu_ps(to + i * TILE_N, _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88));
        _mm512_storeu_ps(to + (i + 8) * TILE_N, _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd));
    }
}

#include "model/kernels/gemm_lanes.h"

const struct gemm_kernel gemm_avx512 = {"AVX-512", panels_size, panels_pack, multiply};
#endif
