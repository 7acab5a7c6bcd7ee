/* bottomup.c: chooses the kind of file, and checks images of every kind. */
#include "io/dataset/bottomup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/magic.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/array/plausible.h"
#include "io/dataset/bottomup_private.h"
#include "io/dataset/tsv.h"

/* ---- opening ---- */

/* A pipe cannot be read twice: it is taken for a table. */
static bool is_vinvl(const char *path)
{
    struct tsv *tsv;
    struct stat st;
    char *line;
    size_t length;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || tsv_open(path, &tsv, NULL) != 0)
        return false;
    bool is = tsv_next(tsv, &line, &length, NULL) == 1 && bottomup_is_vinvl(line, length);
    tsv_close(tsv);
    return is;
}

static const struct bottomup_kind *kind_of_folder(const char *path)
{
    char *data = file_join(path, "data.mdb");
    bool lmdb = file_exists(data);
    free(data);
    if (lmdb)
        return &bottomup_lmdb;
    return str_ends_with(path, "_att") ? &bottomup_pair : &bottomup_npz;
}

static enum magic_kind magic_of(const char *path)
{
    struct file_map map;
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || file_map_any(path, &map, NULL) != 0)
        return MAGIC_OTHER;
    const struct magic *magic = magic_find(map.data, map.size);
    file_map_close(&map);
    return magic ? magic->kind : MAGIC_OTHER;
}

/* Whether an .npy is one image's, not a whole split: regions x numbers, or a dict. */
static bool is_one_image(const char *path)
{
    struct npy *npy;
    if (npy_open(path, NULL, &npy, NULL) != 0)
        return false;
    bool is = npy->type == NPY_OBJECT || npy->ndim == 2;
    npy_free(npy);
    return is;
}

static const struct bottomup_kind *kind_of(const char *path)
{
    if (file_is_folder(path))
        return kind_of_folder(path);
    enum magic_kind magic = magic_of(path);
    if (magic == MAGIC_HDF5)
        return &bottomup_hdf5;
    if (magic == MAGIC_LMDB)
        return &bottomup_lmdb;
    if (str_ends_with(path, ".npz"))
        return &bottomup_npz;
    if (str_ends_with(path, ".npy"))
        return is_one_image(path) ? &bottomup_npz : &bottomup_precomp;
    return is_vinvl(path) ? &bottomup_vinvl : &bottomup_tsv;
}

/* The kinds whose libraries are not safe on damaged files. */
static const struct bottomup_apart aparts[] = {
    {&bottomup_hdf5, "HDF5 library", 60},
    {&bottomup_lmdb, "LMDB library", 60},
};

static const struct bottomup_apart *apart_of(const struct bottomup_kind *kind)
{
    for (size_t i = 0; i < COUNTOF(aparts); i++)
        if (aparts[i].kind == kind)
            return &aparts[i];
    return NULL;
}

static struct bottomup *new_reader(const char *path)
{
    struct bottomup *reader = mem_new(1, sizeof *reader);
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    reader->path = mem_strndup(path, length);
    return reader;
}

static int open_reader(struct bottomup *reader, struct bottomup **out, struct error *err)
{
    *out = reader;
    if (reader->kind->open(reader, err) == 0)
        return 0;
    bottomup_close(reader);
    *out = NULL;
    return -1;
}

int bottomup_open_apart(const char *path, const struct bottomup_apart *how, struct bottomup **out,
                        struct error *err)
{
    struct bottomup *reader = new_reader(path);
    reader->kind = &bottomup_child;
    reader->apart = how;
    return open_reader(reader, out, err);
}

int bottomup_open_here(const char *path, struct bottomup **out, struct error *err)
{
    struct bottomup *reader = new_reader(path);
    reader->kind = kind_of(reader->path);
    return open_reader(reader, out, err);
}

int bottomup_open(const char *path, struct bottomup **out, struct error *err)
{
    struct bottomup *reader = new_reader(path);
    reader->kind = kind_of(reader->path);
    reader->apart = apart_of(reader->kind);
    if (reader->apart)
        reader->kind = &bottomup_child;
    return open_reader(reader, out, err);
}

void bottomup_close(struct bottomup *reader)
{
    if (!reader)
        return;
    if (reader->state)
        reader->kind->close(reader->state);
    str_done(&reader->where);
    notes_done(&reader->notes);
    str_list_done(&reader->class_names);
    idmap_done(&reader->class_of);
    feature_source_done(&reader->source);
    free(reader->classes);
    free(reader->confidences);
    free(reader->boxes);
    free(reader->features);
    free(reader->path);
    free(reader);
}

/* ---- images ---- */

int bottomup_next(struct bottomup *reader, const char **id_out, struct error *err)
{
    reader->id[0] = '\0';
    int more = reader->kind->next(reader, err);
    *id_out = reader->id;
    return more;
}

/* Boxes of which no number exceeds this are fractions of the picture: as pixels, all of them would
 * lie within its first one. */
static const float fraction_most = 1.001F;

