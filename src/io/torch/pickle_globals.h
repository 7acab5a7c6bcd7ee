/* globals.h: the Python names that a pickle may mention, each with what it means to us. This table
 * is the allow-list: nothing outside it is given a meaning, and nothing at all is ever executed. */
#ifndef IO_TORCH_PICKLE_GLOBALS_H
#define IO_TORCH_PICKLE_GLOBALS_H

#include <stddef.h>
#include <stdint.h>

#include "io/array/array.h"

enum global_role {
    ROLE_DICT,          /* a dict, or a class that pickles as one */
    ROLE_LIST,          /* list, set, deque ... */
    ROLE_BYTES,         /* bytearray, bytes */
    ROLE_ENCODE,        /* _codecs.encode: how Python 3 writes bytes for Python 2 */
    ROLE_RECONSTRUCTOR, /* copy_reg._reconstructor(class, base, state) */
    ROLE_NAMESPACE,     /* argparse.Namespace */
    ROLE_STORAGE,       /* torch.FloatStorage ...: `type` */
    ROLE_DTYPE,         /* torch.float32 ...: `type` */
    ROLE_OLD_TENSOR,    /* torch.FloatTensor() with its parts set by BUILD: `type` */
    ROLE_TENSOR,        /* _rebuild_tensor, _v2: storage, offset, size, stride, ... */
    ROLE_TENSOR_V3,     /* the same with the type as 7th argument */
    ROLE_PARAMETER,     /* _rebuild_parameter(tensor, ...) */
    ROLE_NUMPY_DTYPE,
    ROLE_NUMPY_SCALAR, /* scalar(dtype, bytes) */
    ROLE_NUMPY_ARRAY,  /* _reconstruct(...) with shape, dtype and data set by BUILD */
    ROLE_NUMPY_BUFFER, /* _frombuffer(bytes, dtype, shape, order) */
    ROLE_PLAIN         /* harmless, and of no use to us: shown by its name */
};

struct global {
    const char *module, *name;
    enum global_role role;
    enum elem type;
};

/* NULL where it is not allowed. */
const struct global *global_find(const uint8_t *module, size_t module_length, const uint8_t *name,
                                 size_t name_length);

#endif
