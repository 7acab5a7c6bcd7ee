/* bottomup_folder.c: one file per image: .npz of two layouts, and pairs of folders NAME_att and
 * NAME_box. */
#include <stdlib.h>
#include <string.h>

#include "base/ascending.h"
#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/bottomup_private.h"

enum { BOX_COLUMNS_MAX = 16 };

/* The files of a folder. */
struct state {
    char *folder, *boxes; /* boxes: the folder NAME_box, NULL if there is none */
    struct str_list names;
    size_t at; /* the current one + 1 */
};

static void state_close(void *state)
{
    struct state *s = state;
    str_list_done(&s->names);
    free(s->folder);
    free(s->boxes);
    free(s);
}

static bool is_npz(const char *name)
{
    return str_ends_with(name, ".npz");
}

static bool is_array(const char *name)
{
    return is_npz(name) || str_ends_with(name, ".npy");
}

static int list_files(struct bottomup *reader, struct state *s, bool npy, struct error *err)
{
    if (file_list(s->folder, npy ? is_array : is_npz, &s->names, err) != 0)
        return -1;
    if (s->names.count == 0)
        return error_at(err, reader->path, -1,
                        "has no %s; give a bottom-up TSV, a folder with one .npz per image or a "
                        "folder NAME_att",
                        npy ? ".npz or .npy" : ".npz");
    qsort(s->names.items, s->names.count, sizeof *s->names.items, ascending_version);
    return 0;
}

static int npz_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    if (file_is_folder(reader->path)) {
        s->folder = mem_strdup(reader->path);
        return list_files(reader, s, false, err);
    }
    s->folder = file_folder(reader->path);
    str_list_add(&s->names, mem_strdup(file_name(reader->path)));
    return 0;
}

static int pair_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    reader->state = s;
    s->folder = mem_strdup(reader->path);
    char *boxes = mem_printf("%.*s_box", (int)strlen(reader->path) - 4, reader->path);
    if (file_is_folder(boxes))
        s->boxes = boxes;
    else
        free(boxes);
    return list_files(reader, s, true, err);
}

static int next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    if (s->at == s->names.count)
        return 0;
    const char *name = s->names.items[s->at++];
    str_clear(&reader->where);
    str_addf(&reader->where, "%s/%s", s->folder, name);
    char *id = mem_strndup(name, strlen(name) - 4);
    int status = bottomup_set_id(reader, id, err);
    free(id);
    return status == 0 ? 1 : -1;
}

static void progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    const struct state *s = reader->state;
    *done_out = s->at;
    *total_out = s->names.count;
}

/* ---- arrays ---- */

static int open_matrix(const char *path, const char *member, struct npy **out, struct error *err)
{
    if (npy_open(path, member, out, err) != 0)
        return -1;
    if ((*out)->type != NPY_OBJECT && (*out)->ndim == 2 && (*out)->count > 0)
        return 0;
    char *shape = npy_describe(*out);
    error_at(err, (*out)->path, -1, "holds %s, not regions x numbers", shape);
    free(shape);
    npy_free(*out);
    *out = NULL;
    return -1;
}

/* Copies the features of image.regions rows or (as in openvqa) columns. */
static int take_features(struct bottomup *reader, const struct npy *a, bool columns,
                         struct error *err)
{
    size_t regions = reader->image.regions, size = reader->image.feature_size;
    float *out = reader->image.features, *across;
    if (!columns) {
        npy_rows_f32(a, 0, regions, out);
        return 0;
    }
    if (mem_alloc(&across, a->count, sizeof *across, a->path, err) != 0)
        return -1;
    npy_rows_f32(a, 0, size, across);
    for (size_t r = 0; r < regions; r++)
        for (size_t f = 0; f < size; f++)
            out[r * size + f] = across[f * a->shape[1] + r];
    free(across);
    return 0;
}

/* Copies the first four columns. */
static void take_boxes(struct bottomup *reader, const struct npy *a)
{
    float row[BOX_COLUMNS_MAX];
    for (size_t r = 0; r < reader->image.regions; r++) {
        npy_rows_f32(a, r, 1, row);
        memcpy(reader->image.boxes + 4 * r, row, 4 * sizeof *row);
    }
}

/* Copies both arrays into the image; `boxes` may be NULL. `regions` 0: as many as there are rows.
 */