static void find_fractions(struct bottomup *reader)
{
    struct bottomup_image *image = &reader->image;
    float most = 0;
    for (size_t i = 0; image->boxes && i < 4 * image->regions; i++)
        most = fmaxf(most, fabsf(image->boxes[i]));
    if (image->normalised || !(most > 0 && most <= fraction_most))
        return;
    image->normalised = true;
    notes_add(&reader->notes, "%s: boxes do not exceed 1: they are taken as fractions",
              reader->path);
}

static bool all_zero(const float *values, size_t n)
{
    size_t i = 0;
    while (i < n && values[i] == 0)
        i++;
    return i == n;
}

/* Last regions that are nothing but zeros, features and box, are padding that no number counts. An
 * image of zeros alone stays. */
static void drop_padding(struct bottomup *reader)
{
    struct bottomup_image *image = &reader->image;
    size_t size = image->feature_size, real = image->regions;
    while (real > 0 && all_zero(image->features + (real - 1) * size, size) &&
           (!image->boxes || all_zero(image->boxes + 4 * (real - 1), 4)))
        real--;
    if (real == 0 || real == image->regions)
        return;
    image->regions = real;
    notes_add(&reader->notes, "%s: last regions of zeros are padding, and are left out",
              reader->path);
}

static int check_boxes(const struct bottomup *reader, struct error *err)
{
    const struct bottomup_image *image = &reader->image;
    for (size_t r = 0; image->boxes && r < image->regions; r++) {
        const float *b = image->boxes + 4 * r;
        if (npy_find_nonfinite(b, 4) >= 0)
            return bottomup_fail(reader, err, "box %zu has a number that is not finite", r + 1);
        if (b[2] < b[0] || b[3] < b[1])
            return bottomup_fail(
                reader, err,
                "box %zu ends before it begins (x1 %g y1 %g x2 %g y2 %g); are these x, "
                "y, width, height?",
                r + 1, (double)b[0], (double)b[1], (double)b[2], (double)b[3]);
    }
    return 0;
}

static int check_classes(const struct bottomup *reader, struct error *err)
{
    const struct bottomup_image *image = &reader->image;
    size_t names = reader->class_names.count;
    for (size_t r = 0; r < image->regions; r++) {
        int32_t class = image->classes ? image->classes[r] : -1;
        if (class < -1 || (names > 0 && class >= 0 && (size_t) class >= names))
            return bottomup_fail(reader, err, "region %zu is of class %d, which there is not",
                                 r + 1, class);
        if (image->confidences && !isfinite(image->confidences[r]))
            return bottomup_fail(reader, err, "the confidence of region %zu is not finite", r + 1);
    }
    return 0;
}

static int check_features(const struct bottomup *reader, struct error *err)
{
    const struct bottomup_image *image = &reader->image;
    size_t size = image->feature_size;
    struct plausible p = {0};
    ptrdiff_t bad = npy_find_nonfinite(image->features, image->regions * size);
    size_t large = 0;
    plausible_add(&p, image->features, image->regions * size);
    if (!plausible_is(&p))
        return bottomup_fail(reader, err, PLAUSIBLE_WHY, plausible_percent(&p));
    if (bad < 0 && p.largest <= PLAUSIBLE_MOST)
        return 0;
    while (bad < 0 && fabsf(image->features[large]) <= PLAUSIBLE_MOST)
        large++;
    if (bad < 0)
        return bottomup_fail(reader, err,
                             "feature %zu of region %zu is %g, which no feature is; is the file "
                             "damaged?",
                             large % size + 1, large / size + 1, (double)image->features[large]);
    return bottomup_fail(
        reader, err,
        "feature %zu of region %zu is not finite (%g); extract this image again or "
        "omit it with --ids",
        (size_t)bad % size + 1, (size_t)bad / size + 1, (double)image->features[bad]);
}

int bottomup_load(struct bottomup *reader, struct bottomup_image *out, struct error *err)
{
    struct bottomup_image *image = &reader->image;
    size_t before = reader->feature_size;
    *image = (struct bottomup_image){.id = reader->id, .where = str_text(&reader->where)};
    if (reader->kind->load(reader, err) != 0)
        return -1;
    if (before && image->feature_size != before)
        return bottomup_fail(reader, err,
                             "has features of size %zu, but earlier images of size %zu",
                             image->feature_size, before);
    drop_padding(reader);
    find_fractions(reader);
    if (check_boxes(reader, err) != 0 || check_features(reader, err) != 0 ||
        check_classes(reader, err) != 0)
        return -1;
    reader->feature_size = image->feature_size;
    *out = *image;
    return 0;
}

bool bottomup_can_go_on(const struct bottomup *reader)
{
    return !reader->over;
}

const struct str_list *bottomup_class_names(const struct bottomup *reader)
{
    return &reader->class_names;
}

const struct feature_source *bottomup_source(const struct bottomup *reader)
{
    return &reader->source;
}

const char *bottomup_where(const struct bottomup *reader)
{
    return str_text(&reader->where);
}

void bottomup_progress(const struct bottomup *reader, uint64_t *done_out, uint64_t *total_out)
{
    reader->kind->progress(reader, done_out, total_out);
}

const struct notes *bottomup_notes(const struct bottomup *reader)
{
    return reader->kind->notes ? reader->kind->notes(reader) : &reader->notes;
}
