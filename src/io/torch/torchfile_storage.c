/* torchfile_storage.c: the storages that a torch file's pickle mentions, and the limit on memory.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/torch/torchfile_private.h"

enum { KEY_SHOWN = 40 };
static const size_t spare_memory = 64 << 20, memory_per_byte = 16;

static int compare_storages(const void *a, const void *b)
{
    const struct storage *x = a, *y = b;
    int order = memcmp(x->key, y->key, x->key_size < y->key_size ? x->key_size : y->key_size);
    return order ? order : (x->key_size > y->key_size) - (x->key_size < y->key_size);
}

struct storage *torchfile_find_storage(const struct torchfile *file, const char *key, size_t size)
{
    struct storage wanted = {.key = key, .key_size = size};
    if (file->storage_count == 0)
        return NULL;
    return bsearch(&wanted, file->storages, file->storage_count, sizeof wanted, compare_storages);
}

bool torchfile_storage_id(const struct pickle_value *id, struct storage *out)
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

/* Keeps one entry per key. */
static int merge_storages(struct torchfile *file, struct error *err)
{
    size_t kept = 0;
    struct storage *s = file->storages;
    qsort(s, file->storage_count, sizeof *s, compare_storages);
    for (size_t i = 0; i < file->storage_count; i++) {
        if (kept > 0 && compare_storages(&s[kept - 1], &s[i]) == 0) {
            if (s[kept - 1].count != s[i].count || s[kept - 1].type != s[i].type)
                return error_at(err, file->path, -1, "gives storage %.*s two sizes or types",
                                (int)(s[i].key_size < KEY_SHOWN ? s[i].key_size : KEY_SHOWN),
                                s[i].key);
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
        if (!torchfile_storage_id(value->id, &storage))
            continue; /* only listed: the source of a class, or a storage of an unknown kind */
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
                        "%s: its data would take more than %zu MiB, far more than the file holds",
                        name, limit >> 20);
    file->charged += bytes;
    return 0;
}
