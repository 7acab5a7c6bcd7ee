/* bench_limits.c: what the machine can do: matrix products through BLAS (and as the program does
 * them), and memory. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/progress.h"
#include "base/simd.h"
#include "cli/bench.h"
#include "model/kernels/gemm.h"

#include <cblas.h> /* last: its complex.h defines I */

void bench_best_of(double *best, double rate)
{
    if (rate > *best)
        *best = rate;
}

int bench_measure_sgemm(const struct bench_sizes *sizes, struct bench_limits *limits,
                        struct error *err)
{
    size_t n = sizes->gemm;
    float *a = NULL, *b = NULL, *c = NULL;
    int status = -1;
    if (mem_alloc(&a, n * n, sizeof(float), "a matrix", err) != 0 ||
        mem_alloc(&b, n * n, sizeof(float), "a matrix", err) != 0 ||
        mem_alloc(&c, n * n, sizeof(float), "a matrix", err) != 0)
        goto out;
    bench_fill_units(a, n, n, 3);
    bench_fill_units(b, n, n, 4);
    for (int round = 0; round < 2 * sizes->rounds; round++) {
        double start = progress_clock(), work = 2e-9 * (double)n * (double)n * (double)n;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)n, (blasint)n, (blasint)n, 1,
                    a, (blasint)n, b, (blasint)n, 0, c, (blasint)n);
        bench_best_of(&limits->sgemm_gflops, work / (progress_clock() - start));
        start = progress_clock();
        gemm_nt(n, n, n, (struct matrix_const){a, n}, (struct matrix_const){b, n}, false,
                (struct matrix){c, n});
        bench_best_of(&limits->gemm_gflops, work / (progress_clock() - start));
    }
    status = 0;
out:
    free(a);
    free(b);
    free(c);
    return status;
}

enum { PARTS = 64 };

/* Whole numbers: a sum of floats would wait for its additions, not for memory. */
SIMD_CLONES
static uint32_t read_part(const float *a, size_t n)
{
    uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, a + i, sizeof bits);
        sum += bits;
    }
    return sum;
}

static uint32_t read_all(const float *a, size_t n)
{
    uint32_t sum = 0;
    size_t part = n / PARTS;
#pragma omp parallel for reduction(+ : sum)
    for (size_t p = 0; p < PARTS; p++)
        sum += read_part(a + p * part, part);
    return sum;
}

static void copy_all(float *restrict to, const float *restrict from, size_t n)
{
    size_t part = n / PARTS;
#pragma omp parallel for
    for (size_t p = 0; p < PARTS; p++)
        memcpy(to + p * part, from + p * part, part * sizeof *to);
}

/* Copy counts the bytes read and the bytes written. */
int bench_measure_memory(const struct bench_sizes *sizes, struct bench_limits *limits,
                         struct error *err)
{
    size_t n = sizes->copy_floats;
    float *a = NULL, *b = NULL;
    int status = -1;
    if (mem_alloc(&a, n, sizeof(float), "an array", err) != 0 ||
        mem_alloc(&b, n, sizeof(float), "an array", err) != 0)
        goto out;
    bench_fill_units(a, n / 1024, 1024, 5);
    double gigabytes = 1e-9 * (double)n * sizeof(float);
    volatile uint32_t sink = 0;
    copy_all(b, a, n);
    for (int round = 0; round < 2 * sizes->rounds; round++) {
        double start = progress_clock();
        copy_all(b, a, n);
        bench_best_of(&limits->copy_gbs, 2 * gigabytes / (progress_clock() - start));
        start = progress_clock();
        sink = sink + read_all(a, n);
        bench_best_of(&limits->read_gbs, gigabytes / (progress_clock() - start));
    }
    status = 0;
out:
    free(a);
    free(b);
    return status;
}
