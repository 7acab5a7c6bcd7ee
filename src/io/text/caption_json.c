/* caption_json.c: captions in JSON: an object per line, or a document with lists of objects
 * (Karpathy's, COCO's) or from images' names to lists of captions. A document is scanned; only its
 * entries are ever in memory, one at a time. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/text/caption_records_private.h"
#include "io/text/json_scan.h"

enum { SHOWN = 300 };

struct json_reader {
    struct caption_reader *reader;
    size_t line;       /* of JSON lines; 0 in a document */
    int64_t at;        /* the entry's first byte in a document, else -1 */
    struct str keys;   /* of the first object without captions, for the error */
    GHashTable *names; /* COCO's "images": an image's id to its file_name; both owned */
    bool by_number;    /* captions are of images by "image_id" */
};

static int fail(const struct json_reader *j, struct error *err, const char *what, const char *name)
{
    if (j->line > 0)
        return error_at(err, j->reader->path, -1, "line %zu: %s%s", j->line, what, name);
    return error_at(err, j->reader->path, j->at, "%s%s", what, name);
}

/* ---- what an object says ---- */

/* A name: a text, or an integer in `number`; NULL if it is neither. */
static const char *name_of(json_t *value, char number[24])
{
    if (json_is_string(value))
        return json_string_value(value);
    if (!json_is_integer(value))
        return NULL;
    snprintf(number, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return number;
}

/* The text of a sentence that is an object, such as {"tokens": [...], "raw": "..."}. */
static const char *sentence_text(json_t *value)
{
    static const char *const keys[] = {"raw", "caption", "sentence", "text", "sent"};
    const char *text = json_string_value(value);
    for (size_t i = 0; !text && i < COUNTOF(keys); i++)
        text = json_string_value(json_object_get(value, keys[i]));
    return text;
}

/* The key that best names the image; *out NULL: none does. */
static int find_image(const struct json_reader *j, json_t *object, const char **out,
                      struct error *err)
{
    const char *key;
    json_t *value;
    int best = -1;
    bool two = false;
    *out = NULL;
    json_object_foreach (object, key, value) {
        int tier = caption_form_image_tier(key);
        char number[24];
        if (tier < 0 || !name_of(value, number) || (best >= 0 && tier > best))
            continue;
        two = tier == best;
        best = tier;
        *out = key;
    }
    return two ? fail(j, err,
                      "several keys name the image; say which to take with --columns "
                      "IMAGE,CAPTION; one is ",
                      *out)
               : 0;
}

static bool is_numbered(const char *key)
{
    size_t n = strlen(key);
    return n > 0 && key[n - 1] >= '0' && key[n - 1] <= '9';
}

/* A caption, or a list of captions. */
static int add_value(struct json_reader *j, const char *image, const char *split, const char *key,
                     json_t *value, struct error *err)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < n; i++) {
        const char *text = sentence_text(json_is_array(value) ? json_array_get(value, i) : value);
        if (!text)
            return fail(j, err, "neither a text nor a list of texts: ", key);
        caption_reader_add(j->reader, image, split, text);
    }
    return 0;
}

static void keep_keys(struct json_reader *j, json_t *object)
{
    const char *key;
    json_t *value;
    if (j->keys.length > 0)
        return;
    json_object_foreach (object, key, value) {
        if (j->keys.length < SHOWN)
            str_addf(&j->keys, "%s%.40s", j->keys.length ? ", " : "", key);
    }
}

/* COCO's images are listed apart from their captions. */
static void keep_name(struct json_reader *j, json_t *object)
{
    char number[24];
    const char *id = name_of(json_object_get(object, "id"), number);
    const char *name = json_string_value(json_object_get(object, "file_name"));
    if (id && name)
        g_hash_table_replace(j->names, g_strdup(id), g_strdup(name));
}

/* The captions under all keys that say so: one, or several that are numbered. */
static int add_found(struct json_reader *j, json_t *object, const char *image, const char *split,
                     struct error *err)
{
    const char *key, *before = NULL;
    json_t *value;
    json_object_foreach (object, key, value) {
        if (caption_form_caption_tier(key) < 0)
            continue;
        if (before && !(is_numbered(key) && is_numbered(before)))
            return fail(j, err,
                        "several keys hold captions; say which to take with --columns "
                        "IMAGE,CAPTION; one is ",
                        key);
        if (add_value(j, image, split, key, value, err) != 0)
            return -1;
        before = key;
    }
    if (!before) {
        keep_keys(j, object);
        keep_name(j, object);
    }
    return 0;
}

/* The keys that --columns names. */
static int add_named(struct json_reader *j, json_t *object, const char *split, struct error *err)
{
    char *list = mem_strdup(j->reader->columns), *rest = list, *key, number[24];
    const char *image = NULL;
    int status = 0;
    for (size_t i = 0; status == 0 && (key = strsep(&rest, ",")); i++) {
        json_t *value = json_object_get(object, key);
        if (i == 0 && strcmp(key, "-") == 0)
            continue;
        if (!value)
            keep_keys(j, object);
        else if (i == 0)
            image = name_of(value, number);
        else
            status = add_value(j, image, split, key, value, err);
    }
    free(list);
    return status;
}

