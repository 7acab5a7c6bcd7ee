#include "io/array/npy.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/magic.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy_private.h"

enum { MAX_HEADER = 1 << 20, MAX_DIGITS = 19 };

static const char magic[] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

static const struct {
    const char *name, *code; /* code: NumPy's, without the byte order */
    size_t size;
} types[] = {
    [NPY_BOOL] = {"bool", "b1", 1},    [NPY_I8] = {"int8", "i1", 1},
    [NPY_U8] = {"uint8", "u1", 1},     [NPY_I16] = {"int16", "i2", 2},
    [NPY_U16] = {"uint16", "u2", 2},   [NPY_I32] = {"int32", "i4", 4},
    [NPY_U32] = {"uint32", "u4", 4},   [NPY_I64] = {"int64", "i8", 8},
    [NPY_U64] = {"uint64", "u8", 8},   [NPY_F16] = {"float16", "f2", 2},
    [NPY_F32] = {"float32", "f4", 4},  [NPY_F64] = {"float64", "f8", 8},
    [NPY_OBJECT] = {"object", "O", 0},
};
enum { TYPE_COUNT = COUNTOF(types) };

const char *npy_type_name(enum npy_type type)
{
    return types[type].name;
}

const char *npy_type_code(enum npy_type type)
{
    return types[type].code;
}

size_t npy_type_size(enum npy_type type)
{
    return types[type].size;
}

/* ---- the header: a Python dict literal with three keys, in any order ---- */

struct header {
    struct bytes text;
    struct npy *array;
    bool has_descr, has_order, has_shape;
};

static void skip_blanks(struct bytes *b)
{
    while (bytes_left(b) > 0 && strchr(" \t\r\n", b->data[b->at]) && b->data[b->at] != '\0')
        b->at++;
}

static int peek(struct bytes *b)
{
    skip_blanks(b);
    return bytes_left(b) > 0 ? b->data[b->at] : -1;
}

static bool accept(struct bytes *b, char wanted)
{
    if (peek(b) != wanted)
        return false;
    b->at++;
    return true;
}

static bool accept_word(struct bytes *b, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(b);
    if (bytes_left(b) < n || memcmp(b->data + b->at, word, n) != 0)
        return false;
    b->at += n;
    return true;
}

/* Reads a quoted string without escapes into `out`. */
static bool quoted(struct bytes *b, char *out, size_t size)
{
    int quote = peek(b);
    size_t n;
    if (quote != '\'' && quote != '"')
        return false;
    b->at++;
    const uint8_t *text = bytes_until(b, (uint8_t)quote, &n);
    if (!text || n >= size)
        return false;
    memcpy(out, text, n);
    out[n] = '\0';
    return true;
}

/* Reads digits, and the L that Python 2 put after a long. */
static bool number(struct bytes *b, size_t *out)
{
    int digits = 0;
    skip_blanks(b);
    for (*out = 0; bytes_left(b) > 0; digits++, b->at++) {
        int c = b->data[b->at];
        if (c < '0' || c > '9')
            break;
        if (digits == MAX_DIGITS || __builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, (size_t)(c - '0'), out))
            return false;
    }
    if (digits > 0 && bytes_left(b) > 0 && b->data[b->at] == 'L')
        b->at++;
    return digits > 0;
}

static int parse_descr(struct header *h, struct error *err)
{
    static const bool big_machine = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    struct npy *array = h->array;
    char descr[32];
    if (peek(&h->text) == '[')
        return error_at(err, array->path, -1,
                        "is a structured array (a table of fields); a plain array is needed");
    if (!quoted(&h->text, descr, sizeof descr))
        return error_at(err, array->path, -1, "the header's 'descr' is damaged");
    char order = descr[0] && strchr("<>=|", descr[0]) ? descr[0] : '=';
    const char *code = descr + (descr[0] && strchr("<>=|", descr[0]) ? 1 : 0);
    if (strcmp(code, "O8") == 0)
        code = "O";
    for (int i = 0; i < TYPE_COUNT; i++) {
        if (strcmp(code, types[i].code) != 0)
            continue;
        array->type = (enum npy_type)i;
        array->swapped = types[i].size > 1 && (big_machine ? order == '<' : order == '>');
        h->has_descr = true;
        return 0;
    }
    return error_at(err, array->path, -1,
                    "element type '%s' is not supported (only bool, integers, float16, float32 and "
                    "float64)",
                    descr);
}

