/* bottomup_pickle.c: a record from a dict in a pickle, and from .npy and .npz. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/magic.h"
#include "base/mem.h"
#include "io/dataset/bottomup_record.h"
#include "io/torch/pickle_numpy.h"

enum { DICT_DEPTH = 4 };

static void release_pickle(void *thing)
{
    pickle_free(thing);
}

static void release_npy(void *thing)
{
    npy_free(thing);
}

/* ---- values of a dict ---- */

/* A list of names, of classes. */
static void add_texts(struct bottomup_record *record, const char *name, size_t n,
                      const struct pickle_value *list)
{
    const char *text;
    size_t length;
    struct str_list *out = bottomup_record_texts(record, name, n);
    for (size_t i = 0; i < pickle_count(list); i++) {
        bool is = pickle_text(pickle_item(list, i), &text, &length);
        str_list_add(out, mem_strndup(is ? text : "", is ? length : 0));
    }
}

/* A list of numbers, or of lists of as many numbers each. */
static bool add_numbers(struct bottomup_record *record, const char *name, size_t n,
                        const struct pickle_value *list)
{
    size_t rows = pickle_count(list), columns = pickle_count(pickle_item(list, 0)), total;
    size_t across = columns ? columns : 1;
    if (!mem_mul(rows, across, &total) || total == 0 || total > PICKLE_MAX_VALUES)
        return false;
    double *kept = mem_new(total, sizeof *kept);
    bool good = true;
    for (size_t i = 0; i < total && good; i++) {
        const struct pickle_value *row = pickle_item(list, i / across);
        good = (!columns || pickle_count(row) == columns) &&
               pickle_numpy_number(columns ? pickle_item(row, i % across) : row, &kept[i]);
    }
    struct array_view view = {.type = ELEM_F64,
                              .data = (const uint8_t *)kept,
                              .available = total,
                              .ndim = columns ? 2 : 1,
                              .shape = {rows, columns},
                              .count = total};
    bottomup_record_keep(record, kept, free);
    array_contiguous(&view, false);
    if (good)
        bottomup_record_array(record, name, n, &view);
    return good;
}

static int add_dict(struct bottomup_record *record, const struct pickle_value *value, int depth,
                    const char *where, struct error *err);

/* Values that are nothing here (None, objects) are left out. */
static int add_value(struct bottomup_record *record, const char *name, size_t n,
                     const struct pickle_value *value, int depth, const char *where,
                     struct error *err)
{
    struct array_view view;
    const char *text;
    size_t length;
    double number;
    int is_array = pickle_numpy_array(value, where, &view, err);
    if (is_array < 0)
        return -1;
    if (is_array && view.type == ELEM_OBJECT)
        value = pickle_numpy_items(value);
    if (is_array && array_elem_is_real(view.type))
        bottomup_record_array(record, name, n, &view);
    else if (pickle_text(value, &text, &length))
        bottomup_record_text(record, name, n, text, length);
    else if (pickle_numpy_number(value, &number))
        bottomup_record_number(record, name, n, number);
    else if (value && pickle_entries(value))
        return add_dict(record, value, depth + 1, where, err);
    else if (pickle_count(value) > 0 && pickle_text(pickle_item(value, 0), &text, &length))
        add_texts(record, name, n, value);
    else if (pickle_count(value) == 1 && pickle_entries(pickle_item(value, 0)))
        return add_dict(record, pickle_item(value, 0), depth + 1, where, err);
    else if (pickle_count(value) > 0)
        add_numbers(record, name, n, value);
    return 0;
}

static int add_dict(struct bottomup_record *record, const struct pickle_value *value, int depth,
                    const char *where, struct error *err)
{
    const struct pickle_value *entries = pickle_entries(value);
    const char *name;
    size_t n;
    if (depth > DICT_DEPTH)
        return 0;
    if (entries && record->count + entries->list.count / 2 > BOTTOMUP_FIELDS_MAX)
        return error_set(err, "%s: has more than %d entries; is this one record?", where,
                         BOTTOMUP_FIELDS_MAX);
    for (size_t i = 0; entries && i + 1 < entries->list.count; i += 2)
        if (pickle_text(entries->list.items[i], &name, &n) &&
            add_value(record, name, n, entries->list.items[i + 1], depth, where, err) != 0)
            return -1;
    return 0;
}

