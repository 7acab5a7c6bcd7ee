/* gemm_avx2.c: gemm_lanes.h for AVX2 with FMA: 12 sums, in 16 registers of 8 floats. */
#include "model/kernels/gemm_private.h"

#ifdef GEMM_X86
#pragma GCC target("arch=x86-64-v3")
#include "model/kernels/lanes_avx2.h"

#include "model/kernels/lanes.h"

#define TILE_M 6
#define TILE_N 16

/* to (8 x 8, rows TILE_N apart) = the transpose of from (rows ld apart). */
static void transpose(const float *from, size_t ld, float *to)
{
    for (size_t k = 0; k < LANES; k++)
        for (size_t i = 0; i < LANES; i++)
            to[k * TILE_N + i] = from[i * ld + k];
}

#include "model/kernels/gemm_lanes.h"

const struct gemm_kernel gemm_avx2 = {"AVX2", panels_size, panels_pack, multiply};
#endif
