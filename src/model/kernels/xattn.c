#include "model/kernels/xattn.h"

#include <math.h>

#include "base/countof.h"
#include "base/simd.h"
#include "model/kernels/xattn_private.h"

#ifdef XATTN_X86
static bool has_avx512(void)
{
    return __builtin_cpu_supports("x86-64-v4");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("x86-64-v3");
}
#endif

static bool always(void)
{
    return true;
}

static const struct choice {
    const struct xattn_kernel *kernel;
    bool (*runs_here)(void);
} choices[] = {
#ifdef XATTN_X86
    {&xattn_avx512, has_avx512},
    {&xattn_avx2, has_avx2},
#endif
    {&xattn_plain, always},
};

const struct xattn_kernel *xattn_kernel_at(size_t index)
{
    for (size_t i = 0; i < COUNTOF(choices); i++)
        if (choices[i].runs_here() && index-- == 0)
            return choices[i].kernel;
    return NULL;
}

const struct xattn_kernel *xattn_kernel(void)
{
    return xattn_kernel_at(0);
}

SIMD_CLONES
static float dot(const float *a, const float *b, size_t D)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t d = 0; d < D; d++)
        sum += a[d] * b[d];
    return sum;
}

void xattn_gram(const float *rows, size_t n, size_t D, float *gram)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            gram[i * n + j] = gram[j * n + i] = dot(rows + i * D, rows + j * D, D);
}

void xattn_norms(const float *rows, size_t n, size_t D, float *norms)
{
    for (size_t i = 0; i < n; i++)
        norms[i] = sqrtf(dot(rows + i * D, rows + i * D, D));
}
