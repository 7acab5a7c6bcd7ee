/* bf16_avx512.c: regions read in place against packed words, with the instruction that multiplies
 * 32 pairs of bfloat16 and adds neighbours: its products are exact, every sum rounds once. */
#include "model/kernels/bf16_private.h"

#ifdef BF16_X86
#pragma GCC target("arch=x86-64-v4,avx512bf16")

#include "model/kernels/sums_avx512.h"

enum { ROWS = 4, AHEAD = 2 * ROWS };

struct out {
    float *s;
    size_t row_step, column_step;
};

static inline __m512bh load(const uint16_t *p)
{
    return (__m512bh)_mm512_loadu_si512(p);
}

static inline __m512bh load_tail(const uint16_t *p, size_t n)
{
    return (__m512bh)_mm512_maskz_loadu_epi16((__mmask32)((1ull << n) - 1), p);
}

/* Two rows to prefetch, as in xattn_dots.h. */
struct ahead {
    const uint16_t *one, *other;
};

/* `rows` rows with a chunk of n words. */
static inline __attribute__((always_inline)) void block(const uint16_t *a, int rows,
                                                        const uint16_t *packed, int n, size_t D,
                                                        struct ahead ahead, struct out out)
{
    __m512 sum[ROWS][BF16_COLUMNS];
#pragma GCC unroll 8
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 8
        for (int c = 0; c < n; c++)
            sum[r][c] = _mm512_setzero_ps();
    for (size_t d = 0; d < D; d += BF16_STEP, packed += n * BF16_STEP) {
        __m512bh row[ROWS];
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
            row[r] = D - d >= BF16_STEP ? load(a + (size_t)r * D + d)
                                        : load_tail(a + (size_t)r * D + d, D - d);
        __builtin_prefetch(ahead.one + d, 0, 3);
        __builtin_prefetch(ahead.other + d, 0, 3);
#pragma GCC unroll 8
        for (int c = 0; c < n; c++) {
            __m512bh b = load(packed + c * BF16_STEP);
#pragma GCC unroll 8
            for (int r = 0; r < rows; r++)
                sum[r][c] = _mm512_dpbf16_ps(sum[r][c], row[r], b);
        }
    }
#pragma GCC unroll 8
    for (int c = 0; c < n; c++) {
        float four[ROWS];
        sums_of_four(sum[0][c], sum[1][c], sum[2][c], sum[3][c], four);
        for (int r = 0; r < rows; r++)
            out.s[(size_t)r * out.row_step + (size_t)c * out.column_step] = four[r];
    }
}

static inline __attribute__((always_inline)) void chunk(const uint16_t *a, int rows,
                                                        const uint16_t *packed, size_t n, size_t D,
                                                        struct ahead ahead, struct out out)
{
    switch (n) {
#define CHUNK_CASE(count)                                                                          \
    case count:                                                                                    \
        block(a, rows, packed, count, D, ahead, out);                                              \
        break;
        CHUNK_CASE(1)
        CHUNK_CASE(2)
        CHUNK_CASE(3)
        CHUNK_CASE(4)
        CHUNK_CASE(5)
        CHUNK_CASE(6)
    }
}

/* Each chunk prefetches its share of the rows AHEAD of these, two at most. */
static inline __attribute__((always_inline)) void rows_block(const uint16_t *a, int rows,
                                                             const uint16_t *packed, size_t m,
                                                             size_t D, struct out out)
{
    size_t step = bf16_chunk(m), chunks = (m + step - 1) / step;
    for (size_t p = 0; p < chunks; p++) {
        size_t j = p * step, n = m - j < step ? m - j : step;
        size_t from = (size_t)rows * p / chunks, to = (size_t)rows * (p + 1) / chunks;
        const uint16_t *next = to > from ? a + (AHEAD + from) * D : a;
        chunk(a, rows, packed + bf16_packed_size(j, D), n, D,
              (struct ahead){next, next + (to > from + 1) * D},
              (struct out){out.s + j * out.column_step, out.row_step, out.column_step});
    }
}

void bf16_dots_avx512(const uint16_t *a, size_t n, const uint16_t *packed, size_t m, size_t D,
                      float *s, size_t row_step, size_t column_step)
{
    size_t i = 0;
    if (m == 0)
        return;
    for (; i + ROWS <= n; i += ROWS)
        rows_block(a + i * D, ROWS, packed, m, D,
                   (struct out){s + i * row_step, row_step, column_step});
    for (; i < n; i++)
        rows_block(a + i * D, 1, packed, m, D,
                   (struct out){s + i * row_step, row_step, column_step});
}
#endif
