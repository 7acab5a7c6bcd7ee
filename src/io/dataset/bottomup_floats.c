/* bottomup_floats.c: blocks of bytes into features, of the type that they are of. */
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/array/plausible.h"
#include "io/dataset/base64.h"
#include "io/dataset/bottomup_private.h"

static const struct {
    enum npy_type type;
    size_t size;
} types[] = {{NPY_F32, 4}, {NPY_F16, 2}, {NPY_F64, 8}};

/* Features that are all smaller may be others, of half the size, taken for float32: the real ones
 * (io/array/plausible.h) reach 0.18 and more. */
static const float small = 1e-2F;

static size_t size_of(enum npy_type type)
{
    size_t i = 0;
    while (types[i].type != type)
        i++;
    return types[i].size;
}

int bottomup_float_type(size_t bytes, size_t count, enum npy_type *type_out)
{
    for (size_t i = 0; i < COUNTOF(types); i++)
        if (count > 0 && bytes == types[i].size * count) {
            *type_out = types[i].type;
            return 0;
        }
    return -1;
}

void bottomup_floats(enum npy_type type, const uint8_t *bytes, size_t count, float *out)
{
    const struct npy array = {.type = type,
                              .ndim = 1,
                              .shape = {count},
                              .count = count,
                              .data = bytes,
                              .data_size = count * size_of(type),
                              .swapped = __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__};
    npy_rows_f32(&array, 0, count, out);
}

static struct plausible judge(enum npy_type type, const uint8_t *bytes, size_t count, float *out)
{
    struct plausible p = {0};
    bottomup_floats(type, bytes, count, out);
    plausible_add(&p, out, count);
    return p;
}

/* Whether numbers of float16 were taken for half as many of float32. The lower half of a float32 is
 * noise, or zero: as float16, 28 % of it is 256 and more. If 64 of them are all smaller, and not
 * zero, they are float16. */
static bool are_halves(enum npy_type type, const uint8_t *bytes, size_t size)
{
    enum { ENOUGH = 64, F16_256 = 0x5c00 };
    size_t lower = 0;
    for (size_t i = 0; i + 4 <= size && type == NPY_F32; i += 4) {
        unsigned half = (bytes[i] | (unsigned)bytes[i + 1] << 8) & 0x7fff;
        if (half >= F16_256)
            return false;
        lower += half != 0;
    }
    return lower >= ENOUGH;
}

/* Another type as which they divide into regions and are features, every one of them; NULL if there
 * is none. */
static const char *better_type(enum npy_type type, const uint8_t *bytes, size_t size,
                               size_t regions, size_t *size_out)
{
    struct plausible p;
    const char *name = NULL;
    for (size_t i = 0; i < COUNTOF(types) && !name; i++) {
        size_t count = size / types[i].size;
        float *values = types[i].type != type && size % (types[i].size * regions) == 0
                            ? mem_try(count, sizeof *values)
                            : NULL;
        if (values)
            p = judge(types[i].type, bytes, count, values);
        if (values && npy_find_nonfinite(values, count) < 0 && p.odd == 0 && p.largest > small) {
            name = npy_type_name(types[i].type);
            *size_out = count / regions;
        }
        free(values);
    }
    return name;
}

int bottomup_decode(const struct bottomup *reader, const char *name, const char *text,
                    size_t length, struct bottomup_block *out, struct error *err)
{
    size_t bad, wanted = base64_decoded_max(length) + 1;
    if (wanted > out->room) {
        out->bytes = mem_grow(out->bytes, wanted, 1);
        out->room = wanted;
    }
    if (base64_decode(text, length, out->bytes, &out->size, &bad))
        return 0;
    if (bad == length)
        return bottomup_fail(reader, err,
                             "'%s' ends inside a group of base64 (%zu characters): it is cut off",
                             name, length);
    return bottomup_fail(reader, err, "'%s' is not base64: '%c' at character %zu", name, text[bad],
                         bad + 1);
}

int bottomup_take_features(struct bottomup *reader, enum npy_type type, const uint8_t *bytes,
                           size_t size, size_t regions, struct error *err)
{
    size_t row = regions * size_of(type), other = 0;
    if (size == 0 || (row && size % row != 0))
        return bottomup_fail(
            reader, err,
            "num_boxes is %zu, but features hold %zu bytes, not a multiple of %zu (%s): cut off?",
            regions, size, row, npy_type_name(type));
    if (bottomup_reserve(reader, regions, row ? size / row : 1, reader->image.boxes, err) != 0)
        return -1;
    struct plausible p = judge(type, bytes, size / size_of(type), reader->image.features);
    if (plausible_is(&p) && p.largest > small && !are_halves(type, bytes, size))
        return 0;
    const char *name = better_type(type, bytes, size, regions, &other);
    if (name)
        return bottomup_fail(
            reader, err,
            "as %s, the features are %zu numbers per region, up to %g, and %.0f %% of them below "
            "1e-10 or above 1e10; they seem to be %s, %zu per region: write them as float32",
            npy_type_name(type), size / row, (double)p.largest, plausible_percent(&p), name, other);
    return plausible_is(&p) ? 0 : bottomup_fail(reader, err, PLAUSIBLE_WHY, plausible_percent(&p));
}
