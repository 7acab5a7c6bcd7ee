/* bottomup_hdf5.c: region features in an HDF5 file, in one of five layouts:
 *
 *   ROWS     features N x R x F, boxes N x R x 4 ...: row i of every dataset is image i
 *   REGIONS  features T x F, boxes T x 4 ... of all images' regions end to end, with pos_boxes N x
 * 2 (where each image's begin and end) or num_boxes N GROUPS   a group per image, named by its id:
 * features, boxes, image_w ... also as attributes FLAT     ID_features, ID_boxes ... of every image
 * in one group SETS     a dataset of features per image, named by its id
 *
 * or GROUPS of one, the file itself. What the names mean is bottomup_record.c's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/bottomup_hdf5_file.h"
#include "io/dataset/bottomup_hdf5_ids.h"
#include "io/dataset/bottomup_private.h"

enum { DEPTH_MOST = 3, ROOT_COLUMNS = 64, GROUP_NAMES = 1024, FEW = 4096 };

enum layout { ROWS, REGIONS, GROUPS, FLAT, SETS, ONE };

struct state {
    hid_t file, group; /* group: where the columns are, or all images */
    enum layout layout;
    struct str_list images;   /* GROUPS, FLAT, SETS: paths, prefixes; ROWS, REGIONS: ids or "" */
    struct str_list suffixes; /* FLAT: "_features" ... */
    struct h5_column columns[ROOT_COLUMNS];
    size_t column_count, count, at; /* images; the current one + 1 */
    int64_t *spans;                 /* REGIONS: count x 2, first and end */
    bool named;                     /* `images` has the ids of the rows */
};

static void hdf5_close(void *state)
{
    struct state *s = state;
    for (size_t i = 0; i < s->column_count; i++)
        h5_column_close(&s->columns[i]);
    str_list_done(&s->images);
    str_list_done(&s->suffixes);
    free(s->spans);
    if (s->group >= 0)
        H5Gclose(s->group);
    if (s->file >= 0)
        H5Fclose(s->file);
    free(s);
}

static bool has_role(const struct str_list *names, enum bottomup_role role, const char **out)
{
    for (size_t i = 0; i < names->count; i++)
        if (bottomup_role_of(names->items[i]) == role) {
            *out = names->items[i];
            return true;
        }
    return false;
}

static struct h5_column *column_of(struct state *s, enum bottomup_role role)
{
    const char *name;
    for (size_t n = 0; (name = bottomup_role_name(role, n)); n++)
        for (size_t i = 0; i < s->column_count; i++)
            if (strcmp(s->columns[i].name, name) == 0)
                return &s->columns[i];
    return NULL;
}

/* ---- opening: rows ---- */

static int find_ids(struct bottomup *reader, struct state *s, const struct str_list *names,
                    struct error *err)
{
    for (size_t i = 0; i < names->count && !s->named; i++) {
        if (bottomup_role_of(names->items[i]) != BOTTOMUP_IDS)
            continue;
        int is = h5_texts(s->group, names->items[i], reader->path, &s->images, err);
        if (is < 0)
            return -1;
        s->named = is == 1 && s->images.count == s->count;
        if (is == 1 && !s->named)
            notes_add(&reader->notes, "%s: %s has %zu entries, not one for each of %zu images",
                      reader->path, names->items[i], s->images.count, s->count);
        if (!s->named)
            str_list_done(&s->images);
    }
    int got = s->named ? 1 : bottomup_hdf5_ids(reader, s->count, &s->images, err);
    if (got < 0)
        return -1;
    s->named = got == 1;
    if (!s->named)
        notes_add(&reader->notes,
                  "%s: has no ids (image_id or ids, or NAME_imgid2idx.pkl beside it): its rows are "
                  "called 0, 1, 2 ...",
                  reader->path);
    return 0;
}

static bool is_pos_boxes(const struct h5_column *c)
{
    return strcmp(c->name, "pos_boxes") == 0;
}

