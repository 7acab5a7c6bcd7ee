/* bf16.c: the kernel that runs here, what all kernels share, and the plain one. */
#include "model/kernels/bf16.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bf16.h"
#include "base/mem.h"
#include "base/simd.h"
#include "model/kernels/bf16_private.h"

/* ---- packing ---- */

void bf16_pack(const float *b, size_t m, size_t D, uint16_t *packed_out)
{
    size_t chunk = m ? bf16_chunk(m) : 1;
    for (size_t j = 0; j < m; j += chunk) {
        size_t n = m - j < chunk ? m - j : chunk;
        for (size_t d = 0; d < D; d += BF16_STEP)
            for (size_t c = 0; c < n; c++, packed_out += BF16_STEP)
                for (size_t l = 0; l < BF16_STEP; l++)
                    packed_out[l] = bf16_round(d + l < D ? b[(j + c) * D + d + l] : 0);
    }
}

SIMD_CLONES
float bf16_rounding_loss(const float *row, size_t D)
{
    float lost = 0, all = 0;
#pragma omp simd reduction(+ : lost, all)
    for (size_t d = 0; d < D; d++) {
        float x = row[d] - bf16_float(bf16_round(row[d]));
        lost += x * x;
        all += row[d] * row[d];
    }
    return all == 0 ? 0 : sqrtf(lost / all) * 1.0005f;
}

float bf16_rounding_loss_max(const float *rows, size_t n, size_t D)
{
    float most = 0;
#pragma omp parallel for reduction(max : most) if (n * D > (size_t)1 << 20)
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, bf16_rounding_loss(rows + i * D, D));
    return most;
}

/* ---- the plain kernel ---- */

SIMD_CLONES
static float dot_step(const uint16_t *a, const uint16_t *b, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t d = 0; d < n; d++)
        sum += bf16_float(a[d]) * bf16_float(b[d]);
    return sum;
}

static float plain_dot(const uint16_t *a, const uint16_t *packed, size_t n, size_t D)
{
    float sum = 0;
    for (size_t d = 0; d < D; d += BF16_STEP, packed += n * BF16_STEP)
        sum += dot_step(a + d, packed, D - d < BF16_STEP ? D - d : BF16_STEP);
    return sum;
}

static void plain_dots(const uint16_t *a, size_t n, const uint16_t *packed, size_t m, size_t D,
                       float *s, size_t row_step, size_t column_step)
{
    size_t chunk = m ? bf16_chunk(m) : 1;
    for (size_t j = 0; j < m; j += chunk) {
        size_t count = m - j < chunk ? m - j : chunk;
        const uint16_t *words = packed + bf16_packed_size(j, D);
        for (size_t i = 0; i < n; i++)
            for (size_t c = 0; c < count; c++)
                s[i * row_step + (j + c) * column_step] =
                    plain_dot(a + i * D, words + c * BF16_STEP, count, D);
    }
}

struct bf16_product_plain {
    size_t D, N; /* N: the largest */
};

static struct bf16_product_plain *plain_of(const struct bf16_product *product)
{
    return (struct bf16_product_plain *)product;
}

static int plain_new(size_t D, struct bf16_product **out, struct error *err)
{
    (void)err;
    struct bf16_product_plain *p = mem_new(1, sizeof *p);
    p->D = D;
    *out = (struct bf16_product *)p;
    return 0;
}

static void plain_free(struct bf16_product *product)
{
    free(product);
}

static int plain_add(struct bf16_product *product, size_t M, size_t N, size_t ldc,
                     struct error *err)
{
    struct bf16_product_plain *p = plain_of(product);
    (void)M, (void)ldc, (void)err;
    p->N = N > p->N ? N : p->N;
    return 0;
}

static size_t plain_packed(const struct bf16_product *product)
{
    return plain_of(product)->N * plain_of(product)->D * sizeof(uint16_t);
}

static size_t plain_scratch(const struct bf16_product *product)
{
    (void)product;
    return 0;
}

static int plain_pack(const struct bf16_product *product, size_t N, uint16_t *b, void *packed,
                      void *scratch)
{
    (void)scratch;
    memcpy(packed, b, N * plain_of(product)->D * sizeof *b);
    return 0;
}

static int plain_run(const struct bf16_product *product, size_t M, size_t N, const uint16_t *a,
                     void *packed, float *c, size_t ldc, void *scratch)
{
    size_t D = plain_of(product)->D;
    (void)scratch;
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++)
            c[i * ldc + j] = dot_step(a + i * D, (const uint16_t *)packed + j * D, D);
    return 0;
}

const struct bf16_kernel bf16_plain = {
    .name = "plain",
    .packed_size = bf16_packed_size,
    .pack = bf16_pack,
    .dots = plain_dots,
    .product_new = plain_new,
    .product_free = plain_free,
    .product_add = plain_add,
    .product_packed = plain_packed,
    .product_scratch = plain_scratch,
    .product_pack = plain_pack,
    .product_run = plain_run,
};

/* ---- the choice ---- */

static const struct bf16_kernel *chosen;

void bf16_kernel_set(const struct bf16_kernel *kernel)
{
    chosen = kernel;
}

#ifdef BF16_X86
static const struct bf16_kernel bf16_x86 = {
    .name = "AVX512-BF16",
    .packed_size = bf16_packed_size,
    .pack = bf16_pack,
    .dots = bf16_dots_avx512,
    .product_new = bf16_onednn_new,
    .product_free = bf16_onednn_free,
    .product_add = bf16_onednn_add,
    .product_packed = bf16_onednn_packed,
    .product_scratch = bf16_onednn_scratch,
    .product_pack = bf16_onednn_pack,
    .product_run = bf16_onednn_run,
};

static const struct bf16_kernel *best(const char **why_out)
{
    *why_out = "this CPU has no bfloat16 instructions (AVX512-BF16, AMX): omit --precision bf16";
    return __builtin_cpu_supports("avx512bf16") ? &bf16_x86 : NULL;
}
#else
static const struct bf16_kernel *best(const char **why_out)
{
    *why_out = "this program was built without oneDNN: install the Debian package libdnnl-dev and "
               "rebuild, or omit --precision bf16";
    return NULL;
}
#endif

const struct bf16_kernel *bf16_kernel(const char **why_out)
{
    return chosen ? chosen : best(why_out);
}
