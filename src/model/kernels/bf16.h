/* bf16.h: dot products of embeddings in bfloat16 with float32 sums.
 *
 * One query: a few packed words against rows read in place. Tiles: matrix products through oneDNN,
 * which has kernels for the matrix units. Both have a plain version in float32 arithmetic (where
 * products of two bfloat16 numbers are exact), so that tests run anywhere; it saves no time. */
#ifndef MODEL_KERNELS_BF16_H
#define MODEL_KERNELS_BF16_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct bf16_product;

struct bf16_kernel {
    const char *name;

    /* As in struct xattn_kernel: `a` n x D; b m x D floats, rounded while they are packed. */
    size_t (*packed_size)(size_t m, size_t D); /* in uint16_t */
    void (*pack)(const float *b, size_t m, size_t D, uint16_t *packed_out);
    void (*dots)(const uint16_t *a, size_t n, const uint16_t *packed, size_t m, size_t D, float *s,
                 size_t row_step, size_t column_step);

    /* Products c = a b': a M x D, b N x D, c M x N with leading dimension ldc. Every shape M, N,
     * ldc is added first, on one thread; then any number of threads run them, each on one core with
     * memory of its own: `packed` for a b, `scratch` for the run, of as many bytes as the functions
     * say, aligned to 64. product_free frees what product_new makes. Errors of new and add: what
     * oneDNN cannot do; of pack and run: -1 if oneDNN fails. */
    int (*product_new)(size_t D, struct bf16_product **out, struct error *err);
    void (*product_free)(struct bf16_product *product);
    int (*product_add)(struct bf16_product *product, size_t M, size_t N, size_t ldc,
                       struct error *err);
    size_t (*product_packed)(const struct bf16_product *product);
    size_t (*product_scratch)(const struct bf16_product *product);
    int (*product_pack)(const struct bf16_product *product, size_t N, uint16_t *b, void *packed,
                        void *scratch);
    int (*product_run)(const struct bf16_product *product, size_t M, size_t N, const uint16_t *a,
                       void *packed, float *c, size_t ldc, void *scratch);
};

/* What `--precision bf16` runs on; NULL if it cannot, and *why_out says why and what to do. */
const struct bf16_kernel *bf16_kernel(const char **why_out);

/* The plain version. */
extern const struct bf16_kernel bf16_plain;

/* For tests: bf16_kernel returns this one from now on; NULL: what the machine has. */
void bf16_kernel_set(const struct bf16_kernel *kernel);

/* |x - bf16(x)| / |x| of a row x of length D, rounded up: at most 1/256, usually about 1/600. */
float bf16_rounding_loss(const float *row, size_t D);

/* The largest bf16_rounding_loss of n rows (n x D). */
float bf16_rounding_loss_max(const float *rows, size_t n, size_t D);

#endif
