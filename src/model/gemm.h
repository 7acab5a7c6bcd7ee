/* gemm.h: row-major matrix products through BLAS, named by whether the factors are transposed.
 * M x N result c, K the summed axis; ld* is the distance of two rows. beta 0 overwrites c, 1 adds
 * to it. */
#ifndef MODEL_GEMM_H
#define MODEL_GEMM_H

#include <cblas.h>
#include <stddef.h>

#undef I /* complex.h's, which cblas.h brings; here I is the number of images */

struct matrix {
    float *data;
    size_t ld;
};

struct matrix_const {
    const float *data;
    size_t ld;
};

static inline void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t M, size_t N, size_t K,
                        struct matrix_const a, struct matrix_const b, float beta, struct matrix c)
{
    if (M > 0 && N > 0 && K > 0)
        cblas_sgemm(CblasRowMajor, ta, tb, (blasint)M, (blasint)N, (blasint)K, 1.0f, a.data,
                    (blasint)a.ld, b.data, (blasint)b.ld, beta, c.data, (blasint)c.ld);
}

/* c = a b + beta c; a M x K, b K x N */
static inline void gemm_nn(size_t M, size_t N, size_t K, struct matrix_const a,
                           struct matrix_const b, float beta, struct matrix c)
{
    gemm(CblasNoTrans, CblasNoTrans, M, N, K, a, b, beta, c);
}

/* c = a b' + beta c; a M x K, b N x K */
static inline void gemm_nt(size_t M, size_t N, size_t K, struct matrix_const a,
                           struct matrix_const b, float beta, struct matrix c)
{
    gemm(CblasNoTrans, CblasTrans, M, N, K, a, b, beta, c);
}

/* c = a' b + beta c; a K x M, b K x N */
static inline void gemm_tn(size_t M, size_t N, size_t K, struct matrix_const a,
                           struct matrix_const b, float beta, struct matrix c)
{
    gemm(CblasTrans, CblasNoTrans, M, N, K, a, b, beta, c);
}

#endif
