/* sgraf_options.h: what an SGRAF (sgraf.h) is, and the tensors it has beside SCAN's encoders. Apart
 * from that header, which brings the matrices of kernels/gemm.h along. */
#ifndef MODEL_SGRAF_OPTIONS_H
#define MODEL_SGRAF_OPTIONS_H

#include <stddef.h>

enum sgraf_module { SGRAF_SGR, SGRAF_SAF };
enum { SGRAF_MOST_STEPS = 8, SGRAF_MOST_TENSORS = 28 + 6 * SGRAF_MOST_STEPS };

struct sgraf_options {
    enum sgraf_module module;
    size_t D, S, R;
    size_t steps; /* of SGR, 1 .. SGRAF_MOST_STEPS; 3 in the published code */
};

/* Trained by gradients; running statistics of a batch norm; its count of batches, a scalar that
 * nothing depends on. */
enum sgraf_kind { SGRAF_TRAINED, SGRAF_STATISTIC, SGRAF_COUNTER };

/* A tensor, with the published code's name, in the part [2] of a checkpoint. */
struct sgraf_tensor {
    char name[64];
    enum sgraf_kind kind;
    int ndim;
    size_t shape[2], count;
    size_t offset; /* of its floats within a block */
};

#endif
