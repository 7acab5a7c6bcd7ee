/* bottomup_msgpack.c: a record from a map of msgpack's, with arrays as msgpack_numpy writes them:
 * {b'nd': true, b'type': '<f2', b'kind': b'', b'shape': [36, 2048], b'data': b'...'}. */
#include <string.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "io/dataset/bottomup_record.h"

enum { DEPTH = 32 };

enum kind { NIL, NUMBER, TEXT, ARRAY, MAP };

/* A value without what it contains: the items of an array or a map follow it. */
struct value {
    enum kind kind;
    double number;
    const uint8_t *bytes; /* TEXT: str or bin */
    size_t size;          /* bytes; items; pairs */
};

struct parser {
    struct bytes in;
    const char *where;
    struct error *err;
};

static int damaged(struct parser *p)
{
    return error_set(p->err, "%s: its msgpack is damaged or cut off at byte %zu of %zu", p->where,
                     p->in.at, p->in.size);
}

/* An unsigned integer of n bytes, big-endian. */
static bool big(struct bytes *in, size_t n, uint64_t *out)
{
    const uint8_t *p = bytes_take(in, n);
    *out = 0;
    for (size_t i = 0; p && i < n; i++)
        *out = *out << 8 | p[i];
    return p != NULL;
}

static double float_of(uint64_t bits, size_t n)
{
    uint32_t low = (uint32_t)bits;
    float single;
    double number;
    memcpy(&single, &low, sizeof single);
    memcpy(&number, &bits, sizeof number);
    return n == 4 ? (double)single : number;
}

static double signed_of(uint64_t bits, size_t n)
{
    unsigned shift = 64 - 8 * (unsigned)n;
    return (double)((int64_t)(bits << shift) >> shift);
}

/* What a first byte from 0xc0 on means: sizes of n bytes, or numbers of n bytes. */
static const struct form {
    uint8_t first, n;
    enum kind kind;
    enum { PLAIN, UNSIGNED, SIGNED, FLOAT } number;
    uint8_t extra; /* bytes behind the size, not counted in it */
} forms[] = {
    {0xc0, 0, NIL, PLAIN, 0},       {0xc4, 1, TEXT, PLAIN, 0},      {0xc5, 2, TEXT, PLAIN, 0},
    {0xc6, 4, TEXT, PLAIN, 0},      {0xc7, 1, TEXT, PLAIN, 1},      {0xc8, 2, TEXT, PLAIN, 1},
    {0xc9, 4, TEXT, PLAIN, 1},      {0xca, 4, NUMBER, FLOAT, 0},    {0xcb, 8, NUMBER, FLOAT, 0},
    {0xcc, 1, NUMBER, UNSIGNED, 0}, {0xcd, 2, NUMBER, UNSIGNED, 0}, {0xce, 4, NUMBER, UNSIGNED, 0},
    {0xcf, 8, NUMBER, UNSIGNED, 0}, {0xd0, 1, NUMBER, SIGNED, 0},   {0xd1, 2, NUMBER, SIGNED, 0},
    {0xd2, 4, NUMBER, SIGNED, 0},   {0xd3, 8, NUMBER, SIGNED, 0},   {0xd9, 1, TEXT, PLAIN, 0},
    {0xda, 2, TEXT, PLAIN, 0},      {0xdb, 4, TEXT, PLAIN, 0},      {0xdc, 2, ARRAY, PLAIN, 0},
    {0xdd, 4, ARRAY, PLAIN, 0},     {0xde, 2, MAP, PLAIN, 0},       {0xdf, 4, MAP, PLAIN, 0},
};

