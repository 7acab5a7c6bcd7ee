/* npz.c: arrays inside a zip file. The directory is read here because a stored member's bytes are
 * used in place in the mapped file (libzip does not report where they are); deflated members go
 * through libzip, which checks their CRC. */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/bytes.h"
#include "base/magic.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy_private.h"

enum {
    END_SIZE = 22,
    LOCATOR_SIZE = 20,
    MAX_COMMENT = 0xffff,
    MAX_MEMBERS = 1 << 20,
    METHOD_STORED = 0,
    METHOD_DEFLATED = 8,
    FLAG_ENCRYPTED = 1,
    EXTRA_ZIP64 = 1,
    DEFLATE_RATIO = 1032, /* deflate's best */
};

static const uint32_t end_mark = 0x06054b50, end64_mark = 0x06064b50, locator_mark = 0x07064b50,
                      entry_mark = 0x02014b50, local_mark = 0x04034b50;

struct entry {
    const char *name; /* in the mapped file, not terminated */
    size_t name_length, index;
    uint16_t flags, method;
    uint64_t packed, size, offset;
};

struct directory {
    struct bytes bytes; /* at the next entry */
    uint64_t count, at, packed;
};

static bool mark_is(struct bytes *b, uint32_t wanted)
{
    uint32_t mark;
    return bytes_u32le(b, &mark) && mark == wanted;
}

static bool seek(struct bytes *b, uint64_t offset)
{
    b->at = 0;
    return offset <= b->size && bytes_take(b, (size_t)offset) != NULL;
}

/* The last end record; a comment of up to 64 KiB may follow it. */
static bool find_end(struct bytes *b, size_t *at_out)
{
    if (b->size < END_SIZE)
        return false;
    size_t lowest = b->size > END_SIZE + MAX_COMMENT ? b->size - END_SIZE - MAX_COMMENT : 0;
    for (size_t at = b->size - END_SIZE + 1; at-- > lowest;) {
        b->at = at;
        if (mark_is(b, end_mark)) {
            *at_out = at;
            return true;
        }
    }
    return false;
}

/* The zip64 end record, if its locator precedes the ordinary one. */
static bool read_end64(struct bytes *b, size_t end, uint64_t *count, uint64_t *offset)
{
    uint64_t record, size;
    b->at = end - LOCATOR_SIZE;
    return mark_is(b, locator_mark) && bytes_take(b, 4) && bytes_u64le(b, &record) &&
           seek(b, record) && mark_is(b, end64_mark) && bytes_take(b, 28) &&
           bytes_u64le(b, count) && bytes_u64le(b, &size) && bytes_u64le(b, offset);
}

static bool directory_open(const struct file_map *map, struct directory *out)
{
    struct bytes b = {.data = map->data, .size = map->size};
    uint16_t short_count;
    uint32_t size, short_offset;
    size_t end;
    if (!find_end(&b, &end) || !bytes_take(&b, 6) || !bytes_u16le(&b, &short_count) ||
        !bytes_u32le(&b, &size) || !bytes_u32le(&b, &short_offset))
        return false;
    uint64_t count = short_count, offset = short_offset;
    bool large = short_count == UINT16_MAX || size == UINT32_MAX || short_offset == UINT32_MAX;
    if (large && end >= LOCATOR_SIZE && !read_end64(&b, end, &count, &offset))
        return false;
    if (count > MAX_MEMBERS || !seek(&b, offset))
        return false;
    *out = (struct directory){.bytes = b, .count = count};
    return true;
}

/* The zip64 extra field holds the sizes of 4 GiB and more, only those that do not fit above, in
 * this order. */
static bool read_extra(struct bytes extra, struct entry *e)
{
    uint64_t *const fields[] = {&e->size, &e->packed, &e->offset};
    uint16_t id, length;
    while (bytes_u16le(&extra, &id) && bytes_u16le(&extra, &length)) {
        const uint8_t *data = bytes_take(&extra, length);
        struct bytes field = {.data = data, .size = length};
        if (!data)
            return false;
        for (size_t i = 0; id == EXTRA_ZIP64 && i < 3; i++)
            if (*fields[i] == UINT32_MAX && !bytes_u64le(&field, fields[i]))
                return false;
    }
    return true;
}

/* 1: an entry; 0: no more; -1: damaged. */
static int directory_next(struct directory *d, struct entry *e)
{
    struct bytes *b = &d->bytes;
    uint32_t packed, size, offset;
    uint16_t name_length, extra_length, comment_length;
    *e = (struct entry){.index = d->at};
    if (d->at++ == d->count)
        return 0;
    if (!mark_is(b, entry_mark) || !bytes_take(b, 4) || !bytes_u16le(b, &e->flags) ||
        !bytes_u16le(b, &e->method) || !bytes_take(b, 8) || !bytes_u32le(b, &packed) ||
        !bytes_u32le(b, &size) || !bytes_u16le(b, &name_length) || !bytes_u16le(b, &extra_length) ||
        !bytes_u16le(b, &comment_length) || !bytes_take(b, 8) || !bytes_u32le(b, &offset))
        return -1;
    e->name = (const char *)bytes_take(b, name_length);
    e->name_length = name_length;
    e->packed = packed, e->size = size, e->offset = offset;
    const uint8_t *extra = bytes_take(b, extra_length);
    bool whole = e->name && extra && bytes_take(b, comment_length);
    if (!whole || !read_extra((struct bytes){.data = extra, .size = extra_length}, e))
        return -1;
    /* Members that overlap could inflate the same bytes any number of times. */
    d->packed += e->packed < b->size ? e->packed : b->size;
    return d->packed <= b->size ? 1 : -1;
}

static bool ends_npy(const struct entry *e)
{
    return e->name_length > 4 && memcmp(e->name + e->name_length - 4, ".npy", 4) == 0;
}

