/* xattn_dots.h: dot products of rows read in place with a few packed ones; a part of xattn_lanes.h,
 * which defines the vector type. */

static size_t dot_steps(size_t D)
{
    return (D + LANES - 1) / LANES;
}

static size_t packed_size(size_t m, size_t D)
{
    return m * dot_steps(D) * LANES;
}

/* The packed rows form chunks of at most DOT_COLUMNS, as equal as possible. */
static size_t chunk_rows(size_t m)
{
    size_t chunks = (m + DOT_COLUMNS - 1) / DOT_COLUMNS;
    return (m + chunks - 1) / chunks;
}

/* A chunk is vector after vector along D, with its rows side by side; zeros beyond D. */
static void pack(const float *b, size_t m, size_t D, float *packed_out)
{
    size_t chunk = chunk_rows(m);
    for (size_t j = 0; j < m; j += chunk) {
        size_t n = m - j < chunk ? m - j : chunk;
        for (size_t d = 0; d < D; d += LANES)
            for (size_t c = 0; c < n; c++, packed_out += LANES)
                for (size_t l = 0; l < LANES; l++)
                    packed_out[l] = d + l < D ? b[(j + c) * D + d + l] : 0;
    }
}

struct dot_out {
    float *s;
    size_t row_step, column_step;
};

/* Two rows to prefetch: each step along D prefetches the same step of them, so that memory is read
 * during the arithmetic, in as many streams as the processor follows. */
struct ahead {
    const float *one, *other;
};

/* DOT_ROWS (or 1) rows of `a` with a chunk of n packed rows. */
LANES_INLINE void dot_block(const float *a, int rows, const float *packed, int n, size_t D,
                            struct ahead ahead, struct dot_out out)
{
    vf sum[DOT_ROWS][DOT_COLUMNS] = {{{0}}};
    size_t d = 0;
    for (; d + LANES <= D; d += LANES, packed += n * LANES) {
        vf row[DOT_ROWS];
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++)
            row[r] = load(a + (size_t)r * D + d);
        __builtin_prefetch(ahead.one + d, 0, 2); /* to the L2 cache */
        __builtin_prefetch(ahead.other + d, 0, 2);
#pragma GCC unroll 8
        for (int c = 0; c < n; c++) {
            vf b = load(packed + c * LANES);
#pragma GCC unroll 8
            for (int r = 0; r < rows; r++)
                sum[r][c] += row[r] * b;
        }
    }
    for (int r = 0; d < D && r < rows; r++) {
        float tail[LANES] = {0};
        memcpy(tail, a + (size_t)r * D + d, (D - d) * sizeof *tail);
        for (int c = 0; c < n; c++)
            sum[r][c] += load(tail) * load(packed + c * LANES);
    }
    for (int c = 0; c < n; c++)
        v_sums(sum, rows, c, out.s + (size_t)c * out.column_step, out.row_step);
}

LANES_INLINE void dot_chunk(const float *a, int rows, const float *packed, size_t n, size_t D,
                            struct ahead ahead, struct dot_out out)
{
    switch (n) {
#define DOT_CASE(count)                                                                            \
    case count:                                                                                    \
        dot_block(a, rows, packed, count < DOT_COLUMNS ? count : DOT_COLUMNS, D, ahead, out);      \
        break;
        DOT_CASE(1)
        DOT_CASE(2)
        DOT_CASE(3)
        DOT_CASE(4)
        DOT_CASE(5)
        DOT_CASE(6)
        DOT_CASE(7)
    }
}

/* As many rows, in whole blocks, as fit the L2 cache together with those that follow. */
static size_t rows_at_once(size_t D)
{
    enum { FLOATS = 40 * 1024 };
    size_t blocks = FLOATS / (D * DOT_ROWS);
    return (blocks + !blocks) * DOT_ROWS;
}

/* `rows` rows with chunk p of `chunks`, which prefetches its share of the rows `span` further on,
 * two at most. */
LANES_INLINE void dot_rows(const float *a, int rows, const float *packed, size_t n, size_t D,
                           size_t span, size_t p, size_t chunks, struct dot_out out)
{
    size_t from = (size_t)rows * p / chunks, to = (size_t)rows * (p + 1) / chunks;
    const float *next = to > from ? a + (span + from) * D : a;
    dot_chunk(a, rows, packed, n, D, (struct ahead){next, next + (to > from + 1) * D}, out);
}

/* n rows: a chunk of packed ones stays in the L1 cache while all of them pass. */
static void dot_group(const float *a, size_t n, const float *packed, size_t m, size_t D,
                      struct dot_out out)
{
    size_t chunk = chunk_rows(m), chunks = (m + chunk - 1) / chunk;
    for (size_t p = 0; p < chunks; p++) {
        size_t j = p * chunk, count = m - j < chunk ? m - j : chunk, i = 0;
        const float *words = packed + j * dot_steps(D) * LANES;
        struct dot_out at = {out.s + j * out.column_step, out.row_step, out.column_step};
        for (; i + DOT_ROWS <= n; i += DOT_ROWS, at.s += DOT_ROWS * at.row_step)
            dot_rows(a + i * D, DOT_ROWS, words, count, D, n, p, chunks, at);
        for (; i < n; i++, at.s += at.row_step)
            dot_rows(a + i * D, 1, words, count, D, n, p, chunks, at);
    }
}

static void dots(const float *a, size_t n, const float *packed, size_t m, size_t D, float *s,
                 size_t row_step, size_t column_step)
{
    size_t group = rows_at_once(D);
    for (size_t i = 0; i < n; i += group)
        dot_group(a + i * D, n - i < group ? n - i : group, packed, m, D,
                  (struct dot_out){s + i * row_step, row_step, column_step});
}
