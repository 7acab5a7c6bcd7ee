#include "io/array/array.h"

#include <assert.h>
#include <string.h>

#include "base/bf16.h"
#include "base/mem.h"
#include "io/array/npy.h"

static const struct {
    const char *name;
    uint8_t size;
    bool real, integer;
} elements[ELEM_COUNT] = {
    [ELEM_BOOL] = {"bool", 1, true, true},
    [ELEM_U8] = {"uint8", 1, true, true},
    [ELEM_I8] = {"int8", 1, true, true},
    [ELEM_U16] = {"uint16", 2, true, true},
    [ELEM_I16] = {"int16", 2, true, true},
    [ELEM_U32] = {"uint32", 4, true, true},
    [ELEM_I32] = {"int32", 4, true, true},
    [ELEM_U64] = {"uint64", 8, true, true},
    [ELEM_I64] = {"int64", 8, true, true},
    [ELEM_F16] = {"float16", 2, true, false},
    [ELEM_BF16] = {"bfloat16", 2, true, false},
    [ELEM_F32] = {"float32", 4, true, false},
    [ELEM_F64] = {"float64", 8, true, false},
    [ELEM_C64] = {"complex64", 8, false, false},
    [ELEM_C128] = {"complex128", 16, false, false},
    [ELEM_OBJECT] = {"object", 8, false, false},
};

size_t array_elem_size(enum array_elem type)
{
    return elements[type].size;
}

const char *array_elem_name(enum array_elem type)
{
    return elements[type].name;
}

bool array_elem_is_real(enum array_elem type)
{
    return elements[type].real;
}

bool array_elem_is_integer(enum array_elem type)
{
    return elements[type].integer;
}

static uint64_t load(const uint8_t *p, size_t n, bool swapped)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        bits |= (uint64_t)p[swapped ? n - 1 - i : i] << 8 * i;
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The element at p (any alignment); a uint64 keeps its bits. */
static int64_t integer_at(enum array_elem type, const uint8_t *p, bool swapped)
{
    uint64_t bits = load(p, array_elem_size(type), swapped);
    switch (type) {
    case ELEM_BOOL:
        return bits != 0;
    case ELEM_I8:
        return (int8_t)bits;
    case ELEM_I16:
        return (int16_t)bits;
    case ELEM_I32:
        return (int32_t)bits;
    default:
        return (int64_t)bits;
    }
}

static double number_at(enum array_elem type, const uint8_t *p, bool swapped)
{
    uint64_t bits = load(p, array_elem_size(type) <= 8 ? array_elem_size(type) : 8, swapped);
    switch (type) {
    case ELEM_F16:
        return npy_half_to_float((uint16_t)bits);
    case ELEM_BF16:
        return bf16_float((uint16_t)bits);
    case ELEM_F32:
        return bf16_float_of_bits((uint32_t)bits);
    case ELEM_F64:
        return double_of(bits);
    case ELEM_U64:
        return (double)bits;
    default:
        return (double)integer_at(type, p, swapped);
    }
}

int array_measure(struct array_view *view, const char *what, struct error *err)
{
    view->count = 1;
    for (int i = 0; i < view->ndim; i++)
        if (!mem_mul(view->count, view->shape[i], &view->count))
            return error_set(err, "%s: its sizes overflow", what);
    return 0;
}

void array_contiguous(struct array_view *view, bool fortran)
{
    size_t step = 1;
    for (int i = 0; i < view->ndim; i++) {
        int axis = fortran ? i : view->ndim - 1 - i;
        view->stride[axis] = step;
        step *= view->shape[axis];
    }
}

int array_check(const struct array_view *view, const char *what, struct error *err)
{
    size_t last = view->offset;
    if (view->count == 0)
        return 0;
    for (int i = 0; i < view->ndim; i++) {
        size_t reach;
        if (!mem_mul(view->shape[i] - 1, view->stride[i], &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return error_set(err, "%s: its strides overflow", what);
    }
    if (last >= view->available)
        return error_set(err, "%s: reaches element %zu of a storage of %zu", what, last,
                         view->available);
    return 0;
}

static bool is_contiguous(const struct array_view *view)
{
    size_t step = 1;
    for (int i = view->ndim; i-- > 0;) {
        if (view->shape[i] != 1 && view->stride[i] != step)
            return false;
        step *= view->shape[i];
    }
    return true;
}

/* Steps through a view in C order. */
struct walk {
    size_t at, index[ARRAY_DIMS];
};

static void walk_next(struct walk *walk, const struct array_view *view)
{
    for (int i = view->ndim; i-- > 0;) {
        walk->at += view->stride[i];
        if (++walk->index[i] < view->shape[i])
            return;
        walk->at -= view->shape[i] * view->stride[i];
        walk->index[i] = 0;
    }
}

/* Copies all at once if the storage has the wanted form; false if elements must be converted. */
static bool copied(const struct array_view *view, enum array_elem wanted, void *out)
{
    if (view->type != wanted || view->swapped || !is_contiguous(view))
        return false;
    size_t size = array_elem_size(wanted);
    if (view->count > 0)
        memcpy(out, view->data + view->offset * size, view->count * size);
    return true;
}

/* `same`: the storage type that needs no conversion. */
#define CONVERTER(name, number, same, suits, read)                                                 \
    void name(const struct array_view *view, number *out)                                          \
    {                                                                                              \
        struct walk walk = {.at = view->offset};                                                   \
        size_t size = array_elem_size(view->type);                                                 \
        assert(suits(view->type) && (view->data || view->count == 0));                             \
        if (copied(view, same, out))                                                               \
            return;                                                                                \
        for (size_t i = 0; i < view->count; i++, walk_next(&walk, view))                           \
            out[i] = (number)read(view->type, view->data + walk.at * size, view->swapped);         \
    }

CONVERTER(array_doubles, double, ELEM_F64, array_elem_is_real, number_at)
CONVERTER(array_floats, float, ELEM_F32, array_elem_is_real, number_at)
CONVERTER(array_integers, int64_t, ELEM_I64, array_elem_is_integer, integer_at)