/* Opens the datasets that mean something. */
static int open_columns(const struct bottomup *reader, struct state *s,
                        const struct str_list *names, struct error *err)
{
    for (size_t i = 0; i < names->count && s->column_count < ROOT_COLUMNS; i++) {
        enum bottomup_role role = bottomup_role_of(names->items[i]);
        bool pos = strcmp(names->items[i], "pos_boxes") == 0;
        if ((role == BOTTOMUP_ROLES && !pos) || role == BOTTOMUP_IDS)
            continue;
        int is = h5_column_open(s->group, names->items[i], reader->path,
                                &s->columns[s->column_count], err);
        if (is < 0)
            return -1;
        s->column_count += is == 1;
    }
    return 0;
}

static struct h5_column *find_pos(struct state *s)
{
    for (size_t i = 0; i < s->column_count; i++)
        if (is_pos_boxes(&s->columns[i]))
            return &s->columns[i];
    return NULL;
}

/* All numbers of a column of integers. */
static int read_integers(struct h5_column *c, const char *where, int64_t *out, struct error *err)
{
    const uint8_t *rows;
    for (size_t i = 0; i < c->shape[0]; i++) {
        if (h5_column_rows(c, i, 1, where, &rows, err) != 0)
            return -1;
        memcpy(out + i * c->row, rows, c->row * sizeof *out);
    }
    return 0;
}

/* The regions of image i are rows spans[2 i] .. spans[2 i + 1] - 1: from pos_boxes, or added up
 * from num_boxes. */
static int read_spans(struct bottomup *reader, struct state *s, struct h5_column *from,
                      struct error *err)
{
    bool pos = is_pos_boxes(from);
    s->count = (size_t)from->shape[0];
    if (from->type != ELEM_I64 || from->row != (pos ? 2 : 1))
        return error_at(err, reader->path, -1, "'%s' is not of %s", from->name,
                        pos ? "two integers per image" : "one integer per image");
    if (mem_alloc(&s->spans, 2 * s->count, sizeof *s->spans, from->name, err) != 0 ||
        read_integers(from, reader->path, pos ? s->spans : s->spans + s->count, err) != 0)
        return -1;
    int64_t end = 0;
    for (size_t i = 0; !pos && i < s->count; i++) {
        int64_t n = s->spans[s->count + i];
        if (n < 0 || n > BOTTOMUP_REGIONS_MAX)
            return error_at(err, reader->path, -1, "%s of row %zu is %" PRId64, from->name, i, n);
        s->spans[2 * i] = end;
        s->spans[2 * i + 1] = end += n;
    }
    s->layout = REGIONS;
    return 0;
}

static int check_total(struct bottomup *reader, struct state *s, const struct h5_column *features,
                       struct error *err)
{
    int64_t end = s->count ? s->spans[2 * s->count - 1] : 0;
    if (find_pos(s) || (uint64_t)end == features->shape[0])
        return 0;
    return error_at(err, reader->path, -1, "num_boxes add up to %" PRId64 ", but %s has %llu rows",
                    end, features->name, (unsigned long long)features->shape[0]);
}

static int open_rows(struct bottomup *reader, struct state *s, const struct str_list *names,
                     struct error *err)
{
    if (open_columns(reader, s, names, err) != 0)
        return -1;
    struct h5_column *features = column_of(s, BOTTOMUP_FEATURES);
    struct h5_column *pos = find_pos(s), *counts = column_of(s, BOTTOMUP_COUNT);
    if (!features)
        return error_at(err, reader->path, -1, "its features are not numbers");
    if (features->ndim == 2 && !pos && !counts) {
        s->layout = ONE; /* one image, the whole file */
        s->count = 1;
        return 0;
    }
    s->layout = ROWS;
    s->count = (size_t)features->shape[0];
    if (features->ndim == 2 && (read_spans(reader, s, pos ? pos : counts, err) != 0 ||
                                check_total(reader, s, features, err) != 0))
        return -1;
    return find_ids(reader, s, names, err);
}

/* ---- opening: a group or a dataset per image ---- */

/* Adds the paths of the groups below `path` that hold features; or of all of its groups, if one
 * does. */