static int parse_order(struct header *h, struct error *err)
{
    h->array->fortran = accept_word(&h->text, "True");
    if (!h->array->fortran && !accept_word(&h->text, "False"))
        return error_at(err, h->array->path, -1, "the header's 'fortran_order' is damaged");
    h->has_order = true;
    return 0;
}

static int parse_shape(struct header *h, struct error *err)
{
    struct npy *array = h->array;
    array->ndim = 0;
    if (!accept(&h->text, '('))
        return error_at(err, array->path, -1, "the header's 'shape' is damaged");
    while (!accept(&h->text, ')')) {
        if (array->ndim == NPY_DIMS)
            return error_at(err, array->path, -1, "has more than %d dimensions", NPY_DIMS);
        if (!number(&h->text, &array->shape[array->ndim++]) ||
            (!accept(&h->text, ',') && peek(&h->text) != ')'))
            return error_at(err, array->path, -1, "the header's 'shape' is damaged");
    }
    h->has_shape = true;
    return 0;
}

static int parse_entry(struct header *h, struct error *err)
{
    static const struct {
        const char *key;
        int (*parse)(struct header *, struct error *);
    } keys[] = {{"descr", parse_descr}, {"fortran_order", parse_order}, {"shape", parse_shape}};
    char key[32];
    if (!quoted(&h->text, key, sizeof key) || !accept(&h->text, ':'))
        return error_at(err, h->array->path, -1, "the array's header is damaged");
    for (size_t i = 0; i < COUNTOF(keys); i++)
        if (strcmp(key, keys[i].key) == 0)
            return keys[i].parse(h, err);
    return error_at(err, h->array->path, -1, "the array's header has an unknown key '%s'", key);
}

static int parse_dict(struct header *h, struct error *err)
{
    if (!accept(&h->text, '{'))
        return error_at(err, h->array->path, -1, "the array's header is damaged");
    while (!accept(&h->text, '}')) {
        if (parse_entry(h, err) != 0)
            return -1;
        if (!accept(&h->text, ',') && peek(&h->text) != '}')
            return error_at(err, h->array->path, -1, "the array's header is damaged");
    }
    if (!h->has_descr || !h->has_order || !h->has_shape)
        return error_at(err, h->array->path, -1,
                        "the array's header lacks one of 'descr', 'fortran_order', 'shape'");
    return 0;
}

/* Computes count, the product of shape. An axis of 0 makes it 0, but the others must still be sane:
 * the row size is computed from them. */
static bool count_elements(struct npy *array)
{
    size_t positive = 1;
    bool none = false;
    for (int i = 0; i < array->ndim; i++) {
        if (array->shape[i] == 0)
            none = true;
        else if (!mem_mul(positive, array->shape[i], &positive))
            return false;
    }
    size_t bytes;
    array->count = none ? 0 : positive;
    return mem_mul(positive, sizeof(double), &bytes) && bytes <= SIZE_MAX / 2;
}

