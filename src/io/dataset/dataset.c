#include "io/dataset/dataset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/dataset/dataset_private.h"
#include "io/dataset/feature_source.h"
#include "io/dataset/photos.h"
#include "io/text/captions.h"

enum {
    MAX_REGIONS = 1024,
    MAX_FEATURE_SIZE = 1 << 20,
};

/* ---- features ---- */

static int no_features(const struct opening *o, struct error *err)
{
    const struct dataset *d = o->d;
    if (!file_is_folder(d->folder))
        return error_at(err, d->folder, -1,
                        file_exists(d->folder) ? "is not a folder" : "no such folder");
    char *splits = dataset_list_splits(d->folder);
    if (splits[0])
        error_at(err, d->folder, -1, "has no %s_ims.npy; its splits are: %s", d->split, splits);
    else
        error_at(err, d->folder, -1,
                 "has no %s_ims.npy (nor %s_feat.npy, nor .npz): not a data folder", d->split,
                 d->split);
    free(splits);
    return -1;
}

static int check_features(struct dataset *d, struct error *err)
{
    const struct npy *a = d->features;
    if (a->type == NPY_OBJECT || (a->ndim != 3 && a->ndim != 2) || a->count == 0) {
        char *shape = npy_describe(a);
        error_at(err, a->path, -1, "holds %s, not features (images x regions x size)", shape);
        free(shape);
        return -1;
    }
    d->regions = a->ndim == 3 ? a->shape[1] : 1;
    d->feature_size = a->shape[a->ndim - 1];
    if (d->regions > MAX_REGIONS || d->feature_size > MAX_FEATURE_SIZE)
        return error_at(err, a->path, -1, "has %zu regions of size %zu; at most %d and %d are read",
                        d->regions, d->feature_size, MAX_REGIONS, MAX_FEATURE_SIZE);
    return 0;
}

/* Files of two states of the split must not be read as one. */
static int check_ready(const struct opening *o, struct error *err)
{
    char *name = mem_printf("%s" DATASET_READY, o->d->split);
    char *path = file_join(o->d->folder, name);
    int status = 0;
    if (o->in_folder && file_is_folder(path))
        status = error_at(err, path, -1,
                          "its files are those of the split, not all put in place: extract was "
                          "interrupted; run the same extract command again");
    free(path);
    free(name);
    return status;
}

static int open_features(struct opening *o, struct error *err)
{
    struct dataset *d = o->d;
    if (check_ready(o, err) != 0)
        return -1;
    char *path = o->spec->features ? mem_strdup(o->spec->features)
                                   : dataset_find_array(o, dataset_feature_endings);
    if (!path)
        return no_features(o, err);
    int status = npy_open(path, NULL, &d->features, err);
    free(path);
    return status == 0 ? check_features(d, err) : -1;
}

/* ---- photographs, source ---- */

static int open_photos(struct opening *o, struct error *err)
{
    struct dataset *d = o->d;
    struct photos_spec spec = {
        .folder = o->spec->photos,
        .data = o->in_folder ? d->folder : NULL,
        .mapping = o->spec->id_mapping,
        .ids = (const char *const *)d->id,
        .count = d->images,
        .ids_are_rows = d->ids_are_rows,
    };
    if (photos_open(&spec, &d->photos, err) != 0)
        return -1;
    const char *folder = photos_folder(d->photos);
    d->photo_folder = mem_strdup(folder);
    if (photos_by_order(d->photos))
        notes_add(&o->d->notes,
                  "ids are taken as positions in the folder of photographs in file-name "
                  "order");
    return 0;
}

/* Which extractor made the features: only of those that the folder has itself. */
static int open_source(struct opening *o, struct error *err)
{
    struct feature_source source;
    if (!o->in_folder || o->spec->features)
        return 0;
    char *path = feature_source_path(o->d->folder, o->d->split);
    int status = feature_source_load(path, &source, err);
    free(path);
    if (status == 0)
        o->d->source = feature_source_name(&source);
    feature_source_done(&source);
    return status;
}

/* ---- opening ---- */

/* Undoes a part that failed, for those after it. */
static void go_without(struct dataset *d, enum dataset_part part)
{
    if (part == DATASET_CAPTIONS) {
        d->row_step = 1;
        d->images = d->features->shape[0];
        d->captions = 0;
        caption_map_done(&d->map);
        d->map.images = d->images;
    } else if (part == DATASET_COUNTS) {
        free(d->region_count);
        d->region_count = NULL;
    } else if (part == DATASET_IDS) {
        dataset_number_ids(d);
    }
}