static int take(struct bottomup *reader, const struct npy *features, const struct npy *boxes,
                size_t regions, struct error *err)
{
    size_t rows = boxes ? boxes->shape[0] : features->shape[0];
    bool columns = features->shape[0] != rows && features->shape[1] == rows;
    if (boxes && (boxes->shape[1] < 4 || boxes->shape[1] > BOX_COLUMNS_MAX))
        return bottomup_fail(reader, err, "its boxes have %zu numbers each instead of 4",
                             boxes->shape[1]);
    if (features->shape[0] != rows && !columns)
        return bottomup_fail(reader, err, "has %zu boxes, but features of %zu x %zu", rows,
                             features->shape[0], features->shape[1]);
    if (regions > rows)
        return bottomup_fail(reader, err, "num_bbox is %zu, but there are %zu boxes", regions,
                             rows);
    if (bottomup_reserve(reader, regions ? regions : rows, features->shape[columns ? 0 : 1],
                         boxes != NULL, err) != 0)
        return -1;
    if (boxes)
        take_boxes(reader, boxes);
    return take_features(reader, features, columns, err);
}

static int take_files(struct bottomup *reader, const char *path, const char *feature_member,
                      const char *box_path, const char *box_member, size_t regions,
                      struct error *err)
{
    struct npy *features = NULL, *boxes = NULL;
    int status = open_matrix(path, feature_member, &features, err);
    if (status == 0 && box_path)
        status = open_matrix(box_path, box_member, &boxes, err);
    if (status == 0)
        status = take(reader, features, boxes, regions, err);
    npy_free(features);
    npy_free(boxes);
    return status;
}

/* ---- one .npz ---- */

/* Names of the members. */
static const struct layout {
    const char *features, *boxes, *count, *width, *height;
    bool normalised;
} layouts[] = {
    {"x", "bbox", "num_bbox", "image_w", "image_h", false},
    {"features", "norm_bb", NULL, NULL, NULL, true},
};

static bool has(const struct str_list *m, const char *name)
{
    for (size_t i = 0; name && i < m->count; i++)
        if (strcmp(m->items[i], name) == 0)
            return true;
    return false;
}

/* Reads a positive integer; 0 if the member is missing. */
static int read_count(const struct bottomup *reader, const struct str_list *members,
                      const char *name, int32_t *out, struct error *err)
{
    struct npy *a;
    double value = 0;
    *out = 0;
    if (!has(members, name))
        return 0;
    if (npy_open(str_text(&reader->where), name, &a, err) != 0)
        return -1;
    bool number = a->type != NPY_OBJECT && a->count == 1;
    if (number)
        npy_all_f64(a, &value);
    npy_free(a);
    if (!number || !(value >= 1 && value <= INT32_MAX) || value != (double)(int32_t)value)
        return bottomup_fail(reader, err, "%s is %g, not a positive integer", name, value);
    *out = (int32_t)value;
    return 0;
}

static int load_layout(struct bottomup *reader, const struct str_list *members,
                       const struct layout *layout, struct error *err)
{
    int32_t regions;
    const char *path = str_text(&reader->where);
    reader->image.normalised = layout->normalised;
    if (read_count(reader, members, layout->width, &reader->image.width, err) != 0 ||
        read_count(reader, members, layout->height, &reader->image.height, err) != 0 ||
        read_count(reader, members, layout->count, &regions, err) != 0)
        return -1;
    return take_files(reader, path, layout->features, path, layout->boxes, (size_t)regions, err);
}

static int load_members(struct bottomup *reader, const struct str_list *members, struct error *err)
{
    struct str there = {0};
    for (size_t i = 0; i < COUNTOF(layouts); i++)
        if (has(members, layouts[i].features) && has(members, layouts[i].boxes))
            return load_layout(reader, members, &layouts[i], err);
    for (size_t i = 0; i < members->count; i++)
        str_addf(&there, "%s%.40s", i ? ", " : "", members->items[i]);
    error_set(err, "%s: has neither x and bbox nor features and norm_bb, only: %.400s",
              str_text(&reader->where), str_text(&there));
    str_done(&there);
    return -1;
}

static int npz_load(struct bottomup *reader, struct error *err)
{
    struct str_list members;
    if (npy_members(str_text(&reader->where), &members, err) != 0)
        return -1;
    int status = load_members(reader, &members, err);
    str_list_done(&members);
    return status;
}

/* ---- a pair of folders ---- */

static int pair_load(struct bottomup *reader, struct error *err)
{
    const struct state *s = reader->state;
    const char *path = str_text(&reader->where);
    char *name = mem_printf("%s.npy", reader->id);
    char *boxes = s->boxes ? file_join(s->boxes, name) : NULL;
    int status =
        take_files(reader, path, str_ends_with(path, ".npz") ? "feat" : NULL, boxes, NULL, 0, err);
    free(name);
    free(boxes);
    return status;
}

const struct bottomup_kind bottomup_npz = {npz_open, next, npz_load, progress, state_close, NULL};
const struct bottomup_kind bottomup_pair = {pair_open, next,        pair_load,
                                            progress,  state_close, NULL};
