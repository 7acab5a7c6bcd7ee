#include "io/torch/torchfile.h"

#include <stdlib.h>

#include "base/magic.h"
#include "base/mem.h"
#include "io/torch/pickle_numpy.h"
#include "io/torch/torchfile_private.h"

/* The parts of a tensor, from any way of writing it. */
struct tensor_parts {
    const struct pickle_value *storage, *offset, *size, *stride, *dtype;
};

static bool find_parts(const struct pickle_value *value, struct tensor_parts *out)
{
    if (pickle_is_object(value, PICKLE_ROLE_PARAMETER))
        value = pickle_arg(value, 0);
    if (pickle_is_object(value, PICKLE_ROLE_OLD_TENSOR)) {
        const struct pickle_value *state = value->object.state;
        *out = (struct tensor_parts){pickle_item(state, 0), pickle_item(state, 1),
                                     pickle_item(state, 2), pickle_item(state, 3), NULL};
        return true;
    }
    bool typed = pickle_is_object(value, PICKLE_ROLE_TENSOR_V3);
    if (!typed && !pickle_is_object(value, PICKLE_ROLE_TENSOR))
        return false;
    *out = (struct tensor_parts){pickle_arg(value, 0), pickle_arg(value, 1), pickle_arg(value, 2),
                                 pickle_arg(value, 3), typed ? pickle_arg(value, 6) : NULL};
    return true;
}

static int find_sizes(const struct tensor_parts *parts, const char *what, struct array_view *out,
                      struct error *err)
{
    size_t ndim = pickle_count(parts->size);
    if (!parts->size || !parts->stride || ndim > ARRAY_DIMS || pickle_count(parts->stride) != ndim)
        return error_set(err, "%s: sizes and strides that do not match, or more than %d dimensions",
                         what, ARRAY_DIMS);
    out->ndim = (int)ndim;
    for (size_t i = 0; i < ndim; i++)
        if (!pickle_size(pickle_item(parts->size, i), &out->shape[i]) ||
            !pickle_size(pickle_item(parts->stride, i), &out->stride[i]))
            return error_set(err, "%s: a size or stride that is negative or not a number", what);
    if (!pickle_size(parts->offset, &out->offset))
        return error_set(err, "%s: an offset that is negative or not a number", what);
    return array_measure(out, what, err);
}

/* A legacy storage may be a window of another. */
static int enter_window(const struct pickle_value *id, const char *what, struct array_view *view,
                        struct error *err)
{
    const struct pickle_value *window = pickle_item(id, ID_VIEW);
    size_t start, count, end;
    if (!window || window->kind == PICKLE_NONE)
        return 0;
    if (!pickle_size(pickle_item(window, 1), &start) ||
        !pickle_size(pickle_item(window, 2), &count) ||
        __builtin_add_overflow(start, count, &end) || end > view->available)
        return error_set(err, "%s: a storage that reaches beyond the one it is part of", what);
    view->available = end;
    if (__builtin_add_overflow(view->offset, start, &view->offset))
        return error_set(err, "%s: its offset overflows", what);
    return 0;
}

/* An untyped storage counts bytes, and the tensor gives the type. */
static int find_storage(struct torchfile *file, const struct tensor_parts *parts, const char *what,
                        bool load, struct array_view *out, struct error *err)
{
    struct storage named;
    if (!parts->storage || parts->storage->kind != PICKLE_PERSISTENT ||
        !torchfile_storage_id(parts->storage->id, &named))
        return error_set(err, "%s: a tensor without a storage", what);
    struct storage *storage = torchfile_find_storage(file, named.key, named.key_size);
    if (!storage)
        return error_set(err, "%s: a tensor whose storage is missing", what);
    if (load && torchfile_load_storage(file, storage, err) != 0)
        return -1;
    out->type = storage->type;
    out->available = storage->count;
    out->data = storage->data;
    out->swapped = file->swapped;
    if (pickle_is_global(parts->dtype, PICKLE_ROLE_DTYPE)) {
        out->type = parts->dtype->global.known->type;
        out->available =
            storage->count * array_elem_size(storage->type) / array_elem_size(out->type);
    }
    return enter_window(parts->storage->id, what, out, err);
}

