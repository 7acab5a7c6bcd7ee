/* figure_file_read.c: a figure from its JSON. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/naming.h"
#include "figure/figure_file.h"
#include "figure/style.h"
#include "io/text/json_in.h"

enum {
    FORMAT = 1, /* of "scanscope_figure" */
    MAX_FILE = 256 << 20,
    MAX_REGIONS = 4096,
    MAX_SIDE = 1 << 24, /* pixels of a photograph's side */
};

/* The most entries of lists: no page shows more, and laying them out would take hours. */
static const struct {
    const char *key;
    size_t most;
} limits[] = {{"sets", 1024},     {"words", 4096}, {"results", 1024},
              {"captions", 1024}, {"plots", 256},  {"shown_regions", 4096},
              {"series", 256},    {"ticks", 4096}, {"notes", 256}};

/* A file being read: the place that errors name, and the owner of what is read. */
struct reader {
    const char *path, *photo_folder;
    struct figure_data *data;
    struct error *err;
    int max_side;
    size_t regions;  /* of the image of the set that is read */
    char place[128]; /* "sets[0].words[3]" */
};

static int wrong(struct reader *r, const char *key, const char *wanted)
{
    return error_at(r->err, r->path, -1, "%s%s%s: expected %s", r->place, r->place[0] ? "." : "",
                    key, wanted);
}

/* Enters "list[index]"; returns what `leave` takes. */
static size_t enter(struct reader *r, const char *key, size_t index)
{
    size_t length = strlen(r->place);
    snprintf(r->place + length, sizeof r->place - length, "%s%s[%zu]", length ? "." : "", key,
             index);
    return length;
}

static void leave(struct reader *r, size_t length)
{
    r->place[length] = '\0';
}

/* ---- values ---- */

static int get_text(struct reader *r, const json_t *object, const char *key, const char **out)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_string(value))
        return wrong(r, key, "a string");
    *out = figure_data_text(r->data, json_string_value(value));
    return 0;
}

static int get_float(struct reader *r, const json_t *object, const char *key, float *out)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_number(value) && !json_is_null(value))
        return wrong(r, key, "a number or null");
    *out = json_is_null(value) ? NAN : (float)json_number_value(value);
    return 0;
}

static int get_size(struct reader *r, const json_t *object, const char *key, size_t most,
                    size_t *out)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) > most)
        return wrong(r, key, "a non-negative integer that is not too large");
    *out = (size_t)json_integer_value(value);
    return 0;
}

static int get_bool(struct reader *r, const json_t *object, const char *key, bool *out)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_boolean(value))
        return wrong(r, key, "true or false");
    *out = json_is_true(value);
    return 0;
}

/* An array; NULL and count 0 if absent. */
static int get_array(struct reader *r, const json_t *object, const char *key, const json_t **out,
                     size_t *count_out)
{
    *out = json_object_get(object, key);
    *count_out = 0;
    if (!*out)
        return 0;
    if (!json_is_array(*out))
        return wrong(r, key, "a list");
    *count_out = json_array_size(*out);
    for (size_t i = 0; i < COUNTOF(limits); i++)
        if (strcmp(key, limits[i].key) == 0 && *count_out > limits[i].most)
            return error_at(r->err, r->path, -1,
                            "%s%s%s: %zu are too many: a figure has at most %zu", r->place,
                            r->place[0] ? "." : "", key, *count_out, limits[i].most);
    return 0;
}

static int get_numbers(struct reader *r, const json_t *object, const char *key, size_t count,
                       double **out)
{
    const json_t *array;
    size_t have;
    if (get_array(r, object, key, &array, &have) != 0)
        return -1;
    if (have != count)
        return error_at(r->err, r->path, -1, "%s.%s: expected %zu numbers, not %zu", r->place, key,
                        count, have);
    *out = figure_data_take(r->data, count, sizeof **out);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_number(value) && !json_is_null(value))
            return wrong(r, key, "a list of numbers");
        (*out)[i] = json_is_null(value) ? NAN : json_number_value(value);
    }
    return 0;
}

static int get_floats(struct reader *r, const json_t *object, const char *key, size_t count,
                      const float **out)
{
    double *numbers;
    if (get_numbers(r, object, key, count, &numbers) != 0)
        return -1;
    float *floats = figure_data_take(r->data, count, sizeof *floats);
    for (size_t i = 0; i < count; i++)
        floats[i] = (float)numbers[i];
    *out = floats;
    return 0;
}

