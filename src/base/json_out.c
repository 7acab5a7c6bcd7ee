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

/* DBL_DECIMAL_DIG and FLT_DECIMAL_DIG digits. */
enum { REAL_DIGITS = 17, FLOAT_DIGITS = 9 };

static void add_number(struct str *text, double value, int digits)
{
    if (isfinite(value))
        str_addf(text, "%.*g", digits, value);
    else
        str_add(text, "null");
}

void json_out_real(struct json_out *out, const char *key, double value)
{
    begin_value(out, key);
    add_number(out->text, value, REAL_DIGITS);
}

void json_out_float(struct json_out *out, const char *key, float value)
{
    begin_value(out, key);
    add_number(out->text, (double)value, FLOAT_DIGITS);
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
        add_number(out->text, values[i], REAL_DIGITS);
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
        add_number(out->text, (double)values[i], FLOAT_DIGITS);
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

void json_out_tree_print(json_t *root, int indent)
{
    assert(root);
    json_dumpf(root, stdout, JSON_INDENT((size_t)indent));
    putchar('\n');
    json_decref(root);
}
