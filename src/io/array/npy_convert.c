/* npy_convert.c: converts elements of any type, byte order and axis order to float or double. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "io/array/npy_private.h"

/* Arithmetic on the bits, without branches, so that a loop over it vectorises. */
static inline float half_to_float(uint16_t half)
{
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = (uint32_t)(half & 0x7fff) << 13;
    float value;
    memcpy(&value, &magnitude, sizeof value);
    value *= 0x1p112f; /* exponent bias 15 -> 127; subnormals become normal on the way */
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t special = magnitude | 0x7f800000u; /* infinity and NaN keep their payload */
    bits = (magnitude >= 0x0f800000u ? special : bits) | sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}

float npy_half_to_float(uint16_t half)
{
    return half_to_float(half);
}

uint16_t npy_float_to_half(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) /* NaN: quiet, and never all-zero payload */
        return sign | 0x7e00 | (uint16_t)(magnitude >> 13 & 0x1ff);
    if (magnitude >= 0x47800000u) /* 65536 and more, infinity */
        return sign | 0x7c00;
    if (magnitude < 0x38800000u) { /* subnormal: adding 0.5 rounds at the right bit */
        float shifted = fabsf(value) + 0.5f;
        memcpy(&bits, &shifted, sizeof bits);
        return sign | (uint16_t)(bits - 0x3f000000u);
    }
    uint32_t odd = magnitude >> 13 & 1; /* ties to even; a carry into the exponent is right, too */
    return sign | (uint16_t)((magnitude + 0xfff + odd - 0x38000000u) >> 13);
}

static inline uint8_t swap8(uint8_t x)
{
    return x;
}
#define swap16 __builtin_bswap16
#define swap32 __builtin_bswap32
#define swap64 __builtin_bswap64

/* Reads integers of `bits` bits from unaligned bytes, swaps their bytes if needed, takes them as
 * `type`, and stores `expression` of x as `to`. */
#define CONVERT(name, to, bits, type, expression)                                                  \
    static void name(bool swapped, const uint8_t *from, size_t count, to *out)                     \
    {                                                                                              \
        for (size_t i = 0; i < count; i++) {                                                       \
            uint##bits##_t raw;                                                                    \
            memcpy(&raw, from + i * sizeof raw, sizeof raw);                                       \
            raw = swapped ? swap##bits(raw) : raw;                                                 \
            type x;                                                                                \
            memcpy(&x, &raw, sizeof x);                                                            \
            out[i] = (to)(expression);                                                             \
        }                                                                                          \
    }
