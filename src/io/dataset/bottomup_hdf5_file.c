#include "io/dataset/bottomup_hdf5_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const size_t chunk_most = (size_t)256 << 20, batch_most = (size_t)192 << 20,
                    set_most = (size_t)256 << 20, text_most = (size_t)64 << 20;

enum { ATTRIBUTES_MAX = 256 };

/* ---- files and links ---- */

int h5_open(const char *path, hid_t *out, struct error *err)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    *out = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (*out >= 0)
        return 0;
    return error_at(err, path, -1,
                    "is an HDF5 file that cannot be read: damaged, cut off, or still being "
                    "written; copy or download it again");
}

struct listing {
    struct str_list *names;
    size_t most, others;
    bool full;
};

static herr_t list_link(hid_t group, const char *name, const H5L_info_t *info, void *data)
{
    struct listing *l = data;
    (void)group;
    if (info->type != H5L_TYPE_HARD) {
        l->others++;
        return 0;
    }
    l->full = l->names->count >= l->most;
    if (l->full)
        return 1;
    str_list_add(l->names, mem_strdup(name));
    return 0;
}

int h5_list(hid_t group, const char *where, size_t most, struct str_list *out, size_t *others_out,
            struct error *err)
{
    struct listing l = {.names = out, .most = most};
    hsize_t at = 0;
    herr_t status = H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, &at, list_link, &l);
    *others_out = l.others;
    if (l.full)
        return error_set(err, "%s: a group holds more than %zu names", where, most);
    return status < 0 ? error_set(err, "%s: a group's names are damaged", where) : 0;
}

