/* dataset_boxes.c: boxes and image sizes of a split. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/dataset/dataset_private.h"
#include "io/torch/objarray.h"

enum { BOX = 4, BOX_AND_SCORE = 5, PFAN_LAST = 30, MAX_SIDE = 1 << 24 };

/* Everything but drawing works without boxes: what cannot be used is a note, and why there are no
 * boxes. Returns 0. */
PRINTF_LIKE(3, 4)
static int drop_boxes(struct opening *o, const char *path, const char *format, ...)
{
    struct dataset *d = o->d;
    va_list args;
    va_start(args, format);
    char *reason = mem_vprintf(format, args);
    va_end(args);
    free(d->boxes);
    d->boxes = NULL;
    free(d->no_boxes);
    d->no_boxes = mem_printf("%s %s", file_name(path), reason);
    notes_add(&d->notes, "%s: no boxes", d->no_boxes);
    notes_add(&d->unused, "%s", d->no_boxes);
    free(reason);
    return 0;
}

/* Sizes likewise; photographs then have their own. */
PRINTF_LIKE(3, 4)
static int drop_sizes(struct opening *o, const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *reason = mem_vprintf(format, args);
    va_end(args);
    free(o->d->sizes);
    o->d->sizes = NULL;
    notes_add(&o->d->notes, "%s %s: no image sizes", file_name(path), reason);
    notes_add(&o->d->unused, "%s %s", file_name(path), reason);
    free(reason);
    return 0;
}

/* Whether the array's shape is that of the boxes; else they are dropped. */
static bool has_box_shape(struct opening *o, const struct npy *a)
{
    struct dataset *d = o->d;
    if (a->type != NPY_OBJECT && a->ndim == 3 && a->shape[2] == PFAN_LAST) {
        drop_boxes(o, a->path,
                   "holds PFAN's positions (15 grid cells and 15 weights per region), not boxes");
    } else if (a->type == NPY_OBJECT || a->ndim != 3 ||
               (a->shape[2] != BOX && a->shape[2] != BOX_AND_SCORE)) {
        char *shape = npy_describe(a);
        drop_boxes(o, a->path, "is %s, not images x regions x 4", shape);
        free(shape);
    } else if (a->shape[1] != d->regions) {
        drop_boxes(o, a->path, "has boxes for %zu regions per image, but the features have %zu",
                   a->shape[1], d->regions);
    } else {
        return true;
    }
    return false;
}

/* Whether a fifth column is the detector's score; if so, it is taken out. */
static bool take_out_scores(struct dataset *d)
{
    size_t total = d->images * d->regions;
    for (size_t i = 0; i < total; i++) {
        float score = d->boxes[BOX_AND_SCORE * i + BOX];
        if (!(score >= 0 && score <= 1))
            return false;
    }
    for (size_t i = 0; i < total; i++)
        memmove(d->boxes + BOX * i, d->boxes + BOX_AND_SCORE * i, BOX * sizeof *d->boxes);
    return true;
}

static bool are_zero(const struct dataset *d)
{
    size_t i = 0, numbers = d->images * d->regions * BOX;
    while (i < numbers && d->boxes[i] == 0)
        i++;
    return i == numbers;
}

static int read_boxes(struct opening *o, const struct npy *a, struct error *err)
{
    struct dataset *d = o->d;
    struct error why;
    size_t step;
    if (!has_box_shape(o, a))
        return 0;
    if (dataset_check_rows(o, a, &step, &why) != 0)
        return drop_boxes(o, a->path, "%s", error_without(why.text, a->path));
    if (mem_alloc(&d->boxes, d->images * d->regions, a->shape[2] * sizeof *d->boxes, a->path,
                  err) != 0)
        return -1;
    dataset_take_rows(a, step, d->images, d->boxes);
    dataset_clear_padding(d, 0, d->images, a->shape[2], d->boxes);
    if (a->shape[2] == BOX_AND_SCORE) {
        if (!take_out_scores(d))
            return drop_boxes(o, a->path,
                              "has five columns per box, of which the fifth is not a score (0..1)");
        notes_add(&d->notes, "%s: the fifth column is taken as the detector's score, and ignored",
                  file_name(a->path));
    }
    if (are_zero(d))
        return drop_boxes(o, a->path, "holds nothing but zeros");
    dataset_check_boxes(d, a->path);
    return 0;
}