#define CONVERTER(name, bits, type, expression)                                                    \
    CONVERT(name##_f32, float, bits, type, expression)                                             \
    CONVERT(name##_f64, double, bits, type, expression)

CONVERTER(bool8, 8, uint8_t, x != 0)
CONVERTER(i8, 8, int8_t, x)
CONVERTER(u8, 8, uint8_t, x)
CONVERTER(i16, 16, int16_t, x)
CONVERTER(u16, 16, uint16_t, x)
CONVERTER(i32, 32, int32_t, x)
CONVERTER(u32, 32, uint32_t, x)
CONVERTER(i64, 64, int64_t, x)
CONVERTER(u64, 64, uint64_t, x)
CONVERTER(f16, 16, uint16_t, half_to_float(x))
CONVERTER(f32, 32, float, x)
CONVERTER(f64, 64, double, x)

static const struct {
    void (*f32)(bool, const uint8_t *, size_t, float *);
    void (*f64)(bool, const uint8_t *, size_t, double *);
} converters[] = {
    [NPY_BOOL] = {bool8_f32, bool8_f64}, [NPY_I8] = {i8_f32, i8_f64},
    [NPY_U8] = {u8_f32, u8_f64},         [NPY_I16] = {i16_f32, i16_f64},
    [NPY_U16] = {u16_f32, u16_f64},      [NPY_I32] = {i32_f32, i32_f64},
    [NPY_U32] = {u32_f32, u32_f64},      [NPY_I64] = {i64_f32, i64_f64},
    [NPY_U64] = {u64_f32, u64_f64},      [NPY_F16] = {f16_f32, f16_f64},
    [NPY_F32] = {f32_f32, f32_f64},      [NPY_F64] = {f64_f32, f64_f64},
};

/* Advances the index over axes 1.. in C order; the caller walks the first axis. */
static void next_index(const struct npy *array, size_t *index)
{
    for (int axis = array->ndim - 1; axis > 0; axis--) {
        if (++index[axis] < array->shape[axis])
            return;
        index[axis] = 0;
    }
}

/* The offset of the element at `index` in row 0: the first axis is the fastest. */
static size_t fortran_offset(const struct npy *array, const size_t *index)
{
    size_t offset = 0;
    for (int axis = array->ndim - 1; axis > 0; axis--)
        offset = (offset + index[axis]) * array->shape[axis - 1];
    return offset;
}

enum { RUN = 256 };

/* Fortran order: one element of all rows is contiguous in the file, so it is converted in runs and
 * scattered. */
static void fortran_rows(const struct npy *array, size_t first, size_t n, float *out32,
                         double *out64)
{
    size_t row = npy_row_size(array), size = npy_type_size(array->type), index[NPY_DIMS] = {0};
    double run64[RUN];
    float run32[RUN];
    for (size_t j = 0; j < row; j++, next_index(array, index)) {
        const uint8_t *column = array->data + (fortran_offset(array, index) + first) * size;
        for (size_t i = 0; i < n; i += RUN) {
            size_t m = n - i < RUN ? n - i : RUN;
            if (out32) {
                converters[array->type].f32(array->swapped, column + i * size, m, run32);
                for (size_t k = 0; k < m; k++)
                    out32[(i + k) * row + j] = run32[k];
            } else {
                converters[array->type].f64(array->swapped, column + i * size, m, run64);
                for (size_t k = 0; k < m; k++)
                    out64[(i + k) * row + j] = run64[k];
            }
        }
    }
}

void npy_rows_f32(const struct npy *array, size_t first, size_t n, float *out)
{
    size_t row = npy_row_size(array), size = npy_type_size(array->type);
    assert(array->type != NPY_OBJECT);
    if (array->count == 0)
        return;
    assert(array->ndim == 0 || n <= array->shape[0] - first);
    if (array->fortran)
        fortran_rows(array, first, n, out, NULL);
    else
        converters[array->type].f32(array->swapped, array->data + first * row * size, n * row, out);
}

void npy_all_f64(const struct npy *array, double *out)
{
    assert(array->type != NPY_OBJECT);
    if (array->count == 0)
        return;
    if (array->fortran)
        fortran_rows(array, 0, array->shape[0], NULL, out);
    else
        converters[array->type].f64(array->swapped, array->data, array->count, out);
}

const float *npy_direct_f32(const struct npy *array)
{
    if (array->type != NPY_F32 || array->swapped || array->fortran ||
        (uintptr_t)array->data % _Alignof(float) != 0)
        return NULL;
    return (const float *)(const void *)array->data;
}

SIMD_CLONES static bool block_is_finite(const float *values, size_t n)
{
    uint32_t bad = 0;
#pragma omp simd reduction(| : bad)
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return !bad;
}

ptrdiff_t npy_find_nonfinite(const float *values, size_t n)
{
    enum { BLOCK = 4096 };
    for (size_t at = 0; at < n; at += BLOCK) {
        size_t end = n - at < BLOCK ? n : at + BLOCK;
        if (block_is_finite(values + at, end - at))
            continue;
        while (isfinite(values[at]))
            at++;
        return (ptrdiff_t)at;
    }
    return -1;
}

void npy_rows_release(const struct npy *array, size_t end)
{
    if (!array->map.data || array->unpacked)
        return;
    size_t row = npy_row_size(array) * npy_type_size(array->type);
    size_t begin = (size_t)(array->data - array->map.data);
    file_map_release(&array->map, array->fortran ? array->map.size : begin + end * row);
}
