/* gemm_lanes.h: matrix products in registers, for one vector unit; included by gemm_*.c after
 * lanes.h and with the size of its tile: TILE_M rows, TILE_N columns (a multiple of LANES), as many
 * as the registers hold.
 *
 * The usual blocking: a block of b, BLOCK_K x BLOCK_N, is packed into panels of TILE_N columns and
 * stays in the second-level cache; a panel of TILE_M rows of a stays in the first; their tile of c
 * stays in registers. Each thread has its own strip of c, and every element is summed in the same
 * order wherever it lies, so neither the number of threads nor other rows change a bit. */
#include <assert.h>
#include <omp.h>
#include <string.h>

enum {
    TILE_VECTORS = TILE_N / LANES,
    BLOCK_K = 256,
    BLOCK_N = 256 / TILE_N * TILE_N,
    ROW = BLOCK_K + 16, /* distance of packed rows of a: not a multiple of 4 KiB */
};

/* What a thread packs into, on its stack. */
struct packed {
    _Alignas(64) float b[BLOCK_N * BLOCK_K];
    _Alignas(64) float a[TILE_M * ROW];
};

/* ---- packing ---- */

/* A panel of b, K x N (N at most TILE_N), step by step along K; zeros beyond N. */
static void pack_b_plain(const float *b, size_t ld, size_t K, size_t N, float *to)
{
    for (size_t k = 0; k < K; k++, b += ld, to += TILE_N) {
        if (N == TILE_N) {
            memcpy(to, b, TILE_N * sizeof *to);
            continue;
        }
        for (size_t j = 0; j < TILE_N; j++)
            to[j] = j < N ? b[j] : 0;
    }
}

/* The same if b is given as its transpose, N x K. */
static void pack_b_transposed(const float *b, size_t ld, size_t K, size_t N, float *to)
{
    size_t whole_k = K / LANES * LANES, whole_n = N / LANES * LANES;
    for (size_t j = 0; j < whole_n; j += LANES)
        for (size_t k = 0; k < whole_k; k += LANES)
            transpose(b + j * ld + k, ld, to + k * TILE_N + j);
    for (size_t j = 0; j < TILE_N; j++)
        for (size_t k = j < whole_n ? whole_k : 0; k < K; k++)
            to[k * TILE_N + j] = j < N ? b[j * ld + k] : 0;
}

/* A panel of a, M x K (M at most TILE_M): rows ROW apart, zeros beyond M. */
static void pack_a_plain(const float *a, size_t ld, size_t K, size_t M, float *to)
{
    for (size_t i = 0; i < TILE_M; i++, to += ROW) {
        if (i < M)
            memcpy(to, a + i * ld, K * sizeof *to);
        else
            memset(to, 0, K * sizeof *to);
    }
}

/* The same if a is given as its transpose, K x M: steps along K, TILE_M apart. */
static void pack_a_transposed(const float *a, size_t ld, size_t K, size_t M, float *to)
{
    for (size_t k = 0; k < K; k++, a += ld, to += TILE_M) {
        if (M == TILE_M) {
            memcpy(to, a, TILE_M * sizeof *to);
            continue;
        }
        for (size_t i = 0; i < TILE_M; i++)
            to[i] = i < M ? a[i] : 0;
    }
}

/* ---- the tile ---- */

/* Element (i, k) of the panel of a is a[i * row + k * step]; c (TILE_M x TILE_N) is overwritten or
 * added to. */
