#include <stdlib.h>
#include <string.h>

#include "io/torch/pickle_private.h"

static struct pickle_value *value_at(const struct pickle *pickle, size_t i)
{
    return &pickle->blocks[i / PICKLE_BLOCK][i % PICKLE_BLOCK];
}

void pickle_free(struct pickle *pickle)
{
    if (!pickle)
        return;
    for (size_t i = 0; i < pickle->count; i++) {
        struct pickle_value *value = value_at(pickle, i);
        if (value->owned)
            free((void *)value->bytes.data);
        if (value->kind == PICKLE_TUPLE || value->kind == PICKLE_LIST || value->kind == PICKLE_DICT)
            free(value->list.items);
    }
    for (size_t i = 0; i < pickle->count; i += PICKLE_BLOCK)
        free(pickle->blocks[i / PICKLE_BLOCK]);
    free(pickle->blocks);
    free(pickle);
}

const struct pickle_value *pickle_root(const struct pickle *pickle)
{
    return pickle->root;
}

const struct pickle_value *pickle_next(const struct pickle *pickle, enum pickle_kind kind,
                                       size_t *cursor)
{
    while (*cursor < pickle->count) {
        const struct pickle_value *value = value_at(pickle, (*cursor)++);
        if (value->kind == kind)
            return value;
    }
    return NULL;
}

bool pickle_text(const struct pickle_value *value, const char **text_out, size_t *length_out)
{
    if (!value || (value->kind != PICKLE_TEXT && value->kind != PICKLE_BYTES))
        return false;
    *text_out = (const char *)value->bytes.data;
    *length_out = value->bytes.size;
    return true;
}

bool pickle_text_is(const struct pickle_value *value, const char *text)
{
    const char *bytes;
    size_t length;
    return pickle_text(value, &bytes, &length) && length == strlen(text) &&
           memcmp(bytes, text, length) == 0;
}

const struct pickle_value *pickle_entries(const struct pickle_value *value)
{
    if (value && value->kind == PICKLE_OBJECT)
        value = value->object.items;
    return value && value->kind == PICKLE_DICT ? value : NULL;
}

const struct pickle_value *pickle_fields(const struct pickle_value *value)
{
    const struct pickle_value *entries = pickle_entries(value);
    if ((entries && entries->list.count > 0) || !value || value->kind != PICKLE_OBJECT)
        return entries;
    const struct pickle_value *state = pickle_entries(value->object.state);
    return state ? state : entries;
}

const struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key)
{
    dict = pickle_entries(dict);
    if (!dict)
        return NULL;
    for (size_t i = dict->list.count; i >= 2; i -= 2)
        if (pickle_text_is(dict->list.items[i - 2], key))
            return dict->list.items[i - 1];
    return NULL;
}

size_t pickle_count(const struct pickle_value *value)
{
    bool has_items = value && (value->kind == PICKLE_TUPLE || value->kind == PICKLE_LIST);
    return has_items ? value->list.count : 0;
}

const struct pickle_value *pickle_item(const struct pickle_value *value, size_t i)
{
    return i < pickle_count(value) ? value->list.items[i] : NULL;
}

bool pickle_size(const struct pickle_value *value, size_t *out)
{
    if (!value || value->kind != PICKLE_INT || value->integer < 0)
        return false;
    *out = (size_t)value->integer;
    return true;
}

bool pickle_is_global(const struct pickle_value *value, enum pickle_role role)
{
    return value && value->kind == PICKLE_GLOBAL && value->global.known &&
           value->global.known->role == role;
}

bool pickle_is_object(const struct pickle_value *value, enum pickle_role role)
{
    return value && value->kind == PICKLE_OBJECT && pickle_is_global(value->object.callable, role);
}

const struct pickle_value *pickle_arg(const struct pickle_value *object, size_t i)
{
    return object && object->kind == PICKLE_OBJECT ? pickle_item(object->object.args, i) : NULL;
}
