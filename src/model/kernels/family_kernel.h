/* family_kernel.h: what the relatives of SCAN need of a vector unit beside xattn.h: BFAN's pairs
 * and VSE++'s order similarities. None allocates; scratch is 64-byte aligned. */
#ifndef MODEL_KERNELS_FAMILY_KERNEL_H
#define MODEL_KERNELS_FAMILY_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "model/kernels/bfan.h"

enum { FAMILY_NEAR_UNIT = 32 };

struct family_kernel {
    const char *name;
    size_t lanes;

    size_t (*bfan_scratch)(size_t R, size_t W); /* floats */
    float (*bfan_pair)(const struct bfan_options *options, const struct bfan_pair *pair,
                       float *scratch);

    /* out[i * ld + c] = -|max(0, e_c - v_i)|, v I x D, e C x D: a tile whose rows stay in the
     * caches. An element has the same bits in every tile. */
    void (*order)(const float *v, size_t I, const float *e, size_t C, size_t D, float *out,
                  size_t ld);

    /* The same of integers, as order_near.h makes them of rows; D is a multiple of
     * FAMILY_NEAR_UNIT. NULL: this unit has no advantage from it. */
    void (*order_near)(const uint16_t *v, size_t I, const uint16_t *e, size_t C, size_t D,
                       float *out, size_t ld);
};

/* The best kernel that this CPU runs; all that it runs, best first, NULL after the last. */
const struct family_kernel *family_kernel(void);
const struct family_kernel *family_kernel_at(size_t index);

#endif
