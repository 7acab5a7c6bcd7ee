#include "io/dataset/dataset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/dataset/dataset_private.h"
#include "io/dataset/feature_source.h"
#include "io/dataset/photos.h"
#include "io/text/captions.h"

enum {
    REDUNDANCY = 5,    /* rows per image if a features file has one per caption */
    PROBED_GROUPS = 4, /* of five rows, compared to find out */
    DEV_CAPTIONS = 5000,
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

static int open_features(struct opening *o, struct error *err)
{
    struct dataset *d = o->d;
    char *path = o->spec->features ? mem_strdup(o->spec->features)
                                   : dataset_find_array(o, dataset_feature_endings);
    if (!path)
        return no_features(o, err);
    int status = npy_open(path, NULL, &d->features, err);
    free(path);
    return status == 0 ? check_features(d, err) : -1;
}

/* ---- captions ---- */

static void note_empty(struct opening *o, const char *path, size_t before, size_t count)
{
    if (count == 1)
        notes_add(&o->d->notes, "%s: caption %zu, the last line, is empty", path, before);
    else if (count > 1)
        notes_add(&o->d->notes, "%s: captions %zu to %zu, the last lines, are empty", path, before,
                  before + count - 1);
}

static size_t count_broken(const struct str_list *lines, size_t *first_out)
{
    size_t count = 0;
    for (size_t i = lines->count; i-- > 0;)
        if (!utf8_valid(lines->items[i], strlen(lines->items[i]))) {
            count++;
            *first_out = i;
        }
    return count;
}

static int take_captions(struct opening *o, const char *path, struct error *err)
{
    struct dataset *d = o->d;
    struct str_list lines;
    size_t blank, first = 0;
    if (captions_load(path, d->split[0] ? d->split : NULL, &lines, &blank, err) != 0)
        return -1;
    size_t needed = captions_blank_needed(lines.count, blank, d->features->shape[0]);
    note_empty(o, path, lines.count, needed);
    for (size_t i = 0; i < needed; i++)
        str_list_add(&lines, mem_strdup(""));
    size_t broken = count_broken(&lines, &first);
    if (broken > 0)
        notes_add(&d->notes,
                  "%s: %zu captions are not UTF-8 (the first: %zu); what is not is dropped, as by "
                  "the reference",
                  path, broken, first);
    d->caption = lines.items;
    d->caption_lines = lines.count;
    return 0;
}

/* The ids of an empty caption, <start> and <end>, if all lines begin and end alike. */
static bool find_ends(const struct token_lines *lines, int32_t ends[2])
{
    for (size_t i = 0; i < lines->count; i++) {
        size_t n = lines->counts[i];
        if (n < 2 || lines->ids[i][0] != lines->ids[0][0] ||
            lines->ids[i][n - 1] != lines->ids[0][lines->counts[0] - 1])
            return false;
    }
    ends[0] = lines->ids[0][0];
    ends[1] = lines->ids[0][lines->counts[0] - 1];
    return ends[0] != ends[1];
}

/* Makes captions of blank lines at the end that the number needs. */
static void add_blank_tokens(struct opening *o, const char *path, struct token_lines *lines)
{
    const struct dataset *d = o->d;
    size_t missing = d->caption_lines - lines->count;
    size_t needed = !d->caption ? captions_blank_needed(lines->count, lines->blank_at_end,
                                                        d->features->shape[0])
                    : lines->count < d->caption_lines && missing <= lines->blank_at_end ? missing
                                                                                        : 0;
    int32_t ends[2];
    if (needed == 0 || !find_ends(lines, ends))
        return;
    note_empty(o, path, lines->count, needed);
    size_t count = lines->count + needed;
    lines->ids = mem_grow(lines->ids, count, sizeof *lines->ids);
    lines->counts = mem_grow(lines->counts, count, sizeof *lines->counts);
    for (size_t i = lines->count; i < count; i++) {
        lines->ids[i] = mem_new(2, sizeof **lines->ids);
        memcpy(lines->ids[i], ends, sizeof ends);
        lines->counts[i] = 2;
    }
    lines->count = count;
}

static int take_tokens(struct opening *o, const char *path, struct error *err)
{
    struct dataset *d = o->d;
    struct token_lines lines;
    if (text_token_lines_load(path, &lines, err) != 0)
        return -1;
    add_blank_tokens(o, path, &lines);
    if (d->caption && lines.count != d->caption_lines) {
        error_at(err, path, -1, "has word ids for %zu captions, but there are %zu captions",
                 lines.count, d->caption_lines);
        text_token_lines_done(&lines);
        return -1;
    }
    d->tokens = lines.ids;
    d->token_count = lines.counts;
    d->caption_lines = lines.count;
    return 0;
}

static bool rows_equal(const struct npy *a, size_t i, size_t j, float *x, float *y)
{
    npy_rows_f32(a, i, 1, x);
    npy_rows_f32(a, j, 1, y);
    return memcmp(x, y, npy_row_size(a) * sizeof *x) == 0;
}

/* Whether the rows of each of the first groups of five are equal. */
static bool holds_five_times(const struct npy *a)
{
    size_t row = npy_row_size(a), groups = a->shape[0] / REDUNDANCY;
    float *x = mem_try(2 * row, sizeof *x);
    bool equal = x && a->shape[0] % REDUNDANCY == 0;
    for (size_t g = 0; equal && g < groups && g < PROBED_GROUPS; g++)
        for (size_t k = 1; equal && k < REDUNDANCY; k++)
            equal = rows_equal(a, g * REDUNDANCY, g * REDUNDANCY + k, x, x + row);
    free(x);
    return equal;
}

/* Determines how captions and rows correspond. */
static int match_captions(struct opening *o, const char *path, struct error *err)
{
    struct dataset *d = o->d;
    size_t rows = d->features->shape[0], captions = d->caption_lines;
    d->row_step = 1;
    d->images = rows;
    if (captions == 0)
        return 0;
    if (captions % rows != 0)
        return error_at(
            err, path, -1,
            "has %zu captions, but %s has features of %zu images; five captions per image "
            "(%zu) are expected",
            captions, d->features->path, rows, REDUNDANCY * rows);
    d->captions = captions;
    d->per_image = captions / rows;
    if (captions == rows && holds_five_times(d->features)) {
        d->row_step = d->per_image = REDUNDANCY;
        d->images = rows / REDUNDANCY;
    }
    return 0;
}

/* The reference validates on the first 5000 captions of dev. */
static void cut_dev(struct opening *o)
{
    struct dataset *d = o->d;
    if (o->spec->faults || strcmp(d->split, "dev") != 0 || d->captions <= DEV_CAPTIONS ||
        d->per_image > DEV_CAPTIONS)
        return;
    size_t images = DEV_CAPTIONS / d->per_image;
    notes_add(&o->d->notes, "dev is cut to its first %zu images, as by the reference (of %zu)",
              images, d->images);
    d->images = images;
    d->captions = images * d->per_image;
}

static int open_captions(struct opening *o, struct error *err)
{
    const char *named = o->spec->captions, *tokens = o->spec->token_ids;
    char *found = named ? mem_strdup(named) : dataset_find_text(o, "_caps");
    int status = found ? take_captions(o, found, err) : 0;
    if (status == 0 && tokens)
        status = take_tokens(o, tokens, err);
    if (status == 0)
        status = match_captions(o, found ? found : tokens, err);
    if (status == 0)
        cut_dev(o);
    free(found);
    return status;
}

/* ---- ids ---- */

/* Takes one id per image, or one per caption. */
static int spread_ids(struct dataset *d, struct str_list *lines, const char *path,
                      struct error *err)
{
    size_t all = d->features->shape[0] / d->row_step;
    bool a_caption = d->per_image > 1 && lines->count == all * d->per_image;
    size_t step = a_caption ? d->per_image : 1;
    if (!a_caption && lines->count != all && lines->count != d->images)
        return error_at(err, path, -1, "has %zu ids, but the features have %zu images",
                        lines->count, all);
    for (size_t i = 0; step > 1 && i < all; i++) {
        char *id = lines->items[i];
        lines->items[i] = lines->items[i * step];
        lines->items[i * step] = id;
    }
    d->id = lines->items;
    d->id_lines = lines->count;
    *lines = (struct str_list){0};
    return 0;
}

static void number_ids(struct dataset *d)
{
    d->ids_are_rows = true;
    d->id = mem_new(d->images, sizeof *d->id);
    d->id_lines = d->images;
    for (size_t i = 0; i < d->images; i++)
        d->id[i] = mem_printf("%zu", i);
}

/* Blank lines at the end that the number of images needs: such an image goes by its row. */
static void name_blank_ids(struct opening *o, const char *path, struct str_list *lines,
                           size_t blank)
{
    size_t images = o->d->features->shape[0] / o->d->row_step;
    if (lines->count >= images || images - lines->count > blank)
        return;
    notes_add(&o->d->notes, "%s: the last %zu of %zu ids are empty; such an image goes by its row",
              path, images - lines->count, images);
    while (lines->count < images)
        str_list_add(lines, mem_printf("%zu", lines->count));
}

static int open_ids(struct opening *o, struct error *err)
{
    struct str_list lines;
    size_t blank;
    char *path = dataset_find_text(o, "_ids");
    if (!path) {
        number_ids(o->d);
        return 0;
    }
    int status = text_lines_load_end(path, &lines, &blank, err);
    if (status == 0)
        name_blank_ids(o, path, &lines, blank);
    if (status == 0)
        status = spread_ids(o->d, &lines, path, err);
    str_list_done(&lines);
    free(path);
    return status;
}

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
        d->captions = d->per_image = 0;
    } else if (part == DATASET_COUNTS) {
        free(d->region_count);
        d->region_count = NULL;
    } else if (part == DATASET_IDS) {
        number_ids(d);
    }
}

static int open_parts(struct opening *o, struct error *err)
{
    static int (*const parts[DATASET_PARTS])(struct opening *, struct error *) = {
        [DATASET_FEATURES] = open_features,
        [DATASET_CAPTIONS] = open_captions,
        [DATASET_COUNTS] = dataset_open_counts,
        [DATASET_IDS] = open_ids,
        [DATASET_SIZES] = dataset_open_sizes,
        [DATASET_SOURCE] = open_source,
        [DATASET_BOXES] = dataset_open_boxes,
        [DATASET_CLASSES] = dataset_open_classes,
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
