#include "io/torch/objarray.h"

#include "base/mem.h"
#include "io/torch/pickle_numpy.h"

/* Parses the pickle and finds the items of its array. */
static int open_items(const uint8_t *bytes, size_t size, const char *path, struct pickle **out,
                      const struct pickle_value **items_out, struct error *err)
{
    struct bytes in = {.data = bytes, .size = size};
    struct array_view view;
    if (pickle_parse(&in, path, PICKLE_NAMES_KNOWN, out, err) != 0)
        return -1;
    int is_array = pickle_numpy_array(pickle_root(*out), path, &view, err);
    *items_out = is_array == 1 ? pickle_numpy_items(pickle_root(*out)) : NULL;
    if (*items_out && view.type == ELEM_OBJECT)
        return 0;
    if (is_array >= 0)
        error_at(err, path, -1, "does not hold a numpy array of objects");
    pickle_free(*out);
    *out = NULL;
    return -1;
}

static int read_size(const struct pickle_value *dict, const char *path, size_t i, const char *key,
                     int32_t *out, struct error *err)
{
    int64_t number;
    const struct pickle_value *value = pickle_get(dict, key);
    if (!value)
        return error_at(err, path, -1, "entry %zu has no '%s'", i, key);
    if (!pickle_numpy_integer(value, &number) || number < 1 || number > INT32_MAX)
        return error_at(err, path, -1, "entry %zu: '%s' is not a size in pixels", i, key);
    *out = (int32_t)number;
    return 0;
}

int objarray_image_sizes(const uint8_t *pickle, size_t size, const char *path, size_t count,
                         int32_t *width_height_out, struct error *err)
{
    struct pickle *parsed;
    const struct pickle_value *items;
    if (open_items(pickle, size, path, &parsed, &items, err) != 0)
        return -1;
    int status = 0;
    if (pickle_count(items) != count)
        status =
            error_at(err, path, -1, "has %zu entries instead of %zu", pickle_count(items), count);
    for (size_t i = 0; i < count && status == 0; i++) {
        const struct pickle_value *dict = pickle_item(items, i);
        status = read_size(dict, path, i, "image_w", &width_height_out[2 * i], err);
        if (status == 0)
            status = read_size(dict, path, i, "image_h", &width_height_out[2 * i + 1], err);
    }
    pickle_free(parsed);
    return status;
}

static bool is_matrix(const struct array_view *view)
{
    return view->ndim == 2 && array_elem_is_real(view->type) && view->count > 0;
}

/* The only matrix among the values of a dict. Returns how many there are; -1: a malformed array. */
static int find_matrix(const struct pickle_value *dict, const char *path, struct array_view *out,
                       struct error *err)
{
    const struct pickle_value *entries = pickle_entries(dict);
    int found = 0;
    for (size_t i = 1; entries && i < entries->list.count; i += 2) {
        struct array_view view;
        int is_array = pickle_numpy_array(entries->list.items[i], path, &view, err);
        if (is_array < 0)
            return -1;
        if (is_array == 0 || !is_matrix(&view))
            continue;
        *out = view;
        found++;
    }
    return found;
}

static int read_sims(const struct pickle_value *dict, const char *path, struct array_view *out,
                     struct error *err)
{
    int is_array = pickle_numpy_array(pickle_get(dict, "sims"), path, out, err);
    if (is_array < 0 || (is_array > 0 && is_matrix(out)))
        return is_array < 0 ? -1 : 0;
    int found = find_matrix(dict, path, out, err);
    if (found == 1 || found < 0)
        return found < 0 ? -1 : 0;
    if (found > 1)
        return error_at(err, path, -1,
                        "holds several matrices and none is called 'sims'; save the similarities "
                        "by themselves, with numpy.save");
    return error_at(
        err, path, -1, "does not hold the results of an evaluation: it has no matrix 'sims'%s",
        pickle_get(dict, "rt") ? "; 'rt' and 'rti' are ranks, save the similarities" : "");
}

int objarray_matrix(const uint8_t *pickle, size_t size, const char *path,
                    struct pickle **parsed_out, struct array_view *view_out, size_t *npts_out,
                    struct error *err)
{
    const struct pickle_value *items;
    int64_t npts;
    if (open_items(pickle, size, path, parsed_out, &items, err) != 0)
        return -1;
    const struct pickle_value *dict = pickle_item(items, 0);
    if (read_sims(dict, path, view_out, err) != 0) {
        pickle_free(*parsed_out);
        *parsed_out = NULL;
        return -1;
    }
    bool known = pickle_numpy_integer(pickle_get(dict, "npts"), &npts) && npts > 0;
    *npts_out = known ? (size_t)npts : 0;
    return 0;
}

int objarray_results(const uint8_t *pickle, size_t size, const char *path, float **sims_out,
                     size_t shape_out[2], size_t *npts_out, struct error *err)
{
    struct pickle *parsed;
    struct array_view view;
    if (objarray_matrix(pickle, size, path, &parsed, &view, npts_out, err) != 0)
        return -1;
    int status = mem_alloc(sims_out, view.count, sizeof **sims_out, "similarities", err);
    if (status == 0)
        array_floats(&view, *sims_out);
    shape_out[0] = view.shape[0];
    shape_out[1] = view.shape[1];
    pickle_free(parsed);
    return status;
}
