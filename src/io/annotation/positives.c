#include "io/annotation/positives.h"

#include <ctype.h>
#include <glib.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ascending.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/text/captions.h"
#include "io/text/json_in.h"
#include "io/text/json_scan.h"

/* ---- ids ---- */

struct positives_ids {
    size_t images, captions;
    GHashTable *image_of, *caption_of; /* id -> number + 1 */
};

void positives_ids_free(struct positives_ids *ids)
{
    if (!ids)
        return;
    g_hash_table_destroy(ids->image_of);
    g_hash_table_destroy(ids->caption_of);
    free(ids);
}

static bool note_id(GHashTable *table, int64_t id, size_t number)
{
    gint64 *key = g_new(gint64, 1);
    *key = id;
    return g_hash_table_insert(table, key, GSIZE_TO_POINTER(number + 1));
}

static size_t find_id(GHashTable *table, int64_t id)
{
    gint64 key = id;
    return GPOINTER_TO_SIZE(g_hash_table_lookup(table, &key)) - 1; /* SIZE_MAX: not there */
}

/* A text of 1 to 18 digits as a number. */
static bool parse_digits(const char *text, size_t n, int64_t *out)
{
    *out = 0;
    if (n == 0 || n > 18)
        return false;
    for (size_t k = 0; k < n; k++) {
        if (!isdigit((unsigned char)text[k]))
            return false;
        *out = 10 * *out + (text[k] - '0');
    }
    return true;
}

/* The last run of digits before the ending. */
static bool number_in(const char *id, int64_t *out)
{
    const char *name = file_name(id), *dot = strrchr(name, '.');
    size_t end = dot ? (size_t)(dot - name) : strlen(name);
    while (end > 0 && !isdigit((unsigned char)name[end - 1]))
        end--;
    size_t first = end;
    while (first > 0 && isdigit((unsigned char)name[first - 1]))
        first--;
    return parse_digits(name + first, end - first, out);
}

static int note_images(struct positives_ids *ids, const struct dataset *data, struct error *err)
{
    for (size_t i = 0; i < data->images; i++) {
        int64_t id;
        if (!number_in(data->id[i], &id))
            return error_set(err,
                             "image %zu: its id '%s' has no number by which the annotation could "
                             "know it",
                             i, data->id[i]);
        if (!note_id(ids->image_of, id, i))
            return error_set(err, "image %zu: another image has the same id '%s'", i, data->id[i]);
    }
    return 0;
}

static int check_count(const char *path, size_t count, const struct dataset *data,
                       struct error *err)
{
    if (count == data->captions)
        return 0;
    return error_at(err, path, -1, "has %zu ids, but the split has %zu captions", count,
                    data->captions);
}

/* The ids of the captions. */
static int read_lines(const char *path, const struct dataset *data, int64_t *out, struct error *err)
{
    struct str_list lines;
    if (text_lines_load(path, &lines, err) != 0)
        return -1;
    int status = check_count(path, lines.count, data, err);
    for (size_t c = 0; c < data->captions && status == 0; c++)
        if (!parse_digits(lines.items[c], strlen(lines.items[c]), &out[c]))
            status = error_at(err, path, -1, "line %zu is not an integer", c + 1);
    str_list_done(&lines);
    return status;
}

static int read_array(const char *path, const struct dataset *data, int64_t *out, struct error *err)
{
    static const double largest = 9007199254740992; /* beyond it doubles skip integers */
    struct npy *array = NULL;
    if (npy_open(path, NULL, &array, err) != 0)
        return -1;
    int status = array->type > NPY_U64 ? error_at(err, path, -1, "does not hold integers")
                                       : check_count(path, array->count, data, err);
    double *values = status == 0 ? mem_new(array->count, sizeof *values) : NULL;
    if (status == 0)
        npy_all_f64(array, values);
    for (size_t c = 0; c < data->captions && status == 0; c++) {
        if (!(values[c] >= 0 && values[c] <= largest))
            status = error_at(err, path, -1, "number %zu is not an id", c);
        else
            out[c] = (int64_t)values[c];
    }
    free(values);
    npy_free(array);
    return status;
}

int positives_ids_make(const struct dataset *data, const int64_t *caption_ids, const char *path,
                       struct positives_ids **out, struct error *err)
{
    struct positives_ids *ids = mem_new(1, sizeof *ids);
    *ids = (struct positives_ids){.images = data->images, .captions = data->captions};
    ids->image_of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    ids->caption_of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    int status = note_images(ids, data, err);
    for (size_t c = 0; c < data->captions && status == 0; c++)
        if (!note_id(ids->caption_of, caption_ids[c], c))
            status =
                error_at(err, path, -1, "has the id %lld twice, the second time for caption %zu",
                         (long long)caption_ids[c], c);
    if (status != 0) {
        positives_ids_free(ids);
        return -1;
    }
    *out = ids;
    return 0;
}

int positives_ids_load(const struct dataset *data, const char *caption_ids,
                       struct positives_ids **out, struct error *err)
{
    const char *dot = strrchr(file_name(caption_ids), '.');
    bool array = dot && strcasecmp(dot, ".npy") == 0;
    int64_t *values = mem_new(data->captions, sizeof *values);
    int status = (array ? read_array : read_lines)(caption_ids, data, values, err);
    if (status == 0)
        status = positives_ids_make(data, values, caption_ids, out, err);
    free(values);
    return status;
}

