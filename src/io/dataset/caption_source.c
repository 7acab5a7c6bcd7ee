#include "io/dataset/caption_source.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "io/dataset/caption_folder.h"
#include "io/dataset/caption_tar.h"
#include "io/text/caption_reader.h"

enum { FIELDS_MAX = 16, FIELDS = 6, FIELD = 16, BLOCK = 64 };

struct field {
    const char *text;
    size_t length;
};

/* The first line's columns; at most FIELDS_MAX. */
static size_t split_line(const struct file_map *map, struct field out[FIELDS_MAX])
{
    const char *at = (const char *)map->data, *end = memchr(at, '\n', map->size);
    size_t count = 0;
    end = end ? end : at + map->size;
    for (const char *tab; at <= end && count < FIELDS_MAX; at = tab + 1) {
        tab = memchr(at, '\t', (size_t)(end - at));
        tab = tab ? tab : end;
        size_t length = (size_t)(tab - at);
        out[count++] = (struct field){at, length - (length > 0 && at[length - 1] == '\r')};
    }
    return count;
}

static bool is_column(const struct field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].length == strlen(name) && memcmp(fields[i].text, name, fields[i].length) == 0)
            return true;
    return false;
}

static bool is_number(const struct field *field)
{
    return field->length > 0 && strspn(field->text, "0123456789") >= field->length;
}

/* A line of bottom-up features: columns of base64 after tabs, JSON after the id, a number and
 * base64 after the id (Oscar), or names of such columns. */
static bool is_features(const struct file_map *map)
{
    struct field fields[FIELDS_MAX];
    size_t count = split_line(map, fields);
    const struct field *last = &fields[count - 1];
    bool word = !memchr(last->text, ' ', last->length);
    if (count > 1 && fields[1].length > 0 && fields[1].text[0] == '{')
        return true;
    if (count == 3 && is_number(&fields[1]) && word && last->length >= BLOCK)
        return true;
    if (is_column(fields, count, "num_boxes") && is_column(fields, count, "features"))
        return true;
    return count >= FIELDS && last->length > FIELD && word;
}

static bool is_text(const char *path)
{
    struct file_map map;
    struct caption_form form = {0};
    struct error ignored;
    if (file_map_open(path, &map, &ignored) != 0)
        return false;
    if (map.size > 0 && !is_features(&map))
        caption_form_find(map.data, map.size, &form);
    file_map_close(&map);
    return form.kind != CAPTIONS_LINES && form.kind != CAPTIONS_BINARY;
}

bool caption_source_is(const char *path)
{
    if (file_is_folder(path))
        return caption_folder_is(path);
    return caption_tar_is(path) || is_text(path);
}

static int read_one(struct caption_source *s, struct caption_reader *r, const char *path,
                    struct error *err)
{
    if (file_is_folder(path)) {
        r->out->form = (struct caption_form){.kind = CAPTIONS_FOLDER};
        return caption_folder_read(r, path, err);
    }
    if (caption_tar_is(path)) {
        r->out->form = (struct caption_form){.kind = CAPTIONS_TAR};
        return caption_tar_read(r, path, &s->photographs, err);
    }
    return caption_reader_text(r, path, err);
}

int caption_source_read(const struct caption_convert_spec *spec, struct caption_source *out,
                        struct error *err)
{
    struct caption_reader r;
    bool tar = false;
    *out = (struct caption_source){0};
    caption_reader_init(&r, spec->columns, &out->records);
    for (size_t i = 0; i < spec->count; i++)
        tar = tar || caption_tar_is(spec->paths[i]);
    int status = spec->unpack && !tar
                     ? error_at(err, spec->paths[0], -1, "is no tar file: omit --unpack")
                     : caption_unpack_open(&out->photographs, spec->unpack, err);
    for (size_t i = 0; status == 0 && i < spec->count; i++) {
        status = read_one(out, &r, spec->paths[i], err);
        if (i == 0)
            out->form = out->records.form;
    }
    if (status == 0 && out->records.count == 0)
        status = out->records.left_out.count > 0
                     ? error_set(err, "%s; there is no other caption",
                                 out->records.left_out.lines.items[0])
                     : error_at(err, spec->paths[0], -1, "holds no captions");
    caption_reader_done(&r);
    if (status != 0)
        caption_source_done(out);
    return status;
}

static bool is_wanted(const void *names, const char *name)
{
    return g_hash_table_contains((GHashTable *)names, name);
}

void caption_source_keep(struct caption_source *s, const bool *written)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = 0; i < s->records.images.count; i++)
        if (written[i])
            g_hash_table_add(names, s->records.images.items[i]);
    caption_unpack_keep(&s->photographs, is_wanted, names);
    g_hash_table_destroy(names);
}

void caption_source_done(struct caption_source *s)
{
    caption_records_done(&s->records);
    caption_unpack_done(&s->photographs);
}
