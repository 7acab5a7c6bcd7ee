/* gemm.h: row-major matrix products, named by which factors are transposed: through BLAS, or, if
 * BLAS has no kernels for the CPU's AVX-512, by a kernel of our own (gemm_lanes.h). They run on
 * all cores; inside a parallel region, on the calling thread alone. The same call gives the same
 * bits, whatever the number of threads.
 *
 * The result c is M x N, K is the summed axis; ld is the distance between rows in floats. `add`
 * false overwrites c, true adds to it. */
#ifndef MODEL_KERNELS_GEMM_H
#define MODEL_KERNELS_GEMM_H

#include <stdbool.h>
#include <stddef.h>

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

/* The right factor of many products: b (K x N), or given as its transpose (N x K). */
struct gemm_factor {
    size_t N, K;
    bool transposed;
    struct matrix_const b;
    const struct gemm_kernel *kernel; /* what multiplies; NULL: BLAS */
    const float *panels;              /* b packed for it */
};

enum gemm_factor_use {
    GEMM_AS_ALWAYS,  /* by what computes other products */
    GEMM_ROWS_ALIKE, /* by a kernel of our own on every CPU that has one (gemm_rows_alike) */
};

/* Floats of room that packing such a factor takes; 0 if BLAS multiplies. */
size_t gemm_factor_size(size_t N, size_t K, enum gemm_factor_use use);

/* Packs b into `room` (gemm_factor_size floats); both stay the caller's and must outlive the
 * factor.
 */
void gemm_factor_pack(size_t N, size_t K, bool transposed, struct matrix_const b,
                      enum gemm_factor_use use, float *room, struct gemm_factor *out);

/* c (M x N) = a b (+ c); a M x K */
void gemm_factor_multiply(size_t M, struct matrix_const a, const struct gemm_factor *factor,
                          bool add, struct matrix c);

/* Whether products use our own kernel on this machine. */
bool gemm_has_own_kernel(void);

/* Whether a product by a factor packed with GEMM_ROWS_ALIKE gives a row of c the same bits whatever
 * the other rows are, and however many: where our own kernels run (x86 with AVX2). BLAS does not.
 */
bool gemm_rows_alike(void);

/* How the BLAS library describes itself; not to be freed. */
const char *gemm_blas_name(void);

#endif
