/* caption_json.c: captions in JSON: an object per line, or a document with lists of objects
 * (Karpathy's, COCO's) or from images' names to lists of captions. A document is scanned; only its
 * entries are ever in memory, one at a time. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/text/caption_reader.h"
#include "io/text/json_scan.h"

enum { SHOWN = 300, LARGEST_SINGLE = 1 << 20 };

struct json_reader {
    struct caption_reader *reader;
    struct str keys;           /* of the first object without captions, for the error */
    GHashTable *names;         /* COCO's "images": an image's id to its file_name; both owned */
    bool by_number;            /* captions are of images by "image_id" */
    bool found;                /* an object had captions */
    size_t first, first_image; /* of the records, what was there before */
    const char *image;         /* of all captions, whatever they say; NULL: what they say */
};

/* An error at the present place. */
static int fail(const struct json_reader *j, struct error *err, const char *what, const char *name)
{
    char *place = caption_records_place(j->reader->out, &j->reader->place);
    error_set(err, "%s: %s%s", place, what, name);
    free(place);
    return -1;
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

/* A caption, or a list of captions. */
static void add_value(struct json_reader *j, const char *image, const char *split, const char *key,
                      json_t *value)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < n; i++) {
        const char *text = sentence_text(json_is_array(value) ? json_array_get(value, i) : value);
        if (text)
            caption_reader_add(j->reader, image, split, text);
        else
            caption_reader_bad(j->reader, image, "%.40s is neither a text nor a list of texts",
                               key);
    }
    if (n == 0)
        caption_reader_bad(j->reader, image, "%.40s is an empty list", key);
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

/* COCO's images are listed apart from their captions. False: it is not one. */
static bool keep_name(struct json_reader *j, json_t *object)
{
    char number[24];
    const char *id = name_of(json_object_get(object, "id"), number);
    const char *name = json_string_value(json_object_get(object, "file_name"));
    if (id && name)
        g_hash_table_replace(j->names, g_strdup(id), g_strdup(name));
    return id && name;
}

/* An object without captions: one of COCO's images, something else (a licence), or, if it names an
 * image, a bad record. */
static void add_captionless(struct json_reader *j, json_t *object, const char *image,
                            bool names_image)
{
    keep_keys(j, object);
    if (!j->image && !keep_name(j, object) && names_image)
        caption_reader_bad(j->reader, image, "it has no caption");
}

/* The captions under all keys that say so: one, or several that are numbered. *found_out: there are
 * some. */
static int add_found(struct json_reader *j, json_t *object, const char *image, const char *split,
                     bool *found_out, struct error *err)
{
    const char *key, *before = NULL;
    json_t *value;
    json_object_foreach (object, key, value) {
        if (caption_form_caption_tier(key) < 0)
            continue;
        if (before && !(caption_reader_is_numbered(key) && caption_reader_is_numbered(before)))
            return fail(j, err,
                        "several keys hold captions; say which to take with --columns "
                        "IMAGE,CAPTION; one is ",
                        key);
        add_value(j, image, split, key, value);
        before = key;
    }
    *found_out = before != NULL;
    return 0;
}

/* The keys that --columns names. */
static void add_named(struct json_reader *j, json_t *object, const char *split)
{
    char *list = mem_strdup(j->reader->columns), *rest = list, *key, number[24];
    const char *image = j->image, *missing = NULL;
    bool found = false;
    for (size_t i = 0; (key = strsep(&rest, ",")); i++) {
        json_t *value = json_object_get(object, key);
        if (i == 0 && (j->image || strcmp(key, "-") == 0))
            continue;
        if (!value)
            missing = key;
        else if (i == 0)
            image = name_of(value, number);
        else
            add_value(j, image, split, key, value);
        found = found || value;
    }
    j->found = j->found || (found && !missing);
    if (missing)
        keep_keys(j, object);
    if (missing && found)
        caption_reader_bad(j->reader, image, "it has no %.40s", missing);
    free(list);
}

static int add_object(struct json_reader *j, json_t *object, struct error *err)
{
    const char *key = NULL;
    char number[24];
    bool found = false;
    const char *split = json_string_value(json_object_get(object, "split"));
    if (j->reader->columns) {
        add_named(j, object, split);
        return 0;
    }
    if (!j->image && find_image(j, object, &key, err) != 0)
        return -1;
    const char *image = key ? name_of(json_object_get(object, key), number) : j->image;
    int tier = key ? caption_form_image_tier(key) : -1;
    if (add_found(j, object, image, split, &found, err) != 0)
        return -1;
    j->found = j->found || found;
    if (found)
        j->by_number = j->by_number || tier > 0;
    else
        add_captionless(j, object, image, tier == 0 || tier == 1);
    return 0;
}

static int parse_object(struct json_reader *j, const char *text, size_t n, struct error *err)
{
    json_error_t why;
    json_t *object = json_loadb(text, n, 0, &why);
    int status = 0;
    if (json_is_object(object))
        status = add_object(j, object, err);
    else
        caption_reader_bad(j->reader, NULL, "it is not a JSON object (%.100s)",
                           object ? "something else" : why.text);
    json_decref(object);
    return status;
}

/* ---- the whole ---- */

/* COCO's captions name images by numbers; if the file has names for them, those are taken. */
static void rename_images(struct json_reader *j)
{
    struct caption_records *out = j->reader->out;
    size_t named = 0, listed = g_hash_table_size(j->names), fresh = 0;
    for (size_t i = j->first_image; i < out->images.count; i++) {
        fresh++;
        named += g_hash_table_lookup(j->names, out->images.items[i]) != NULL;
    }
    if (!j->by_number || named == 0)
        return;
    if (listed > named)
        notes_add(&out->notes, "images that the file lists without captions: %zu; they are omitted",
                  listed - named);
    caption_reader_rename(j->reader, j->first, j->first_image, j->names);
}

