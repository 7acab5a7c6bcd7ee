#include "io/dataset/caption_source.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "io/dataset/caption_folder.h"
#include "io/dataset/caption_tar.h"
#include "io/text/caption_reader.h"

enum { FEATURE_TABS = 5, FEATURE_FIELD = 16 };

/* A line of bottom-up features: columns of base64 after tabs, or of JSON after the id. */
static bool is_features(const struct file_map *map)
{
    const char *line = (const char *)map->data;
    const char *end = memchr(line, '\n', map->size);
    size_t n = end ? (size_t)(end - line) : map->size, tabs = 0, field = 0;
    for (size_t i = 0; i < n; i++)
        if (line[i] == '\t') {
            if (tabs++ == 0 && i + 1 < n && line[i + 1] == '{')
                return true;
            field = i + 1;
        }
    return tabs >= FEATURE_TABS && n - field > FEATURE_FIELD &&
           !memchr(line + field, ' ', n - field);
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