static int add_object(struct json_reader *j, json_t *object, struct error *err)
{
    const char *key;
    char number[24];
    const char *split = json_string_value(json_object_get(object, "split"));
    if (j->reader->columns)
        return add_named(j, object, split, err);
    if (find_image(j, object, &key, err) != 0)
        return -1;
    const char *image = key ? name_of(json_object_get(object, key), number) : NULL;
    j->by_number = j->by_number || (key && caption_form_image_tier(key) > 0);
    return add_found(j, object, image, split, err);
}

static int parse_object(struct json_reader *j, const char *text, size_t n, struct error *err)
{
    json_error_t why;
    json_t *object = json_loadb(text, n, 0, &why);
    int status = json_is_object(object) ? add_object(j, object, err)
                                        : fail(j, err, "not a JSON object: ", why.text);
    json_decref(object);
    return status;
}

/* ---- the whole ---- */

/* COCO's captions name images by numbers; if all have file names, those are taken. */
static void rename_images(struct json_reader *j)
{
    struct str_list *images = &j->reader->out->images;
    for (size_t i = 0; i < images->count; i++)
        if (!j->by_number || !g_hash_table_lookup(j->names, images->items[i]))
            return;
    g_hash_table_remove_all(j->reader->images);
    for (size_t i = 0; i < images->count; i++)
        mem_replace(&images->items[i], g_hash_table_lookup(j->names, images->items[i]));
}

static int finish(struct json_reader *j, int status, struct error *err)
{
    if (status == 0 && j->reader->out->count == 0)
        status = error_at(err, j->reader->path, -1,
                          "has no captions%s%s; say where they are with --columns IMAGE,CAPTION",
                          j->keys.length ? " among its keys: " : "", str_text(&j->keys));
    if (status == 0)
        rename_images(j);
    g_hash_table_destroy(j->names);
    str_done(&j->keys);
    return status;
}

static struct json_reader start(struct caption_reader *r)
{
    return (struct json_reader){.reader = r,
                                .at = -1,
                                .names =
                                    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
}

int caption_reader_json_lines(struct caption_reader *r, struct bytes *b, struct error *err)
{
    struct json_reader j = start(r);
    int status = 0;
    while (status == 0 && bytes_left(b) > 0) {
        size_t n;
        const uint8_t *text = bytes_until(b, '\n', &n);
        if (!text) {
            n = bytes_left(b);
            text = bytes_take(b, n);
        }
        j.line++;
        while (n > 0 && strchr(" \t\r", text[n - 1]) && text[n - 1])
            n--;
        if (n > 0)
            status = parse_object(&j, (const char *)text, n, err);
    }
    return finish(&j, status, err);
}

/* ---- documents ---- */

/* Goes on to the end of the object that was just opened, and takes it. */
static int take_entry(struct json_reader *j, struct json_scan *s, struct error *err)
{
    int outside = s->depth - 1;
    size_t from = s->bytes.at - 1;
    enum json_token token = JSON_SCAN_OPEN;
    while (s->depth > outside && token != JSON_SCAN_BAD && token != JSON_SCAN_END)
        token = json_scan_next(s);
    j->at = (int64_t)from;
    if (s->depth > outside)
        return fail(j, err, "not JSON, or cut off", "");
    return parse_object(j, (const char *)s->bytes.data + from, s->bytes.at - from, err);
}

/* Whether a token may be in an object of lists, other than a text of a list. */
static bool is_of_map(const struct json_scan *s, enum json_token token)
{
    if (token == JSON_SCAN_OPEN)
        return s->brackets[s->depth - 1] == (s->depth == 1 ? '{' : '[') && s->depth <= 2;
    return token == JSON_SCAN_CLOSE || (token == JSON_SCAN_KEY && s->depth == 1);
}

/* Entries are the objects of the outermost lists. `mapped`: the lists are of captions, under their
 * images' names. */
static int read_document(struct json_reader *j, struct bytes bytes, bool mapped, struct error *err)
{
    struct json_scan s = {.bytes = bytes};
    struct str image = {0};
    enum json_token token;
    int status = 0;
    while (status == 0 && (token = json_scan_next(&s)) != JSON_SCAN_END) {
        j->at = (int64_t)s.bytes.at;
        if (token == JSON_SCAN_BAD) {
            status = fail(j, err, "not JSON, or cut off", "");
        } else if (token == JSON_SCAN_KEY && s.depth == 1) {
            str_clear(&image);
            str_add(&image, str_text(&s.text));
        } else if (mapped && token == JSON_SCAN_STRING && s.depth == 2) {
            caption_reader_add(j->reader, str_text(&image), NULL, str_text(&s.text));
        } else if (mapped && !is_of_map(&s, token)) {
            status = fail(j, err, "no captions", "");
        } else if (!mapped && token == JSON_SCAN_OPEN && s.depth >= 2 &&
                   s.brackets[s.depth - 1] == '{' && s.brackets[s.depth - 2] == '[') {
            status = take_entry(j, &s, err);
        }
    }
    str_done(&s.text);
    str_done(&image);
    return status;
}

int caption_reader_json(struct caption_reader *r, struct bytes *b, struct error *err)
{
    struct json_reader j = start(r);
    int status = read_document(&j, *b, false, err);
    if (status == 0 && r->out->count == 0 && j.keys.length == 0 && !r->columns)
        status = read_document(&j, *b, true, err);
    return finish(&j, status, err);
}
