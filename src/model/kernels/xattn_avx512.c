/* xattn_avx512.c: xattn_lanes.h for AVX-512: 32 registers of 16 floats. */
#include "model/kernels/xattn_private.h"

#ifdef XATTN_X86
#pragma GCC target("arch=x86-64-v4")
#include "model/kernels/lanes_avx512.h"

#include "model/kernels/lanes.h"
#include "model/kernels/sums_avx512.h"

#define DOT_ROWS 4
#define DOT_COLUMNS 7
#define LANES_KERNEL xattn_avx512

/* Lane sums of sum[0..rows-1][c] to out[0], out[step], ...: in the same order for one row as for
 * four, so that a raw score has the same bits whichever side was packed. */
static inline void v_sums(vf sum[DOT_ROWS][DOT_COLUMNS], int rows, int c, float *out, size_t step)
{
    __m512 zero = _mm512_setzero_ps();
    float four[4];
    sums_of_four((__m512)sum[0][c], rows > 1 ? (__m512)sum[1][c] : zero,
                 rows > 2 ? (__m512)sum[2][c] : zero, rows > 3 ? (__m512)sum[3][c] : zero, four);
    for (int r = 0; r < rows; r++)
        out[(size_t)r * step] = four[r];
}

#include "model/kernels/xattn_lanes.h"
#endif
