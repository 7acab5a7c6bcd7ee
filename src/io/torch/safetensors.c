#include "io/torch/safetensors.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/magic.h"
#include "base/mem.h"
#include "io/torch/safetensors_private.h"

enum { LENGTH_BYTES = 8, LARGEST_HEADER = 100 * 1000 * 1000 };

/* In units of a byte from the end of the header. */
struct place {
    size_t begin, end;
};

struct safetensors {
    char *path;
    struct file_map map;
    bool borrowed; /* the map is the caller's */
    json_t *header;
    const uint8_t *data; /* after the header */
    size_t data_size;
    struct safetensors_entry *entries; /* in the order of their bytes */
    size_t count;
};

static const struct safetensors_type types[] = {
    {"I64", ELEM_I64}, {"F64", ELEM_F64},   {"F32", ELEM_F32}, {"I32", ELEM_I32},
    {"F16", ELEM_F16}, {"BF16", ELEM_BF16}, {"I16", ELEM_I16}, {"I8", ELEM_I8},
    {"U8", ELEM_U8},   {"BOOL", ELEM_BOOL},
};

const struct safetensors_type *safetensors_types(size_t *count_out)
{
    *count_out = COUNTOF(types);
    return types;
}

bool safetensors_is(const char *path, const void *data, size_t size)
{
    const struct magic *magic = magic_find(data, size);
    return magic ? magic->kind == MAGIC_SAFETENSORS : str_ends_with(path, ".safetensors");
}

/* ---- one tensor ---- */

/* The entry that is being read, for errors. */
struct reading {
    const char *path, *name;
    struct error *err;
};

PRINTF_LIKE(2, 3)
static int refuse(const struct reading *r, const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return error_at(r->err, r->path, -1, "tensor %.200s: %s", r->name, reason);
}

static int read_type(const struct reading *r, const json_t *dtype, struct array_view *view)
{
    const char *name = json_string_value(dtype);
    if (!name)
        return refuse(r, "it has no dtype; the file is damaged");
    for (size_t i = 0; i < COUNTOF(types); i++)
        if (strcmp(types[i].name, name) == 0) {
            view->type = types[i].type;
            return 0;
        }
    return refuse(r,
                  "its numbers are of type %.40s, which is not read; save it with float32 (also "
                  "F64, F16, BF16, I64, I32, I16, I8, U8, BOOL)",
                  name);
}

static bool read_size(const json_t *number, size_t *out)
{
    json_int_t value = json_integer_value(number);
    *out = (size_t)value;
    return json_is_integer(number) && value >= 0;
}

static int read_shape(const struct reading *r, const json_t *shape, struct array_view *view)
{
    size_t ndim = json_array_size(shape);
    if (!json_is_array(shape) || ndim > ARRAY_DIMS)
        return refuse(r, "its shape is missing, or has more than %d dimensions", ARRAY_DIMS);
    view->ndim = (int)ndim;
    for (size_t i = 0; i < ndim; i++)
        if (!read_size(json_array_get(shape, i), &view->shape[i]))
            return refuse(r, "its shape has a size that is no count");
    return array_measure(view, r->name, r->err) != 0 ? error_prefix(r->err, r->path) : 0;
}

/* Where its bytes are: inside the file, and as many as its type and shape take. */
static int read_place(const struct reading *r, const json_t *offsets, size_t data_size,
                      const struct array_view *view, struct place *out)
{
    size_t wanted, each = array_elem_size(view->type);
    if (json_array_size(offsets) != 2 || !read_size(json_array_get(offsets, 0), &out->begin) ||
        !read_size(json_array_get(offsets, 1), &out->end) || out->begin > out->end)
        return refuse(r, "its data_offsets are not two ascending numbers; the file is damaged");
    if (out->end > data_size)
        return refuse(r,
                      "its data_offsets end at %zu, but only %zu bytes of data follow the header: "
                      "the file is truncated; fetch it again",
                      out->end, data_size);
    if (!mem_mul(view->count, each, &wanted) || wanted != out->end - out->begin)
        return refuse(r,
                      "its shape takes %zu numbers of %zu bytes, but its data_offsets span %zu "
                      "bytes; the file is damaged",
                      view->count, each, out->end - out->begin);
    return 0;
}

static int read_entry(const struct reading *r, const json_t *info, struct safetensors *file,
                      struct safetensors_entry *out)
{
    struct place place = {0};
    struct array_view *view = &out->view;
    *out = (struct safetensors_entry){.name = r->name};
    if (!json_is_object(info))
        return refuse(r, "is not described by an object; the file is damaged");
    if (read_type(r, json_object_get(info, "dtype"), view) != 0 ||
        read_shape(r, json_object_get(info, "shape"), view) != 0 ||
        read_place(r, json_object_get(info, "data_offsets"), file->data_size, view, &place) != 0)
        return -1;
    array_contiguous(view, false);
    view->data = file->data + place.begin;
    view->available = view->count;
    view->swapped = __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__;
    return 0;
}

/* ---- the header ---- */