/* A list of objects, each read by `read` into a zeroed element of `size` bytes; NULL on errors. */
static void *read_list(struct reader *r, const json_t *object, const char *key, size_t size,
                       int (*read)(struct reader *r, const json_t *json, void *item),
                       size_t *count_out)
{
    const json_t *array;
    if (get_array(r, object, key, &array, count_out) != 0)
        return NULL;
    char *items = figure_data_take(r->data, *count_out, size);
    for (size_t i = 0; i < *count_out; i++) {
        size_t back = enter(r, key, i);
        if (read(r, json_array_get(array, i), items + i * size) != 0)
            return NULL;
        leave(r, back);
    }
    return items;
}

/* ---- images ---- */

/* Finds and loads the photograph: from the folder given, else by its path from the file's folder,
 * else in that folder. */
static void find_photo(struct reader *r, struct figure_image *image)
{
    char *folder = file_folder(r->path), *beside = file_join(folder, file_name(image->path));
    char *there = file_join(folder, image->path);
    char *given = r->photo_folder ? file_join(r->photo_folder, file_name(image->path)) : NULL;
    const char *found = given ? given : !file_exists(there) && file_exists(beside) ? beside : there;
    image->path = figure_data_copy(r->data, found, strlen(found) + 1, 1);
    free(given);
    free(there);
    free(beside);
    free(folder);
    figure_data_photo(r->data, image, r->max_side);
}

/* Strings, null for a region without a name. */
static int read_names(struct reader *r, const json_t *image, struct figure_image *out)
{
    const json_t *array;
    size_t count;
    if (get_array(r, image, "names", &array, &count) != 0)
        return -1;
    if (count != out->regions)
        return wrong(r, "names", "a list with an entry for each region");
    const char **names = figure_data_take(r->data, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_string(value) && !json_is_null(value))
            return wrong(r, "names", "a list of strings");
        names[i] = figure_data_text(r->data, json_string_value(value));
    }
    out->names = names;
    return json_object_get(image, "confidences")
               ? get_floats(r, image, "confidences", out->regions, &out->confidences)
               : 0;
}

static int read_image(struct reader *r, const json_t *object, struct figure_image *out)
{
    const json_t *image = json_object_get(object, "image");
    size_t width = 0, height = 0;
    if (!image)
        return 0;
    if (!json_is_object(image))
        return wrong(r, "image", "an object");
    if (get_text(r, image, "id", &out->id) != 0 || get_text(r, image, "photo", &out->path) != 0 ||
        get_size(r, image, "width", MAX_SIDE, &width) != 0 ||
        get_size(r, image, "height", MAX_SIDE, &height) != 0 ||
        get_size(r, image, "regions", MAX_REGIONS, &out->regions) != 0)
        return -1;
    out->box_width = (int)width;
    out->box_height = (int)height;
    if (json_object_get(image, "boxes") &&
        get_floats(r, image, "boxes", 4 * out->regions, &out->boxes) != 0)
        return -1;
    if (json_object_get(image, "names") && read_names(r, image, out) != 0)
        return -1;
    if (out->path)
        find_photo(r, out);
    return 0;
}

/* ---- sets ---- */

static int read_word(struct reader *r, const json_t *json, void *item)
{
    struct figure_word *word = item;
    if (get_text(r, json, "text", &word->text) != 0 ||
        get_float(r, json, "similarity", &word->similarity) != 0 ||
        get_bool(r, json, "unknown", &word->unknown) != 0 ||
        get_float(r, json, "share", &word->share) != 0 ||
        get_float(r, json, "node", &word->node) != 0)
        return -1;
    if (!word->text)
        return wrong(r, "text", "a string");
    if (json_object_get(json, "share") && !json_object_get(json, "weights"))
        return 0;
    return get_floats(r, json, "weights", r->regions, &word->weights);
}

static int read_regions(struct reader *r, const json_t *json, struct figure_set *set)
{
    const json_t *array;
    if (get_array(r, json, "shown_regions", &array, &set->region_count) != 0)
        return -1;
    size_t *regions = figure_data_take(r->data, set->region_count, sizeof *regions);
    set->regions = regions;
    for (size_t i = 0; i < set->region_count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_integer(value) || json_integer_value(value) < 0 ||
            (uint64_t)json_integer_value(value) >= set->image.regions)
            return wrong(r, "shown_regions", "a list of regions of the image");
        regions[i] = (size_t)json_integer_value(value);
    }
    if (!json_object_get(json, "region_similarity"))
        return 0;
    return get_floats(r, json, "region_similarity", set->image.regions, &set->region_similarity);
}

