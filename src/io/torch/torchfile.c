#include "io/torch/torchfile.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/torch/pickle_numpy.h"
#include "io/torch/torchfile_private.h"

enum { KEY_SHOWN = 40 };
static const size_t spare_memory = 64 << 20, memory_per_byte = 16;

/* ("storage", type, key, location, elements[, (view key, offset, elements)]) */
enum { ID_KIND, ID_TYPE, ID_KEY, ID_LOCATION, ID_COUNT, ID_VIEW };

static int compare_keys(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_storages(const void *a, const void *b)
{
    const struct storage *x = a, *y = b;
    return compare_keys(x->key, x->key_size, y->key, y->key_size);
}

struct storage *torchfile_find_storage(const struct torchfile *file, const char *key, size_t size)
{
    struct storage wanted = {.key = key, .key_size = size};
    if (file->storage_count == 0)
        return NULL;
    return bsearch(&wanted, file->storages, file->storage_count, sizeof wanted, compare_storages);
}

static bool read_id(const struct pickle_value *id, struct storage *out)
{
    const struct pickle_value *type = pickle_item(id, ID_TYPE);
    *out = (struct storage){0};
    if (!pickle_text_is(pickle_item(id, ID_KIND), "storage") ||
        !pickle_is_global(type, PICKLE_ROLE_STORAGE))
        return false;
    out->type = type->global.known->type;
    return pickle_text(pickle_item(id, ID_KEY), &out->key, &out->key_size) &&
           pickle_size(pickle_item(id, ID_COUNT), &out->count);
}

/* One entry a key. */
static int merge_storages(struct torchfile *file, struct error *err)
{
    size_t kept = 0;
    struct storage *s = file->storages;
    qsort(s, file->storage_count, sizeof *s, compare_storages);
    for (size_t i = 0; i < file->storage_count; i++) {
        if (kept > 0 && compare_storages(&s[kept - 1], &s[i]) == 0) {
            if (s[kept - 1].count != s[i].count || s[kept - 1].type != s[i].type)
                return error_at(
                    err, file->path, -1, "storage %.*s is said to be of two sizes or types",
                    (int)(s[i].key_size < KEY_SHOWN ? s[i].key_size : KEY_SHOWN), s[i].key);
        } else {
            s[kept++] = s[i];
        }
    }
    file->storage_count = kept;
    return 0;
}

int torchfile_collect_storages(struct torchfile *file, struct error *err)
{
    size_t cursor = 0, cap = 0;
    const struct pickle_value *value;
    while ((value = pickle_next(file->pickle, PICKLE_PERSISTENT, &cursor))) {
        struct storage storage;
        if (!read_id(value->id, &storage))
            continue; /* listed only: the source of a class, or a storage of a kind we do not know
                       */
        MEM_ROOM(file->storages, file->storage_count, cap);
        file->storages[file->storage_count++] = storage;
    }
    return file->storage_count ? merge_storages(file, err) : 0;
}

int torchfile_charge(struct torchfile *file, const char *name, size_t n, size_t size,
                     struct error *err)
{
    size_t bytes, limit;
    if (__builtin_mul_overflow(file->map.size, memory_per_byte, &limit) ||
        __builtin_add_overflow(limit, spare_memory, &limit))
        limit = SIZE_MAX;
    if (!mem_mul(n, size, &bytes) || bytes > limit - file->charged)
        return error_at(err, file->path, -1,
                        "%s: its data would fill more than %zu MiB, far more than the file holds",
                        name, limit >> 20);
    file->charged += bytes;
    return 0;
}

/* What is wanted to make a tensor, from whichever way it was written. */
struct recipe {
    const struct pickle_value *storage, *offset, *size, *stride, *dtype;
};

static bool find_recipe(const struct pickle_value *value, struct recipe *out)
{
    if (pickle_is_object(value, PICKLE_ROLE_PARAMETER))
        value = pickle_arg(value, 0);
    if (pickle_is_object(value, PICKLE_ROLE_OLD_TENSOR)) {
        const struct pickle_value *state = value->object.state;
        *out = (struct recipe){pickle_item(state, 0), pickle_item(state, 1), pickle_item(state, 2),
                               pickle_item(state, 3), NULL};
        return true;
    }
    bool typed = pickle_is_object(value, PICKLE_ROLE_TENSOR_V3);
    if (!typed && !pickle_is_object(value, PICKLE_ROLE_TENSOR))
        return false;
    *out = (struct recipe){pickle_arg(value, 0), pickle_arg(value, 1), pickle_arg(value, 2),
                           pickle_arg(value, 3), typed ? pickle_arg(value, 6) : NULL};
    return true;
}

static int find_sizes(const struct recipe *recipe, const char *what, struct array_view *out,
                      struct error *err)
{
    size_t ndim = pickle_count(recipe->size);
    if (!recipe->size || !recipe->stride || ndim > ARRAY_DIMS ||
        pickle_count(recipe->stride) != ndim)
        return error_set(err, "%s: sizes and strides that do not fit, or more than %d dimensions",
                         what, ARRAY_DIMS);
    out->ndim = (int)ndim;
    for (size_t i = 0; i < ndim; i++)
        if (!pickle_size(pickle_item(recipe->size, i), &out->shape[i]) ||
            !pickle_size(pickle_item(recipe->stride, i), &out->stride[i]))
            return error_set(err, "%s: a size or stride that is negative or no number", what);
    if (!pickle_size(recipe->offset, &out->offset))
        return error_set(err, "%s: an offset that is negative or no number", what);
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
        return error_set(err, "%s: a storage outside the storage it is part of", what);
    view->available = end;
    if (__builtin_add_overflow(view->offset, start, &view->offset))
        return error_set(err, "%s: its offset overflows", what);
    return 0;
}

/* An untyped storage is counted in bytes, and the tensor says the type. */
static int find_storage(struct torchfile *file, const struct recipe *recipe, const char *what,
                        bool load, struct array_view *out, struct error *err)
{
    struct storage named;
    if (!recipe->storage || recipe->storage->kind != PICKLE_PERSISTENT ||
        !read_id(recipe->storage->id, &named))
        return error_set(err, "%s: a tensor without a storage", what);
    struct storage *storage = torchfile_find_storage(file, named.key, named.key_size);
    if (!storage)
        return error_set(err, "%s: a tensor of a storage that is not there", what);
    if (load && torchfile_load_storage(file, storage, err) != 0)
        return -1;
    out->type = storage->type;
    out->available = storage->count;
    out->data = storage->data;
    out->swapped = file->swapped;
    if (pickle_is_global(recipe->dtype, PICKLE_ROLE_DTYPE)) {
        out->type = recipe->dtype->global.known->type;
        out->available =
            storage->count * array_elem_size(storage->type) / array_elem_size(out->type);
    }
    return enter_window(recipe->storage->id, what, out, err);
}

static int tensor(struct torchfile *file, const struct pickle_value *value, const char *what,
                  bool load, struct array_view *out, struct error *err)
{
    struct recipe recipe;
    *out = (struct array_view){0};
    if (!find_recipe(value, &recipe))
        return 0;
    if (find_sizes(&recipe, what, out, err) != 0 ||
        find_storage(file, &recipe, what, load, out, err) != 0 || array_check(out, what, err) != 0)
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

static const struct {
    const char *start;
    size_t size;
    const char *kind;
} kinds[] = {
    {"\x89PNG", 4, "a PNG picture"},
    {"\xff\xd8\xff", 3, "a JPEG picture"},
    {"\x93NUMPY", 6, "a numpy array"},
    {"\x89HDF", 4, "an HDF5 file"},
    {"\x1f\x8b", 2, "compressed by gzip: unpack it first"},
    {"{", 1, "JSON or text"},
    {"<", 1, "a web page or XML: was the download complete?"},
    {"version https://git-lfs", 23,
     "a Git LFS pointer, not the file itself: fetch it with git lfs pull"},
};

/* The error for a file that is nothing like a torch file. */
static int refuse(const struct torchfile *file, struct error *err)
{
    if (file->map.size == 0)
        return error_at(err, file->path, -1,
                        "is empty; a checkpoint that torch.save wrote is wanted");
    for (size_t i = 0; i < COUNTOF(kinds); i++)
        if (file->map.size >= kinds[i].size &&
            memcmp(file->map.data, kinds[i].start, kinds[i].size) == 0)
            return error_at(err, file->path, -1, "not a PyTorch checkpoint (it looks like %s)",
                            kinds[i].kind);
    if (file->map.size > 262 && memcmp(file->map.data + 257, "ustar", 5) == 0)
        return error_at(err, file->path, -1,
                        "a tar archive: PyTorch 0.1 or something packed; "
                        "unpack it, or save it again with a newer PyTorch");
    return error_at(err, file->path, -1, "not a PyTorch checkpoint (neither zip nor pickle)");
}

static int open_format(struct torchfile *file, bool open_globals, struct error *err)
{
    const uint8_t *start = file->map.data;
    if (file->map.size >= 4 && memcmp(start, "PK\3\4", 4) == 0)
        return torchfile_open_zip(file, open_globals, err);
    if (file->map.size >= 2 && start[0] == 0x80 && start[1] <= 5)
        return torchfile_open_legacy(file, open_globals, err);
    return refuse(file, err);
}

/* Takes the file; on failure it is freed. */
static int finish_open(struct torchfile *file, enum torchfile_mode mode, struct torchfile **out,
                       struct error *err)
{
    *out = file;
    if (open_format(file, mode == TORCHFILE_LIST, err) == 0)
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
