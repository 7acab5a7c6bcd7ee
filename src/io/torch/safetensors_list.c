/* safetensors_list.c: what a safetensors file holds, for `info`, in the form of torchfile_list. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "io/torch/safetensors.h"

enum { NAME_COLUMN = 40, SHOWN_VALUE = 400, SHOWN = 50000 };

static void add_name(struct str *out, const char *name)
{
    char *clean = utf8_clean(name, strlen(name));
    str_addf(out, "  %-*s  ", NAME_COLUMN, clean);
    free(clean);
}

static void list_entry(const struct safetensors_entry *e, struct str *out)
{
    add_name(out, e->name);
    str_add(out, array_elem_name(e->view.type));
    for (int i = 0; i < e->view.ndim; i++)
        str_addf(out, "%s%zu", i ? " x " : " ", e->view.shape[i]);
    str_add(out, e->view.ndim ? "\n" : " (one number)\n");
}

static void list_metadata(const json_t *metadata, struct str *out)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)metadata, key, value) {
        const char *text = json_string_value(value);
        size_t length = strlen(text);
        char *clean = utf8_clean(text, length < SHOWN_VALUE ? length : SHOWN_VALUE);
        add_name(out, key);
        str_addf(out, "%s%s\n", clean, length > SHOWN_VALUE ? "..." : "");
        free(clean);
    }
}

static void list_text(const struct safetensors *file, struct str *out)
{
    size_t count, numbers = 0;
    const struct safetensors_entry *entries = safetensors_entries(file, &count);
    for (size_t i = 0; i < count; i++)
        numbers += entries[i].view.count;
    str_addf(out, "%s: safetensors file, %zu arrays of %zu numbers in all\n",
             file_name(safetensors_path(file)), count, numbers);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        list_entry(&entries[i], out);
    str_add(out, count > SHOWN ? "  ... and more\n" : "");
    list_metadata(safetensors_metadata(file), out);
}

static json_t *tree_entry(const struct safetensors_entry *e)
{
    json_t *shape = json_array();
    for (int i = 0; i < e->view.ndim; i++)
        json_array_append_new(shape, json_integer((json_int_t)e->view.shape[i]));
    return json_pack("{s:s, s:s, s:o}", "name", e->name, "type", array_elem_name(e->view.type),
                     "shape", shape);
}

static void list_json(const struct safetensors *file, struct str *out)
{
    size_t count;
    const struct safetensors_entry *entries = safetensors_entries(file, &count);
    const char *path = safetensors_path(file);
    char *clean = utf8_clean(path, strlen(path)); /* jansson takes UTF-8 only */
    json_t *tensors = json_array(), *values = (json_t *)safetensors_metadata(file);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        json_array_append_new(tensors, tree_entry(&entries[i]));
    json_t *all =
        json_pack("{s:s, s:s, s:o, s:o}", "file", clean, "format", "safetensors", "tensors",
                  tensors, "values", values ? json_incref(values) : json_object());
    char *text = json_dumps(all, JSON_INDENT(2));
    str_addf(out, "%s\n", text);
    free(text);
    json_decref(all);
    free(clean);
}

void safetensors_list(const struct safetensors *file, bool json, struct str *out)
{
    json ? list_json(file, out) : list_text(file, out);
}
