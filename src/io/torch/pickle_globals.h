/* pickle_globals.h: the Python names that a pickle may mention, each with its meaning for us. This
 * table is the allow-list: nothing outside it has a meaning, and nothing is ever executed. */
#ifndef IO_TORCH_PICKLE_GLOBALS_H
#define IO_TORCH_PICKLE_GLOBALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/array/array.h"

/* What a name means for us. */
enum pickle_role {
    PICKLE_ROLE_DICT,          /* a dict, or a class that pickles as one */
    PICKLE_ROLE_LIST,          /* list, set, deque ... */
    PICKLE_ROLE_BYTES,         /* bytearray, bytes */
    PICKLE_ROLE_ENCODE,        /* _codecs.encode: how Python 3 writes bytes for Python 2 */
    PICKLE_ROLE_RECONSTRUCTOR, /* copy_reg._reconstructor(class, base, state) */
    PICKLE_ROLE_NAMESPACE,     /* argparse.Namespace */
    PICKLE_ROLE_PATH,          /* pathlib's paths: their parts make a text */
    PICKLE_ROLE_STORAGE,       /* torch.FloatStorage ...: `type` */
    PICKLE_ROLE_DTYPE,         /* torch.float32 ...: `type` */
    PICKLE_ROLE_OLD_TENSOR,    /* torch.FloatTensor() whose parts BUILD sets: `type` */
    PICKLE_ROLE_TENSOR,        /* _rebuild_tensor, _v2: storage, offset, size, stride, ... */
    PICKLE_ROLE_TENSOR_V3,     /* the same, with the type as 7th argument */
    PICKLE_ROLE_PARAMETER,     /* _rebuild_parameter(tensor, ...) */
    PICKLE_ROLE_NUMPY_DTYPE,
    PICKLE_ROLE_NUMPY_SCALAR, /* scalar(dtype, bytes) */
    PICKLE_ROLE_NUMPY_ARRAY,  /* _reconstruct(...) whose shape, dtype and data BUILD sets */
    PICKLE_ROLE_NUMPY_BUFFER, /* _frombuffer(bytes, dtype, shape, order) */
    PICKLE_ROLE_INERT         /* harmless and of no use to us: only shown, by its name */
};

struct pickle_global {
    const char *module, *name;
    enum pickle_role role;
    enum array_elem type; /* for the roles above that have one */
};

/* The entry of module.name; NULL if that is not allowed. */
const struct pickle_global *pickle_global_find(const uint8_t *module, size_t module_length,
                                               const uint8_t *name, size_t name_length);

/* Whether module.name runs programs or code when Python loads the pickle: no training script saves
 * such a name, and whoever finds it should be told. (For us it never does anything.) */
bool pickle_global_runs(const uint8_t *module, size_t module_length, const uint8_t *name,
                        size_t name_length);

#endif
