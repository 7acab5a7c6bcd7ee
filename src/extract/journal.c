#include "extract/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "io/dataset/idmap.h"

/* The file: frames, each a frame_head and `size` bytes. The first holds a text that names extractor
 * and sizes; all others are an entry and the arrays of its record. Numbers are this machine's: the
 * file does not travel. */
struct frame_head {
    uint64_t magic, size, hash;
};

struct entry {
    char id[ID_SIZE];
    struct file_identity photo;
    int32_t width, height, has_classes, regions;
};

static const uint64_t frame_magic = 0x316a746378736373u; /* "scsxctj1" */

struct journal {
    char *path;
    int file;
    size_t regions, feature_size;
    struct idmap places; /* id -> index of offsets */
    uint64_t *offsets;
    size_t count, cap;
    uint64_t end;
};

static size_t entry_bytes(const struct journal *j, size_t regions, bool classes)
{
    size_t per_region = 4 * sizeof(float) + j->feature_size * sizeof(float) +
                        (classes ? sizeof(int32_t) + sizeof(float) : 0);
    return sizeof(struct entry) + regions * per_region;
}

/* ---- bytes ---- */

static int write_all(struct journal *j, const void *data, size_t size, struct error *err)
{
    const char *at = data;
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(j->file, at + done, size - done, (off_t)(j->end + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_errno(err, j->path, "write");
        done += (size_t)n;
    }
    j->end += size;
    return 0;
}

/* Appends a frame; a part that does not fit on the disk is taken back. */
static int append(struct journal *j, const void *data, size_t size, struct error *err)
{
    struct frame_head head = {frame_magic, size, hash_bytes(data, size, 0)};
    uint64_t before = j->end;
    if (write_all(j, &head, sizeof head, err) == 0 && write_all(j, data, size, err) == 0)
        return 0;
    j->end = before;
    if (ftruncate(j->file, (off_t)before) != 0)
        return -1;
    return -1;
}

static bool read_all(const struct journal *j, uint64_t at, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(j->file, (char *)data + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

/* The bytes of the frame at `at`, the caller's to free; NULL if it is damaged or of more than
 * `most`. */
static void *read_frame(const struct journal *j, uint64_t at, size_t most, size_t *size_out)
{
    struct frame_head head;
    if (!read_all(j, at, &head, sizeof head) || head.magic != frame_magic || head.size > most)
        return NULL;
    char *data = mem_try(head.size + 1, 1);
    if (data && read_all(j, at + sizeof head, data, head.size) &&
        hash_bytes(data, head.size, 0) == head.hash) {
        *size_out = head.size;
        return data;
    }
    free(data);
    return NULL;
}

/* ---- opening ---- */

static char *name_extractor(const struct record_hello *hello, size_t regions)
{
    struct str text = {0};
    struct json_out out = {.text = &text};
    json_out_open(&out, NULL, '{');
    json_out_text(&out, "extractor", hello->name);
    json_out_text(&out, "version", hello->version);
    json_out_text(&out, "weights", hello->weights);
    json_out_count(&out, "size", hello->feature_size);
    json_out_count(&out, "regions", regions);
    json_out_open(&out, "classes", '[');
    for (size_t i = 0; i < hello->classes.count; i++)
        json_out_text(&out, NULL, hello->classes.items[i]);
    json_out_close(&out, ']');
    json_out_close(&out, '}');
    return str_take(&text);
}

static void note_place(struct journal *j, const char *id, uint64_t offset)
{
    size_t at;
    if (idmap_find(&j->places, id, &at)) {
        j->offsets[at] = offset;
        return;
    }
    MEM_ROOM(j->offsets, j->count, j->cap);
    idmap_add(&j->places, id, j->count);
    j->offsets[j->count++] = offset;
}

/* Takes up the records that are there, up to the first that is not whole. */
static void take_up(struct journal *j)
{
    size_t size, most = entry_bytes(j, j->regions, true);
    struct entry *entry;
    while ((entry = read_frame(j, j->end, most, &size))) {
        bool whole = size >= sizeof *entry && memchr(entry->id, '\0', sizeof entry->id) &&
                     entry->regions > 0 && (size_t)entry->regions <= j->regions &&
                     size == entry_bytes(j, (size_t)entry->regions, entry->has_classes != 0);
        if (whole)
            note_place(j, entry->id, j->end);
        free(entry);
        if (!whole)
            return;
        j->end += sizeof(struct frame_head) + size;
    }
}

static int start(struct journal *j, const char *about, struct error *err)
{
    size_t size, length = strlen(about);
    char *there = read_frame(j, 0, 1 << 24, &size);
    struct stat info;
    if (!there) {
        if (fstat(j->file, &info) == 0 &&
            info.st_size > (off_t)(length + sizeof(struct frame_head)))
            return error_at(err, j->path, -1,
                            "is not the beginning of an extraction; remove it to start over");
        return ftruncate(j->file, 0) == 0 ? append(j, about, length, err)
                                          : error_errno(err, j->path, "empty");
    }
    bool same = size == length && memcmp(there, about, size) == 0;
    free(there);
    if (!same)
        return error_at(err, j->path, -1,
                        "was begun by another extractor, or with other weights, classes or "
                        "--regions; finish it with those, or remove it to start over");
    j->end = sizeof(struct frame_head) + size;
    take_up(j);
    return ftruncate(j->file, (off_t)j->end) == 0 ? 0 : error_errno(err, j->path, "shorten");
}

int journal_open(const char *path, const struct record_hello *hello, size_t regions,
                 struct journal **out, struct error *err)
{
    struct journal *j = mem_new(1, sizeof *j);
    *out = NULL;
    j->path = mem_strdup(path);
    j->regions = regions;
    j->feature_size = hello->feature_size;
    j->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    char *about = name_extractor(hello, regions);
    int status = j->file < 0 ? error_errno(err, path, "open") : 0;
    if (status == 0 && flock(j->file, LOCK_EX | LOCK_NB) != 0)
        status = error_at(err, path, -1, "another extraction is writing it");
    if (status == 0)
        status = start(j, about, err);
    free(about);
    if (status == 0)
        *out = j;
    else
        journal_close(j, true);
    return status;
}

void journal_close(struct journal *j, bool keep)
{
    if (!j)
        return;
    if (!keep || (j->count == 0 && j->end > 0))
        unlink(j->path);
    if (j->file >= 0)
        close(j->file);
    idmap_done(&j->places);
    free(j->offsets);
    free(j->path);
    free(j);
}

/* ---- records ---- */

size_t journal_count(const struct journal *j)
{
    return j->count;
}

static struct file_identity identity_of(const char *path)
{
    struct file_identity identity = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        identity = file_identity_of(file);
        close(file);
    }
    return identity;
}

bool journal_has(const struct journal *j, const char *id, const char *path)
{
    size_t at;
    struct entry entry;
    if (!idmap_find(&j->places, id, &at) ||
        !read_all(j, j->offsets[at] + sizeof(struct frame_head), &entry, sizeof entry))
        return false;
    struct file_identity now = identity_of(path);
    return strcmp(entry.id, id) == 0 && file_identity_equal(&entry.photo, &now);
}

/* The arrays of a record with their sizes, in the order of the file. */
static void parts_of(const struct record *r, void *parts[4], size_t sizes[4])
{
    parts[0] = r->boxes;
    parts[1] = r->features;
    parts[2] = r->classes;
    parts[3] = r->confidences;
    sizes[0] = r->regions * 4 * sizeof(float);
    sizes[1] = r->regions * r->feature_size * sizeof(float);
    sizes[2] = r->classes ? r->regions * sizeof(int32_t) : 0;
    sizes[3] = r->classes ? r->regions * sizeof(float) : 0;
}

int journal_add(struct journal *j, const char *id, const char *path, const struct record *record,
                struct error *err)
{
    size_t size = entry_bytes(j, record->regions, record->classes != NULL), sizes[4];
    char *data;
    void *parts[4];
    if (mem_alloc(&data, size, 1, "a record", err) != 0)
        return -1;
    struct entry entry = {.photo = identity_of(path),
                          .width = record->width,
                          .height = record->height,
                          .has_classes = record->classes != NULL,
                          .regions = (int32_t)record->regions};
    strncpy(entry.id, id, sizeof entry.id - 1);
    memcpy(data, &entry, sizeof entry);
    char *at = data + sizeof entry;
    parts_of(record, parts, sizes);
    for (int i = 0; i < 4; at += sizes[i++])
        if (sizes[i])
            memcpy(at, parts[i], sizes[i]);
    uint64_t offset = j->end;
    int status = append(j, data, size, err);
    if (status == 0)
        note_place(j, id, offset);
    free(data);
    return status;
}

int journal_read(const struct journal *j, const char *id, struct record *out, struct error *err)
{
    size_t at, size, sizes[4];
    void *parts[4];
    struct entry entry;
    *out = (struct record){0};
    char *data = idmap_find(&j->places, id, &at)
                     ? read_frame(j, j->offsets[at], entry_bytes(j, j->regions, true), &size)
                     : NULL;
    if (!data)
        return error_at(err, j->path, -1, "the record of %s cannot be read back", id);
    memcpy(&entry, data, sizeof entry); /* checked when it was taken up */
    *out = (struct record){.width = entry.width,
                           .height = entry.height,
                           .regions = (size_t)entry.regions,
                           .feature_size = j->feature_size};
    int status = record_reserve(out, entry.has_classes != 0, err);
    const char *from = data + sizeof entry;
    parts_of(out, parts, sizes);
    for (int i = 0; status == 0 && i < 4; from += sizes[i++])
        if (sizes[i])
            memcpy(parts[i], from, sizes[i]);
    if (status != 0)
        record_done(out);
    free(data);
    return status;
}