/* ---- a file ---- */

/* An answer is a number, or its digits as a string. */
static bool id_of(const json_t *value, int64_t *out)
{
    if (json_is_string(value))
        return parse_digits(json_string_value(value), json_string_length(value), out);
    *out = json_integer_value(value);
    return json_is_integer(value) && *out >= 0;
}

/* The lists of the split's queries, in order; NULL if there is none. */
static int sort_lists(const char *path, json_t *root, GHashTable *queries, json_t **lists,
                      struct positives *out, struct error *err)
{
    const char *key;
    json_t *value;
    json_object_foreach (root, key, value) {
        int64_t id;
        if (!parse_digits(key, strlen(key), &id) || !json_is_array(value))
            return error_at(err, path, -1,
                            "'%.40s': not an id with the list of its answers, \"123\": [456, 789]",
                            key);
        size_t query = find_id(queries, id);
        if (query == SIZE_MAX)
            out->strangers++;
        else
            lists[query] = value;
    }
    return 0;
}

static int read_list(const char *path, const json_t *list, size_t query, GHashTable *answers,
                     struct positives *out, struct error *err)
{
    size_t at = out->starts[query], first = at;
    for (size_t k = 0; k < json_array_size(list); k++) {
        int64_t id;
        if (!id_of(json_array_get(list, k), &id))
            return error_at(err, path, -1, "an answer that is not an id, in a list of %zu",
                            json_array_size(list));
        size_t answer = find_id(answers, id);
        if (answer == SIZE_MAX)
            out->strangers++;
        else
            out->answers[at++] = answer;
    }
    qsort(out->answers + first, at - first, sizeof *out->answers, ascending_size);
    size_t kept = first;
    for (size_t k = first; k < at; k++)
        if (k == first || out->answers[k] != out->answers[k - 1])
            out->answers[kept++] = out->answers[k];
    out->starts[query + 1] = kept;
    out->annotated += kept > first;
    return 0;
}

static size_t total_answers(json_t *const *lists, size_t queries)
{
    size_t total = 0;
    for (size_t q = 0; q < queries; q++)
        total += json_array_size(lists[q]);
    return total;
}

/* Whether the split itself gives the query one of its answers. */
static bool has_truth(const struct positives *p, size_t query, bool image,
                      const struct caption_map *map)
{
    if (!image)
        return positives_has(p, query, caption_map_image(map, query));
    for (size_t k = 0; k < caption_map_count(map, query); k++)
        if (positives_has(p, query, caption_map_nth(map, query, k)))
            return true;
    return false;
}

static int check_sense(const char *path, bool image, const struct caption_map *map,
                       struct positives *p, struct error *err)
{
    for (size_t q = 0; q < p->queries; q++)
        p->confirmed += p->starts[q + 1] > p->starts[q] && has_truth(p, q, image, map);
    if (p->annotated == 0)
        return error_at(err, path, -1,
                        "none of its queries is %s of the split: it belongs to another split "
                        "or direction",
                        image ? "an image" : "a caption");
    if (p->confirmed == 0)
        return error_at(err, path, -1,
                        "no query has its own truth among its %zu answers: these ids are not "
                        "the annotation's",
                        p->starts[p->queries]);
    return 0;
}

static int read_lists(const char *path, json_t *root, bool image, const struct positives_ids *ids,
                      struct positives *out, struct error *err)
{
    json_t **lists = mem_new(out->queries, sizeof *lists);
    int status = sort_lists(path, root, image ? ids->image_of : ids->caption_of, lists, out, err);
    out->answers = mem_new(total_answers(lists, out->queries) + 1, sizeof *out->answers);
    for (size_t q = 0; q < out->queries && status == 0; q++)
        status = read_list(path, lists[q], q, image ? ids->caption_of : ids->image_of, out, err);
    free(lists);
    return status;
}

int positives_parse(const char *path, const void *bytes, size_t size, bool image_queries,
                    const struct positives_ids *ids, const struct caption_map *map,
                    struct positives *out, struct error *err)
{
    json_t *root;
    *out = (struct positives){.queries = image_queries ? ids->images : ids->captions};
    if (json_in_parse(path, bytes, size, 0, &root, err) != 0)
        return -1;
    out->starts = mem_new(out->queries + 1, sizeof *out->starts);
    int status = json_is_object(root)
                     ? read_lists(path, root, image_queries, ids, out, err)
                     : error_at(err, path, -1, "not an object of ids, \"123\": [456, 789]");
    json_decref(root);
    return status == 0 ? check_sense(path, image_queries, map, out, err) : -1;
}

int positives_load(const char *path, bool image_queries, const struct positives_ids *ids,
                   const struct caption_map *map, struct positives *out, struct error *err)
{
    struct file_map file;
    *out = (struct positives){0};
    if (file_map_open(path, &file, err) != 0)
        return -1;
    int status = positives_parse(path, file.data, file.size, image_queries, ids, map, out, err);
    file_map_close(&file);
    return status;
}

void positives_done(struct positives *positives)
{
    free(positives->starts);
    free(positives->answers);
    *positives = (struct positives){0};
}

bool positives_has(const struct positives *positives, size_t query, size_t answer)
{
    size_t first = positives->starts[query];
    return bsearch(&answer, positives->answers + first, positives->starts[query + 1] - first,
                   sizeof answer, ascending_size) != NULL;
}
