#include "ui/work/saved.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/text/json_in.h"

struct saved {
    json_t *root;
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

int saved_load(const char *path, struct saved **out, struct error *err)
{
    struct file_map map;
    json_t *root;
    if (!file_exists(path))
        return error_at(err, path, -1, "is missing");
    if (file_map_open(path, &map, err) != 0)
        return -1;
    int status = json_in_parse(path, map.data, map.size, 0, &root, err);
    file_map_close(&map);
    if (status != 0)
        return -1;
    if (!json_is_array(json_object_get(root, "models"))) {
        json_decref(root);
        return error_at(err, path, -1, "is not a session of scanscope explore");
    }
    *out = mem_new(1, sizeof **out);
    (*out)->root = root;
    return 0;
}

void saved_free(struct saved *saved)
{
    if (!saved)
        return;
    json_decref(saved->root);
    free(saved);
}

size_t saved_sources(const struct saved *saved, struct source out[MODELS])
{
    const json_t *models = json_object_get(saved->root, "models");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(models) && count < MODELS; i++) {
        const json_t *model = json_array_get(models, i);
        struct source source = {.py3bytes = json_is_true(json_object_get(model, "py3bytes")),
                                .no_index = json_is_true(json_object_get(model, "no_index")),
                                .given_shared =
                                    json_is_true(json_object_get(model, "given_shared"))};
        for (int field = 0; field < SOURCE_FIELDS; field++)
            source_set(&source, (enum source_field)field,
                       text_of(model, source_name((enum source_field)field)));
        if (source.of[SOURCE_MODEL])
            out[count++] = source;
        else
            source_done(&source);
    }
    return count;
}

bool saved_is_of(const struct saved *saved, const struct source *sources, size_t count)
{
    struct source mine[MODELS];
    size_t n = saved_sources(saved, mine);
    bool same = n == count;
    for (size_t i = 0; i < n; i++) {
        same = same && source_same(&mine[i], &sources[i]);
        source_done(&mine[i]);
    }
    return same;
}

const char *saved_string(const struct saved *saved, const char *key)
{
    return text_of(saved->root, key);
}

ptrdiff_t saved_number(const struct saved *saved, const char *key, ptrdiff_t otherwise)
{
    const json_t *value = json_object_get(saved->root, key);
    return json_is_integer(value) ? (ptrdiff_t)json_integer_value(value) : otherwise;
}

bool saved_flag(const struct saved *saved, const char *key)
{
    return json_is_true(json_object_get(saved->root, key));
}

size_t saved_numbers(const struct saved *saved, const char *key, size_t **out)
{
    const json_t *array = json_object_get(saved->root, key);
    size_t n = json_array_size(array), count = 0;
    *out = mem_new(n, sizeof **out);
    for (size_t i = 0; i < n; i++) {
        json_int_t number = json_integer_value(json_array_get(array, i));
        if (number >= 0)
            (*out)[count++] = (size_t)number;
    }
    return count;
}
