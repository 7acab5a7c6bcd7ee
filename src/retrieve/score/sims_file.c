#include "retrieve/score/sims_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/magic.h"
#include "base/mem.h"
#include "io/torch/objarray.h"
#include "retrieve/score/sims_private.h"

/* ---- what the user says ---- */

int sims_reading_parse(const char *text, struct sims_reading *out, struct error *err)
{
    static const struct {
        const char *word;
        enum sims_values values;
        enum sims_rows rows;
    } words[] = {{"similarities", SIMS_SIMILARITIES, SIMS_BY_SHAPE},
                 {"distances", SIMS_DISTANCES, SIMS_BY_SHAPE},
                 {"image-rows", SIMS_UNSAID, SIMS_IMAGE_ROWS},
                 {"caption-rows", SIMS_UNSAID, SIMS_CAPTION_ROWS}};
    enum { WORDS = sizeof words / sizeof *words };
    *out = (struct sims_reading){SIMS_UNSAID, SIMS_BY_SHAPE};
    for (const char *at = text; at; at = *at ? at + 1 : NULL) {
        size_t n = strcspn(at, ","), w = 0;
        while (w < WORDS && (strlen(words[w].word) != n || strncmp(words[w].word, at, n) != 0))
            w++;
        if (w == WORDS)
            return error_set(err,
                             "--matrix takes similarities, distances, image-rows, caption-rows, "
                             "with commas between them, not '%.*s'",
                             (int)n, at);
        if ((words[w].values && out->values) || (words[w].rows && out->rows))
            return error_set(err, "--matrix %s: says two things that exclude each other", text);
        out->values |= words[w].values;
        out->rows |= words[w].rows;
        at += n;
        if (!*at)
            break;
    }
    return 0;
}

/* ---- opening ---- */

/* Where FILE.npz:ARRAY has its colon; NULL for any other path. */
static const char *colon_of(const char *path)
{
    const char *at = strstr(path, ".npz:");
    return at && at[5] ? at + 4 : NULL;
}

static bool begins_as_npy(const char *path)
{
    uint8_t head[16];
    FILE *file = file_is_regular(path) ? fopen(path, "rb") : NULL;
    size_t n = file ? fread(head, 1, sizeof head, file) : 0;
    if (file)
        fclose(file);
    return magic_is(head, n, MAGIC_NPY);
}

bool sims_file_is_named(const char *path)
{
    return npy_is_named(path) || colon_of(path) || begins_as_npy(path);
}

void sims_file_free(struct sims_file *file)
{
    if (!file)
        return;
    pickle_free(file->pickle);
    npy_free(file->npy);
    free(file->row);
    free(file->chosen);
    free(file->path);
    free(file);
}

static enum array_elem element_of(enum npy_type type)
{
    static const enum array_elem of[] = {
        [NPY_BOOL] = ELEM_BOOL,    [NPY_I8] = ELEM_I8,   [NPY_U8] = ELEM_U8,   [NPY_I16] = ELEM_I16,
        [NPY_U16] = ELEM_U16,      [NPY_I32] = ELEM_I32, [NPY_U32] = ELEM_U32, [NPY_I64] = ELEM_I64,
        [NPY_U64] = ELEM_U64,      [NPY_F16] = ELEM_F16, [NPY_F32] = ELEM_F32, [NPY_F64] = ELEM_F64,
        [NPY_OBJECT] = ELEM_OBJECT};
    return of[type];
}

static int refuse_shape(const struct npy *npy, struct error *err)
{
    char *shape = npy_describe(npy);
    error_at(
        err, npy->path, -1,
        "holds no matrix of similarities, images x captions, but %s%s; eval --save-sims writes "
        "one",
        shape, npy->ndim == 3 ? " (of several folds, save each by itself)" : "");
    free(shape);
    return -1;
}

static int take_view(struct sims_file *file, struct error *err)
{
    const struct npy *npy = file->npy;
    size_t points;
    if (npy->type == NPY_OBJECT)
        return objarray_matrix(npy->data, npy->data_size, npy->path, &file->pickle, &file->view,
                               &points, err);
    if (npy->ndim != 2 || npy->count == 0)
        return refuse_shape(npy, err);
    file->view = (struct array_view){.type = element_of(npy->type),
                                     .swapped = npy->swapped,
                                     .data = npy->data,
                                     .available = npy->count,
                                     .ndim = 2,
                                     .shape = {npy->shape[0], npy->shape[1]},
                                     .count = npy->count};
    array_contiguous(&file->view, npy->fortran);
    return 0;
}

/* Bytes may be similarities that were made small; larger whole numbers are ranks, places in a
 * sorted order, or counts. */