/* The object at a path of hard links; negative if there is none. */
static hid_t open_object(hid_t group, const char *path)
{
    H5L_info_t info;
    hid_t object = -1;
    char *part = mem_strdup(path);
    for (char *p = part, *end; p; p = end) {
        end = strchr(p, '/');
        if (end)
            *end++ = '\0';
        hid_t at = object < 0 ? group : object;
        bool hard = *p && H5Lget_info(at, p, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
        hid_t next = hard ? H5Oopen(at, p, H5P_DEFAULT) : -1;
        if (object >= 0)
            H5Oclose(object);
        object = next;
        if (object < 0)
            break;
    }
    free(part);
    return object;
}

bool h5_is(hid_t group, const char *path, H5I_type_t type)
{
    hid_t object = open_object(group, path);
    bool is = object >= 0 && H5Iget_type(object) == type;
    if (object >= 0)
        H5Oclose(object);
    return is;
}

/* ---- datasets ---- */

/* Bytes of a chunk; 0 if the dataset has none. */
static size_t chunk_bytes(hid_t plist, int ndim, size_t element, hsize_t *rows_out)
{
    hsize_t shape[H5S_MAX_RANK];
    size_t bytes = element;
    *rows_out = 1;
    if (H5Pget_layout(plist) != H5D_CHUNKED || H5Pget_chunk(plist, H5S_MAX_RANK, shape) != ndim)
        return 0;
    *rows_out = shape[0];
    for (int i = 0; i < ndim; i++)
        if (!mem_mul(bytes, (size_t)shape[i], &bytes))
            return SIZE_MAX;
    return bytes;
}

static int check_storage(hid_t set, int ndim, size_t element, const char *name, const char *where,
                         hsize_t *rows_out, struct error *err)
{
    hid_t plist = H5Dget_create_plist(set);
    if (plist < 0)
        return error_set(err, "%s: dataset '%.80s' is damaged", where, name);
    bool outside = H5Pget_external_count(plist) != 0 || H5Pget_layout(plist) == H5D_VIRTUAL;
    size_t chunk = chunk_bytes(plist, ndim, element, rows_out);
    H5Pclose(plist);
    if (outside)
        return error_set(err,
                         "%s: dataset '%.80s' is stored in other files, which are not opened; "
                         "copy it into one file (h5repack)",
                         where, name);
    if (chunk > chunk_most)
        return error_set(err, "%s: dataset '%.80s' has chunks of %zu bytes; at most %zu are read",
                         where, name, chunk, chunk_most);
    return 0;
}

/* The axes; -1 if it has none that can be read. */
static int shape_of(hid_t set, hsize_t *shape_out)
{
    hid_t space = H5Dget_space(set);
    int ndim = space >= 0 && H5Sget_simple_extent_type(space) != H5S_NULL
                   ? H5Sget_simple_extent_ndims(space)
                   : -1;
    if (ndim > ARRAY_DIMS || (ndim > 0 && H5Sget_simple_extent_dims(space, shape_out, NULL) < 0))
        ndim = -1;
    if (space >= 0)
        H5Sclose(space);
    return ndim;
}

/* The type in memory of numbers; false for anything else. */
static bool number_type(hid_t set, bool attribute, enum array_elem *out, size_t *element_out)
{
    hid_t type = attribute ? H5Aget_type(set) : H5Dget_type(set);
    H5T_class_t class = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    *element_out = type >= 0 ? H5Tget_size(type) : 0;
    *out = class == H5T_INTEGER ? ELEM_I64 : *element_out <= 4 ? ELEM_F32 : ELEM_F64;
    if (type >= 0)
        H5Tclose(type);
    return class == H5T_INTEGER || class == H5T_FLOAT;
}

static hid_t memory_type(enum array_elem type)
{
    return type == ELEM_I64   ? H5T_NATIVE_INT64
           : type == ELEM_F32 ? H5T_NATIVE_FLOAT
                              : H5T_NATIVE_DOUBLE;
}

/* Numbers per row; false if they are too many to be counted. */
static bool measure(struct h5_column *c)
{
    size_t bytes;
    c->row = 1;
    for (int i = 1; i < c->ndim; i++)
        if (!mem_mul(c->row, (size_t)c->shape[i], &c->row))
            return false;
    return mem_mul(c->row, 16, &bytes) && bytes <= set_most;
}

static int open_set(hid_t set, const char *name, const char *where, struct h5_column *c,
                    struct error *err)
{
    size_t element;
    hsize_t chunk_rows;
    c->ndim = shape_of(set, c->shape);
    if (!number_type(set, false, &c->type, &element) || c->ndim < 0)
        return 0;
    if (check_storage(set, c->ndim, element, name, where, &chunk_rows, err) != 0)
        return -1;
    if (!measure(c))
        return error_set(err, "%s: a row of dataset '%.80s' is larger than an image's features",
                         where, name);
    size_t most = batch_most / (8 * (c->row ? c->row : 1));
    c->batch = chunk_rows < most ? (size_t)chunk_rows : most;
    return 1;
}

/* 1, 0 or -1 as h5_column_open, also for a dataset without axes. */
static int open_column(hid_t group, const char *name, const char *where, struct h5_column *out,
                       struct error *err)
{
    *out = (struct h5_column){.set = open_object(group, name)};
    if (out->set < 0)
        return error_set(err, "%s: '%.80s' is damaged or a link to elsewhere", where, name);
    int is = H5Iget_type(out->set) == H5I_DATASET ? open_set(out->set, name, where, out, err) : 0;
    if (is == 1)
        out->name = mem_strdup(name);
    else
        h5_column_close(out);
    return is;
}

int h5_column_open(hid_t group, const char *name, const char *where, struct h5_column *out,
                   struct error *err)
{
    int is = open_column(group, name, where, out, err);
    if (is != 1 || out->ndim > 0)
        return is;
    h5_column_close(out);
    return 0;
}

void h5_column_close(struct h5_column *column)
{
    if (column->set >= 0)
        H5Oclose(column->set);
    free(column->name);
    free(column->rows);
    *column = (struct h5_column){.set = -1};
}

static int reserve(struct h5_column *c, size_t n, const char *where, struct error *err)
{
    size_t count;
    if (n <= c->room)
        return 0;
    free(c->rows);
    c->rows = NULL;
    c->room = c->count = 0;
    if (!mem_mul(n, c->row, &count) || count > set_most / 4)
        return error_set(err, "%s: %zu rows of '%.80s' are more than one image's", where, n,
                         c->name);
    if (mem_alloc(&c->rows, count, array_elem_size(c->type), where, err) != 0)
        return -1;
    c->room = n;
    return 0;
}

static bool read_rows(struct h5_column *c, size_t first, size_t n)
{
    hsize_t start[ARRAY_DIMS] = {first}, count[ARRAY_DIMS];
    memcpy(count, c->shape, sizeof count);
    count[0] = n;
    hid_t there = H5Dget_space(c->set), here = H5Screate_simple(c->ndim, count, NULL);
    bool good = there >= 0 && here >= 0 &&
                H5Sselect_hyperslab(there, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dread(c->set, memory_type(c->type), here, there, H5P_DEFAULT, c->rows) >= 0;
    if (there >= 0)
        H5Sclose(there);
    if (here >= 0)
        H5Sclose(here);
    return good;
}

int h5_column_rows(struct h5_column *c, size_t first, size_t n, const char *where,
                   const uint8_t **out, struct error *err)
{
    size_t left = (size_t)c->shape[0] - first, wanted = n > c->batch ? n : c->batch;
    bool there = first >= c->first && first + n <= c->first + c->count;
    if (!there && c->row > 0) {
        wanted = wanted < left ? wanted : left;
        if (reserve(c, wanted, where, err) != 0)
            return -1;
        c->count = 0;
        if (!read_rows(c, first, wanted))
            return error_set(err,
                             "%s: dataset '%.80s' cannot be read from row %zu on: damaged, cut "
                             "off, or packed by a filter that is not HDF5's own",
                             where, c->name, first);
        c->first = first;
        c->count = wanted;
    }
    *out = c->row > 0 ? c->rows + (first - c->first) * c->row * array_elem_size(c->type) : c->rows;
    return 0;
}

/* ---- texts ---- */

static void add_text(struct str_list *out, const char *text, size_t room)
{
    str_list_add(out, mem_strndup(text ? text : "", text ? strnlen(text, room) : 0));
}

/* Reads strings of variable or of fixed length, all of a dataset or attribute. */
static bool read_texts(hid_t object, bool attribute, hid_t type, hid_t space, size_t count,
                       struct str_list *out)
{
    bool variable = H5Tis_variable_str(type) > 0;
    size_t size = variable ? sizeof(char *) : H5Tget_size(type), bytes;
    if (!mem_mul(count, size, &bytes) || bytes > text_most || size == 0)
        return false;
    char *data = mem_new(count + 1, size);
    bool good = (attribute ? H5Aread(object, type, data)
                           : H5Dread(object, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data)) >= 0;
    for (size_t i = 0; good && i < count; i++)
        add_text(out, variable ? ((char **)(void *)data)[i] : data + i * size,
                 variable ? text_most : size);
    if (good && variable)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, data);
    free(data);
    return good;
}

/* The texts of an object of strings; false if it holds none, or cannot be read. */
static bool texts_of(hid_t object, bool attribute, struct str_list *out)
{
    hid_t type = attribute ? H5Aget_type(object) : H5Dget_type(object);
    hid_t space = attribute ? H5Aget_space(object) : H5Dget_space(object);
    bool is = type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
              H5Sget_simple_extent_type(space) != H5S_NULL;
    hssize_t count = is ? H5Sget_simple_extent_npoints(space) : -1;
    is = count > 0 && (size_t)count <= text_most &&
         read_texts(object, attribute, type, space, (size_t)count, out);
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    return is;
}

/* 1: the texts of a dataset; 0: it is something else. Errors: as h5_column_open. */
static int set_texts(hid_t group, const char *name, const char *where, struct str_list *out,
                     struct error *err)
{
    hsize_t unused;
    hid_t set = open_object(group, name);
    bool data = set >= 0 && H5Iget_type(set) == H5I_DATASET;
    int status = data ? check_storage(set, 1, 1, name, where, &unused, err) : 0;
    if (status == 0)
        status = data && texts_of(set, false, out);
    if (set >= 0)
        H5Oclose(set);
    return status;
}

int h5_texts(hid_t group, const char *name, const char *where, struct str_list *out,
             struct error *err)
{
    struct h5_column c;
    const uint8_t *rows;
    int numbers = h5_column_open(group, name, where, &c, err);
    if (numbers < 0)
        return -1;
    if (numbers) {
        bool flat = c.type == ELEM_I64 && c.row == 1 && c.shape[0] > 0;
        int status = flat ? h5_column_rows(&c, 0, (size_t)c.shape[0], where, &rows, err) : 0;
        for (size_t i = 0; flat && status == 0 && i < c.shape[0]; i++) {
            int64_t number;
            memcpy(&number, rows + i * sizeof number, sizeof number);
            str_list_add(out, mem_printf("%" PRId64, number));
        }
        h5_column_close(&c);
        return status != 0 ? -1 : flat;
    }
    return set_texts(group, name, where, out, err);
}

/* ---- fields ---- */

/* One text is a text, several are a list. The record keeps them. */
static void add_texts(struct bottomup_record *record, const char *as, struct str_list *texts)
{
    if (texts->count == 1) {
        char *text = texts->items[0];
        texts->count = 0;
        bottomup_record_keep(record, text, free);
        bottomup_record_text(record, as, strlen(as), text, strlen(text));
        str_list_done(texts);
        return;
    }
    *bottomup_record_texts(record, as, strlen(as)) = *texts;
}

static int add_numbers(struct bottomup_record *record, struct h5_column *c, const char *as,
                       const char *where, struct error *err)
{
    struct array_view view = {.type = c->type, .ndim = c->ndim};
    bool scalar = c->ndim == 0;
    const uint8_t *unused;
    size_t rows = scalar ? 1 : (size_t)c->shape[0];
    for (int i = 0; i < c->ndim; i++)
        view.shape[i] = (size_t)c->shape[i];
    if (array_measure(&view, where, err) != 0)
        return -1;
    if (view.count == 0)
        return 0;
    if (scalar) {
        c->rows = mem_new(1, sizeof(double));
        if (H5Dread(c->set, memory_type(c->type), H5S_ALL, H5S_ALL, H5P_DEFAULT, c->rows) < 0)
            return error_set(err, "%s: '%.80s' cannot be read", where, c->name);
    } else if (h5_column_rows(c, 0, rows, where, &unused, err) != 0) {
        return -1;
    }
    view.data = c->rows;
    view.available = view.count;
    array_contiguous(&view, false);
    bottomup_record_array(record, as, strlen(as), &view);
    bottomup_record_keep(record, c->rows, free);
    c->rows = NULL;
    return 0;
}

int h5_add_set(struct bottomup_record *record, hid_t group, const char *name, const char *as,
               const char *where, struct error *err)
{
    struct h5_column c;
    struct str_list texts = {0};
    int numbers = open_column(group, name, where, &c, err);
    if (numbers < 0)
        return -1;
    if (numbers) {
        int status = add_numbers(record, &c, as, where, err);
        h5_column_close(&c);
        return status;
    }
    int got = set_texts(group, name, where, &texts, err);
    if (got == 1)
        add_texts(record, as, &texts);
    else
        str_list_done(&texts);
    return got < 0 ? -1 : 0;
}

static void add_attribute(struct bottomup_record *record, hid_t attribute, const char *name)
{
    enum array_elem type;
    size_t element;
    double number;
    struct str_list texts = {0};
    hid_t space = H5Aget_space(attribute);
    bool one = space >= 0 && H5Sget_simple_extent_npoints(space) == 1;
    if (space >= 0)
        H5Sclose(space);
    if (one && number_type(attribute, true, &type, &element) &&
        H5Aread(attribute, H5T_NATIVE_DOUBLE, &number) >= 0)
        bottomup_record_number(record, name, strlen(name), number);
    else if (texts_of(attribute, true, &texts))
        add_texts(record, name, &texts);
    else
        str_list_done(&texts);
}

void h5_add_attributes(struct bottomup_record *record, hid_t object)
{
    int count = H5Aget_num_attrs(object);
    for (int i = 0; i < count && i < ATTRIBUTES_MAX; i++) {
        char name[ATTRIBUTES_MAX] = "";
        hid_t attribute = H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_NATIVE, (hsize_t)i,
                                         H5P_DEFAULT, H5P_DEFAULT);
        if (attribute >= 0 && H5Aget_name(attribute, sizeof name, name) > 0 &&
            memchr(name, '\0', sizeof name))
            add_attribute(record, attribute, name);
        if (attribute >= 0)
            H5Aclose(attribute);
    }
}
