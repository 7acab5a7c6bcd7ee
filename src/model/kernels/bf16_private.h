/* bf16_private.h: what the kernels share. Words are packed 32 numbers of each at a time. */
#ifndef MODEL_KERNELS_BF16_PRIVATE_H
#define MODEL_KERNELS_BF16_PRIVATE_H

#include "config.h"
#include "model/kernels/bf16.h"

enum { BF16_STEP = 32, BF16_COLUMNS = 6 /* words in work at once */ };

/* struct bf16_kernel's `pack`: chunk after chunk; zeros beyond D. */
void bf16_pack(const float *b, size_t m, size_t D, uint16_t *packed_out);

/* Numbers that m packed words of length D take. */
static inline size_t bf16_packed_size(size_t m, size_t D)
{
    return m * ((D + BF16_STEP - 1) / BF16_STEP) * BF16_STEP;
}

/* Words per chunk: at most BF16_COLUMNS, chunks as equal as possible. Even a few words make two
 * chunks, since each prefetches no more than half of the following rows. */
static inline size_t bf16_chunk(size_t m)
{
    size_t chunks = m > 1 && m <= BF16_COLUMNS ? 2 : (m + BF16_COLUMNS - 1) / BF16_COLUMNS;
    return (m + chunks - 1) / chunks;
}

#if defined(HAVE_DNNL) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define BF16_X86 1
/* struct bf16_kernel's `dots` by AVX512-BF16; shapes there. */
void bf16_dots_avx512(const uint16_t *a, size_t n, const uint16_t *packed, size_t m, size_t D,
                      float *s, size_t row_step, size_t column_step);

/* Its `product_*` by oneDNN; shapes, owner and errors there. */
int bf16_onednn_new(size_t D, struct bf16_product **out, struct error *err) MUST_USE;
void bf16_onednn_free(struct bf16_product *product);
int bf16_onednn_add(struct bf16_product *product, size_t M, size_t N, size_t ldc,
                    struct error *err) MUST_USE;
size_t bf16_onednn_packed(const struct bf16_product *product);
size_t bf16_onednn_scratch(const struct bf16_product *product);
int bf16_onednn_pack(const struct bf16_product *product, size_t N, uint16_t *b, void *packed,
                     void *scratch) MUST_USE;
int bf16_onednn_run(const struct bf16_product *product, size_t M, size_t N, const uint16_t *a,
                    void *packed, float *c, size_t ldc, void *scratch) MUST_USE;
#endif

#endif