static int add_groups(struct bottomup *reader, struct state *s, const char *path, int depth,
                      struct error *err)
{
    struct str_list names = {0};
    const char *unused;
    size_t others;
    hid_t group = *path ? H5Oopen(s->group, path, H5P_DEFAULT) : s->group;
    int status = group < 0 ? error_at(err, reader->path, -1, "group '%.80s' is damaged", path)
                           : h5_list(group, reader->path, H5_NAMES_MAX, &names, &others, err);
    if (*path && group >= 0)
        H5Oclose(group);
    bool image = status == 0 && *path && has_role(&names, BOTTOMUP_FEATURES, &unused);
    if (image)
        str_list_add(&s->images, mem_strdup(path));
    for (size_t i = 0; status == 0 && !image && depth < DEPTH_MOST && i < names.count; i++) {
        char *below =
            *path ? mem_printf("%s/%s", path, names.items[i]) : mem_strdup(names.items[i]);
        if (h5_is(s->group, below, H5I_GROUP))
            status = add_groups(reader, s, below, depth + 1, err);
        free(below);
    }
    str_list_done(&names);
    return status;
}

/* Whether the first group holds features itself: then all are taken to. */
static bool first_is_image(const struct state *s, const char *first)
{
    const char *name;
    bool is = false;
    for (size_t n = 0; !is && (name = bottomup_role_name(BOTTOMUP_FEATURES, n)); n++) {
        char *path = mem_printf("%s/%s", first, name);
        is = h5_is(s->group, path, H5I_DATASET);
        free(path);
    }
    return is;
}

static int open_groups(struct bottomup *reader, struct state *s, struct str_list *names,
                       struct error *err)
{
    s->layout = GROUPS;
    if (first_is_image(s, names->items[0])) {
        s->images = *names;
        *names = (struct str_list){0};
    } else if (add_groups(reader, s, "", 0, err) != 0) {
        return -1;
    }
    s->count = s->images.count;
    return 0;
}

/* "ID" of "ID_features", and what else the file has of that image. */
static bool find_suffixes(struct state *s, const char *prefix)
{
    const char *name;
    for (int role = 0; role < BOTTOMUP_ROLES; role++)
        for (size_t n = 0; (name = bottomup_role_name((enum bottomup_role)role, n)); n++) {
            char *path = mem_printf("%s_%s", prefix, name);
            if (h5_is(s->group, path, H5I_DATASET))
                str_list_add(&s->suffixes, mem_strdup(name));
            free(path);
        }
    return s->suffixes.count > 0;
}

static bool open_flat(struct state *s, const struct str_list *names)
{
    static const char *const endings[] = {"_features", "_feat", "_feats"};
    for (size_t e = 0; e < COUNTOF(endings) && s->images.count == 0; e++)
        for (size_t i = 0; i < names->count; i++) {
            const char *name = names->items[i];
            size_t length = strlen(name), ending = strlen(endings[e]);
            if (length > ending && str_ends_with(name, endings[e]))
                str_list_add(&s->images, mem_strndup(name, length - ending));
        }
    s->layout = FLAT;
    s->count = s->images.count;
    return s->count > 0 && find_suffixes(s, s->images.items[0]);
}

static int no_images(const struct bottomup *reader, const struct str_list *names, size_t others,
                     struct error *err)
{
    struct str there = {0};
    for (size_t i = 0; i < names->count && i < 10; i++)
        str_addf(&there, "%s%.40s", i ? ", " : "", names->items[i]);
    error_at(err, reader->path, -1,
             "is an HDF5 file without region features (features, image_features, a group or "
             "dataset per image); it holds: %.300s%s%s",
             there.length ? str_text(&there) : "nothing", names->count > 10 ? ", ..." : "",
             others ? ", and links that are not followed" : "");
    str_done(&there);
    return -1;
}