static bool short_form(uint8_t first, struct value *out)
{
    if (first < 0x80)
        *out = (struct value){.kind = NUMBER, .number = first};
    else if (first >= 0xe0)
        *out = (struct value){.kind = NUMBER, .number = (int8_t)first};
    else if (first < 0x90)
        *out = (struct value){.kind = MAP, .size = first & 0xf};
    else if (first < 0xa0)
        *out = (struct value){.kind = ARRAY, .size = first & 0xf};
    else if (first < 0xc0)
        *out = (struct value){.kind = TEXT, .size = first & 0x1f};
    else if (first == 0xc2 || first == 0xc3)
        *out = (struct value){.kind = NUMBER, .number = first & 1};
    else if (first >= 0xd4 && first <= 0xd8) /* an extension of 1, 2, ... 16 bytes and its type */
        *out = (struct value){.kind = TEXT, .size = ((size_t)1 << (first - 0xd4)) + 1};
    else
        return false;
    return true;
}

static bool long_form(struct bytes *in, uint8_t first, struct value *out)
{
    uint64_t bits;
    size_t i = 0;
    while (i < COUNTOF(forms) && forms[i].first != first)
        i++;
    if (i == COUNTOF(forms) || !big(in, forms[i].n, &bits))
        return false;
    const struct form *form = &forms[i];
    *out = (struct value){.kind = form->kind, .size = (size_t)bits + form->extra};
    if (form->number == FLOAT)
        out->number = float_of(bits, form->n);
    else if (form->number == SIGNED)
        out->number = signed_of(bits, form->n);
    else
        out->number = (double)bits;
    return true;
}

static int next(struct parser *p, struct value *out)
{
    uint8_t first;
    if (!bytes_u8(&p->in, &first) || !(short_form(first, out) || long_form(&p->in, first, out)))
        return damaged(p);
    if (out->kind == TEXT && !(out->bytes = bytes_take(&p->in, out->size)))
        return damaged(p);
    /* every item takes a byte at least */
    if ((out->kind == ARRAY || out->kind == MAP) && out->size > bytes_left(&p->in))
        return damaged(p);
    return 0;
}

/* Passes over what `value` contains. */
static int skip(struct parser *p, const struct value *value, int depth)
{
    struct value inner;
    size_t items = value->kind == ARRAY ? value->size : value->kind == MAP ? 2 * value->size : 0;
    if (depth > DEPTH)
        return error_set(p->err, "%s: its msgpack is nested more than %d deep", p->where, DEPTH);
    for (size_t i = 0; i < items; i++)
        if (next(p, &inner) != 0 || skip(p, &inner, depth + 1) != 0)
            return -1;
    return 0;
}

static bool is(const struct value *value, const char *text)
{
    return value->kind == TEXT && value->size == strlen(text) &&
           memcmp(value->bytes, text, value->size) == 0;
}

/* ---- arrays of numpy's ---- */

static const struct {
    const char *code;
    enum array_elem type;
} types[] = {{"f2", ELEM_F16}, {"f4", ELEM_F32}, {"f8", ELEM_F64}, {"i1", ELEM_I8},
             {"u1", ELEM_U8},  {"i2", ELEM_I16}, {"u2", ELEM_U16}, {"i4", ELEM_I32},
             {"u4", ELEM_U32}, {"i8", ELEM_I64}, {"u8", ELEM_U64}, {"b1", ELEM_BOOL}};

static bool read_type(const struct value *value, struct array_view *out)
{
    const char *code = (const char *)value->bytes;
    if (value->kind != TEXT || value->size != 3 || !strchr("<>|=", code[0]))
        return false;
    out->swapped = code[0] == '>';
    for (size_t i = 0; i < COUNTOF(types); i++)
        if (memcmp(code + 1, types[i].code, 2) == 0) {
            out->type = types[i].type;
            return true;
        }
    return false;
}

static int read_shape(struct parser *p, const struct value *value, struct array_view *out)
{
    struct value size;
    if (value->kind != ARRAY || value->size > ARRAY_DIMS)
        return damaged(p);
    out->ndim = (int)value->size;
    for (int i = 0; i < out->ndim; i++) {
        if (next(p, &size) != 0)
            return -1;
        if (size.kind != NUMBER || !(size.number >= 0 && size.number <= UINT32_MAX))
            return damaged(p);
        out->shape[i] = (size_t)size.number;
    }
    return array_measure(out, p->where, p->err);
}

