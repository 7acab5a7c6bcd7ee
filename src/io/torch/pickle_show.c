#include "io/torch/pickle_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "io/torch/pickle_numpy.h"

enum { MAX_TEXT = 1000, MAX_ITEMS = 12, MAX_DEPTH = 4 };

static void add_text(struct str *out, const char *text, size_t length)
{
    char *clean = utf8_clean(text, length < MAX_TEXT ? length : MAX_TEXT);
    str_add(out, clean);
    if (length > MAX_TEXT)
        str_add(out, "...");
    free(clean);
}

/* As Python shows it, which tells a float from an int. */
static void add_number(struct str *out, double number)
{
    size_t before = out->length;
    str_add_real(out, number);
    if (strspn(out->text + before, "-0123456789") == out->length - before)
        str_add(out, ".0");
}

static void add_global(struct str *out, const struct pickle_value *global)
{
    str_add(out, "<");
    if (global->kind == PICKLE_GLOBAL) {
        add_text(out, (const char *)global->global.module, global->global.module_size);
        str_add(out, ".");
        add_text(out, (const char *)global->global.name, global->global.name_size);
    } else {
        str_add(out, "object");
    }
    str_add(out, ">");
}

static void add_value(struct str *out, const struct pickle_value *value, int depth);

static void add_items(struct str *out, const struct pickle_value *value, int depth)
{
    static const char *const brackets[] = {
        [PICKLE_TUPLE] = "()", [PICKLE_LIST] = "[]", [PICKLE_DICT] = "{}"};
    const char *bracket = brackets[value->kind];
    size_t count = value->list.count, shown = count < MAX_ITEMS ? count : MAX_ITEMS;
    bool is_dict = value->kind == PICKLE_DICT;
    str_add_n(out, bracket, 1);
    for (size_t i = 0; i < shown; i++) {
        str_add(out, i == 0 ? "" : is_dict && i % 2 ? ": " : ", ");
        add_value(out, value->list.items[i], depth + 1);
    }
    if (shown < count)
        str_add(out, ", ...");
    str_add_n(out, bracket + 1, 1);
}

/* An enum's value is pickled as getattr(Class, "NAME"). */
static bool add_member(struct str *out, const struct pickle_value *value)
{
    static const char getter[] = "getattr";
    const struct pickle_value *callable = value->object.callable, *class = pickle_arg(value, 0);
    const char *name;
    size_t length;
    if (callable->kind != PICKLE_GLOBAL || callable->global.name_size != sizeof getter - 1 ||
        memcmp(callable->global.name, getter, sizeof getter - 1) != 0 || !class ||
        class->kind != PICKLE_GLOBAL || !pickle_text(pickle_arg(value, 1), &name, &length))
        return false;
    add_global(out, class);
    str_add(out, ".");
    add_text(out, name, length);
    return true;
}

/* A numpy number is shown as Python's would be, any other object by its class. */
static void add_object(struct str *out, const struct pickle_value *value)
{
    double number;
    int64_t whole;
    if (pickle_numpy_integer(value, &whole))
        str_addf(out, "%lld", (long long)whole);
    else if (pickle_numpy_number(value, &number))
        add_number(out, number);
    else if (!add_member(out, value))
        add_global(out, value->object.callable);
}

static void add_value(struct str *out, const struct pickle_value *value, int depth)
{
    switch (value->kind) {
    case PICKLE_NONE:
        return str_add(out, "None");
    case PICKLE_BOOL:
        return str_add(out, value->integer ? "True" : "False");
    case PICKLE_INT:
        return str_addf(out, "%lld", (long long)value->integer);
    case PICKLE_FLOAT:
        return add_number(out, value->number);
    case PICKLE_TEXT:
    case PICKLE_BYTES:
        return add_text(out, (const char *)value->bytes.data, value->bytes.size);
    case PICKLE_BIG:
        return str_addf(out, "<a number of %zu bytes>", value->bytes.size);
    case PICKLE_GLOBAL:
        return add_global(out, value);
    case PICKLE_TUPLE:
    case PICKLE_LIST:
    case PICKLE_DICT:
        return depth < MAX_DEPTH ? add_items(out, value, depth) : str_add(out, "...");
    case PICKLE_OBJECT:
        return add_object(out, value);
    case PICKLE_PERSISTENT:
        return str_add(out, "<storage>");
    }
}

void pickle_show_value(struct str *out, const struct pickle_value *value)
{
    add_value(out, value, 0);
}