static int open_parts(struct opening *o, struct error *err)
{
    static int (*const parts[DATASET_PARTS])(struct opening *, struct error *) = {
        [DATASET_FEATURES] = open_features,     [DATASET_CAPTIONS] = dataset_open_captions,
        [DATASET_COUNTS] = dataset_open_counts, [DATASET_IDS] = dataset_open_ids,
        [DATASET_SIZES] = dataset_open_sizes,   [DATASET_SOURCE] = open_source,
        [DATASET_BOXES] = dataset_open_boxes,   [DATASET_CLASSES] = dataset_open_classes,
        [DATASET_PHOTOS] = open_photos,
    };
    struct dataset_faults *faults = o->spec->faults;
    for (size_t i = 0; i < COUNTOF(parts); i++) {
        if (parts[i](o, faults ? &faults->error[i] : err) == 0)
            continue;
        if (faults)
            faults->found[i] = true;
        if (!faults || i == DATASET_FEATURES) {
            if (faults && err)
                *err = faults->error[i];
            return -1;
        }
        go_without(o->d, (enum dataset_part)i);
    }
    return 0;
}

int dataset_open(const struct dataset_spec *spec, struct dataset **out, struct error *err)
{
    struct dataset *d = mem_new(1, sizeof *d);
    struct opening o = {.spec = spec, .d = d, .in_folder = spec->folder != NULL};
    *out = NULL;
    if (spec->folder)
        d->folder = mem_strdup(spec->folder);
    else
        d->folder = file_folder(spec->features ? spec->features : "");
    d->split = mem_strdup(spec->split ? spec->split : spec->folder ? "test" : "");
    int status =
        spec->folder || spec->features
            ? open_parts(&o, err)
            : error_set(err, "no data: give a folder (--data DIR) or features (--ims FILE)");
    if (status != 0) {
        dataset_free(d);
        return -1;
    }
    *out = d;
    return 0;
}

void dataset_free(struct dataset *d)
{
    if (!d)
        return;
    npy_free(d->features);
    caption_map_done(&d->map);
    photos_free(d->photos);
    str_list_done(
        &(struct str_list){.items = d->caption, .count = d->caption ? d->caption_lines : 0});
    text_token_lines_done(&(struct token_lines){
        .ids = d->tokens, .counts = d->token_count, .count = d->caption_lines});
    str_list_done(&(struct str_list){.items = d->id, .count = d->id_lines});
    free(d->region_count);
    free(d->boxes);
    free(d->no_boxes);
    free(d->classes);
    free(d->confidences);
    str_list_done(&d->class_names);
    notes_done(&d->unused);
    free(d->sizes);
    free(d->photo_folder);
    free(d->source);
    notes_done(&d->notes);
    free(d->folder);
    free(d->split);
    free(d);
}

/* ---- using it ---- */

int dataset_features(const struct dataset *d, size_t first, size_t n, float *out, struct error *err)
{
    size_t row = d->regions * d->feature_size;
    assert(first <= d->images && n <= d->images - first);
    if (d->row_step == 1)
        npy_rows_f32(d->features, first, n, out);
    for (size_t i = 0; d->row_step > 1 && i < n; i++)
        npy_rows_f32(d->features, (first + i) * d->row_step, 1, out + i * row);
    dataset_clear_padding(d, first, n, d->feature_size, out);
    ptrdiff_t bad = npy_find_nonfinite(out, n * row);
    if (bad < 0)
        return 0;
    size_t image = first + (size_t)bad / row, region = (size_t)bad % row / d->feature_size;
    return error_at(
        err, d->features->path, -1,
        "image %zu (id %s), region %zu: a feature is NaN or infinite; compute this image's "
        "features again",
        image, d->id[image], region);
}

int dataset_photo(const struct dataset *d, size_t image, char **path_out, struct error *err)
{
    return photos_find(d->photos, d->id[image], path_out, err);
}

/* The name without folder and ending. */
static size_t stem(const char *text, const char **start_out)
{
    *start_out = file_name(text);
    const char *dot = strrchr(*start_out, '.');
    return dot && dot != *start_out ? (size_t)(dot - *start_out) : strlen(*start_out);
}

static bool same_stem(const char *a, const char *b)
{
    const char *x, *y;
    size_t n = stem(a, &x);
    return n > 0 && stem(b, &y) == n && strncmp(x, y, n) == 0;
}

ptrdiff_t dataset_find_image(const struct dataset *d, const char *text)
{
    for (size_t i = 0; i < d->images; i++)
        if (strcmp(d->id[i], text) == 0)
            return (ptrdiff_t)i;
    for (size_t i = 0; i < d->images; i++)
        if (same_stem(d->id[i], text))
            return (ptrdiff_t)i;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 9 || text[digits] != '\0')
        return -1;
    size_t row = strtoul(text, NULL, 10);
    return row < d->images ? (ptrdiff_t)row : -1;
}