static int read_result(struct reader *r, const json_t *json, void *item)
{
    struct figure_result *result = item;
    if (get_size(r, json, "rank", SIZE_MAX / 2, &result->rank) != 0 ||
        get_float(r, json, "score", &result->score) != 0 ||
        get_bool(r, json, "truth", &result->truth) != 0)
        return -1;
    return read_image(r, json, &result->image);
}

static int read_caption(struct reader *r, const json_t *json, void *item)
{
    struct figure_caption *caption = item;
    if (get_size(r, json, "rank", SIZE_MAX / 2, &caption->rank) != 0 ||
        get_float(r, json, "score", &caption->score) != 0 ||
        get_bool(r, json, "truth", &caption->truth) != 0 ||
        get_text(r, json, "text", &caption->text) != 0)
        return -1;
    return caption->text ? 0 : wrong(r, "text", "a string");
}

static int read_set(struct reader *r, const json_t *json, void *item)
{
    struct figure_set *set = item;
    set->has_score = json_object_get(json, "score") != NULL;
    if (get_text(r, json, "label", &set->label) != 0 ||
        get_text(r, json, "query", &set->query) != 0 ||
        get_float(r, json, "score", &set->score) != 0 ||
        get_size(r, json, "truth_rank", SIZE_MAX / 2, &set->truth_rank) != 0 ||
        get_size(r, json, "rank", SIZE_MAX / 2, &set->rank) != 0 ||
        get_size(r, json, "rank_of", SIZE_MAX / 2, &set->rank_of) != 0 ||
        get_text(r, json, "model_kind", &set->model_kind) != 0 ||
        get_text(r, json, "weights_are", &set->weights_are) != 0 ||
        get_text(r, json, "shares_are", &set->shares_are) != 0 ||
        get_text(r, json, "nodes_are", &set->nodes_are) != 0 ||
        get_float(r, json, "node", &set->node) != 0 || read_image(r, json, &set->image) != 0)
        return -1;
    r->regions = set->image.regions;
    set->words = read_list(r, json, "words", sizeof *set->words, read_word, &set->word_count);
    if (!set->words || read_regions(r, json, set) != 0)
        return -1;
    set->results =
        read_list(r, json, "results", sizeof *set->results, read_result, &set->result_count);
    if (!set->results)
        return -1;
    set->captions =
        read_list(r, json, "captions", sizeof *set->captions, read_caption, &set->caption_count);
    return set->captions ? 0 : -1;
}

/* ---- plots ---- */

static int read_series(struct reader *r, const json_t *json, void *item)
{
    struct figure_series *series = item;
    const json_t *array;
    double *x, *y;
    if (get_text(r, json, "name", &series->name) != 0 ||
        get_array(r, json, "x", &array, &series->count) != 0 ||
        get_numbers(r, json, "x", series->count, &x) != 0 ||
        get_numbers(r, json, "y", series->count, &y) != 0)
        return -1;
    series->x = x;
    series->y = y;
    return 0;
}

static int read_ticks(struct reader *r, const json_t *json, struct figure_plot *plot)
{
    const json_t *array;
    size_t count;
    if (get_array(r, json, "ticks", &array, &count) != 0 || !array)
        return array ? -1 : 0;
    if (plot->series_count == 0 || count != plot->series[0].count)
        return wrong(r, "ticks", "a string for each x of the first series");
    const char **ticks = figure_data_take(r->data, count, sizeof *ticks);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (!text)
            return wrong(r, "ticks", "a list of strings");
        ticks[i] = figure_data_text(r->data, text);
    }
    plot->ticks = ticks;
    return 0;
}

static int read_plot(struct reader *r, const json_t *json, void *item)
{
    struct figure_plot *plot = item;
    float top = 0;
    if (get_text(r, json, "title", &plot->title) != 0 ||
        get_text(r, json, "x_label", &plot->x_label) != 0 ||
        get_text(r, json, "y_label", &plot->y_label) != 0 ||
        get_bool(r, json, "bars", &plot->bars) != 0 ||
        get_bool(r, json, "log_x", &plot->log_x) != 0 || get_float(r, json, "y_top", &top) != 0)
        return -1;
    plot->y_top = (double)top;
    plot->series =
        read_list(r, json, "series", sizeof *plot->series, read_series, &plot->series_count);
    return plot->series ? read_ticks(r, json, plot) : -1;
}