static int add_pickle(struct bottomup_record *record, const uint8_t *bytes, size_t size,
                      const char *where, struct error *err)
{
    struct bytes in = {.data = bytes, .size = size};
    struct pickle *pickle;
    if (pickle_parse(&in, where, PICKLE_NAMES_OPAQUE, &pickle, err) != 0)
        return -1;
    bottomup_record_keep(record, pickle, release_pickle);
    const struct pickle_value *root = pickle_root(pickle);
    return pickle_entries(root) ? add_dict(record, root, 0, where, err)
                                : add_value(record, "features", 8, root, 0, where, err);
}

/* ---- .npy and .npz ---- */

static const enum array_elem elems[] = {
    [NPY_BOOL] = ELEM_BOOL, [NPY_I8] = ELEM_I8,   [NPY_U8] = ELEM_U8,   [NPY_I16] = ELEM_I16,
    [NPY_U16] = ELEM_U16,   [NPY_I32] = ELEM_I32, [NPY_U32] = ELEM_U32, [NPY_I64] = ELEM_I64,
    [NPY_U64] = ELEM_U64,   [NPY_F16] = ELEM_F16, [NPY_F32] = ELEM_F32, [NPY_F64] = ELEM_F64,
};

int bottomup_record_npy(struct bottomup_record *record, const char *name, struct npy *npy,
                        struct error *err)
{
    bottomup_record_keep(record, npy, release_npy);
    if (npy->type == NPY_OBJECT) {
        struct bytes in = {.data = npy->data, .size = npy->data_size};
        struct pickle *pickle;
        if (pickle_parse(&in, npy->path, PICKLE_NAMES_OPAQUE, &pickle, err) != 0)
            return -1;
        bottomup_record_keep(record, pickle, release_pickle);
        return add_value(record, name, strlen(name), pickle_root(pickle), 0, npy->path, err);
    }
    struct array_view view = {.type = elems[npy->type],
                              .swapped = npy->swapped,
                              .data = npy->data,
                              .available = npy->count,
                              .ndim = npy->ndim,
                              .count = npy->count};
    memcpy(view.shape, npy->shape, sizeof view.shape);
    array_contiguous(&view, npy->fortran);
    bottomup_record_array(record, name, strlen(name), &view);
    return 0;
}

static int add_npz(struct bottomup_record *record, const uint8_t *bytes, size_t size,
                   const char *where, struct error *err)
{
    struct str_list members;
    struct npy *npy;
    int status = npy_members_in(bytes, size, where, &members, err);
    for (size_t i = 0; status == 0 && i < members.count; i++) {
        status = npy_open_in(bytes, size, where, members.items[i], &npy, err);
        if (status == 0)
            status = bottomup_record_npy(record, members.items[i], npy, err);
    }
    str_list_done(&members);
    return status;
}

int bottomup_record_bytes(struct bottomup_record *record, const uint8_t *bytes, size_t size,
                          const char *where, struct error *err)
{
    static const char lz4[] = {'\x04', '\x22', '\x4d', '\x18'};
    const struct magic *magic = magic_find(bytes, size);
    struct npy *npy;
    if (magic && magic->kind == MAGIC_ZIP)
        return add_npz(record, bytes, size, where, err);
    if (magic && magic->kind == MAGIC_NPY)
        return npy_open_in(bytes, size, where, NULL, &npy, err) == 0
                   ? bottomup_record_npy(record, "features", npy, err)
                   : -1;
    if (magic && magic->kind == MAGIC_PICKLE)
        return add_pickle(record, bytes, size, where, err);
    if (size >= sizeof lz4 && memcmp(bytes, lz4, sizeof lz4) == 0)
        return error_set(err,
                         "%s: is packed with lz4, which is not read; is this a database of "
                         "texts, not of features?",
                         where);
    if (size > 0 && (bytes[0] >> 4 == 8 || bytes[0] == 0xde || bytes[0] == 0xdf))
        return bottomup_record_msgpack(record, bytes, size, where, err);
    if (size > 0 && (bytes[0] == '(' || bytes[0] == '}' || bytes[0] == 'c')) /* protocols 0, 1 */
        return add_pickle(record, bytes, size, where, err);
    return magic_unexpected(where, bytes, size, "a .npz, a pickle or msgpack of arrays", err);
}