static int open_layout(struct bottomup *reader, struct state *s, struct str_list *names,
                       size_t others, struct error *err)
{
    const char *features;
    const char *first = names->count ? names->items[0] : "";
    if (has_role(names, BOTTOMUP_FEATURES, &features) && h5_is(s->group, features, H5I_DATASET))
        return open_rows(reader, s, names, err);
    if (open_flat(s, names))
        return 0;
    if (h5_is(s->group, first, H5I_GROUP) && open_groups(reader, s, names, err) != 0)
        return -1;
    if (h5_is(s->group, first, H5I_DATASET)) {
        s->layout = SETS;
        s->images = *names;
        s->count = names->count;
        *names = (struct str_list){0};
    }
    return s->count > 0 ? 0 : no_images(reader, names, others, err);
}

static int hdf5_open(struct bottomup *reader, struct error *err)
{
    struct state *s = mem_new(1, sizeof *s);
    struct str_list names = {0};
    size_t others;
    reader->state = s;
    reader->even_rows = true;
    s->file = s->group = -1;
    if (h5_open(reader->path, &s->file, err) != 0)
        return -1;
    s->group = H5Gopen2(s->file, "/", H5P_DEFAULT);
    int status = s->group >= 0 ? h5_list(s->group, reader->path, H5_NAMES_MAX, &names, &others, err)
                               : error_at(err, reader->path, -1, "has a damaged root");
    if (status == 0)
        status = open_layout(reader, s, &names, others, err);
    if (status == 0 && others > 0)
        notes_add(&reader->notes, "%s: %zu links to elsewhere are not followed", reader->path,
                  others);
    str_list_done(&names);
    return status;
}

/* ---- images ---- */

static int set_id(struct bottomup *reader, struct state *s, size_t i, struct error *err)
{
    bool rows = s->layout == ROWS || s->layout == REGIONS;
    char *id;
    str_clear(&reader->where);
    if (rows)
        str_addf(&reader->where, "%s: row %zu", reader->path, i);
    else
        str_add(&reader->where, reader->path);
    if (s->layout == ONE) {
        const char *name = file_name(reader->path), *dot = strrchr(name, '.');
        id = dot ? mem_strndup(name, (size_t)(dot - name)) : mem_strdup(name);
    } else if (rows && !s->named) {
        id = mem_printf("%zu", i);
    } else {
        id = mem_strdup(s->layout == GROUPS ? file_name(s->images.items[i]) : s->images.items[i]);
    }
    int status = bottomup_set_id(reader, id, err);
    free(id);
    return status;
}

static int hdf5_next(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    while (s->named && s->at < s->count && !*s->images.items[s->at])
        s->at++; /* a row that belongs to no image */
    if (s->at == s->count)
        return 0;
    s->at++;
    return set_id(reader, s, s->at - 1, err) == 0 ? 1 : -1;
}

/* Adds row i of a column, without its first axis, or rows first .. first+n-1. */
static int add_rows(struct bottomup_record *record, struct h5_column *c, size_t first, size_t n,
                    bool several, const char *where, struct error *err)
{
    struct array_view view = {.type = c->type};
    const uint8_t *rows;
    if (h5_column_rows(c, first, n, where, &rows, err) != 0)
        return -1;
    if (several)
        view.shape[view.ndim++] = n;
    for (int i = 1; i < c->ndim; i++)
        view.shape[view.ndim++] = (size_t)c->shape[i];
    if (array_measure(&view, where, err) != 0)
        return -1;
    view.data = rows;
    view.available = view.count;
    array_contiguous(&view, false);
    bottomup_record_array(record, c->name, strlen(c->name), &view);
    return 0;
}

/* Whether a column has one row per region of all images. */
static bool is_per_region(const struct state *s, const struct h5_column *c, size_t total)
{
    static const bool per_region[BOTTOMUP_ROLES + 1] = {
        [BOTTOMUP_FEATURES] = true, [BOTTOMUP_BOXES] = true,       [BOTTOMUP_FRACTIONS] = true,
        [BOTTOMUP_CLASSES] = true,  [BOTTOMUP_CONFIDENCES] = true, [BOTTOMUP_PROBABILITIES] = true};
    return s->layout == REGIONS && per_region[bottomup_role_of(c->name)] && c->shape[0] == total;
}

