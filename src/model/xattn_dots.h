/* xattn_dots.h: dot products of rows as they lie in memory with a few packed ones; a part of
 * xattn_lanes.h, which see for the vector type. */

static size_t dot_steps(size_t D)
{
    return (D + LANES - 1) / LANES;
}

static size_t packed_size(size_t m, size_t D)
{
    return m * dot_steps(D) * LANES;
}

/* The packed rows go in chunks of at most DOT_COLUMNS, as equal as can be. */
static size_t chunk_rows(size_t m)
{
    size_t chunks = (m + DOT_COLUMNS - 1) / DOT_COLUMNS;
    return (m + chunks - 1) / chunks;
}

/* In a chunk vector after vector along D, its rows side by side; zeros beyond D. */
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

/* Memory that is wanted soon: `lines` of it are called for at each step along D, so that what comes
 * from memory is spread evenly over the arithmetic. */
struct ahead {
    const float *from;
    size_t lines;
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
        for (size_t line = 0; line < ahead.lines; line++, ahead.from += LANES)
            __builtin_prefetch(ahead.from, 0, 2); /* to the L2 cache */
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

/* Blocks of rows from the one at work to the one that is called for: some microseconds of
 * arithmetic. */
enum { DOT_AHEAD = 3 };

/* While these rows are at work later ones are called for, a share with each chunk. */
LANES_INLINE void dot_rows(const float *a, int rows, const float *packed, size_t m, size_t D,
                           struct dot_out out)
{
    size_t chunk = chunk_rows(m), chunks = (m + chunk - 1) / chunk;
    size_t lines = ((size_t)rows + chunks - 1) / chunks;
    const float *next = a + DOT_AHEAD * (size_t)rows * D;
    for (size_t j = 0; j < m; j += chunk, next += lines * D) {
        size_t n = m - j < chunk ? m - j : chunk;
        struct dot_out at = {out.s + j * out.column_step, out.row_step, out.column_step};
        struct ahead ahead = {next, next < a + (DOT_AHEAD + 1) * (size_t)rows * D ? lines : 0};
        dot_chunk(a, rows, packed + j * dot_steps(D) * LANES, n, D, ahead, at);
    }
}

static void dots(const float *a, size_t n, const float *packed, size_t m, size_t D, float *s,
                 size_t row_step, size_t column_step)
{
    size_t i = 0;
    for (; i + DOT_ROWS <= n; i += DOT_ROWS)
        dot_rows(a + i * D, DOT_ROWS, packed, m, D,
                 (struct dot_out){s + i * row_step, row_step, column_step});
    for (; i < n; i++)
        dot_rows(a + i * D, 1, packed, m, D,
                 (struct dot_out){s + i * row_step, row_step, column_step});
}
