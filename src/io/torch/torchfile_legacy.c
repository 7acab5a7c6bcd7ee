/* torchfile_legacy.c: the stream that torch.save wrote before 1.6: five pickles (magic number,
 * protocol, system, the object, the storages' keys), then for each key the number of elements
 * (int64) and the elements. */
#include <string.h>

#include "io/torch/torchfile_private.h"

static const uint8_t magic_number[] = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
enum { PROTOCOL_VERSION = 1001 };

/* The next pickle. */
static int next(const struct torchfile *file, struct bytes *in, bool open_globals,
                struct pickle **out, struct error *err)
{
    return pickle_parse(in, file->path, open_globals, out, err);
}

static int check_magic(const struct torchfile *file, struct bytes *in, struct error *err)
{
    struct pickle *pickle;
    if (next(file, in, false, &pickle, err) != 0)
        return -1;
    const struct pickle_value *root = pickle_root(pickle);
    bool right = root->kind == PICKLE_BIG && root->bytes.size == sizeof magic_number &&
                 memcmp(root->bytes.data, magic_number, sizeof magic_number) == 0;
    pickle_free(pickle);
    if (!right)
        return error_at(err, file->path, -1,
                        "is a pickle, but not from torch.save (no magic number)");
    return 0;
}

static int check_protocol(const struct torchfile *file, struct bytes *in, struct error *err)
{
    struct pickle *pickle;
    size_t version;
    if (next(file, in, false, &pickle, err) != 0)
        return -1;
    bool right = pickle_size(pickle_root(pickle), &version) && version == PROTOCOL_VERSION;
    pickle_free(pickle);
    if (!right)
        return error_at(err, file->path, -1, "has an unknown torch.save protocol (not %d)",
                        PROTOCOL_VERSION);
    return 0;
}

static int read_system(struct torchfile *file, struct bytes *in, struct error *err)
{
    struct pickle *pickle;
    if (next(file, in, false, &pickle, err) != 0)
        return -1;
    const struct pickle_value *little = pickle_get(pickle_root(pickle), "little_endian");
    file->swapped = little && little->kind == PICKLE_BOOL && !little->integer;
    pickle_free(pickle);
    return 0;
}

/* One storage's count and elements. */
static int read_storage(struct torchfile *file, struct bytes *in, const struct pickle_value *key,
                        struct error *err)
{
    const char *text;
    size_t length, at = in->at;
    uint64_t count;
    struct storage *storage = NULL;
    if (pickle_text(key, &text, &length))
        storage = torchfile_find_storage(file, text, length);
    if (!storage)
        return error_at(err, file->path, (int64_t)at, "has a storage that no tensor uses");
    if (!bytes_u64le(in, &count))
        return error_at(err, file->path, (int64_t)at, "truncated: a storage is missing");
    if (file->swapped)
        count = __builtin_bswap64(count);
    if (count != storage->count)
        return error_at(err, file->path, (int64_t)at,
                        "has a storage of %llu elements, announced as %zu",
                        (unsigned long long)count, storage->count);
    size_t size = array_elem_size(storage->type);
    if (storage->count > bytes_left(in) / size)
        return error_at(err, file->path, (int64_t)at,
                        "truncated: %zu %s are announced but %zu bytes are left", storage->count,
                        array_elem_name(storage->type), bytes_left(in));
    storage->data = bytes_take(in, storage->count * size);
    return 0;
}

static int read_storages(struct torchfile *file, struct bytes *in, struct error *err)
{
    struct pickle *keys;
    if (next(file, in, false, &keys, err) != 0)
        return -1;
    const struct pickle_value *list = pickle_root(keys);
    int status = 0;
    for (size_t i = 0; i < pickle_count(list) && status == 0; i++)
        status = read_storage(file, in, pickle_item(list, i), err);
    pickle_free(keys);
    for (size_t i = 0; i < file->storage_count && status == 0; i++)
        if (!file->storages[i].data)
            status = error_at(err, file->path, -1, "lacks the storage of a tensor");
    return status;
}

int torchfile_open_legacy(struct torchfile *file, bool open_globals, struct error *err)
{
    struct bytes in = {.data = file->map.data, .size = file->map.size};
    file->format = "legacy";
    if (check_magic(file, &in, err) != 0 || check_protocol(file, &in, err) != 0 ||
        read_system(file, &in, err) != 0 ||
        next(file, &in, open_globals, &file->pickle, err) != 0 ||
        torchfile_collect_storages(file, err) != 0)
        return -1;
    return read_storages(file, &in, err);
}