static int add_row(struct bottomup *reader, struct bottomup_record *record, struct error *err)
{
    struct state *s = reader->state;
    const char *where = str_text(&reader->where);
    size_t i = s->at - 1, total = (size_t)column_of(s, BOTTOMUP_FEATURES)->shape[0];
    int64_t first = s->spans ? s->spans[2 * i] : 0, end = s->spans ? s->spans[2 * i + 1] : 1;
    if (first < 0 || end <= first || (uint64_t)end > total || end - first > BOTTOMUP_REGIONS_MAX)
        return bottomup_fail(reader, err,
                             "its regions are rows %" PRId64 " to %" PRId64 " of %zu: none, more "
                             "than %d, or not there",
                             first, end, total, BOTTOMUP_REGIONS_MAX);
    for (size_t c = 0; c < s->column_count; c++) {
        struct h5_column *column = &s->columns[c];
        bool several = is_per_region(s, column, total);
        bool other = !several && column->shape[0] != s->count;
        if (other && column->shape[0] > 0 && !is_pos_boxes(column))
            notes_add(&reader->notes,
                      "%s: %s has %llu rows, not one for each of %zu images: omitted", reader->path,
                      column->name, (unsigned long long)column->shape[0], s->count);
        if (is_pos_boxes(column) || other)
            continue;
        if (add_rows(record, column, several ? (size_t)first : i,
                     several ? (size_t)(end - first) : 1, several, where, err) != 0)
            return -1;
    }
    return 0;
}

static int add_group(struct bottomup *reader, struct bottomup_record *record, const char *path,
                     struct error *err)
{
    const struct state *s = reader->state;
    struct str_list names = {0};
    size_t others;
    const char *where = str_text(&reader->where);
    if (*path && !h5_is(s->group, path, H5I_GROUP))
        return bottomup_fail(reader, err, "is not a group, as the other images are");
    hid_t group = H5Oopen(s->group, *path ? path : ".", H5P_DEFAULT);
    if (group < 0)
        return bottomup_fail(reader, err, "its group is damaged");
    int status = h5_list(group, where, GROUP_NAMES, &names, &others, err);
    for (size_t i = 0; status == 0 && i < names.count; i++)
        if (bottomup_role_of(names.items[i]) != BOTTOMUP_ROLES)
            status = h5_add_set(record, group, names.items[i], names.items[i], where, err);
    if (status == 0)
        h5_add_attributes(record, group);
    str_list_done(&names);
    H5Oclose(group);
    return status;
}

static int add_flat(struct bottomup *reader, struct bottomup_record *record, struct error *err)
{
    const struct state *s = reader->state;
    int status = 0;
    for (size_t i = 0; status == 0 && i < s->suffixes.count; i++) {
        char *name = mem_printf("%s_%s", s->images.items[s->at - 1], s->suffixes.items[i]);
        if (h5_is(s->group, name, H5I_DATASET))
            status = h5_add_set(record, s->group, name, s->suffixes.items[i],
                                str_text(&reader->where), err);
        free(name);
    }
    return status;
}

static int hdf5_load(struct bottomup *reader, struct error *err)
{
    struct state *s = reader->state;
    struct bottomup_record record = {0};
    int status = -1;
    switch (s->layout) {
    case ROWS:
    case REGIONS:
        status = add_row(reader, &record, err);
        break;
    case GROUPS:
        status = add_group(reader, &record, s->images.items[s->at - 1], err);
        break;
    case ONE:
        status = add_group(reader, &record, "", err);
        break;
    case FLAT:
        status = add_flat(reader, &record, err);
        break;
    case SETS:
        status = h5_add_set(&record, s->group, s->images.items[s->at - 1], "features",
                            str_text(&reader->where), err);
        break;
    }
    if (status == 0)
        status = bottomup_take_record(reader, &record, err);
    bottomup_record_clear(&record);
    return status;
}

static void hdf5_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    const struct state *s = reader->state;
    *done_out = s->at;
    *total_out = s->count;
}

const struct bottomup_kind bottomup_hdf5 = {hdf5_open,     hdf5_next,  hdf5_load,
                                            hdf5_progress, hdf5_close, NULL};