/* What a map says about an array. */
struct numpy {
    bool array, typed, shaped, scalar;
    struct array_view view;
    struct value data;
};

static int read_part(struct parser *p, struct numpy *n)
{
    struct value key, value;
    if (next(p, &key) != 0 || skip(p, &key, 0) != 0 || next(p, &value) != 0)
        return -1;
    if (is(&key, "shape") && value.kind == ARRAY) {
        n->shaped = true;
        return read_shape(p, &value, &n->view);
    }
    if (is(&key, "nd")) {
        n->array = true;
        n->scalar = value.number == 0;
    } else if (is(&key, "type")) {
        n->typed = read_type(&value, &n->view);
    } else if (is(&key, "data")) {
        n->data = value;
    }
    return skip(p, &value, 0);
}

/* 1: the map that follows is an array, which is added; 0: it is something else; -1: damaged. */
static int add_array(struct parser *p, struct bottomup_record *record, const struct value *name,
                     const struct value *map)
{
    struct numpy n = {0};
    if (map->size > BOTTOMUP_FIELDS_MAX)
        return 0;
    for (size_t i = 0; i < map->size; i++)
        if (read_part(p, &n) != 0)
            return -1;
    if (!n.array || !n.typed || n.data.kind != TEXT || (!n.shaped && !n.scalar))
        return 0;
    if (n.scalar && array_measure(&n.view, p->where, p->err) != 0)
        return -1;
    n.view.data = n.data.bytes;
    n.view.available = n.data.size / array_elem_size(n.view.type);
    array_contiguous(&n.view, false);
    if (n.view.count > n.view.available)
        return error_set(p->err, "%s: an array of %zu %s with data for %zu", p->where, n.view.count,
                         array_elem_name(n.view.type), n.view.available);
    bottomup_record_array(record, (const char *)name->bytes, name->size, &n.view);
    return 1;
}

/* ---- the map of all ---- */

static int add_map(struct parser *p, struct bottomup_record *record, const struct value *map,
                   int depth);

static int add_pair(struct parser *p, struct bottomup_record *record, int depth)
{
    struct value name, value;
    if (next(p, &name) != 0 || skip(p, &name, 0) != 0 || next(p, &value) != 0)
        return -1;
    if (name.kind != TEXT)
        return skip(p, &value, 0);
    if (value.kind == NUMBER)
        bottomup_record_number(record, (const char *)name.bytes, name.size, value.number);
    if (value.kind == TEXT)
        bottomup_record_text(record, (const char *)name.bytes, name.size, (const char *)value.bytes,
                             value.size);
    if (value.kind != MAP)
        return skip(p, &value, 0);
    size_t at = p->in.at;
    int array = add_array(p, record, &name, &value);
    if (array != 0)
        return array < 0 ? -1 : 0;
    p->in.at = at;
    return add_map(p, record, &value, depth + 1);
}

static int add_map(struct parser *p, struct bottomup_record *record, const struct value *map,
                   int depth)
{
    if (depth > 2) /* a dict within "info" at most */
        return skip(p, map, 0);
    if (record->count + map->size > BOTTOMUP_FIELDS_MAX)
        return error_set(p->err, "%s: has more than %d entries; is this one record?", p->where,
                         BOTTOMUP_FIELDS_MAX);
    for (size_t i = 0; i < map->size; i++)
        if (add_pair(p, record, depth) != 0)
            return -1;
    return 0;
}

int bottomup_record_msgpack(struct bottomup_record *record, const uint8_t *bytes, size_t size,
                            const char *where, struct error *err)
{
    struct parser p = {.in = {.data = bytes, .size = size}, .where = where, .err = err};
    struct value root;
    if (next(&p, &root) != 0)
        return -1;
    if (root.kind != MAP)
        return error_set(err, "%s: its msgpack holds no map of arrays", where);
    if (add_map(&p, record, &root, 0) != 0)
        return -1;
    return bytes_left(&p.in) == 0
               ? 0
               : error_set(err, "%s: %zu bytes follow its msgpack", where, bytes_left(&p.in));
}
