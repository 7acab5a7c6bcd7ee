#include "extract/journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "io/dataset/idmap.h"
#include "io/dataset/part_file.h"

/* The frames of the part file: an entry and the arrays of its record. The first names extractor and
 * sizes. */
struct entry {
    char id[ID_SIZE];
    struct file_identity photo;
    int32_t width, height, has_classes, regions;
};

struct journal {
    char *path;
    struct part_file *file;
    size_t regions, feature_size;
    struct idmap places; /* id -> index of offsets */
    uint64_t *offsets;
    size_t count, cap;
};

static size_t entry_bytes(const struct journal *j, size_t regions, bool classes)
{
    size_t per_region = 4 * sizeof(float) + j->feature_size * sizeof(float) +
                        (classes ? sizeof(int32_t) + sizeof(float) : 0);
    return sizeof(struct entry) + regions * per_region;
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
    uint64_t at;
    struct entry *entry;
    while ((entry = part_file_take(j->file, most, &size, &at))) {
        bool whole = size >= sizeof *entry && memchr(entry->id, '\0', sizeof entry->id) &&
                     entry->regions > 0 && (size_t)entry->regions <= j->regions &&
                     size == entry_bytes(j, (size_t)entry->regions, entry->has_classes != 0);
        if (whole)
            note_place(j, entry->id, at);
        else
            part_file_put_back(j->file, at);
        free(entry);
        if (!whole)
            return;
    }
}

static int open_file(struct journal *j, const char *about, struct error *err)
{
    enum part_state state;
    if (part_file_open(j->path, about, &j->file, &state, err) != 0)
        return -1;
    if (state == PART_OTHER)
        return error_at(err, j->path, -1,
                        "was begun by another extractor, or with other weights, classes or "
                        "--regions; finish it with those, or remove it to start over");
    take_up(j);
    return part_file_cut(j->file, err);
}

int journal_open(const char *path, const struct record_hello *hello, size_t regions,
                 struct journal **out, struct error *err)
{
    struct journal *j = mem_new(1, sizeof *j);
    j->path = mem_strdup(path);
    j->regions = regions;
    j->feature_size = hello->feature_size;
    char *about = name_extractor(hello, regions);
    int status = open_file(j, about, err);
    free(about);
    *out = status == 0 ? j : NULL;
    if (status != 0) {
        part_file_close(j->file, true);
        j->file = NULL;
        journal_close(j, true);
    }
    return status;
}

void journal_close(struct journal *j, bool keep)
{
    if (!j)
        return;
    part_file_close(j->file, keep && j->count > 0);
    idmap_done(&j->places);
    free(j->offsets);
    free(j->path);
    free(j);
}

/* ---- records ---- */

bool journal_has(const struct journal *j, const char *id, const char *path)
{
    size_t at;
    struct entry entry;
    if (!idmap_find(&j->places, id, &at) ||
        !part_file_peek(j->file, j->offsets[at], &entry, sizeof entry))
        return false;
    struct file_identity now = file_identity_at(path);
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
    struct entry entry = {.photo = file_identity_at(path),
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
    uint64_t offset;
    int status = part_file_add(j->file, data, size, &offset, err);
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
    char *data =
        idmap_find(&j->places, id, &at)
            ? part_file_read(j->file, j->offsets[at], entry_bytes(j, j->regions, true), &size)
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
