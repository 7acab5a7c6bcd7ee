#include "io/dataset/caption_folder.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/photo_list.h"
#include "io/text/encoding.h"

enum { LARGEST = 1 << 20 }; /* bytes of a text */

static bool has_ending(const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);
    return n > e && strcasecmp(name + n - e, ending) == 0;
}

/* What a data folder that the photographs share has. */
static bool is_own(const char *name)
{
    static const char *const own[] = {"_ids.txt", "_caps.txt", "_cap_img.txt", "_class_names.txt"};
    for (size_t i = 0; i < COUNTOF(own); i++)
        if (str_ends_with(name, own[i]))
            return true;
    return false;
}

static bool is_text(const char *name)
{
    return name[0] != '.' && has_ending(name, ".txt");
}

static bool is_array(const char *name)
{
    return has_ending(name, ".npy") || has_ending(name, ".npz");
}

/* The path without its last ending; the caller's to free. */
static char *stem(const char *path)
{
    const char *dot = strrchr(file_name(path), '.');
    return mem_strndup(path, dot ? (size_t)(dot - path) : strlen(path));
}

/* Photographs' paths, with and without endings, to index + 1; the first of a name counts. Keys are
 * owned. */
static GHashTable *by_stem(const struct str_list *photographs)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, free, NULL);
    for (size_t i = 0; i < photographs->count; i++) {
        char *keys[] = {stem(photographs->items[i]), mem_strdup(photographs->items[i])};
        for (size_t k = 0; k < COUNTOF(keys); k++)
            if (g_hash_table_contains(table, keys[k]))
                free(keys[k]);
            else
                g_hash_table_insert(table, keys[k], GSIZE_TO_POINTER(i + 1));
    }
    return table;
}

static size_t photograph_of(GHashTable *table, const char *text)
{
    char *key = stem(text);
    size_t found = GPOINTER_TO_SIZE(g_hash_table_lookup(table, key));
    free(key);
    return found;
}

bool caption_folder_is(const char *folder)
{
    struct str_list texts = {0}, photographs = {0}, arrays = {0};
    bool listed = file_list_below(folder, is_text, &texts, NULL) == 0 && texts.count > 0 &&
                  file_list_below(folder, photo_list_is_photograph, &photographs, NULL) == 0 &&
                  file_list_below(folder, is_array, &arrays, NULL) == 0;
    GHashTable *table = by_stem(&photographs);
    bool found = false, others = false;
    for (size_t i = 0; listed && !found && i < texts.count; i++) {
        found = photograph_of(table, texts.items[i]) > 0;
        others = others || !is_own(texts.items[i]);
    }
    g_hash_table_destroy(table);
    bool is = found || (listed && others && photographs.count == 0 && arrays.count == 0);
    str_list_done(&texts);
    str_list_done(&photographs);
    str_list_done(&arrays);
    return is;
}

/* ---- texts ---- */

static void add_line(struct caption_reader *r, const char *image, const char *text, size_t n)
{
    char *line = mem_strndup(text, n);
    for (size_t i = 0; i < n; i++)
        if (line[i] == '\0')
            line[i] = ' ';
    r->place.line++;
    caption_reader_add(r, image, NULL, line);
    free(line);
}

void caption_folder_add_lines(struct caption_reader *r, const char *image, const char *name,
                              const void *data, size_t size)
{
    struct str text = {0};
    struct error err;
    r->blank_cells = false;
    caption_reader_file(r, name);
    if (encoding_to_utf8("its text", data, size, &text, &err) != 0) {
        caption_reader_bad(r, image, "%s", err.text);
        str_done(&text);
        return;
    }
    const char *at = str_text(&text), *end = at + text.length;
    if (text.length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (end > at && strchr(" \t\r\n", end[-1])) /* also a zero byte */
        end--;
    if (at == end)
        caption_reader_bad(r, image, "it has no caption");
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        add_line(r, image, at, (size_t)((stop ? stop : end) - at));
        at = stop ? stop + 1 : end;
    }
    str_done(&text);
}

static void add_file(struct caption_reader *r, const char *image, const char *path)
{
    struct file_map map;
    struct error err;
    caption_reader_file(r, path);
    if (file_map_any(path, &map, &err) != 0) {
        caption_reader_bad(r, image, "%s", err.text);
        return;
    }
    if (map.size > LARGEST)
        caption_reader_bad(r, image, "it is larger than a text of captions (1 MiB)");
    else
        caption_folder_add_lines(r, image, path, map.data, map.size);
    file_map_close(&map);
}

/* ---- the folder ---- */

/* Without photographs: NAME of NAME.txt. */
static void read_texts(struct caption_reader *r, const char *folder, const struct str_list *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *path = texts->items[i];
        if (is_own(path))
            continue;
        char *id = stem(file_name(path));
        caption_reader_file(r, path);
        if (caption_reader_image(r, id))
            add_file(r, id, path);
        free(id);
    }
    notes_add(&r->out->notes, "%s has no photographs: the names of its .txt files are the ids",
              folder);
}

static void read_pairs(struct caption_reader *r, const struct str_list *texts,
                       const struct str_list *all, const struct photo_list *list)
{
    GHashTable *known = by_stem(&list->paths), *there = by_stem(all);
    bool *good = mem_new(list->ids.count, sizeof *good);
    bool *described = mem_new(list->ids.count, sizeof *described);
    for (size_t i = 0; i < list->ids.count; i++) {
        caption_reader_file(r, list->paths.items[i]);
        good[i] = caption_reader_image(r, list->ids.items[i]);
    }
    for (size_t i = 0; i < texts->count; i++) {
        const char *path = texts->items[i];
        size_t found = photograph_of(known, path);
        if (found > 0)
            described[found - 1] = true;
        if (found > 0 && good[found - 1]) {
            add_file(r, list->ids.items[found - 1], path);
        } else if (found == 0 && !is_own(path)) {
            caption_reader_file(r, path);
            caption_reader_bad(r, NULL,
                               photograph_of(there, path)
                                   ? "its photograph is left out"
                                   : "there is no photograph of that name beside it");
        }
    }
    for (size_t i = 0; i < list->ids.count; i++)
        if (good[i] && !described[i]) {
            caption_reader_file(r, list->paths.items[i]);
            caption_reader_uncaptioned(r, list->ids.items[i],
                                       "there is no .txt of that name beside it");
        }
    free(good);
    free(described);
    g_hash_table_destroy(known);
    g_hash_table_destroy(there);
}

static int read_beside(struct caption_reader *r, const char *folder, const struct str_list *texts,
                       const struct str_list *all, struct error *err)
{
    struct photo_list list;
    int status = photo_list_open(&folder, 1, &list, err);
    for (size_t i = 0; status == 0 && i < list.refused.count; i++) {
        caption_reader_file(r, folder);
        caption_reader_bad(r, list.refused.items[i], "%s", list.reasons.items[i]);
    }
    if (status == 0)
        read_pairs(r, texts, all, &list);
    photo_list_done(&list);
    return status;
}

int caption_folder_read(struct caption_reader *r, const char *folder, struct error *err)
{
    struct str_list texts = {0}, photographs = {0};
    int status = file_list_below(folder, is_text, &texts, err) == 0
                     ? file_list_below(folder, photo_list_is_photograph, &photographs, err)
                     : -1;
    r->path = folder;
    if (status == 0 && photographs.count > 0)
        status = read_beside(r, folder, &texts, &photographs, err);
    else if (status == 0)
        read_texts(r, folder, &texts);
    str_list_done(&texts);
    str_list_done(&photographs);
    return status;
}
