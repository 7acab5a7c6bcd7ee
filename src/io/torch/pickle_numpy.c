#include "io/torch/pickle_numpy.h"

#include <math.h>

#include "base/countof.h"

/* dtype(code, align, copy), with (version, byte order, ...) as its state. */
static const struct {
    const char *code;
    enum array_elem type;
} dtypes[] = {
    {"b1", ELEM_BOOL},   {"?", ELEM_BOOL},   {"u1", ELEM_U8},    {"i1", ELEM_I8},
    {"u2", ELEM_U16},    {"i2", ELEM_I16},   {"u4", ELEM_U32},   {"i4", ELEM_I32},
    {"u8", ELEM_U64},    {"i8", ELEM_I64},   {"f2", ELEM_F16},   {"f4", ELEM_F32},
    {"f8", ELEM_F64},    {"c8", ELEM_C64},   {"c16", ELEM_C128}, {"O8", ELEM_OBJECT},
    {"O4", ELEM_OBJECT}, {"O", ELEM_OBJECT},
};

static bool dtype(const struct pickle_value *value, enum array_elem *type_out, bool *swapped_out)
{
    if (!pickle_is_object(value, PICKLE_ROLE_NUMPY_DTYPE))
        return false;
    const struct pickle_value *code = pickle_arg(value, 0);
    *swapped_out = pickle_text_is(pickle_item(value->object.state, 1), ">");
    for (size_t i = 0; i < COUNTOF(dtypes); i++)
        if (pickle_text_is(code, dtypes[i].code)) {
            *type_out = dtypes[i].type;
            return true;
        }
    return false;
}

/* The parts of an array, from either way of writing it. */
struct parts {
    const struct pickle_value *shape, *dtype, *data;
    bool fortran;
};

static bool find_parts(const struct pickle_value *value, struct parts *out)
{
    if (pickle_is_object(value, PICKLE_ROLE_NUMPY_ARRAY)) {
        const struct pickle_value *state =
            value->object.state; /* version, shape, dtype, fortran, data */
        const struct pickle_value *order = pickle_item(state, 3);
        *out = (struct parts){pickle_item(state, 1), pickle_item(state, 2), pickle_item(state, 4),
                              order && order->kind == PICKLE_BOOL && order->integer};
        return true;
    }
    if (pickle_is_object(value, PICKLE_ROLE_NUMPY_BUFFER)) {
        *out = (struct parts){pickle_arg(value, 2), pickle_arg(value, 1), pickle_arg(value, 0),
                              pickle_text_is(pickle_arg(value, 3), "F")};
        return true;
    }
    return false;
}

static int find_shape(const struct pickle_value *shape, const char *what, struct array_view *out,
                      struct error *err)
{
    if (!shape || shape->kind != PICKLE_TUPLE || shape->list.count > ARRAY_DIMS)
        return error_set(err, "%s: a numpy array without a shape or with more than %d dimensions",
                         what, ARRAY_DIMS);
    out->ndim = (int)shape->list.count;
    for (int i = 0; i < out->ndim; i++)
        if (!pickle_size(pickle_item(shape, (size_t)i), &out->shape[i]))
            return error_set(err, "%s: a numpy array with a shape that is not of sizes", what);
    return array_measure(out, what, err);
}

int pickle_numpy_array(const struct pickle_value *value, const char *what, struct array_view *out,
                       struct error *err)
{
    struct parts parts;
    const char *bytes;
    size_t size;
    *out = (struct array_view){0};
    if (!find_parts(value, &parts))
        return 0;
    if (!dtype(parts.dtype, &out->type, &out->swapped))
        return error_set(err, "%s: a numpy array of an unknown type", what);
    if (find_shape(parts.shape, what, out, err) != 0)
        return -1;
    if (out->type == ELEM_OBJECT) {
        if (pickle_count(parts.data) != out->count)
            return error_set(err, "%s: %zu objects in an array of %zu", what,
                             pickle_count(parts.data), out->count);
        return 1;
    }
    if (!pickle_text(parts.data, &bytes, &size) || size / array_elem_size(out->type) < out->count)
        return error_set(err, "%s: a numpy array of %zu %s with data for fewer", what, out->count,
                         array_elem_name(out->type));
    out->data = (const uint8_t *)bytes;
    out->available = size / array_elem_size(out->type);
    array_contiguous(out, parts.fortran);
    return 1;
}

const struct pickle_value *pickle_numpy_items(const struct pickle_value *value)
{
    struct parts parts;
    if (!find_parts(value, &parts) || !parts.data || parts.data->kind != PICKLE_LIST)
        return NULL;
    return parts.data;
}

/* scalar(dtype, bytes), or an array of one element. */
static bool find_scalar(const struct pickle_value *value, struct array_view *out)
{
    const char *bytes;
    size_t size;
    if (!pickle_is_object(value, PICKLE_ROLE_NUMPY_SCALAR))
        return pickle_numpy_array(value, "", out, NULL) == 1 && out->count == 1 &&
               array_elem_is_real(out->type);
    *out = (struct array_view){.count = 1};
    if (!dtype(pickle_arg(value, 0), &out->type, &out->swapped) || !array_elem_is_real(out->type) ||
        !pickle_text(pickle_arg(value, 1), &bytes, &size) || size < array_elem_size(out->type))
        return false;
    out->data = (const uint8_t *)bytes;
    return true;
}

bool pickle_numpy_number(const struct pickle_value *value, double *out)
{
    struct array_view scalar;
    if (value && (value->kind == PICKLE_INT || value->kind == PICKLE_BOOL))
        *out = (double)value->integer;
    else if (value && value->kind == PICKLE_FLOAT)
        *out = value->number;
    else if (find_scalar(value, &scalar))
        array_doubles(&scalar, out);
    else
        return false;
    return true;
}

bool pickle_numpy_integer(const struct pickle_value *value, int64_t *out)
{
    struct array_view scalar;
    double number;
    if (value && (value->kind == PICKLE_INT || value->kind == PICKLE_BOOL)) {
        *out = value->integer;
        return true;
    }
    if (find_scalar(value, &scalar) && array_elem_is_integer(scalar.type)) {
        array_integers(&scalar, out);
        return true;
    }
    if (!pickle_numpy_number(value, &number) || !(fabs(number) <= 0x1p53) ||
        number != floor(number))
        return false;
    *out = (int64_t)number;
    return true;
}
