#include "inspect/inspect_outline.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/text/json_scan.h"

enum { LOADED = 1 << 26 }; /* bytes of the largest file that is parsed again for its error */

/* The depth that a value is in: the top, one of its values, an element of that, a field of it. */
enum { TOP, VALUE, ELEMENT, FIELD };

struct walk {
    struct json_scan scan;
    struct outline *out;
    struct str name; /* the last key of the top object */
    bool is_split, is_sentences;
};

static struct outline_entry *current(struct walk *w)
{
    struct outline *o = w->out;
    return o->count > 0 && o->count <= OUTLINE_ENTRIES ? &o->entries[o->count - 1] : NULL;
}

static enum outline_kind kind_of(const struct walk *w, enum json_token token)
{
    if (token == JSON_SCAN_OPEN)
        return w->scan.brackets[w->scan.depth - 1] == '{' ? OUTLINE_OBJECT : OUTLINE_LIST;
    return token == JSON_SCAN_STRING   ? OUTLINE_TEXT
           : token == JSON_SCAN_NUMBER ? OUTLINE_NUMBER
                                       : OUTLINE_WORD;
}

static void take_key(struct walk *w)
{
    struct outline_entry *e = current(w);
    const char *key = str_text(&w->scan.text);
    int depth = w->scan.depth;
    if (depth == VALUE) {
        str_clear(&w->name);
        str_add(&w->name, key);
    }
    bool first =
        e && (depth == ELEMENT || (depth == FIELD && e->count == 1 && e->kind == OUTLINE_LIST));
    if (first && e->keys.count < OUTLINE_KEYS)
        str_list_add(&e->keys, mem_strdup(key));
    if (depth == FIELD) {
        w->is_split = strcmp(key, "split") == 0;
        w->is_sentences = strcmp(key, "sentences") == 0;
    }
}

static void count_split(struct outline *o, const char *name)
{
    size_t i = 0;
    while (i < o->split_count && strcmp(o->splits[i].name, name) != 0)
        i++;
    if (i == OUTLINE_SPLITS)
        return;
    if (i == o->split_count)
        o->splits[o->split_count++].name = mem_strdup(name);
    o->splits[i].count++;
}

static void take_entry(struct walk *w, enum outline_kind kind)
{
    struct outline *o = w->out;
    o->of_kind[kind]++;
    if (o->count++ >= OUTLINE_ENTRIES)
        return;
    bool bracket = kind == OUTLINE_OBJECT || kind == OUTLINE_LIST;
    o->entries[o->entry_count++] = (struct outline_entry){
        .name = o->kind == OUTLINE_OBJECT ? mem_strdup(str_text(&w->name)) : NULL,
        .kind = kind,
        .text = bracket ? NULL : mem_strdup(str_text(&w->scan.text)),
    };
}

static void take_value(struct walk *w, enum json_token token)
{
    struct outline *o = w->out;
    struct outline_entry *e = current(w);
    enum outline_kind kind = kind_of(w, token);
    int depth = w->scan.depth - (token == JSON_SCAN_OPEN);
    if (depth == TOP && o->roots++ == 0)
        o->kind = kind;
    else if (depth == VALUE && o->roots == 1)
        take_entry(w, kind);
    else if (depth == ELEMENT && e && o->roots == 1)
        e->count++;
    else if (depth == FIELD && w->is_split && kind == OUTLINE_TEXT)
        count_split(o, str_text(&w->scan.text));
    else if (depth == FIELD + 1 && w->is_sentences)
        o->sentences++;
    o->numbers += depth == ELEMENT && kind == OUTLINE_NUMBER;
}

/* The parser's reason, with line and column, if the file is not too large for that. */
static int not_json(const char *path, const struct file_map *map, size_t at, struct error *err)
{
    json_error_t why;
    json_t *root =
        map->size <= LOADED ? json_loadb((const char *)map->data, map->size, 0, &why) : NULL;
    if (root || map->size > LOADED) {
        json_decref(root);
        return error_at(err, path, (int64_t)at, "is not JSON, or more than 64 levels deep");
    }
    return error_at(err, path, -1, "line %d, column %d: %s", why.line, why.column, why.text);
}

int outline_read(const char *path, const struct file_map *map, struct outline *out,
                 struct error *err)
{
    struct walk w = {.out = out};
    enum json_token token = JSON_SCAN_BAD;
    *out = (struct outline){0};
    if (json_scan_begin(&w.scan, path, map->data, map->size, err) != 0)
        return -1;
    while ((token = json_scan_next(&w.scan)) != JSON_SCAN_END && token != JSON_SCAN_BAD) {
        if (token == JSON_SCAN_KEY)
            take_key(&w);
        else if (token != JSON_SCAN_CLOSE)
            take_value(&w, token);
    }
    int status = token == JSON_SCAN_END ? 0 : not_json(path, map, w.scan.bytes.at, err);
    str_done(&w.name);
    str_done(&w.scan.text);
    return status;
}

void outline_done(struct outline *outline)
{
    for (size_t i = 0; i < outline->entry_count; i++) {
        free(outline->entries[i].name);
        free(outline->entries[i].text);
        str_list_done(&outline->entries[i].keys);
    }
    for (size_t i = 0; i < outline->split_count; i++)
        free(outline->splits[i].name);
    *outline = (struct outline){0};
}

const struct outline_entry *outline_find(const struct outline *outline, const char *name,
                                         enum outline_kind kind)
{
    for (size_t i = 0; i < outline->entry_count; i++) {
        const struct outline_entry *e = &outline->entries[i];
        if (e->kind == kind && e->name && strcmp(e->name, name) == 0)
            return e;
    }
    return NULL;
}

bool outline_has(const struct outline_entry *entry, const char *key)
{
    for (size_t i = 0; entry && i < entry->keys.count; i++)
        if (strcmp(entry->keys.items[i], key) == 0)
            return true;
    return false;
}
