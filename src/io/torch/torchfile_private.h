/* torchfile_private.h: what the two formats of torch.save share. */
#ifndef IO_TORCH_TORCHFILE_PRIVATE_H
#define IO_TORCH_TORCHFILE_PRIVATE_H

#include <zip.h>

#include "io/torch/torchfile.h"

/* The numbers that tensors are views of. */
struct storage {
    const char *key; /* in the pickle's bytes, not terminated */
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
    bool borrowed; /* the map is the caller's */
    struct pickle *pickle;
    uint8_t *pickle_bytes;    /* owned: data.pkl of a zip */
    bool swapped;             /* storages are in the other byte order */
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

/* Collects the storages that the pickle mentions. Errors: two with the same key that disagree. */
int torchfile_collect_storages(struct torchfile *file, struct error *err) MUST_USE;

/* The storage with that key, borrowed; NULL if the pickle mentions none. */
struct storage *torchfile_find_storage(const struct torchfile *file, const char *key, size_t size);

/* Open a file of their format at file->map. Errors: those of torchfile_open. */
int torchfile_open_zip(struct torchfile *file, enum pickle_names names, struct error *err) MUST_USE;
int torchfile_open_legacy(struct torchfile *file, enum pickle_names names,
                          struct error *err) MUST_USE;

/* Reads a storage of a zip unless it has been read. Errors: missing, damaged, too large. */
int torchfile_load_storage(struct torchfile *file, struct storage *storage,
                           struct error *err) MUST_USE;

#endif
