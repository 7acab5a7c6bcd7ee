#include "io/torch/safetensors_checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/torch/checkpoint_private.h"

/* ---- tensors ---- */

/* Adds a copy of an entry's numbers to a group: float32, and exactly if that may lose something. */
static int load_tensor(const struct safetensors_entry *e, const char *name,
                       struct tensor_group *group, struct error *err)
{
    struct tensor *t;
    const struct array_view *v = &e->view;
    enum tensor_kind kind = array_elem_is_integer(v->type) ? TENSOR_INTEGERS
                            : v->type == ELEM_F64          ? TENSOR_DOUBLES
                                                           : TENSOR_FLOATS;
    if (checkpoint_tensor_add(group, name, kind, v->ndim, v->shape, &t, err) != 0)
        return -1;
    t->file_type = array_elem_name(v->type);
    if (!t->data && mem_alloc(&t->data, v->count, sizeof *t->data, name, err) != 0)
        return -1;
    array_floats(v, t->data);
    if (t->integers)
        array_integers(v, t->integers);
    if (t->doubles)
        array_doubles(v, t->doubles);
    return 0;
}

static const char extra_prefix[] = "scanscope.";

static int load_entry(const struct safetensors_entry *e, struct checkpoint *c, struct error *err)
{
    size_t n = sizeof extra_prefix - 1;
    if (strncmp(e->name, extra_prefix, n) == 0)
        return load_tensor(e, e->name + n, &c->extra, err);
    char *name = mem_strdup(e->name);
    checkpoint_plain_name(name);
    int status = load_tensor(e, name, &c->groups[0], err);
    free(name);
    return status;
}

static int load_tensors(const struct safetensors *file, struct checkpoint *c, struct error *err)
{
    size_t count;
    const struct safetensors_entry *entries = safetensors_entries(file, &count);
    for (size_t i = 0; i < count; i++)
        if (load_entry(&entries[i], c, err) != 0)
            return error_prefix(err, c->path);
    c->has_model = c->groups[0].count > 0;
    return checkpoint_sort_parts(c, err);
}

/* ---- metadata ---- */

/* Fields of the checkpoint itself, or of no meaning for it. */
static const char *const plain_keys[] = {"epoch", "Eiters", "best_rsum", "format", NULL};

/* Whether a text is a number as a program writes it: "007" and "1e" stay texts. */
static bool read_number(const char *text, double *out, bool *whole_out)
{
    char *end;
    const char *digits = text[0] == '-' ? text + 1 : text;
    bool leading = digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    *out = strtod(text, &end);
    *whole_out = strspn(digits, "0123456789") == strlen(digits);
    return digits[0] >= '0' && digits[0] <= '9' && !leading && *end == '\0' && isfinite(*out);
}

/* Texts have no type: the words of Python and JSON, and numbers, are taken for what they say. */
static void add_text_option(struct checkpoint *c, const char *name, const char *text)
{
    static const struct {
        const char *word;
        enum option_kind kind;
        double number;
    } words[] = {{"True", OPTION_BOOL, 1},  {"true", OPTION_BOOL, 1}, {"False", OPTION_BOOL, 0},
                 {"false", OPTION_BOOL, 0}, {"None", OPTION_NONE, 0}, {"null", OPTION_NONE, 0}};
    double number;
    bool whole;
    for (size_t i = 0; i < COUNTOF(words); i++)
        if (strcmp(words[i].word, text) == 0) {
            checkpoint_option_add(c, name, words[i].kind, words[i].number, NULL);
            return;
        }
    if (read_number(text, &number, &whole))
        checkpoint_option_add(c, name, whole ? OPTION_INT : OPTION_FLOAT, number, NULL);
    else
        checkpoint_option_add(c, name, OPTION_TEXT, 0, text);
}

static void add_option(struct checkpoint *c, const char *name, const json_t *value)
{
    if (json_is_null(value)) {
        checkpoint_option_add(c, name, OPTION_NONE, 0, NULL);
    } else if (json_is_boolean(value)) {
        checkpoint_option_add(c, name, OPTION_BOOL, json_is_true(value), NULL);
    } else if (json_is_number(value)) {
        enum option_kind kind = json_is_integer(value) ? OPTION_INT : OPTION_FLOAT;
        checkpoint_option_add(c, name, kind, json_number_value(value), NULL);
    } else if (json_is_string(value)) {
        checkpoint_option_add(c, name, OPTION_TEXT, 0, json_string_value(value));
    } else {
        char *text = json_dumps(value, JSON_ENCODE_ANY);
        checkpoint_option_add(c, name, OPTION_TEXT, 0, text);
        free(text);
    }
}

static bool same_option(const struct option *a, const struct option *b)
{
    return a->kind == b->kind && a->number == b->number &&
           (!a->text || !b->text || strcmp(a->text, b->text) == 0);
}

/* Checks the option that was added last against those before it. */
static int check_twice(struct checkpoint *c, struct error *err)
{
    const struct option *last = &c->options[c->option_count - 1];
    for (size_t i = 0; i + 1 < c->option_count; i++)
        if (strcmp(c->options[i].name, last->name) == 0 && !same_option(&c->options[i], last))
            return error_at(err, c->path, -1, "__metadata__ gives the option %s twice, differently",
                            last->name);
    return 0;
}

static int add_options(struct checkpoint *c, const char *key, const char *json, struct error *err)
{
    json_error_t where;
    const char *name;
    json_t *value, *root = json_loads(json, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(root)) {
        json_decref(root);
        return error_at(err, c->path, -1, "__metadata__: %s is not a JSON object of options%s%s",
                        key, root ? "" : ": ", root ? "" : where.text);
    }
    int status = 0;
    json_object_foreach (root, name, value) {
        add_option(c, name, value);
        status = status != 0 ? status : check_twice(c, err);
    }
    json_decref(root);
    return status;
}

static double number_in(const json_t *metadata, const char *key, double missing)
{
    double number;
    bool whole;
    const char *text = json_string_value(json_object_get(metadata, key));
    return text && read_number(text, &number, &whole) ? number : missing;
}

static int64_t whole_in(const json_t *metadata, const char *key)
{
    double number = number_in(metadata, key, -1);
    return number >= 0 && number <= 0x1p53 && number == floor(number) ? (int64_t)number : -1;
}

static int load_metadata(const json_t *metadata, struct checkpoint *c, struct error *err)
{
    const char *key;
    json_t *value;
    int status = 0;
    c->epoch = whole_in(metadata, "epoch");
    c->eiters = whole_in(metadata, "Eiters");
    c->best_rsum = number_in(metadata, "best_rsum", NAN);
    json_object_foreach ((json_t *)metadata, key, value) {
        const char *text = json_string_value(value);
        if (status != 0 || checkpoint_is_key(plain_keys, key))
            continue;
        if (checkpoint_is_key(checkpoint_option_keys, key)) {
            status = add_options(c, key, text, err);
        } else {
            add_text_option(c, key, text);
            status = check_twice(c, err);
        }
    }
    if (c->option_count > 0)
        c->options_key = "__metadata__";
    return status;
}

int safetensors_checkpoint_load(const struct safetensors *file, struct checkpoint **out,
                                struct error *err)
{
    struct checkpoint *c = checkpoint_new(1);
    c->path = mem_strdup(safetensors_path(file));
    c->format = "safetensors";
    *out = c;
    if (load_metadata(safetensors_metadata(file), c, err) == 0 && load_tensors(file, c, err) == 0)
        return 0;
    checkpoint_free(c);
    *out = NULL;
    return -1;
}
