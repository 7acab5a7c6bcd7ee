/* torchfile_describe.c: everything a torch file holds, by path. The walk is the same for text and
 * JSON; a table of two functions says what to do with an entry. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/torch/pickle_numpy.h"
#include "io/torch/pickle_show.h"
#include "io/torch/torchfile.h"

enum { MAX_ENTRIES = 50000, MAX_VISITS = 1000000, MAX_DEPTH = 64, NAME_COLUMN = 40 };

struct listing;

struct lister {
    void (*array)(struct listing *l, const struct array_view *view);
    void (*value)(struct listing *l, const struct pickle_value *value);
};

struct listing {
    const struct lister *lister;
    struct torchfile *file;
    struct str path;          /* of the entry */
    struct str lines;         /* text */
    json_t *tensors, *values; /* JSON */
    size_t entries, visits, arrays, numbers;
    struct error *err;
};

/* ---- the two ways of listing ---- */

static void text_name(struct listing *l)
{
    str_addf(&l->lines, "  %-*s  ", NAME_COLUMN, str_text(&l->path));
}

static void text_array(struct listing *l, const struct array_view *view)
{
    text_name(l);
    str_add(&l->lines, array_elem_name(view->type));
    for (int i = 0; i < view->ndim; i++)
        str_addf(&l->lines, "%s%zu", i ? " x " : " ", view->shape[i]);
    str_add(&l->lines, view->ndim ? "\n" : " (one number)\n");
}

static void text_value(struct listing *l, const struct pickle_value *value)
{
    text_name(l);
    pickle_show_value(&l->lines, value);
    str_add(&l->lines, "\n");
}

static void json_array_entry(struct listing *l, const struct array_view *view)
{
    json_t *shape = json_array();
    for (int i = 0; i < view->ndim; i++)
        json_array_append_new(shape, json_integer((json_int_t)view->shape[i]));
    json_array_append_new(l->tensors,
                          json_pack("{s:s, s:s, s:o}", "name", str_text(&l->path), "type",
                                    array_elem_name(view->type), "shape", shape));
}

static json_t *json_of(const struct pickle_value *value)
{
    double number;
    struct str text = {0};
    if (value->kind == PICKLE_NONE)
        return json_null();
    if (value->kind == PICKLE_BOOL)
        return json_boolean(value->integer);
    if (value->kind == PICKLE_INT)
        return json_integer(value->integer);
    if (pickle_numpy_number(value, &number))
        return isfinite(number) ? json_real(number) : json_null();
    pickle_show_value(&text, value);
    json_t *string = json_string(str_text(&text));
    str_done(&text);
    return string;
}

static void json_value_entry(struct listing *l, const struct pickle_value *value)
{
    json_object_set_new(l->values, str_text(&l->path), json_of(value));
}

static const struct lister text_lister = {text_array, text_value};
static const struct lister json_lister = {json_array_entry, json_value_entry};

/* ---- the walk ---- */

static int walk(struct listing *l, const struct pickle_value *value, int depth);

static int walk_child(struct listing *l, const struct pickle_value *key, size_t index,
                      const struct pickle_value *value, int depth)
{
    size_t length = l->path.length;
    if (key) {
        str_add(&l->path, length ? "." : "");
        pickle_show_value(&l->path, key);
    } else {
        str_addf(&l->path, "[%zu]", index);
    }
    int status = walk(l, value, depth + 1);
    l->path.length = length;
    l->path.text[length] = '\0';
    return status;
}

static int walk_items(struct listing *l, const struct pickle_value *value, int depth)
{
    bool is_dict = value->kind == PICKLE_DICT;
    for (size_t i = 0; i < value->list.count; i += is_dict ? 2 : 1) {
        const struct pickle_value *key = is_dict ? value->list.items[i] : NULL;
        if (walk_child(l, key, i, value->list.items[is_dict ? i + 1 : i], depth) != 0)
            return -1;
    }
    return 0;
}

static bool is_plain(const struct pickle_value *value)
{
    return value->kind <= PICKLE_BYTES;
}

/* Whether to descend: a dict with entries, a list of more than plain numbers and texts. What is
 * looked at counts as visited: one long list may be in the file ten thousand times. */
static bool is_branch(struct listing *l, const struct pickle_value *value)
{
    if (value->kind == PICKLE_DICT)
        return value->list.count > 0;
    for (size_t i = 0; i < pickle_count(value) && l->visits++ <= MAX_VISITS; i++)
        if (!is_plain(value->list.items[i]))
            return true;
    return false;
}

static bool has_fields(const struct pickle_value *value)
{
    return value->kind == PICKLE_OBJECT && value->object.state &&
           value->object.state->kind == PICKLE_DICT;
}

/* A Namespace shows its fields; any other object its class, then its fields. */
static int walk_object(struct listing *l, const struct pickle_value *value, int depth)
{
    if (!pickle_is_object(value, PICKLE_ROLE_NAMESPACE)) {
        l->lister->value(l, value);
        l->entries++;
    }
    return has_fields(value) ? walk_items(l, value->object.state, depth) : 0;
}

static int walk(struct listing *l, const struct pickle_value *value, int depth)
{
    struct array_view view;
    if (++l->visits > MAX_VISITS || l->entries >= MAX_ENTRIES || depth > MAX_DEPTH)
        return 0;
    int is_array = torchfile_array(l->file, value, str_text(&l->path), false, &view, l->err);
    if (is_array < 0)
        return -1;
    if (is_array == 1) {
        l->lister->array(l, &view);
        l->arrays++;
        l->entries++;
        l->numbers += view.count;
        return 0;
    }
    if (is_branch(l, value))
        return walk_items(l, value, depth);
    if (value->kind == PICKLE_OBJECT)
        return walk_object(l, value, depth);
    l->lister->value(l, value);
    l->entries++;
    return 0;
}

static void finish_text(struct listing *l, struct str *out)
{
    str_addf(out, "%s: PyTorch file (%s), %zu arrays of %zu numbers in all\n",
             file_name(torchfile_path(l->file)), torchfile_format(l->file), l->arrays, l->numbers);
    str_add(out, str_text(&l->lines));
    if (l->entries >= MAX_ENTRIES || l->visits > MAX_VISITS)
        str_add(out, "  ... and more\n");
}

static void finish_json(struct listing *l, struct str *out)
{
    const char *path = torchfile_path(l->file);
    char *clean = utf8_clean(path, strlen(path)); /* jansson takes UTF-8 only */
    json_t *all = json_pack("{s:s, s:s, s:O, s:O}", "file", clean, "format",
                            torchfile_format(l->file), "tensors", l->tensors, "values", l->values);
    char *text = json_dumps(all, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    str_addf(out, "%s\n", text);
    free(text);
    json_decref(all);
    free(clean);
}

int torchfile_list(struct torchfile *file, bool json, struct str *out, struct error *err)
{
    struct listing l = {.lister = json ? &json_lister : &text_lister, .file = file, .err = err};
    l.tensors = json_array();
    l.values = json_object();
    int status = walk(&l, torchfile_root(file), 0);
    if (status == 0)
        json ? finish_json(&l, out) : finish_text(&l, out);
    json_decref(l.tensors);
    json_decref(l.values);
    str_done(&l.path);
    str_done(&l.lines);
    return status;
}

int torchfile_describe(const char *path, bool json, struct str *out, struct error *err)
{
    struct torchfile *file;
    if (torchfile_open(path, TORCHFILE_LIST, &file, err) != 0)
        return -1;
    int status = torchfile_list(file, json, out, err);
    torchfile_free(file);
    return status;
}
