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

#endif
