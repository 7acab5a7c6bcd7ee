/* safetensors_private.h: what reading and writing safetensors share. */
#ifndef IO_TORCH_SAFETENSORS_PRIVATE_H
#define IO_TORCH_SAFETENSORS_PRIVATE_H

#include "io/torch/safetensors.h"

struct safetensors_type {
    const char *name; /* "F32" */
    enum array_elem type;
};

/* The types that are read, in the order in which the official writer stores tensors. */
const struct safetensors_type *safetensors_types(size_t *count_out);

#endif