static bool entry_is(const struct entry *e, const char *name)
{
    size_t n = strlen(name);
    if (e->name_length == n + 4 && ends_npy(e))
        return memcmp(e->name, name, n) == 0;
    return e->name_length == n && memcmp(e->name, name, n) == 0;
}

static int damaged(const char *path, struct error *err)
{
    return error_at(err, path, -1,
                    "is a damaged or truncated zip file (.npz); copy or download it again");
}

/* The requested member, or the only array. `names` lists all arrays, for the message. */
static int find_entry(const struct npy *array, const char *member, struct entry *out,
                      struct str *names, struct error *err)
{
    struct directory d;
    struct entry e;
    size_t found = 0;
    int more = directory_open(&array->map, &d) ? 1 : -1;
    while (more == 1 && (more = directory_next(&d, &e)) == 1) {
        if (!ends_npy(&e))
            continue;
        str_addf(names, "%s%.*s", names->length ? ", " : "", (int)e.name_length - 4, e.name);
        if (member ? entry_is(&e, member) && found == 0 : true) {
            *out = e;
            found++;
        }
    }
    if (more < 0)
        return damaged(array->path, err);
    if (found == 1)
        return 0;
    if (names->length == 0)
        return error_at(err, array->path, -1, "is a zip file without NumPy arrays (a checkpoint?)");
    if (member)
        return error_at(err, array->path, -1, "holds no array '%s', only: %.400s", member,
                        str_text(names));
    return error_at(err, array->path, -1, "holds %zu arrays (%.400s), not one", found,
                    str_text(names));
}

/* The bytes of a member as in the file. */
static const uint8_t *packed_bytes(const struct file_map *map, const struct entry *e)
{
    struct bytes b = {.data = map->data, .size = map->size};
    uint16_t name_length, extra_length;
    if (!seek(&b, e->offset) || !mark_is(&b, local_mark) || !bytes_take(&b, 22) ||
        !bytes_u16le(&b, &name_length) || !bytes_u16le(&b, &extra_length) ||
        !bytes_take(&b, name_length) || !bytes_take(&b, extra_length))
        return NULL;
    return bytes_take(&b, e->packed);
}

static zip_t *open_mapped_zip(const struct file_map *map)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(map->data, map->size, 0, &error);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (source && !zip)
        zip_source_free(source);
    zip_error_fini(&error);
    return zip;
}

static bool inflate_to(const struct file_map *map, const struct entry *e, uint8_t *out)
{
    zip_t *zip = open_mapped_zip(map);
    zip_file_t *file = zip ? zip_fopen_index(zip, e->index, 0) : NULL;
    uint64_t at = 0;
    zip_int64_t n = 1;
    while (file && n > 0 && at < e->size) {
        n = zip_fread(file, out + at, e->size - at);
        at += n > 0 ? (uint64_t)n : 0;
    }
    /* Reading past the last byte makes libzip check the CRC. */
    uint8_t beyond;
    bool whole = file && at == e->size && zip_fread(file, &beyond, 1) == 0;
    if (file)
        zip_fclose(file);
    if (zip)
        zip_discard(zip);
    return whole;
}

static int unpack(const struct entry *e, struct npy *array, struct error *err)
{
    if (e->method != METHOD_DEFLATED || (e->flags & FLAG_ENCRYPTED))
        return error_at(
            err, array->path, -1,
            "is encrypted or not compressed by deflate; save it again with numpy.savez");
    if (e->size / DEFLATE_RATIO > e->packed + 1)
        return error_at(err, array->path, -1, "declares more bytes than its packed ones can hold");
    if (mem_alloc(&array->unpacked, e->size, 1, array->path, err) != 0)
        return -1;
    if (!inflate_to(&array->map, e, array->unpacked))
        return damaged(array->path, err);
    array->data = array->unpacked;
    return 0;
}

int npz_locate(const char *member, struct npy *array, struct error *err)
{
    struct entry e = {0};
    struct str names = {0};
    int status = find_entry(array, member, &e, &names, err);
    str_done(&names);
    if (status != 0)
        return -1;
    char *path = mem_printf("%s(%.*s)", array->path, (int)e.name_length, e.name);
    free(array->path);
    array->path = path;
    array->data = packed_bytes(&array->map, &e);
    array->data_size = e.size;
    if (!array->data)
        return damaged(array->path, err);
    if (e.method == METHOD_STORED && !(e.flags & FLAG_ENCRYPTED))
        return e.packed == e.size ? 0 : damaged(array->path, err);
    return unpack(&e, array, err);
}

static int list_members(const struct file_map *map, const char *path, struct str_list *out,
                        struct error *err)
{
    struct directory d;
    struct entry e;
    int more = directory_open(map, &d) ? 1 : -1;
    while (more == 1 && (more = directory_next(&d, &e)) == 1)
        if (ends_npy(&e))
            str_list_add(out, mem_strndup(e.name, e.name_length - 4));
    return more < 0 ? damaged(path, err) : 0;
}

int npy_members_in(const uint8_t *bytes, size_t size, const char *path, struct str_list *out,
                   struct error *err)
{
    const struct file_map map = {.data = bytes, .size = size};
    *out = (struct str_list){0};
    if (list_members(&map, path, out, err) == 0)
        return 0;
    str_list_done(out);
    return -1;
}

int npy_members(const char *path, struct str_list *out, struct error *err)
{
    struct file_map map;
    *out = (struct str_list){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = magic_is(map.data, map.size, MAGIC_ZIP)
                     ? list_members(&map, path, out, err)
                     : error_at(err, path, -1, "is not a zip file (.npz)");
    file_map_close(&map);
    if (status != 0)
        str_list_done(out);
    return status;
}
