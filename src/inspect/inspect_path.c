/* inspect_path.c: what kind of thing a path names, judged by its contents. */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/file.h"
#include "base/magic.h"
#include "base/str.h"
#include "inspect/inspect_private.h"
#include "io/array/npy.h"
#include "io/dataset/bottomup.h"
#include "io/text/vocab_pickle.h"

enum { SNIFF = 4096, TABLE_TABS = 5, SHOWN_MEMBERS = 4 };

static bool starts(const struct file_map *map, const char *magic, size_t n)
{
    return map->size >= n && memcmp(map->data, magic, n) == 0;
}

/* Whether it begins without control characters other than those of text. */
static bool is_text(const struct file_map *map)
{
    size_t n = map->size < SNIFF ? map->size : SNIFF;
    for (size_t i = 0; i < n; i++)
        if (map->data[i] < ' ' && !(map->data[i] >= '\t' && map->data[i] <= '\r'))
            return false;
    return true;
}

/* Of formats that are not read, too, which the reader then names. "BM" may begin any text. */
static bool is_image(const struct file_map *map)
{
    const struct magic *magic = magic_find(map->data, map->size);
    return magic && str_ends_with(magic->name, " image") && !(starts(map, "BM", 2) && is_text(map));
}

static bool is_json(const struct file_map *map)
{
    size_t i = map->size >= 3 && memcmp(map->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < map->size && strchr(" \t\r\n", map->data[i]) && map->data[i])
        i++;
    if (i >= map->size || map->data[i] != '[')
        return i < map->size && map->data[i] == '{';
    do /* a list, not "[/EN#...", a phrase of Flickr30K Entities */
        i++;
    while (i < map->size && strchr(" \t\r\n", map->data[i]) && map->data[i]);
    return i < map->size && map->data[i] && strchr("{[\"]-0123456789", map->data[i]);
}

/* A table of region features, by its first line. */
static bool is_table(const struct file_map *map)
{
    const char *line = (const char *)map->data, *end = memchr(line, '\n', map->size);
    size_t length = end ? (size_t)(end - line) : map->size;
    int tabs = 0;
    for (size_t i = 0; i < length && tabs < TABLE_TABS; i++)
        tabs += line[i] == '\t';
    return tabs == TABLE_TABS || bottomup_is_vinvl(line, length);
}

/* Any other archive: its members. 0 if it is a checkpoint, or not a zip file that opens. */
static int look_at_members(struct inspect_subject *s)
{
    int error;
    struct str names = {0};
    zip_t *zip = zip_open(s->path, ZIP_RDONLY, &error);
    zip_int64_t count = zip ? zip_get_num_entries(zip, 0) : 0;
    bool checkpoint = false;
    for (zip_int64_t i = 0; i < count && !checkpoint; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        checkpoint = name && str_ends_with(name, "data.pkl");
        if (name && i < SHOWN_MEMBERS)
            str_addf(&names, "%s%s", i ? ", " : "", name);
    }
    if (zip)
        zip_discard(zip);
    bool known = count > 0 && !checkpoint;
    if (known) {
        inspect_begin(s, "zip archive");
        inspect_count(s, "members", (size_t)count, "members; unpack it to use them");
        inspect_line(s, "first", "%s%s", str_text(&names), count > SHOWN_MEMBERS ? ", ..." : "");
    }
    str_done(&names);
    return known;
}

/* A zip file is an .npz, a checkpoint, a packed table, or holds other files. */
static int look_at_zip(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    struct str_list names;
    int arrays = npy_members(s->path, &names, err);
    bool some = names.count > 0;
    str_list_done(&names);
    if (arrays == 0 && some)
        return inspect_arrays(s, err);
    size_t tail = map->size < SNIFF ? map->size : SNIFF;
    if (memmem(map->data + map->size - tail, tail, ".tsv", 4))
        return inspect_bottomup(s, err);
    if (arrays == 0 && look_at_members(s))
        return 0;
    return arrays != 0 && str_ends_with(s->path, ".npz") ? -1 : inspect_torch(s, err);
}

static int look_at_file(struct inspect_subject *s, const struct file_map *map, struct error *err)
{
    if (map->size == 0)
        return error_at(err, s->path, -1, "is empty");
    if (starts(map, "\x93NUMPY", 6))
        return inspect_array(s, err);
    if (starts(map, "PK", 2))
        return look_at_zip(s, map, err);
    if (is_image(map))
        return inspect_image(s, err);
    if (vocab_pickle_is(map->data, map->size))
        return inspect_vocab(s, err);
    bool text = is_text(map);
    if (text && is_json(map))
        return inspect_captions(s, map->data, map->size) ? 0 : inspect_json(s, map, err);
    int known = (text ? inspect_text_kind : inspect_binary_kind)(s, map, err);
    if (known != 0)
        return known == 1 ? 0 : -1;
    if (inspect_captions(s, map->data, map->size))
        return 0;
    if (!text)
        return inspect_torch(s, err);
    return is_table(map) ? inspect_bottomup(s, err) : inspect_lines(s, err);
}

static int look(struct inspect_subject *s, struct error *err)
{
    struct file_map map;
    if (file_is_folder(s->path))
        return inspect_folder(s, err);
    if (file_map_any(s->path, &map, err) != 0)
        return -1;
    int status = look_at_file(s, &map, err);
    file_map_close(&map);
    return status;
}

void inspect_path(const char *path, const struct inspect_spec *spec, struct inspect_subject *out)
{
    *out = (struct inspect_subject){.path = path, .spec = *spec};
    out->failed = look(out, &out->error) != 0;
}

void inspect_done(struct inspect_subject *s)
{
    for (size_t i = 0; i < s->feature_count; i++) {
        struct inspect_features *f = &s->features[i];
        for (size_t c = 0; f->captions && c < f->caption_count; c++)
            free(f->captions[c]);
        free(f->captions);
        free(f->name);
    }
    free(s->features);
    vocab_free(s->vocab);
    inspect_field_done(&s->record);
    str_done(&s->text);
    *s = (struct inspect_subject){0};
}
