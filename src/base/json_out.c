#include "base/json_out.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void add_quoted(struct str *text, const char *value)
{
    char *clean = utf8_clean(value, strlen(value));
    str_add(text, "\"");
    for (const char *c = clean; *c; c++) {
        if (*c == '"' || *c == '\\')
            str_add(text, "\\");
        str_add_n(text, c, 1);
    }
    str_add(text, "\"");
    free(clean);
}

/* What comes before a value: a comma, a line break on the outer levels, and the key. */
static void begin_value(struct json_out *out, const char *key)
{
    if (out->filled)
        str_add(out->text, ",");
    if (out->depth <= out->lines && out->depth > 0)
        str_addf(out->text, "\n%*s", 2 * out->depth, "");
    else if (out->filled)
        str_add(out->text, " ");
    out->filled = true;
    if (!key)
        return;
    add_quoted(out->text, key);
    str_add(out->text, ": ");
}

void json_out_open(struct json_out *out, const char *key, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    begin_value(out, key);
    str_add_n(out->text, &bracket, 1);
    out->filled = false;
    out->depth++;
}

void json_out_close(struct json_out *out, char bracket)
{
    assert(out->depth > 0 && (bracket == '}' || bracket == ']'));
    str_add_n(out->text, &bracket, 1);
    out->filled = true;
    out->depth--;
}

void json_out_text(struct json_out *out, const char *key, const char *text)
{
    if (!text)
        return;
    begin_value(out, key);
    add_quoted(out->text, text);
}

void json_out_raw(struct json_out *out, const char *key, const char *json)
{
    begin_value(out, key);
    str_add(out->text, json);
}

static void add_real(struct str *text, double value)
{
    if (isfinite(value))
        str_add_real(text, value);
    else
        str_add(text, "null");
}

static void add_float(struct str *text, float value)
{
    if (isfinite(value))
        str_add_float(text, value);
    else
        str_add(text, "null");
}

void json_out_real(struct json_out *out, const char *key, double value)
{
    begin_value(out, key);
    add_real(out->text, value);
}

void json_out_float(struct json_out *out, const char *key, float value)
{
    begin_value(out, key);
    add_float(out->text, value);
}

void json_out_integer(struct json_out *out, const char *key, int64_t value)
{
    begin_value(out, key);
    str_addf(out->text, "%lld", (long long)value);
}

void json_out_count(struct json_out *out, const char *key, uint64_t value)
{
    begin_value(out, key);
    str_addf(out->text, "%llu", (unsigned long long)value);
}

void json_out_bool(struct json_out *out, const char *key, bool value)
{
    json_out_raw(out, key, value ? "true" : "false");
}

void json_out_reals(struct json_out *out, const char *key, const double *values, size_t count)
{
    if (!values)
        return;
    json_out_raw(out, key, "[");
    for (size_t i = 0; i < count; i++) {
        str_add(out->text, i ? ", " : "");
        add_real(out->text, values[i]);
    }
    str_add(out->text, "]");
}

void json_out_floats(struct json_out *out, const char *key, const float *values, size_t count)
{
    if (!values)
        return;
    json_out_raw(out, key, "[");
    for (size_t i = 0; i < count; i++) {
        str_add(out->text, i ? ", " : "");
        add_float(out->text, values[i]);
    }
    str_add(out->text, "]");
}

/* ---- trees ---- */

json_t *json_out_tree_text(const char *text)
{
    if (!text)
        return json_null();
    char *clean = utf8_clean(text, strlen(text));
    json_t *json = json_string(clean);
    free(clean);
    return json;
}

json_t *json_out_tree_texts(const struct str_list *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_out_tree_text(texts->items[i]));
    return list;
}

json_t *json_out_tree_real(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *json_out_tree_float(float number)
{
    struct str text = {0};
    if (!isfinite(number))
        return json_null();
    str_add_float(&text, number);
    json_t *json = json_real(strtod(text.text, NULL));
    str_done(&text);
    return json;
}

/* How a tree is laid out: blanks per level (0: all on one line), the level. */
struct layout {
    struct str *text;
    size_t indent, level;
};

static void add_tree(struct layout *layout, const json_t *json);

static void new_line(struct layout *layout)
{
    if (layout->indent)
        str_addf(layout->text, "\n%*s", (int)(layout->indent * layout->level), "");
}

/* The comma before all values but the first. */
static void begin_member(struct layout *layout, bool first)
{
    if (!first)
        str_add(layout->text, layout->indent ? "," : ", ");
    new_line(layout);
}

static void add_object(struct layout *layout, const json_t *json)
{
    const char *key;
    json_t *value;
    bool first = true;
    json_object_foreach ((json_t *)json, key, value) {
        begin_member(layout, first);
        add_quoted(layout->text, key);
        str_add(layout->text, ": ");
        add_tree(layout, value);
        first = false;
    }
}

static void add_array(struct layout *layout, const json_t *json)
{
    for (size_t i = 0; i < json_array_size(json); i++) {
        begin_member(layout, i == 0);
        add_tree(layout, json_array_get(json, i));
    }
}

static void add_nested(struct layout *layout, const json_t *json)
{
    bool object = json_is_object(json);
    str_add(layout->text, object ? "{" : "[");
    layout->level++;
    if (object)
        add_object(layout, json);
    else
        add_array(layout, json);
    layout->level--;
    if (object ? json_object_size(json) : json_array_size(json))
        new_line(layout);
    str_add(layout->text, object ? "}" : "]");
}

static void add_tree(struct layout *layout, const json_t *json)
{
    if (json_is_object(json) || json_is_array(json))
        add_nested(layout, json);
    else if (json_is_string(json))
        add_quoted(layout->text, json_string_value(json));
    else if (json_is_integer(json))
        str_addf(layout->text, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
    else if (json_is_real(json))
        add_real(layout->text, json_real_value(json));
    else
        str_add(layout->text, json_is_true(json) ? "true" : json_is_false(json) ? "false" : "null");
}

void json_out_tree_print(json_t *root, int indent)
{
    struct str text = {0};
    struct layout layout = {&text, (size_t)indent, 0};
    assert(root);
    add_tree(&layout, root);
    puts(text.text);
    str_done(&text);
    json_decref(root);
}