/* Without any object that has captions, the keys are the question. */
static int finish(struct json_reader *j, int status, struct error *err)
{
    const struct caption_records *out = j->reader->out;
    if (status == 0 && out->count == j->first && !j->found)
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
                                .first = r->out->count,
                                .first_image = r->out->images.count,
                                .names =
                                    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
}

int caption_reader_json_lines(struct caption_reader *r, struct bytes *b, struct error *err)
{
    struct json_reader j = start(r);
    int status = 0;
    while (status == 0 && bytes_left(b) > 0) {
        size_t n;
        const char *text = caption_reader_line(b, &n);
        r->place.line++;
        while (n > 0 && strchr(" \t\r", text[n - 1]) && text[n - 1])
            n--;
        if (n > 0)
            status = parse_object(&j, text, n, err);
    }
    return finish(&j, status, err);
}

void caption_reader_json_object(struct caption_reader *r, const char *image, const char *text,
                                size_t n)
{
    struct json_reader j = start(r);
    struct error err;
    size_t bad = r->out->left_out.count;
    j.image = image;
    if (parse_object(&j, text, n, &err) != 0)
        caption_reader_bad(r, image, "%s", err.text);
    else if (r->out->count == j.first && r->out->left_out.count == bad)
        caption_reader_bad(r, image, "it has no caption among its keys: %s", str_text(&j.keys));
    g_hash_table_destroy(j.names);
    str_done(&j.keys);
}

/* ---- documents ---- */

/* Goes on to the end of the object that was just opened, and takes it. Its end is missing: false.
 */
static bool take_entry(struct json_reader *j, struct json_scan *s, int *status, struct error *err)
{
    int outside = s->depth - 1;
    size_t from = s->bytes.at - 1;
    enum json_token token = JSON_SCAN_OPEN;
    while (s->depth > outside && token != JSON_SCAN_BAD && token != JSON_SCAN_END)
        token = json_scan_next(s);
    j->reader->place.at = (int64_t)from;
    if (s->depth > outside)
        return false;
    *status = parse_object(j, (const char *)s->bytes.data + from, s->bytes.at - from, err);
    return true;
}

/* Whether a token may be in an object of texts and lists of them, other than a text. */
static bool is_of_map(const struct json_scan *s, enum json_token token)
{
    if (token == JSON_SCAN_OPEN)
        return s->brackets[s->depth - 1] == (s->depth == 1 ? '{' : '[') && s->depth <= 2;
    return token == JSON_SCAN_CLOSE || (token == JSON_SCAN_KEY && s->depth == 1);
}

/* A text in an object of lists of captions, or of captions (under images' names, and not itself
 * one: then it would be a table of names). */
static bool is_mapped(const struct json_scan *s, enum json_token token, const struct str *image)
{
    if (token != JSON_SCAN_STRING || s->depth != 1)
        return token == JSON_SCAN_STRING && s->depth == 2;
    return caption_form_is_image(str_text(image), image->length) &&
           !caption_form_is_image(str_text(&s->text), s->text.length);
}

static bool is_entry(const struct json_scan *s, enum json_token token)
{
    return token == JSON_SCAN_OPEN && s->depth >= 2 && s->brackets[s->depth - 1] == '{' &&
           s->brackets[s->depth - 2] == '[';
}

/* Entries are the objects of the outermost lists. `mapped`: the lists are of captions, under their
 * images' names. */
static int read_document(struct json_reader *j, struct bytes bytes, bool mapped, struct error *err)
{
    struct json_scan s = {.bytes = bytes};
    struct str image = {0};
    enum json_token token;
    int status = 0;
    bool whole = true;
    while (status == 0 && whole && (token = json_scan_next(&s)) != JSON_SCAN_END) {
        j->reader->place.at = (int64_t)s.bytes.at;
        if (token == JSON_SCAN_BAD) {
            whole = false;
        } else if (token == JSON_SCAN_KEY && s.depth == 1) {
            str_clear(&image);
            str_add(&image, str_text(&s.text));
        } else if (mapped && is_mapped(&s, token, &image)) {
            caption_reader_add(j->reader, str_text(&image), NULL, str_text(&s.text));
        } else if (mapped && !is_of_map(&s, token)) {
            status = fail(j, err, "no captions", "");
        } else if (!mapped && is_entry(&s, token)) {
            whole = take_entry(j, &s, &status, err);
        }
    }
    bool captions = j->reader->out->count > j->first;
    if (status == 0 && !whole && !captions)
        status = fail(j, err, "not JSON, or cut off", "");
    else if (!whole)
        caption_reader_bad(j->reader, NULL, "not JSON, or cut off: all from here on");
    str_done(&s.text);
    str_done(&image);
    return status;
}

/* One object, such as JSON lines with a single line. */
static int read_single(struct json_reader *j, const struct bytes *b, struct error *err)
{
    j->reader->place.at = 0;
    return bytes_left(b) <= LARGEST_SINGLE
               ? parse_object(j, (const char *)b->data + b->at, bytes_left(b), err)
               : 0;
}

int caption_reader_json(struct caption_reader *r, struct bytes *b, struct error *err)
{
    struct json_reader j = start(r);
    struct error ignored;
    size_t bad = r->out->left_out.count;
    int status = read_document(&j, *b, false, err);
    bool none = r->out->count == j.first && r->out->left_out.count == bad && j.keys.length == 0;
    if (none && !r->columns && read_document(&j, *b, true, &ignored) == 0)
        status = 0;
    else if (none && status == 0)
        status = read_single(&j, b, err);
    return finish(&j, status, err);
}