static int read_size_pairs(struct opening *o, const struct npy *a, size_t step, struct error *err)
{
    struct dataset *d = o->d;
    float *pairs;
    if (mem_alloc(&pairs, d->images * 2, sizeof *pairs, a->path, err) != 0)
        return -1;
    dataset_take_rows(a, step, d->images, pairs);
    for (size_t i = 0; d->sizes && i < 2 * d->images; i++) {
        if (!(pairs[i] >= 1 && pairs[i] <= MAX_SIDE))
            drop_sizes(o, a->path, "has %g for image %zu, which is not a width or height",
                       (double)pairs[i], i / 2);
        else
            d->sizes[i] = (int32_t)lroundf(pairs[i]);
    }
    free(pairs);
    return 0;
}

/* An array of dicts, one per row; those of the images are kept. */
static int read_size_dicts(struct opening *o, const struct npy *a, size_t step, struct error *err)
{
    struct dataset *d = o->d;
    struct error why;
    int32_t *all;
    if (mem_alloc(&all, a->count * 2, sizeof *all, a->path, err) != 0)
        return -1;
    if (objarray_image_sizes(a->data, a->data_size, a->path, a->count, all, &why) != 0)
        drop_sizes(o, a->path, "%s", error_without(why.text, a->path));
    for (size_t i = 0; d->sizes && i < d->images; i++) {
        d->sizes[2 * i] = all[2 * i * step];
        d->sizes[2 * i + 1] = all[2 * i * step + 1];
    }
    free(all);
    return 0;
}

static int read_sizes(struct opening *o, const struct npy *a, struct error *err)
{
    struct dataset *d = o->d;
    struct error why;
    bool dicts = a->type == NPY_OBJECT && a->ndim == 1;
    size_t step;
    if (!dicts && !(a->type != NPY_OBJECT && a->ndim == 2 && a->shape[1] == 2)) {
        char *shape = npy_describe(a);
        drop_sizes(o, a->path, "is %s, not images x 2", shape);
        free(shape);
        return 0;
    }
    if (dataset_check_rows(o, a, &step, &why) != 0)
        return drop_sizes(o, a->path, "%s", error_without(why.text, a->path));
    if (mem_alloc(&d->sizes, d->images * 2, sizeof *d->sizes, a->path, err) != 0)
        return -1;
    return dicts ? read_size_dicts(o, a, step, err) : read_size_pairs(o, a, step, err);
}

int dataset_open_boxes(struct opening *o, struct error *err)
{
    struct error why;
    char *path;
    struct npy *a = dataset_open_array(o, dataset_box_endings, &path, &why);
    int status = a ? read_boxes(o, a, err) : 0;
    if (path && !a)
        drop_boxes(o, path, "%s", error_without(why.text, path));
    npy_free(a);
    free(path);
    return status;
}

int dataset_open_sizes(struct opening *o, struct error *err)
{
    struct error why;
    char *path;
    struct npy *a = dataset_open_array(o, dataset_size_endings, &path, &why);
    int status = a ? read_sizes(o, a, err) : 0;
    if (path && !a)
        drop_sizes(o, path, "%s", error_without(why.text, path));
    npy_free(a);
    free(path);
    return status;
}

int dataset_use_sizes(struct dataset *d, int32_t *sizes, struct error *err)
{
    const struct dataset_spec spec = {.folder = d->folder, .split = d->split};
    struct opening o = {.spec = &spec, .d = d, .in_folder = true};
    free(d->sizes);
    free(d->boxes);
    free(d->no_boxes);
    d->sizes = sizes;
    d->boxes = NULL;
    d->no_boxes = NULL;
    d->box_fractions = false;
    d->box_counts = (struct dataset_box_counts){0};
    return dataset_open_boxes(&o, err);
}
