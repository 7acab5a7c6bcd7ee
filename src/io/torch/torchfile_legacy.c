/* torchfile_legacy.c: the stream that torch.save wrote before 1.6: five pickles (magic number,
 * protocol, system, the object, the storages' keys), then for each key the number of elements
 * (int64) and the elements. */
#include <string.h>

#include "base/file.h"
#include "io/torch/torchfile_private.h"

static const uint8_t magic_number[] = {0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
enum { PROTOCOL_VERSION = 1001 };

/* The next pickle. */
static int next(const struct torchfile *file, struct bytes *in, enum pickle_names names,
                struct pickle **out, struct error *err)
{
    return pickle_parse(in, file->path, names, out, err);
}

/* Whether a pickle mentions tensors: it was written by pickle.dump instead of torch.save. */
static bool has_tensors(const struct pickle *pickle)
{
    static const char torch[] = "torch";
    size_t cursor = 0;
    const struct pickle_value *global;
    while ((global = pickle_next(pickle, PICKLE_GLOBAL, &cursor)))
        if (global->global.module_size >= sizeof torch - 1 &&
            memcmp(global->global.module, torch, sizeof torch - 1) == 0)
            return true;
    return false;
}

static int refuse_pickle(const struct torchfile *file, bool of_tensors, struct error *err)
{
    if (!of_tensors)
        return error_at(err, file->path, -1,
                        "is a pickle, but not from torch.save (no magic number)");
    return error_at(err, file->path, -1,
                    "is a pickle of tensors that was not saved with torch.save; in Python, with "
                    "torch and pickle imported: torch.save(pickle.load(open(\"%s\", \"rb\")), "
                    "\"%s.pth\")",
                    file_name(file->path), file_name(file->path));
}

static int check_magic(const struct torchfile *file, struct bytes *in, struct error *err)
{
    struct pickle *pickle;
    if (next(file, in, PICKLE_NAMES_OPAQUE, &pickle, err) != 0)
        return -1;
    const struct pickle_value *root = pickle_root(pickle);
    bool right = root->kind == PICKLE_BIG && root->bytes.size == sizeof magic_number &&
                 memcmp(root->bytes.data, magic_number, sizeof magic_number) == 0;
    bool of_tensors = !right && has_tensors(pickle);
    pickle_free(pickle);
    return right ? 0 : refuse_pickle(file, of_tensors, err);
}

static int check_protocol(const struct torchfile *file, struct bytes *in, struct error *err)
{
    struct pickle *pickle;
    size_t version;
    if (next(file, in, PICKLE_NAMES_KNOWN, &pickle, err) != 0)
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
    if (next(file, in, PICKLE_NAMES_KNOWN, &pickle, err) != 0)
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
    if (next(file, in, PICKLE_NAMES_KNOWN, &keys, err) != 0)
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

int torchfile_open_legacy(struct torchfile *file, enum pickle_names names, struct error *err)
{
    struct bytes in = {.data = file->map.data, .size = file->map.size};
    file->format = "legacy";
    if (check_magic(file, &in, err) != 0 || check_protocol(file, &in, err) != 0 ||
        read_system(file, &in, err) != 0 || next(file, &in, names, &file->pickle, err) != 0 ||
        torchfile_collect_storages(file, err) != 0)
        return -1;
    return read_storages(file, &in, err);
}
