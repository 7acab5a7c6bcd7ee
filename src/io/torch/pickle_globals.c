#include "io/torch/pickle_globals.h"

#include <stdbool.h>
#include <string.h>

#define STORAGE(prefix, type)                                                                      \
    {"torch", prefix "Storage", ROLE_STORAGE, type},                                               \
        {"torch.cuda", prefix "Storage", ROLE_STORAGE, type},                                      \
        {"torch", prefix "Tensor", ROLE_OLD_TENSOR, type},                                         \
    {                                                                                              \
        "torch.cuda", prefix "Tensor", ROLE_OLD_TENSOR, type                                       \
    }
#define DTYPE(name, type)                                                                          \
    {                                                                                              \
        "torch", name, ROLE_DTYPE, type                                                            \
    }
/* Python 2 and 3 name the built-in module differently, numpy 1 and 2 its core. */
#define BUILTIN(name, role)                                                                        \
    {"builtins", name, role, 0},                                                                   \
    {                                                                                              \
        "__builtin__", name, role, 0                                                               \
    }
#define NUMPY_CORE(module, name, role)                                                             \
    {"numpy.core." module, name, role, 0},                                                         \
    {                                                                                              \
        "numpy._core." module, name, role, 0                                                       \
    }

static const struct global globals[] = {
    {"collections", "OrderedDict", ROLE_DICT, 0},
    {"torch._utils", "_rebuild_tensor_v2", ROLE_TENSOR, 0},
    {"torch._utils", "_rebuild_tensor", ROLE_TENSOR, 0},
    {"torch._utils", "_rebuild_tensor_v3", ROLE_TENSOR_V3, 0},
    {"torch._utils", "_rebuild_parameter", ROLE_PARAMETER, 0},
    {"torch._utils", "_rebuild_parameter_with_state", ROLE_PARAMETER, 0},
    {"argparse", "Namespace", ROLE_NAMESPACE, 0},
    {"_codecs", "encode", ROLE_ENCODE, 0},
    NUMPY_CORE("multiarray", "scalar", ROLE_NUMPY_SCALAR),
    NUMPY_CORE("multiarray", "_reconstruct", ROLE_NUMPY_ARRAY),
    NUMPY_CORE("numeric", "_frombuffer", ROLE_NUMPY_BUFFER),
    {"numpy", "dtype", ROLE_NUMPY_DTYPE, 0},
    {"numpy", "ndarray", ROLE_PLAIN, 0},
    STORAGE("Float", ELEM_F32),
    STORAGE("Half", ELEM_F16),
    STORAGE("BFloat16", ELEM_BF16),
    STORAGE("Double", ELEM_F64),
    STORAGE("Long", ELEM_I64),
    STORAGE("Int", ELEM_I32),
    STORAGE("Short", ELEM_I16),
    STORAGE("Char", ELEM_I8),
    STORAGE("Byte", ELEM_U8),
    STORAGE("Bool", ELEM_BOOL),
    STORAGE("ComplexFloat", ELEM_C64),
    STORAGE("ComplexDouble", ELEM_C128),
    {"torch.storage", "UntypedStorage", ROLE_STORAGE, ELEM_U8},
    {"torch", "UntypedStorage", ROLE_STORAGE, ELEM_U8},
    DTYPE("float32", ELEM_F32),
    DTYPE("float16", ELEM_F16),
    DTYPE("bfloat16", ELEM_BF16),
    DTYPE("float64", ELEM_F64),
    DTYPE("int64", ELEM_I64),
    DTYPE("int32", ELEM_I32),
    DTYPE("int16", ELEM_I16),
    DTYPE("int8", ELEM_I8),
    DTYPE("uint8", ELEM_U8),
    DTYPE("bool", ELEM_BOOL),
    DTYPE("uint16", ELEM_U16),
    DTYPE("uint32", ELEM_U32),
    DTYPE("uint64", ELEM_U64),
    DTYPE("complex64", ELEM_C64),
    DTYPE("complex128", ELEM_C128),
    {"torch", "Size", ROLE_LIST, 0},
    {"torch", "device", ROLE_PLAIN, 0},
    {"collections", "defaultdict", ROLE_DICT, 0},
    {"collections", "Counter", ROLE_DICT, 0},
    {"collections", "deque", ROLE_LIST, 0},
    {"copy_reg", "_reconstructor", ROLE_RECONSTRUCTOR, 0},
    {"copyreg", "_reconstructor", ROLE_RECONSTRUCTOR, 0},
    BUILTIN("dict", ROLE_DICT),
    BUILTIN("list", ROLE_LIST),
    BUILTIN("tuple", ROLE_LIST),
    BUILTIN("set", ROLE_LIST),
    BUILTIN("frozenset", ROLE_LIST),
    BUILTIN("bytearray", ROLE_BYTES),
    BUILTIN("bytes", ROLE_BYTES),
    BUILTIN("object", ROLE_PLAIN),
    BUILTIN("int", ROLE_PLAIN),
    BUILTIN("long", ROLE_PLAIN),
    BUILTIN("float", ROLE_PLAIN),
    BUILTIN("bool", ROLE_PLAIN),
    BUILTIN("str", ROLE_PLAIN),
    BUILTIN("complex", ROLE_PLAIN),
    BUILTIN("slice", ROLE_PLAIN),
    BUILTIN("range", ROLE_PLAIN),
    BUILTIN("xrange", ROLE_PLAIN),
};

static bool equal(const char *ours, const uint8_t *text, size_t length)
{
    return strlen(ours) == length && memcmp(ours, text, length) == 0;
}

const struct global *global_find(const uint8_t *module, size_t module_length, const uint8_t *name,
                                 size_t name_length)
{
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++)
        if (equal(globals[i].name, name, name_length) &&
            equal(globals[i].module, module, module_length))
            return &globals[i];
    return NULL;
}
