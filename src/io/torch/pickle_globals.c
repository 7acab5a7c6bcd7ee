#include "io/torch/pickle_globals.h"

#include <string.h>

#include "base/countof.h"

#define STORAGE(prefix, type)                                                                      \
    {"torch", prefix "Storage", PICKLE_ROLE_STORAGE, type},                                        \
        {"torch.cuda", prefix "Storage", PICKLE_ROLE_STORAGE, type},                               \
        {"torch", prefix "Tensor", PICKLE_ROLE_OLD_TENSOR, type},                                  \
    {                                                                                              \
        "torch.cuda", prefix "Tensor", PICKLE_ROLE_OLD_TENSOR, type                                \
    }
#define DTYPE(name, type)                                                                          \
    {                                                                                              \
        "torch", name, PICKLE_ROLE_DTYPE, type                                                     \
    }
/* Python 2 and 3 name the built-in module differently, as numpy 1 and 2 do their core. */
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
/* pathlib's own module moved in Python 3.13. */
#define PATH(name)                                                                                 \
    {"pathlib", name, PICKLE_ROLE_PATH, 0},                                                        \
    {                                                                                              \
        "pathlib._local", name, PICKLE_ROLE_PATH, 0                                                \
    }

static const struct pickle_global globals[] = {
    {"collections", "OrderedDict", PICKLE_ROLE_DICT, 0},
    {"torch._utils", "_rebuild_tensor_v2", PICKLE_ROLE_TENSOR, 0},
    {"torch._utils", "_rebuild_tensor", PICKLE_ROLE_TENSOR, 0},
    {"torch._utils", "_rebuild_tensor_v3", PICKLE_ROLE_TENSOR_V3, 0},
    {"torch._utils", "_rebuild_parameter", PICKLE_ROLE_PARAMETER, 0},
    {"torch._utils", "_rebuild_parameter_with_state", PICKLE_ROLE_PARAMETER, 0},
    {"argparse", "Namespace", PICKLE_ROLE_NAMESPACE, 0},
    PATH("PosixPath"),
    PATH("WindowsPath"),
    PATH("PurePosixPath"),
    PATH("PureWindowsPath"),
    {"_codecs", "encode", PICKLE_ROLE_ENCODE, 0},
    NUMPY_CORE("multiarray", "scalar", PICKLE_ROLE_NUMPY_SCALAR),
    NUMPY_CORE("multiarray", "_reconstruct", PICKLE_ROLE_NUMPY_ARRAY),
    NUMPY_CORE("numeric", "_frombuffer", PICKLE_ROLE_NUMPY_BUFFER),
    {"numpy", "dtype", PICKLE_ROLE_NUMPY_DTYPE, 0},
    {"numpy", "ndarray", PICKLE_ROLE_INERT, 0},
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
    {"torch.storage", "UntypedStorage", PICKLE_ROLE_STORAGE, ELEM_U8},
    {"torch", "UntypedStorage", PICKLE_ROLE_STORAGE, ELEM_U8},
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
    {"torch", "Size", PICKLE_ROLE_LIST, 0},
    {"torch", "device", PICKLE_ROLE_INERT, 0},
    {"collections", "defaultdict", PICKLE_ROLE_DICT, 0},
    {"collections", "Counter", PICKLE_ROLE_DICT, 0},
    {"collections", "deque", PICKLE_ROLE_LIST, 0},
    {"copy_reg", "_reconstructor", PICKLE_ROLE_RECONSTRUCTOR, 0},
    {"copyreg", "_reconstructor", PICKLE_ROLE_RECONSTRUCTOR, 0},
    BUILTIN("dict", PICKLE_ROLE_DICT),
    BUILTIN("list", PICKLE_ROLE_LIST),
    BUILTIN("tuple", PICKLE_ROLE_LIST),
    BUILTIN("set", PICKLE_ROLE_LIST),
    BUILTIN("frozenset", PICKLE_ROLE_LIST),
    BUILTIN("bytearray", PICKLE_ROLE_BYTES),
    BUILTIN("bytes", PICKLE_ROLE_BYTES),
    BUILTIN("object", PICKLE_ROLE_INERT),
    BUILTIN("int", PICKLE_ROLE_INERT),
    BUILTIN("long", PICKLE_ROLE_INERT),
    BUILTIN("float", PICKLE_ROLE_INERT),
    BUILTIN("bool", PICKLE_ROLE_INERT),
    BUILTIN("str", PICKLE_ROLE_INERT),
    BUILTIN("complex", PICKLE_ROLE_INERT),
    BUILTIN("slice", PICKLE_ROLE_INERT),
    BUILTIN("range", PICKLE_ROLE_INERT),
    BUILTIN("xrange", PICKLE_ROLE_INERT),
};

static bool equal(const char *ours, const uint8_t *text, size_t length)
{
    return strlen(ours) == length && memcmp(ours, text, length) == 0;
}

const struct pickle_global *pickle_global_find(const uint8_t *module, size_t module_length,
                                               const uint8_t *name, size_t name_length)
{
    for (size_t i = 0; i < COUNTOF(globals); i++)
        if (equal(globals[i].name, name, name_length) &&
            equal(globals[i].module, module, module_length))
            return &globals[i];
    return NULL;
}

/* NULL: every name of the module. */
static const struct {
    const char *module, *name;
} runners[] = {
    {"os", NULL},
    {"posix", NULL},
    {"nt", NULL},
    {"subprocess", NULL},
    {"commands", NULL},
    {"sys", NULL},
    {"pty", NULL},
    {"runpy", NULL},
    {"code", NULL},
    {"codeop", NULL},
    {"timeit", NULL},
    {"pdb", NULL},
    {"bdb", NULL},
    {"profile", NULL},
    {"cProfile", NULL},
    {"importlib", NULL},
    {"imp", NULL},
    {"pip", NULL},
    {"shutil", NULL},
    {"socket", NULL},
    {"ctypes", NULL},
    {"webbrowser", NULL},
    {"builtins", "eval"},
    {"builtins", "exec"},
    {"builtins", "compile"},
    {"builtins", "open"},
    {"builtins", "__import__"},
    {"__builtin__", "eval"},
    {"__builtin__", "execfile"},
    {"__builtin__", "compile"},
    {"__builtin__", "open"},
    {"__builtin__", "file"},
    {"__builtin__", "__import__"},
};

/* The module itself or one of its parts: "os", "os.path". */
static bool within(const char *module, const uint8_t *text, size_t length)
{
    size_t n = strlen(module);
    return length >= n && memcmp(module, text, n) == 0 && (length == n || text[n] == '.');
}

bool pickle_global_runs(const uint8_t *module, size_t module_length, const uint8_t *name,
                        size_t name_length)
{
    for (size_t i = 0; i < COUNTOF(runners); i++)
        if (within(runners[i].module, module, module_length) &&
            (!runners[i].name || equal(runners[i].name, name, name_length)))
            return true;
    return false;
}
