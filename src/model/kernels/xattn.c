#include "model/kernels/xattn.h"

#include <math.h>
#include <string.h>

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

/* Kernels differ in lanes; the scratch is sized for the one in use. */
size_t xattn_pair_scratch(size_t R, size_t W)
{
    const struct xattn_kernel *kernel = xattn_kernel();
    size_t t2i = R * xattn_padded(kernel, W) + kernel->pair_scratch(R, W);
    size_t i2t = W * xattn_padded(kernel, R) + kernel->pair_scratch(W, R);
    return t2i > i2t ? t2i : i2t;
}

float xattn_pair(const struct attn_options *options, const float *s, size_t lds, size_t R, size_t W,
                 const float *gram, const float *query_norm, float *attention, float *similarity,
                 float *scratch)
{
    const struct xattn_kernel *kernel = xattn_kernel();
    bool t2i = options->cross_attn == CROSS_T2I;
    size_t K = t2i ? R : W, Q = t2i ? W : R, ldx = xattn_padded(kernel, Q);
    size_t context_step = t2i ? lds : 1, query_step = t2i ? 1 : lds;
    for (size_t k = 0; k < K; k++)
        for (size_t q = 0; q < ldx; q++)
            scratch[k * ldx + q] = q < Q ? s[k * context_step + q * query_step] : 0;
    struct xattn_pair pair = {.K = K,
                              .Q = Q,
                              .ldx = ldx,
                              .x = scratch,
                              .gram = gram,
                              .query_norm = query_norm,
                              .attention = attention,
                              .similarity = similarity};
    return kernel->pair(options, &pair, scratch + K * ldx);
}
