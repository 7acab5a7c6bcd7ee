/* bottomup_hdf5_ids.c: the ids of an HDF5 file's rows from a file beside it: a map from ids to
 * rows, or a list of ids, pickled or in JSON. */
#include "io/dataset/bottomup_hdf5_ids.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/torch/pickle_numpy.h"

/* Ids by row from a map from ids to rows, or a list of ids. */
struct id_rows {
    struct bottomup *reader;
    char **ids; /* count */
    size_t count;
};

static int put_id(struct id_rows *r, char *id, int64_t row, const char *path, struct error *err)
{
    bool good = row >= 0 && (uint64_t)row < r->count && !r->ids[row];
    if (good)
        r->ids[row] = id;
    else
        error_at(err, path, -1, "has row %" PRId64 " for image %.80s; %s has %zu rows, each one's",
                 row, id, file_name(r->reader->path), r->count);
    if (!good)
        free(id);
    return good ? 0 : -1;
}

static char *id_of_value(const struct pickle_value *value)
{
    const char *text;
    size_t length;
    int64_t number;
    if (pickle_text(value, &text, &length))
        return mem_strndup(text, length);
    return pickle_numpy_integer(value, &number) ? mem_printf("%" PRId64, number) : NULL;
}

static int put_pickled(struct id_rows *r, const struct pickle_value *root, const char *path,
                       struct error *err)
{
    const struct pickle_value *entries = pickle_entries(root);
    size_t step = entries ? 2 : 1;
    const struct pickle_value *list = entries ? entries : root;
    if (!entries && pickle_count(root) == 0)
        return error_at(err, path, -1, "holds no map from ids to rows");
    for (size_t i = 0; i + step <= list->list.count; i += step) {
        int64_t row = (int64_t)i;
        char *id = id_of_value(list->list.items[i]);
        if (!id || (entries && !pickle_numpy_integer(list->list.items[i + 1], &row))) {
            free(id);
            return error_at(err, path, -1, "entry %zu is not an id with a row", i / step + 1);
        }
        if (put_id(r, id, row, path, err) != 0)
            return -1;
    }
    return 0;
}

static int read_pickle(struct id_rows *r, const char *path, struct error *err)
{
    struct file_map map;
    struct pickle *pickle;
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct bytes in = {.data = map.data, .size = map.size};
    int status = pickle_parse(&in, path, PICKLE_NAMES_KNOWN, &pickle, err);
    if (status == 0) {
        status = put_pickled(r, pickle_root(pickle), path, err);
        pickle_free(pickle);
    }
    file_map_close(&map);
    return status;
}

static char *id_of_json(const json_t *value)
{
    return json_is_string(value)    ? mem_strdup(json_string_value(value))
           : json_is_integer(value) ? mem_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
                                    : NULL;
}

static int put_json(struct id_rows *r, json_t *root, const char *path, struct error *err)
{
    const char *key;
    json_t *value;
    size_t i;
    if (!json_is_object(root) && !json_is_array(root))
        return error_at(err, path, -1, "holds no map from ids to rows");
    json_array_foreach (root, i, value) {
        char *id = id_of_json(value);
        if (!id)
            return error_at(err, path, -1, "entry %zu is not an id", i + 1);
        if (put_id(r, id, (int64_t)i, path, err) != 0)
            return -1;
    }
    json_object_foreach (root, key, value) {
        if (!json_is_integer(value))
            return error_at(err, path, -1, "'%.80s' has no row", key);
        if (put_id(r, mem_strdup(key), json_integer_value(value), path, err) != 0)
            return -1;
    }
    return 0;
}

static int read_json(struct id_rows *r, const char *path, struct error *err)
{
    json_error_t why;
    json_t *root = json_load_file(path, 0, &why);
    if (!root)
        return error_at(err, path, -1, "line %d: %s", why.line, why.text);
    int status = put_json(r, root, path, err);
    json_decref(root);
    return status;
}

/* Files beside FILE.hdf5. */
static const struct {
    const char *ending;
    int (*read)(struct id_rows *r, const char *path, struct error *err);
} beside[] = {
    {"_imgid2idx.pkl", read_pickle},
    {"_imgid2img.pkl", read_pickle},
    {"_imgid2idx.json", read_json},
    {"_ids.json", read_json},
};

/* 1: the ids are read; 0: there is no such file. */
static int read_beside(struct id_rows *r, struct error *err)
{
    const char *path = r->reader->path, *dot = strrchr(file_name(path), '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path), status = 0;
    for (size_t i = 0; status == 0 && i < COUNTOF(beside); i++) {
        char *file = mem_printf("%.*s%s", stem, path, beside[i].ending);
        if (file_exists(file)) {
            status = beside[i].read(r, file, err) == 0 ? 1 : -1;
            notes_add(&r->reader->notes, "%s: the ids of its rows are those of %s", path,
                      file_name(file));
        }
        free(file);
    }
    return status;
}

/* Moves what was read into the list; rows without an id have "". */
static void keep_ids(struct id_rows *r, struct str_list *out)
{
    size_t without = 0;
    for (size_t i = 0; i < r->count; i++) {
        without += r->ids[i] == NULL;
        str_list_add(out, r->ids[i] ? r->ids[i] : mem_strdup(""));
        r->ids[i] = NULL;
    }
    if (without > 0)
        notes_add(&r->reader->notes, "%s: %zu of its %zu rows have no id and are left out",
                  r->reader->path, without, r->count);
}

int bottomup_hdf5_ids(struct bottomup *reader, size_t count, struct str_list *out,
                      struct error *err)
{
    struct id_rows r = {.reader = reader, .count = count};
    if (mem_alloc(&r.ids, count, sizeof *r.ids, "ids", err) != 0)
        return -1;
    int got = read_beside(&r, err);
    if (got == 1)
        keep_ids(&r, out);
    for (size_t i = 0; i < r.count; i++)
        free(r.ids[i]);
    free(r.ids);
    return got;
}
