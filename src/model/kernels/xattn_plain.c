/* xattn_plain.c: xattn_lanes.h for any CPU with vectors of 4 floats (SSE2, NEON, VSX). */
#include "model/kernels/xattn_private.h"

#include "model/kernels/lanes_plain.h"

#include "model/kernels/lanes.h"

#define DOT_ROWS 4
#define DOT_COLUMNS 3
#define LANES_KERNEL xattn_plain

/* Lane sums of sum[0..rows-1][c] to out[0], out[step], ... */
static inline void v_sums(vf sum[DOT_ROWS][DOT_COLUMNS], int rows, int c, float *out, size_t step)
{
    for (int r = 0; r < rows; r++)
        out[(size_t)r * step] = v_sum(sum[r][c]);
}

#include "model/kernels/xattn_lanes.h"