static int check_type(const struct sims_file *file, struct error *err)
{
    const struct array_view *view = &file->view;
    bool small = view->type == ELEM_U8 || view->type == ELEM_I8;
    if (!array_elem_is_integer(view->type) || small)
        return 0;
    return error_at(err, file->npy->path, -1,
                    "holds %s: whole numbers are ranks or indices, not similarities; save the "
                    "similarities that they were made of, or, if these are them, as float32",
                    array_elem_name(view->type));
}

/* Whether an array of an .npz can be the matrix. */
static bool may_be_matrix(const char *path, const char *member)
{
    struct npy *npy;
    struct error ignored;
    if (npy_open(path, member, &npy, &ignored) != 0)
        return false;
    bool is = npy->type == NPY_OBJECT ? npy->ndim == 0
                                      : npy->ndim == 2 && npy->shape[0] > 1 && npy->shape[1] > 1;
    npy_free(npy);
    return is;
}

/* Chooses among the arrays of an .npz: 'sims', else the only one that can be a matrix of
 * similarities; NULL if that is not decided, and then `listed` names those that can. */
static const char *choose(const char *path, const struct str_list *names, struct str *listed)
{
    const char *only = NULL;
    size_t found = 0;
    for (size_t i = 0; i < names->count; i++) {
        if (!may_be_matrix(path, names->items[i]))
            continue;
        if (strcmp(names->items[i], "sims") == 0)
            return names->items[i];
        str_addf(listed, "%s%s", found++ ? ", " : "", names->items[i]);
        only = names->items[i];
    }
    return found == 1 ? only : NULL;
}

static int open_one_of(struct sims_file *file, const struct str_list *names, struct error *err)
{
    struct str listed = {0};
    const char *name = choose(file->path, names, &listed);
    int status;
    if (name) {
        file->chosen =
            mem_printf("%s: of its %zu arrays, '%s' is read", file->path, names->count, name);
        status = npy_open(file->path, name, &file->npy, err);
    } else if (listed.length) {
        status =
            error_at(err, file->path, -1, "holds the matrices %.300s: say which, as in %.300s:NAME",
                     str_text(&listed), file->path);
    } else {
        status = error_at(err, file->path, -1,
                          "none of its %zu arrays is a matrix of similarities, images x captions",
                          names->count);
    }
    str_done(&listed);
    return status;
}

static int open_array(struct sims_file *file, struct error *err)
{
    const char *colon = colon_of(file->path);
    struct str_list names = {0};
    if (colon) {
        char *path = mem_strndup(file->path, (size_t)(colon - file->path));
        int status = npy_open(path, colon + 1, &file->npy, err);
        free(path);
        return status;
    }
    if (!str_ends_with(file->path, ".npz"))
        return npy_open(file->path, NULL, &file->npy, err);
    int status = npy_members(file->path, &names, err);
    if (status == 0)
        status = names.count > 1 ? open_one_of(file, &names, err)
                                 : npy_open(file->path, NULL, &file->npy, err);
    str_list_done(&names);
    return status;
}

int sims_file_open(const char *path, struct sims_file **out, struct error *err)
{
    struct sims_file *file = mem_new(1, sizeof *file);
    file->path = mem_strdup(path);
    if (open_array(file, err) != 0 || take_view(file, err) != 0 || check_type(file, err) != 0) {
        sims_file_free(file);
        return -1;
    }
    *out = file;
    return 0;
}

/* ---- reading ---- */

void sims_file_shape(const struct sims_file *file, size_t shape_out[2])
{
    memcpy(shape_out, file->view.shape, 2 * sizeof *shape_out);
}

const char *sims_file_type(const struct sims_file *file)
{
    return array_elem_name(file->view.type);
}

const char *sims_file_path(const struct sims_file *file)
{
    return file->path;
}

struct array_view sims_row(const struct array_view *view, size_t row, size_t first, size_t n)
{
    struct array_view out = *view;
    out.offset += row * view->stride[0] + first * view->stride[1];
    out.ndim = 1;
    out.shape[0] = out.count = n;
    out.stride[0] = view->stride[1];
    return out;
}

void sims_file_part(const struct sims_file *file, size_t first_image, size_t images,
                    size_t first_caption, size_t captions, float *sims)
{
    for (size_t i = 0; i < images; i++) {
        struct array_view row =
            sims_row(&file->pairs, sims_row_of(file, first_image + i), first_caption, captions);
        array_floats(&row, sims + i * captions);
    }
    for (size_t k = 0; file->distances && k < images * captions; k++)
        sims[k] = -sims[k];
}

float sims_file_at(const struct sims_file *file, size_t image, size_t caption)
{
    float value;
    sims_file_part(file, image, 1, caption, 1, &value);
    return value;
}
