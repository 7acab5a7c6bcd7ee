/* gemm.h: row-major matrix products, named by whether the factors are transposed: through BLAS, or,
 * where BLAS has no kernels for the CPU's AVX-512, with one of our own (gemm_avx512.c). On all
 * cores; inside a parallel region on the calling thread alone. The same call gives the same bits.
 *
 * M x N result c, K the summed axis; ld is the distance of two rows. `add` false overwrites c, true
 * adds to it. */
#ifndef MODEL_KERNELS_GEMM_H
#define MODEL_KERNELS_GEMM_H

#include <cblas.h>
#include <stdbool.h>
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

/* c = a b (+ c); a M x K, b K x N */
void gemm_nn(size_t M, size_t N, size_t K, struct matrix_const a, struct matrix_const b, bool add,
             struct matrix c);

/* c = a b' (+ c); a M x K, b N x K */
void gemm_nt(size_t M, size_t N, size_t K, struct matrix_const a, struct matrix_const b, bool add,
             struct matrix c);

/* c = a' b (+ c); a K x M, b K x N */
void gemm_tn(size_t M, size_t N, size_t K, struct matrix_const a, struct matrix_const b, bool add,
             struct matrix c);

/* A right factor of many products: b (K x N), or given as its transpose (N x K). */
struct gemm_factor {
    size_t N, K;
    bool transposed;
    struct matrix_const b;
    const float *panels; /* the same, packed; NULL where BLAS multiplies */
};

/* Floats of room that packing such a factor takes; 0 where BLAS multiplies. */
size_t gemm_factor_size(size_t N, size_t K);

/* Packs b into `room`; both stay the caller's and must outlive the factor. */
void gemm_factor_pack(size_t N, size_t K, bool transposed, struct matrix_const b, float *room,
                      struct gemm_factor *out);

/* c (M x N) = a b (+ c); a M x K */
void gemm_factor_multiply(size_t M, struct matrix_const a, const struct gemm_factor *factor,
                          bool add, struct matrix c);

/* Whether products are our own here. */
bool gemm_has_own_kernel(void);

#endif