/* In version 1 the length takes two bytes, in 2 and 3 four. */
static int read_header_text(struct bytes *b, struct bytes *text_out, struct npy *array,
                            struct error *err)
{
    uint8_t major, minor;
    uint16_t short_length;
    uint32_t length = 0;
    if (!bytes_take(b, sizeof magic) || !bytes_u8(b, &major) || !bytes_u8(b, &minor))
        return error_at(err, array->path, -1, "is cut off inside the array's header");
    if (major < 1 || major > 3)
        return error_at(err, array->path, -1, "is .npy version %d.%d; versions 1 to 3 are read",
                        major, minor);
    bool got = major == 1 ? bytes_u16le(b, &short_length) : bytes_u32le(b, &length);
    if (major == 1 && got)
        length = short_length;
    if (got && length > MAX_HEADER)
        return error_at(err, array->path, -1, "declares a header of %u bytes; at most %d are read",
                        length, MAX_HEADER);
    const uint8_t *text = got ? bytes_take(b, length) : NULL;
    if (!text)
        return error_at(err, array->path, -1, "is cut off inside the array's header");
    *text_out = (struct bytes){.data = text, .size = length};
    return 0;
}

static int parse_array(struct npy *array, struct error *err)
{
    struct bytes b = {.data = array->data, .size = array->data_size};
    struct header h = {.array = array};
    if (read_header_text(&b, &h.text, array, err) != 0 || parse_dict(&h, err) != 0)
        return -1;
    if (!count_elements(array))
        return error_at(err, array->path, -1, "declares a shape too large to exist");
    size_t bytes = array->count * types[array->type].size;
    if (bytes > bytes_left(&b))
        return error_at(err, array->path, -1,
                        "is truncated: its shape needs %zu bytes of data, the file has %zu; "
                        "copy or download it again",
                        bytes, bytes_left(&b));
    if (array->type == NPY_OBJECT && array->count > bytes_left(&b)) /* each takes one at least */
        return error_at(err, array->path, -1,
                        "declares %zu objects, more than its %zu bytes can hold", array->count,
                        bytes_left(&b));
    array->data_size = array->type == NPY_OBJECT ? bytes_left(&b) : bytes;
    array->data = b.data + b.at;
    array->fortran = array->fortran && array->ndim > 1;
    return 0;
}

static int open_mapped(const char *member, struct npy *array, struct error *err)
{
    array->data = array->map.data;
    array->data_size = array->map.size;
    if (magic_is(array->data, array->data_size, MAGIC_ZIP) && npz_locate(member, array, err) != 0)
        return -1;
    if (array->data_size < sizeof magic || memcmp(array->data, magic, sizeof magic) != 0)
        return magic_unexpected(array->path, array->data, array->data_size,
                                "a NumPy array (.npy or .npz)", err);
    return parse_array(array, err);
}

int npy_open(const char *path, const char *member, struct npy **out, struct error *err)
{
    struct npy *array = mem_new(1, sizeof *array);
    array->path = mem_strdup(path);
    *out = NULL;
    if (file_map_open(path, &array->map, err) != 0 || open_mapped(member, array, err) != 0) {
        npy_free(array);
        return -1;
    }
    *out = array;
    return 0;
}

int npy_open_in(const uint8_t *bytes, size_t size, const char *path, const char *member,
                struct npy **out, struct error *err)
{
    struct npy *array = mem_new(1, sizeof *array);
    array->path = mem_strdup(path);
    array->map = (struct file_map){.data = bytes, .size = size};
    array->borrowed = true;
    *out = NULL;
    if (open_mapped(member, array, err) != 0) {
        npy_free(array);
        return -1;
    }
    *out = array;
    return 0;
}

bool npy_is_named(const char *path)
{
    return str_ends_with(path, ".npy") || str_ends_with(path, ".npz");
}

void npy_free(struct npy *array)
{
    if (!array)
        return;
    if (!array->borrowed)
        file_map_close(&array->map);
    free(array->unpacked);
    free(array->path);
    free(array);
}

size_t npy_row_size(const struct npy *array)
{
    size_t size = 1;
    for (int i = 1; i < array->ndim; i++)
        size *= array->shape[i];
    return size;
}

char *npy_describe(const struct npy *array)
{
    struct str text = {0};
    str_addf(&text, "%s ", types[array->type].name);
    for (int i = 0; i < array->ndim; i++)
        str_addf(&text, "%s%zu", i ? " x " : "", array->shape[i]);
    if (array->ndim == 0)
        str_add(&text, "scalar");
    return str_take(&text);
}