/* ---- the figure ---- */

/* A field's value as text for figure_style_set, the caller's to free; NULL if it is of another
 * type. */
static char *style_value(const json_t *value)
{
    if (json_is_string(value))
        return mem_strdup(json_string_value(value));
    if (json_is_boolean(value))
        return mem_strdup(json_is_true(value) ? "true" : "false");
    return json_is_number(value) ? mem_printf("%.17g", json_number_value(value)) : NULL;
}

static int read_style(struct reader *r, json_t *root, struct figure_style *style)
{
    json_t *object = json_object_get(root, "style"), *value;
    const char *key;
    *style = (struct figure_style){0};
    json_object_foreach (object, key, value) {
        char *text = style_value(value);
        const char *kept = text ? figure_data_text(r->data, text) : NULL;
        free(text);
        if (!kept)
            return wrong(r, "style", "a string, number, true or false for each field");
        if (figure_style_set(style, key, kept, r->err) != 0)
            return error_prefix(r->err, r->path);
    }
    return 0;
}

static int read_kind(struct reader *r, const json_t *root)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    const json_t *version = json_object_get(root, "scanscope_figure");
    if (!version || !kind)
        return error_at(r->err, r->path, -1,
                        "is not a figure's data: it lacks the 'scanscope_figure' "
                        "and 'kind' that 'scanscope figure --save-data' writes");
    if (!json_is_integer(version) || json_integer_value(version) != FORMAT)
        return error_at(r->err, r->path, -1,
                        "is a figure's data of another version: 'scanscope_figure' must be %d",
                        FORMAT);
    if (figure_kind_named(kind, &r->data->figure.kind, r->err) != 0)
        return error_prefix(r->err, r->path);
    return 0;
}

static int read_info(struct reader *r, const json_t *root)
{
    struct figure_info *info = &r->data->figure.info;
    info->has_score = json_object_get(root, "score") != NULL;
    if (get_text(r, root, "caption", &info->caption) != 0 ||
        get_text(r, root, "model", &info->model) != 0 ||
        get_text(r, root, "version", &info->version) != 0)
        return -1;
    if (info->model && info->model[0] == '/') { /* as earlier versions wrote it */
        char *name = naming_file(info->model);
        info->model = figure_data_text(r->data, name);
        free(name);
    }
    return get_float(r, root, "score", &info->score);
}

static int read_notes(struct reader *r, const json_t *root)
{
    const json_t *array;
    size_t count;
    if (get_array(r, root, "notes", &array, &count) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        const char *line = json_string_value(json_array_get(array, i));
        if (!line)
            return wrong(r, "notes", "a list of strings");
        notes_add(figure_data_notes(r->data), "%s", line);
    }
    return 0;
}

static int read_contents(struct reader *r, const json_t *root)
{
    struct figure *f = &r->data->figure;
    if (read_info(r, root) != 0 || read_notes(r, root) != 0)
        return -1;
    f->sets = read_list(r, root, "sets", sizeof *f->sets, read_set, &f->set_count);
    if (!f->sets)
        return -1;
    f->plots = read_list(r, root, "plots", sizeof *f->plots, read_plot, &f->plot_count);
    return f->plots ? 0 : -1;
}

static json_t *parse(const char *path, struct error *err)
{
    struct file_map map;
    json_t *root = NULL;
    if (file_map_open(path, &map, err) != 0)
        return NULL;
    if (map.size > MAX_FILE)
        error_at(err, path, -1, "has %zu bytes; a figure's data has at most %d", map.size,
                 MAX_FILE);
    else if (json_in_parse(path, map.data, map.size, 0, &root, err) != 0)
        root = NULL;
    file_map_close(&map);
    return root;
}

int figure_load_json(const char *path, const char *photo_folder, struct figure_data *out,
                     struct figure_style *style, struct error *err)
{
    struct reader r = {.path = path, .photo_folder = photo_folder, .data = out, .err = err};
    json_t *root = parse(path, err);
    if (!root)
        return -1;
    int status = -1;
    if (read_kind(&r, root) == 0 && read_style(&r, root, style) == 0) {
        r.max_side = figure_photo_side(style);
        status = read_contents(&r, root);
    }
    json_decref(root);
    return status;
}