static int tensor(struct torchfile *file, const struct pickle_value *value, const char *what,
                  bool load, struct array_view *out, struct error *err)
{
    struct tensor_parts parts;
    *out = (struct array_view){0};
    if (!find_parts(value, &parts))
        return 0;
    if (find_sizes(&parts, what, out, err) != 0 ||
        find_storage(file, &parts, what, load, out, err) != 0 || array_check(out, what, err) != 0)
        return -1;
    return 1;
}

int torchfile_array(struct torchfile *file, const struct pickle_value *value, const char *name,
                    bool load, struct array_view *out, struct error *err)
{
    int is_tensor = tensor(file, value, name, load, out, err);
    if (is_tensor == 0)
        is_tensor = pickle_numpy_array(value, name, out, err);
    return is_tensor < 0 ? error_prefix(err, file->path) : is_tensor;
}

/* The error for a file that is nothing like a torch file. */
static int refuse(const struct torchfile *file, const struct magic *magic, struct error *err)
{
    if (file->map.size == 0)
        return error_at(err, file->path, -1,
                        "is empty; a checkpoint written by torch.save is expected");
    if (!magic)
        return error_at(err, file->path, -1,
                        "is not a PyTorch checkpoint (neither zip nor pickle)");
    return error_at(err, file->path, -1, "is not a PyTorch checkpoint: it looks like %s%s%s",
                    magic->name, magic->advice ? "; " : "", magic->advice ? magic->advice : "");
}

static int open_format(struct torchfile *file, enum pickle_names names, struct error *err)
{
    const struct magic *magic = magic_find(file->map.data, file->map.size);
    if (magic && magic->kind == MAGIC_ZIP)
        return torchfile_open_zip(file, names, err);
    if (magic && magic->kind == MAGIC_PICKLE)
        return torchfile_open_legacy(file, names, err);
    return refuse(file, magic, err);
}

/* Opens the file, or frees it on failure. */
static int finish_open(struct torchfile *file, enum torchfile_mode mode, struct torchfile **out,
                       struct error *err)
{
    *out = file;
    if (open_format(file, mode == TORCHFILE_LIST ? PICKLE_NAMES_ALL : PICKLE_NAMES_OPAQUE, err) ==
        0)
        return 0;
    torchfile_free(file);
    *out = NULL;
    return -1;
}

int torchfile_open(const char *path, enum torchfile_mode mode, struct torchfile **out,
                   struct error *err)
{
    struct file_map map;
    *out = NULL;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct torchfile *file = mem_new(1, sizeof *file);
    file->path = mem_strdup(path);
    file->map = map;
    return finish_open(file, mode, out, err);
}

int torchfile_open_bytes(const uint8_t *data, size_t size, const char *name,
                         enum torchfile_mode mode, struct torchfile **out, struct error *err)
{
    struct torchfile *file = mem_new(1, sizeof *file);
    file->path = mem_strdup(name);
    file->map = (struct file_map){.data = data, .size = size};
    file->borrowed = true;
    return finish_open(file, mode, out, err);
}

void torchfile_free(struct torchfile *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->storage_count; i++)
        free(file->storages[i].loaded);
    free(file->storages);
    pickle_free(file->pickle);
    free(file->pickle_bytes);
    if (file->zip)
        zip_discard(file->zip);
    if (!file->borrowed)
        file_map_close(&file->map);
    free(file->folder);
    free(file->path);
    free(file);
}

const struct pickle_value *torchfile_root(const struct torchfile *file)
{
    return pickle_root(file->pickle);
}

const char *torchfile_path(const struct torchfile *file)
{
    return file->path;
}

const char *torchfile_format(const struct torchfile *file)
{
    return file->format;
}
