#include "io/dataset/feature_source.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/mem.h"

char *feature_source_path(const char *folder, const char *split)
{
    char *name = mem_printf("%s_features.json", split), *path = file_join(folder, name);
    free(name);
    return path;
}

static size_t count_of(const json_t *root, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(root, key));
    return value > 0 ? (size_t)value : 0;
}

static int take(const char *path, const json_t *root, struct feature_source *out, struct error *err)
{
    out->extractor = mem_strdup(json_string_value(json_object_get(root, "extractor")));
    out->version = mem_strdup(json_string_value(json_object_get(root, "version")));
    out->weights = mem_strdup(json_string_value(json_object_get(root, "weights")));
    out->size = count_of(root, "size");
    out->regions = count_of(root, "regions");
    if (out->extractor && out->version && out->size > 0)
        return 0;
    return error_at(err, path, -1,
                    "does not name an extractor (\"extractor\", \"version\", \"size\"); remove it, "
                    "or extract again");
}

int feature_source_load(const char *path, struct feature_source *out, struct error *err)
{
    struct file_map map;
    json_error_t why;
    *out = (struct feature_source){0};
    if (!file_exists(path))
        return 0;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    json_t *root = json_loadb((const char *)map.data, map.size, JSON_REJECT_DUPLICATES, &why);
    int status = root ? take(path, root, out, err)
                      : error_at(err, path, -1, "line %d: is not JSON (%s)", why.line, why.text);
    json_decref(root);
    file_map_close(&map);
    if (status != 0)
        feature_source_done(out);
    return status;
}

int feature_source_save(const char *path, const struct feature_source *source, struct error *err)
{
    struct str text = {0};
    struct json_out out = {.text = &text, .lines = 1};
    json_out_open(&out, NULL, '{');
    json_out_text(&out, "extractor", source->extractor);
    json_out_text(&out, "version", source->version);
    json_out_text(&out, "weights", source->weights);
    json_out_count(&out, "size", source->size);
    json_out_count(&out, "regions", source->regions);
    json_out_close(&out, '}');
    str_add(&text, "\n");
    int status = file_write(path, text.text, text.length, err);
    str_done(&text);
    return status;
}

char *feature_source_name(const struct feature_source *s)
{
    if (!s->extractor)
        return NULL;
    return mem_printf("%s %s%s%s", s->extractor, s->version, s->weights ? ", weights " : "",
                      s->weights ? s->weights : "");
}

void feature_source_done(struct feature_source *source)
{
    free(source->extractor);
    free(source->version);
    free(source->weights);
    *source = (struct feature_source){0};
}
