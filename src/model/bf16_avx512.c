/* bf16_avx512.c: regions as they lie in memory against packed words, with the instruction that
 * multiplies 32 pairs of bfloat16 and adds neighbours: its products are exact, every sum rounds
 * once. */
#include "model/bf16_private.h"

#ifdef BF16_X86
#pragma GCC target("arch=x86-64-v4,avx512bf16")
#include <immintrin.h>
#include <string.h>

enum { ROWS = 4, LINE = 32 /* bfloat16 of a cache line */, AHEAD = 3 /* blocks of rows */ };

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

/* `rows` rows with a chunk of n words; lines of what comes later are called for on the way. */
static inline __attribute__((always_inline)) void block(const uint16_t *a, int rows,
                                                        const uint16_t *packed, int n, size_t D,
                                                        const uint16_t *ahead, size_t lines,
                                                        struct out out)
{
    __m512 sum[ROWS][BF16_COLUMNS];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int c = 0; c < n; c++)
            sum[r][c] = _mm512_setzero_ps();
    for (size_t d = 0; d < D; d += BF16_STEP, packed += 2 * n * BF16_STEP) {
        __m512bh row[ROWS];
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
            row[r] = D - d >= BF16_STEP ? load(a + (size_t)r * D + d)
                                        : load_tail(a + (size_t)r * D + d, D - d);
        for (size_t line = 0; line < lines; line++, ahead += LINE)
            __builtin_prefetch(ahead, 0, 2);
#pragma GCC unroll 8
        for (int c = 0; c < n; c++)
#pragma GCC unroll 2
            for (int term = 0; term < 2; term++) {
                __m512bh b = load(packed + (2 * c + term) * BF16_STEP);
#pragma GCC unroll 8
                for (int r = 0; r < rows; r++)
                    sum[r][c] = _mm512_dpbf16_ps(sum[r][c], row[r], b);
            }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int c = 0; c < n; c++)
            out.s[(size_t)r * out.row_step + (size_t)c * out.column_step] =
                _mm512_reduce_add_ps(sum[r][c]);
}

static inline __attribute__((always_inline)) void chunk(const uint16_t *a, int rows,
                                                        const uint16_t *packed, size_t n, size_t D,
                                                        const uint16_t *ahead, size_t lines,
                                                        struct out out)
{
    switch (n) {
#define CHUNK_CASE(count)                                                                          \
    case count:                                                                                    \
        block(a, rows, packed, count, D, ahead, lines, out);                                       \
        break;
        CHUNK_CASE(1)
        CHUNK_CASE(2)
        CHUNK_CASE(3)
        CHUNK_CASE(4)
        CHUNK_CASE(5)
        CHUNK_CASE(6)
    }
}

/* While these rows are at work later ones are called for, a share with each chunk. */
static inline __attribute__((always_inline)) void
rows_block(const uint16_t *a, int rows, const uint16_t *packed, size_t m, size_t D, struct out out)
{
    size_t step = bf16_chunk(m), chunks = (m + step - 1) / step;
    size_t lines = ((size_t)rows + chunks - 1) / chunks;
    const uint16_t *next = a + AHEAD * (size_t)rows * D;
    for (size_t j = 0; j < m; j += step, next += lines * D) {
        size_t n = m - j < step ? m - j : step;
        bool wanted = next < a + (AHEAD + 1) * (size_t)rows * D;
        chunk(a, rows, packed + bf16_packed_size(j, D), n, D, next, wanted ? lines : 0,
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