LANES_INLINE void tile(size_t K, const float *a, size_t row, size_t step, const float *b, bool add,
                       float *c, size_t ld)
{
    vf sum[TILE_M][TILE_VECTORS] = {{{0}}};
    for (size_t k = 0; k < K; k++, a += step, b += TILE_N) {
        vf right[TILE_VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < TILE_VECTORS; v++)
            right[v] = load(b + v * LANES);
#pragma GCC unroll 12
        for (int i = 0; i < TILE_M; i++) {
            vf value = splat(a[(size_t)i * row]);
#pragma GCC unroll 4
            for (int v = 0; v < TILE_VECTORS; v++)
                sum[i][v] += value * right[v];
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < TILE_M; i++, c += ld)
#pragma GCC unroll 4
        for (int v = 0; v < TILE_VECTORS; v++) {
            float *at = c + v * LANES;
            store(at, add ? load(at) + sum[i][v] : sum[i][v]);
        }
}

static void tile_any(const struct gemm_job *job, size_t K, const float *a, const float *b, bool add,
                     float *c, size_t ld)
{
    if (job->a_transposed)
        tile(K, a, 1, TILE_M, b, add, c, ld);
    else
        tile(K, a, ROW, 1, b, add, c, ld);
}

/* A tile of which only M x N lie inside c. */
static void tile_edge(const struct gemm_job *job, size_t K, const float *a, const float *b,
                      bool add, float *c, size_t M, size_t N)
{
    _Alignas(64) float whole[TILE_M * TILE_N];
    tile_any(job, K, a, b, false, whole, TILE_N);
    for (size_t i = 0; i < M; i++, c += job->c.ld)
        for (size_t j = 0; j < N; j++)
            c[j] = add ? c[j] + whole[i * TILE_N + j] : whole[i * TILE_N + j];
}

/* ---- the blocks ---- */

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

static size_t whole_panels(size_t N)
{
    return (N + TILE_N - 1) / TILE_N * TILE_N;
}

/* Packs K steps from k on and N (at most TILE_N) columns from j on of b as a panel. */
static void pack_panel(const struct gemm_job *job, size_t k, size_t K, size_t j, size_t N,
                       float *to)
{
    if (job->b_transposed)
        pack_b_transposed(job->b.data + j * job->b.ld + k, job->b.ld, K, N, to);
    else
        pack_b_plain(job->b.data + k * job->b.ld + j, job->b.ld, K, N, to);
}

/* Adjacent panels, `step` floats apart. */
struct panels {
    const float *data;
    size_t step;
};

/* The panels of a block: packed into `room`, or among those packed beforehand. */
static struct panels panels_of(const struct gemm_job *job, size_t k, size_t K, size_t j, size_t N,
                               float *room)
{
    if (job->panels)
        return (struct panels){job->panels + k * whole_panels(job->N) + j * K, K * TILE_N};
    for (size_t at = 0; at < N; at += TILE_N)
        pack_panel(job, k, K, j + at, at_most(N - at, TILE_N), room + at * K);
    return (struct panels){room, K * TILE_N};
}

static size_t panels_size(size_t N, size_t K)
{
    return whole_panels(N) * K;
}

/* Block after block along K, so that the panels of one are adjacent. */
static void panels_pack(const struct gemm_job *job, float *panels_out)
{
    size_t columns = whole_panels(job->N);
#pragma omp parallel for collapse(2) schedule(static)
    for (size_t k = 0; k < job->K; k += BLOCK_K)
        for (size_t j = 0; j < job->N; j += TILE_N) {
            size_t K = at_most(job->K - k, BLOCK_K);
            pack_panel(job, k, K, j, at_most(job->N - j, TILE_N), panels_out + k * columns + j * K);
        }
}

static void pack_rows(const struct gemm_job *job, size_t i, size_t M, size_t k, size_t K, float *to)
{
    if (job->a_transposed)
        pack_a_transposed(job->a.data + k * job->a.ld + i, job->a.ld, K, M, to);
    else
        pack_a_plain(job->a.data + i * job->a.ld + k, job->a.ld, K, M, to);
}

/* M packed rows of a times a block's panels of b: N columns of c. */
static void row_of_tiles(const struct gemm_job *job, const float *a, size_t M, struct panels b,
                         size_t K, size_t N, bool add, float *c)
{
    for (size_t j = 0; j < N; j += TILE_N, b.data += b.step) {
        size_t n = at_most(N - j, TILE_N);
        if (M == TILE_M && n == TILE_N)
            tile_any(job, K, a, b.data, add, c + j, job->c.ld);
        else
            tile_edge(job, K, a, b.data, add, c + j, M, n);
    }
}

/* Rows i0 .. i1-1, columns j0 .. j1-1 of c. */
static void strip(const struct gemm_job *job, size_t i0, size_t i1, size_t j0, size_t j1)
{
    struct packed packed;
    for (size_t j = j0; j < j1; j += BLOCK_N) {
        size_t N = at_most(j1 - j, BLOCK_N);
        for (size_t k = 0; k < job->K; k += BLOCK_K) {
            size_t K = at_most(job->K - k, BLOCK_K);
            struct panels b = panels_of(job, k, K, j, N, packed.b);
            for (size_t i = i0; i < i1; i += TILE_M) {
                size_t M = at_most(i1 - i, TILE_M);
                pack_rows(job, i, M, k, K, packed.a);
                row_of_tiles(job, packed.a, M, b, K, N, job->add || k > 0,
                             job->c.data + i * job->c.ld + j);
            }
        }
    }
}

/* Where part p of n elements begins: a multiple of `unit`. */
static size_t part_begin(size_t n, size_t unit, size_t p, size_t parts)
{
    size_t units = (n + unit - 1) / unit;
    return at_most(units * p / parts * unit, n);
}

static void multiply(const struct gemm_job *job)
{
    enum { SMALL = 1 << 20 }; /* done before other threads have woken up */
    assert(job->M > 0 && job->N > 0 && job->K > 0);
    size_t threads = omp_in_parallel() ? 1 : (size_t)omp_get_max_threads();
    bool rows = job->M >= job->N;
    if (threads == 1 || job->M * job->N * job->K < SMALL) {
        strip(job, 0, job->M, 0, job->N);
        return;
    }
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < threads; p++) {
        if (rows)
            strip(job, part_begin(job->M, TILE_M, p, threads),
                  part_begin(job->M, TILE_M, p + 1, threads), 0, job->N);
        else
            strip(job, 0, job->M, part_begin(job->N, TILE_N, p, threads),
                  part_begin(job->N, TILE_N, p + 1, threads));
    }
}
