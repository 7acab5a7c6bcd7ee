#include "model/kernels/gemm.h"

#include <assert.h>
#include <cblas.h>
#include <omp.h>
#include <pthread.h>
#include <string.h>

#include "base/countof.h"
#include "model/kernels/gemm_private.h"

#ifdef GEMM_X86
/* The only x86 kernels of OpenBLAS that use AVX-512. Debian 12's OpenBLAS takes its AVX2 kernels on
 * every AMD CPU, and wherever OPENBLAS_CORETYPE says so. */
static const char *const wide_cores[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};

static const struct gemm_kernel *kernels[3];
static bool wide;

static void choose(void)
{
    size_t n = 0;
    __builtin_cpu_init();
    wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
    if (wide)
        kernels[n++] = &gemm_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        kernels[n++] = &gemm_avx2;
    for (size_t i = 0; i < COUNTOF(wide_cores); i++)
        wide = wide && strcmp(openblas_get_corename(), wide_cores[i]) != 0;
}

static void choose_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
}

bool gemm_has_own_kernel(void)
{
    choose_once();
    return wide;
}

const struct gemm_kernel *gemm_kernel_at(size_t index)
{
    choose_once();
    return kernels[index];
}
#else
bool gemm_has_own_kernel(void)
{
    return false;
}

const struct gemm_kernel *gemm_kernel_at(size_t index)
{
    (void)index;
    return NULL;
}
#endif

static size_t at_most(size_t n, size_t most)
{
    return n < most ? n : most;
}

/* The block of c that begins at row i and column j. */
static void blas_block(const struct gemm_job *job, size_t i, size_t j, size_t M, size_t N)
{
    const float *a = job->a.data + (job->a_transposed ? i : i * job->a.ld);
    const float *b = job->b.data + (job->b_transposed ? j * job->b.ld : j);
    cblas_sgemm(CblasRowMajor, job->a_transposed ? CblasTrans : CblasNoTrans,
                job->b_transposed ? CblasTrans : CblasNoTrans, (blasint)M, (blasint)N,
                (blasint)job->K, 1.0f, a, (blasint)job->a.ld, b, (blasint)job->b.ld,
                job->add ? 1.0f : 0.0f, job->c.data + i * job->c.ld + j, (blasint)job->c.ld);
}

/* BLAS sums an element in an order that depends on where it lies in the matrix, and would cut c by
 * the number of threads. These blocks are always the same; inside a parallel region (of one thread,
 * too) c is one block. */
void gemm_blas(const struct gemm_job *job)
{
    enum { BLOCK_M = 256, BLOCK_N = 512 };
    if (omp_get_level() > 0) {
        blas_block(job, 0, 0, job->M, job->N);
        return;
    }
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (size_t i = 0; i < job->M; i += BLOCK_M)
        for (size_t j = 0; j < job->N; j += BLOCK_N)
            blas_block(job, i, j, at_most(job->M - i, BLOCK_M), at_most(job->N - j, BLOCK_N));
}

const char *gemm_blas_name(void)
{
    return openblas_get_config();
}

static void check(const struct gemm_job *job)
{
    assert(job->a.ld >= (job->a_transposed ? job->M : job->K) && job->c.ld >= job->N);
    assert(job->b.ld >= (job->b_transposed ? job->K : job->N));
}

/* A few rows do not fill a tile of our own kernel. */
static void multiply(const struct gemm_job *job)
{
    enum { FEW = 8 };
    check(job);
    if (job->M == 0 || job->N == 0 || job->K == 0)
        return;
    if (gemm_has_own_kernel() && job->M >= FEW)
        gemm_kernel_at(0)->multiply(job);
    else
        gemm_blas(job);
}

void gemm_nn(size_t M, size_t N, size_t K, struct matrix_const a, struct matrix_const b, bool add,
             struct matrix c)
{
    multiply(&(struct gemm_job){false, false, add, M, N, K, a, b, c, NULL});
}

void gemm_nt(size_t M, size_t N, size_t K, struct matrix_const a, struct matrix_const b, bool add,
             struct matrix c)
{
    multiply(&(struct gemm_job){false, true, add, M, N, K, a, b, c, NULL});
}

void gemm_tn(size_t M, size_t N, size_t K, struct matrix_const a, struct matrix_const b, bool add,
             struct matrix c)
{
    multiply(&(struct gemm_job){true, false, add, M, N, K, a, b, c, NULL});
}

/* What multiplies by a factor; NULL: BLAS. */
static const struct gemm_kernel *kernel_for(enum gemm_factor_use use)
{
    return use == GEMM_ROWS_ALIKE || gemm_has_own_kernel() ? gemm_kernel_at(0) : NULL;
}

bool gemm_rows_alike(void)
{
    return kernel_for(GEMM_ROWS_ALIKE) != NULL;
}

size_t gemm_factor_size(size_t N, size_t K, enum gemm_factor_use use)
{
    const struct gemm_kernel *kernel = kernel_for(use);
    return kernel ? kernel->panels_size(N, K) : 0;
}

void gemm_factor_pack(size_t N, size_t K, bool transposed, struct matrix_const b,
                      enum gemm_factor_use use, float *room, struct gemm_factor *out)
{
    const struct gemm_kernel *kernel = kernel_for(use);
    assert(room || !kernel);
    *out = (struct gemm_factor){N, K, transposed, b, kernel, kernel ? room : NULL};
    if (kernel)
        kernel->panels_pack(&(struct gemm_job){.b_transposed = transposed, .N = N, .K = K, .b = b},
                            room);
}

void gemm_factor_multiply(size_t M, struct matrix_const a, const struct gemm_factor *factor,
                          bool add, struct matrix c)
{
    struct gemm_job job = {false, factor->transposed, add, M, factor->N, factor->K, a, factor->b,
                           c,     factor->panels};
    if (!factor->kernel) {
        multiply(&job);
        return;
    }
    check(&job);
    if (M > 0 && factor->N > 0 && factor->K > 0)
        factor->kernel->multiply(&job);
}
