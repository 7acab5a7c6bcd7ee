/* torchfile_inner.h: what the two formats of torch.save share inside. */
#ifndef IO_TORCH_TORCHFILE_PRIVATE_H
#define IO_TORCH_TORCHFILE_PRIVATE_H

#include <zip.h>

#include "io/torch/torchfile.h"

/* The numbers that tensors are views of. */
struct storage {
    const char *key; /* in the pickle's bytes, key_size of them, not terminated */
    size_t key_size;
    enum array_elem type;
    size_t count;        /* elements, as the pickle says */
    const uint8_t *data; /* NULL until loaded (zip) */
    uint8_t *loaded;     /* owned */
};

struct torchfile {
    char *path;
    const char *format;
    struct file_map map;
    bool borrowed; /* the map is the caller's memory */
    struct pickle *pickle;
    uint8_t *pickle_bytes;    /* owned: data.pkl of a zip */
    bool swapped;             /* storages in the other byte order */
    struct storage *storages; /* sorted by key */
    size_t storage_count;
    size_t charged;
    zip_t *zip;   /* NULL for the legacy stream */
    char *folder; /* of the zip's members: "archive/" */
};

/* Parts of a storage's persistent id:
 * ("storage", type, key, location, elements[, (view key, offset, elements)]) */
enum { ID_KIND, ID_TYPE, ID_KEY, ID_LOCATION, ID_COUNT, ID_VIEW };

/* Reads a persistent id: type, key and count. False if it is not a storage's. */
bool torchfile_storage_id(const struct pickle_value *id, struct storage *out) MUST_USE;

/* Collects the storages that the pickle mentions. Errors: two of one key that disagree. */
int torchfile_collect_storages(struct torchfile *file, struct error *err) MUST_USE;

/* NULL where the pickle mentions no storage of that key. */
struct storage *torchfile_find_storage(const struct torchfile *file, const char *key, size_t size);

int torchfile_open_zip(struct torchfile *file, bool open_globals, struct error *err) MUST_USE;
int torchfile_open_legacy(struct torchfile *file, bool open_globals, struct error *err) MUST_USE;

/* Reads a storage of a zip; nothing to do where it is there. */
int torchfile_load_storage(struct torchfile *file, struct storage *storage,
                           struct error *err) MUST_USE;

/* Checks that a zip's member is there and long enough. */
int torchfile_check_storage(struct torchfile *file, const struct storage *storage,
                            struct error *err) MUST_USE;

#endif
