/* torchfile_zip.c: the zip archive of PyTorch 1.6 and later: FOLDER/data.pkl, FOLDER/data/KEY for
 * each storage, and FOLDER/byteorder. libzip reads it from the mapped file and checks each member's
 * CRC.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/torch/torchfile_private.h"

enum { NAME_LIMIT = 512 };

static int zip_failed(const struct torchfile *file, const char *member, const char *reason,
                      struct error *err)
{
    return error_at(err, file->path, -1, "%s%s%s", member, *member ? ": " : "", reason);
}

/* The member's length, if it can be read. */
static int member_size(struct torchfile *file, zip_uint64_t index, const char *name,
                       size_t *size_out, struct error *err)
{
    zip_stat_t st;
    zip_uint64_t wanted = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(file->zip, index, 0, &st) != 0 || (st.valid & wanted) != wanted)
        return zip_failed(file, name, "the zip directory is damaged", err);
    if (st.comp_size > file->map.size)
        return zip_failed(file, name, "truncated: the member is larger than the file", err);
    if (st.comp_method == ZIP_CM_STORE && st.size != st.comp_size)
        return zip_failed(file, name, "the zip directory is damaged", err);
    *size_out = (size_t)st.size;
    return 0;
}

/* Reads a whole member of known size; at its end libzip compares the CRC. */
static int read_member(struct torchfile *file, zip_uint64_t index, const char *name, uint8_t *out,
                       size_t size, struct error *err)
{
    zip_file_t *member = zip_fopen_index(file->zip, index, 0);
    if (!member)
        return zip_failed(file, name, zip_strerror(file->zip), err);
    size_t done = 0;
    zip_int64_t n = 1;
    while (done < size && (n = zip_fread(member, out + done, size - done)) > 0)
        done += (size_t)n;
    uint8_t more;
    zip_int64_t end = done == size && n >= 0 ? zip_fread(member, &more, 1) : -1;
    int status = 0;
    if (end != 0)
        status = zip_failed(file, name,
                            n >= 0 && done < size ? "truncated" : zip_file_strerror(member), err);
    zip_fclose(member);
    return status;
}

/* Loads a member into new memory, which counts against the file's limit. */
static int load_member(struct torchfile *file, zip_uint64_t index, const char *name, uint8_t **out,
                       size_t *size_out, struct error *err)
{
    size_t size = 0;
    uint8_t *bytes;
    if (member_size(file, index, name, &size, err) != 0 ||
        torchfile_charge(file, name, size, 1, err) != 0 ||
        mem_alloc(&bytes, size, 1, name, err) != 0)
        return -1;
    if (read_member(file, index, name, bytes, size, err) != 0) {
        free(bytes);
        return -1;
    }
    *out = bytes;
    *size_out = size;
    return 0;
}

static int open_archive(struct torchfile *file, struct error *err)
{
    zip_error_t failure;
    zip_error_init(&failure);
    zip_source_t *source = zip_source_buffer_create(file->map.data, file->map.size, 0, &failure);
    if (source)
        file->zip = zip_open_from_source(source, ZIP_RDONLY, &failure);
    if (!file->zip) {
        error_at(err, file->path, -1, "is a damaged or truncated zip archive (%s)",
                 zip_error_strerror(&failure));
        zip_source_free(source);
    }
    zip_error_fini(&failure);
    return file->zip ? 0 : -1;
}

/* Finds the member FOLDER/data.pkl, and so the folder. */
static int find_pickle(struct torchfile *file, zip_uint64_t *index_out, struct error *err)
{
    zip_int64_t count = zip_get_num_entries(file->zip, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(file->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);
        const char *slash = name ? strchr(name, '/') : NULL;
        const char *base = slash ? slash + 1 : name;
        if (!name || strlen(name) > NAME_LIMIT || strcmp(base, "data.pkl") != 0)
            continue;
        file->folder = mem_strndup(name, (size_t)(base - name));
        *index_out = (zip_uint64_t)i;
        return 0;
    }
    return error_at(err, file->path, -1, "is a zip archive, but not PyTorch's: it has no data.pkl");
}

/* "big" in FOLDER/byteorder (PyTorch 2.1 and later); else little-endian. */
static bool is_big_endian(struct torchfile *file)
{
    char *name = mem_printf("%sbyteorder", file->folder);
    zip_int64_t index = zip_name_locate(file->zip, name, 0);
    free(name);
    char text[4] = "";
    zip_file_t *member = index < 0 ? NULL : zip_fopen_index(file->zip, (zip_uint64_t)index, 0);
    bool big = member && zip_fread(member, text, 3) == 3 && strcmp(text, "big") == 0;
    if (member)
        zip_fclose(member);
    return big;
}

static int locate_storage(struct torchfile *file, const struct storage *storage,
                          zip_uint64_t *index_out, char **name_out, struct error *err)
{
    if (storage->key_size > NAME_LIMIT)
        return error_at(err, file->path, -1, "has a storage name of %zu bytes", storage->key_size);
    char *name = mem_printf("%sdata/%.*s", file->folder, (int)storage->key_size, storage->key);
    zip_int64_t index = zip_name_locate(file->zip, name, 0);
    if (index < 0) {
        zip_failed(file, name, "the storage is not in the archive", err);
        free(name);
        return -1;
    }
    *index_out = (zip_uint64_t)index;
    *name_out = name;
    return 0;
}

/* Checks that a storage exists and is long enough. */
static int check_storage(struct torchfile *file, const struct storage *storage, struct error *err)
{
    zip_uint64_t index = 0;
    char *name;
    size_t size = 0, wanted;
    if (locate_storage(file, storage, &index, &name, err) != 0)
        return -1;
    int status = member_size(file, index, name, &size, err);
    if (status == 0 &&
        (!mem_mul(storage->count, array_elem_size(storage->type), &wanted) || size < wanted))
        status = error_at(err, file->path, -1, "%s holds %zu bytes, but %zu %s are announced", name,
                          size, storage->count, array_elem_name(storage->type));
    free(name);
    return status;
}

int torchfile_load_storage(struct torchfile *file, struct storage *storage, struct error *err)
{
    zip_uint64_t index = 0;
    char *name;
    size_t size = 0;
    if (storage->data)
        return 0;
    if (locate_storage(file, storage, &index, &name, err) != 0)
        return -1;
    int status = load_member(file, index, name, &storage->loaded, &size, err);
    storage->data = storage->loaded;
    free(name);
    return status;
}

int torchfile_open_zip(struct torchfile *file, enum pickle_names names, struct error *err)
{
    zip_uint64_t index = 0;
    size_t size = 0;
    file->format = "zip";
    if (open_archive(file, err) != 0 || find_pickle(file, &index, err) != 0)
        return -1;
    char *name = mem_printf("%s(%sdata.pkl)", file->path, file->folder);
    int status = load_member(file, index, "data.pkl", &file->pickle_bytes, &size, err);
    if (status == 0) {
        struct bytes in = {.data = file->pickle_bytes, .size = size};
        status = pickle_parse(&in, name, names, &file->pickle, err);
    }
    free(name);
    if (status != 0 || torchfile_collect_storages(file, err) != 0)
        return -1;
    file->swapped = is_big_endian(file);
    for (size_t i = 0; i < file->storage_count; i++)
        if (check_storage(file, &file->storages[i], err) != 0)
            return -1;
    return 0;
}