/* Empty tensors come before what begins at the same byte. */
static int compare_entries(const void *a, const void *b)
{
    const struct safetensors_entry *x = a, *y = b;
    if (x->view.data != y->view.data)
        return x->view.data < y->view.data ? -1 : 1;
    if ((x->view.count == 0) != (y->view.count == 0))
        return x->view.count == 0 ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Every byte belongs to one tensor. */
static int check_cover(const struct safetensors *file, struct error *err)
{
    const uint8_t *at = file->data;
    for (size_t i = 0; i < file->count; i++) {
        const struct safetensors_entry *e = &file->entries[i];
        if (e->view.data < at)
            return error_at(err, file->path, -1,
                            "tensors %.200s and %.200s share bytes: their data_offsets overlap; "
                            "the file is damaged",
                            file->entries[i - 1].name, e->name);
        if (e->view.data > at)
            return error_at(err, file->path, -1,
                            "%td bytes before tensor %.200s belong to none; the file is damaged",
                            e->view.data - at, e->name);
        at += e->view.count * array_elem_size(e->view.type);
    }
    size_t left = file->data_size - (size_t)(at - file->data);
    return left ? error_at(err, file->path, -1,
                           "%zu bytes after the last tensor belong to none; the file is damaged",
                           left)
                : 0;
}

static int check_metadata(const struct safetensors *file, struct error *err)
{
    const char *key;
    json_t *metadata = json_object_get(file->header, "__metadata__"), *value;
    if (metadata && !json_is_object(metadata) && !json_is_null(metadata))
        return error_at(err, file->path, -1, "__metadata__ is not an object");
    json_object_foreach (metadata, key, value)
        if (!json_is_string(value))
            return error_at(err, file->path, -1, "__metadata__: %.200s is not text", key);
    return 0;
}

static int read_entries(struct safetensors *file, struct error *err)
{
    const char *name;
    json_t *info;
    if (json_object_size(file->header) > SAFETENSORS_TENSORS)
        return error_at(err, file->path, -1, "has more than %d tensors", SAFETENSORS_TENSORS);
    file->entries = mem_new(json_object_size(file->header), sizeof *file->entries);
    json_object_foreach (file->header, name, info) {
        struct reading r = {file->path, name, err};
        if (strcmp(name, "__metadata__") == 0)
            continue;
        if (read_entry(&r, info, file, &file->entries[file->count]) != 0)
            return -1;
        file->count++;
    }
    qsort(file->entries, file->count, sizeof *file->entries, compare_entries);
    return check_cover(file, err);
}

/* The length comes first, in 8 bytes. */
static int find_header(struct safetensors *file, const char **header_out, size_t *length_out,
                       struct error *err)
{
    struct bytes in = {.data = file->map.data, .size = file->map.size};
    uint64_t length = 0;
    if (!bytes_u64le(&in, &length))
        return error_at(err, file->path, -1,
                        "has %zu bytes; safetensors begins with 8 that give its header's length: "
                        "the file is truncated",
                        file->map.size);
    if (length > bytes_left(&in))
        return error_at(err, file->path, -1,
                        "its header is said to have %" PRIu64 " bytes, but only %zu follow: the "
                        "file is truncated, or is not safetensors",
                        length, bytes_left(&in));
    if (length > LARGEST_HEADER)
        return error_at(err, file->path, -1,
                        "its header has %" PRIu64 " bytes; safetensors allows %d", length,
                        LARGEST_HEADER);
    *length_out = (size_t)length;
    *header_out = (const char *)bytes_take(&in, (size_t)length);
    file->data = file->map.data + in.at;
    file->data_size = bytes_left(&in);
    return 0;
}

static int parse(struct safetensors *file, struct error *err)
{
    json_error_t where;
    const char *header = NULL;
    size_t length = 0;
    if (find_header(file, &header, &length, err) != 0)
        return -1;
    file->header = json_loadb(header, length, JSON_REJECT_DUPLICATES, &where);
    if (!file->header)
        return error_at(err, file->path, LENGTH_BYTES + where.position,
                        "the header is not JSON, or has a name twice: line %d, column %d: %s",
                        where.line, where.column, where.text);
    if (!json_is_object(file->header))
        return error_at(err, file->path, LENGTH_BYTES, "the header is not a JSON object");
    return check_metadata(file, err) != 0 ? -1 : read_entries(file, err);
}

/* ---- the file ---- */

/* Parses, or frees it on failure. */
static int finish_open(struct safetensors *file, struct safetensors **out, struct error *err)
{
    *out = file;
    if (parse(file, err) == 0)
        return 0;
    safetensors_free(file);
    *out = NULL;
    return -1;
}

int safetensors_open(const char *path, struct safetensors **out, struct error *err)
{
    struct file_map map;
    *out = NULL;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct safetensors *file = mem_new(1, sizeof *file);
    file->path = mem_strdup(path);
    file->map = map;
    return finish_open(file, out, err);
}

int safetensors_open_bytes(const uint8_t *data, size_t size, const char *name,
                           struct safetensors **out, struct error *err)
{
    struct safetensors *file = mem_new(1, sizeof *file);
    file->path = mem_strdup(name);
    file->map = (struct file_map){.data = data, .size = size};
    file->borrowed = true;
    return finish_open(file, out, err);
}

void safetensors_free(struct safetensors *file)
{
    if (!file)
        return;
    json_decref(file->header);
    free(file->entries);
    if (!file->borrowed)
        file_map_close(&file->map);
    free(file->path);
    free(file);
}

const char *safetensors_path(const struct safetensors *file)
{
    return file->path;
}

const struct safetensors_entry *safetensors_entries(const struct safetensors *file,
                                                    size_t *count_out)
{
    *count_out = file->count;
    return file->entries;
}

const json_t *safetensors_metadata(const struct safetensors *file)
{
    const json_t *metadata = json_object_get(file->header, "__metadata__");
    return json_is_object(metadata) ? metadata : NULL;
}
