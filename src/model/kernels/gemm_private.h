/* gemm_private.h: the two ways to compute a matrix product, for gemm.c to choose from and for
 * tests.
 */
#ifndef MODEL_KERNELS_GEMM_PRIVATE_H
#define MODEL_KERNELS_GEMM_PRIVATE_H

#include <stdbool.h>

#include "config.h"
#include "model/kernels/gemm.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GEMM_X86 1
#endif

/* c (M x N) = op(a) op(b), or that added to c; op(a) is M x K, op(b) K x N. */
struct gemm_job {
    bool a_transposed, b_transposed, add;
    size_t M, N, K;
    struct matrix_const a, b;
    struct matrix c;
    const float *panels; /* b as packed by the kernel that multiplies, or NULL */
};

/* Through BLAS, in blocks that do not depend on the number of threads. */
void gemm_blas(const struct gemm_job *job);

/* A kernel of our own for one vector unit. */
struct gemm_kernel {
    const char *name;

    /* Floats of a packed b (N x K). */
    size_t (*panels_size)(size_t N, size_t K);

    /* Packs b (N, K, b and b_transposed of the job), once for many products, into panels_size
     * floats. */
    void (*panels_pack)(const struct gemm_job *job, float *panels_out);

    /* On all cores; inside a parallel region, on the calling thread alone. M, N and K are at least
     * 1. Needs some 300 KB of stack on each thread. */
    void (*multiply)(const struct gemm_job *job);
};

#ifdef GEMM_X86
extern const struct gemm_kernel gemm_avx512, gemm_avx2;
#endif

/* Our own kernels that this CPU runs, the best first; NULL after the last. */
const struct gemm_kernel *gemm_kernel_at(size_t index);

#endif
