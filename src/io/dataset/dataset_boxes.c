/* dataset_boxes.c: boxes and image sizes of a split. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/dataset/dataset_private.h"
#include "io/torch/objarray.h"

enum { BOX = 4, PFAN_LAST = 30, MAX_SIDE = 1 << 24 };

static const char *const box_endings[] = {"_boxes", "_ims_bbx", NULL};
static const char *const size_endings[] = {"_img_sizes", "_ims_size", NULL};

/* Copies every step-th row, one per image. */
static void take_rows(const struct npy *array, size_t step, size_t images, float *out)
{
    size_t row = npy_row_size(array);
    for (size_t i = 0; i < images; i++)
        npy_rows_f32(array, i * step, 1, out + i * row);
}

static int check_box_shape(const struct opening *o, const struct npy *a, struct error *err)
{
    const struct dataset *d = o->d;
    if (a->shape[1] == d->regions)
        return 0;
    return error_at(err, a->path, -1,
                    "has boxes for %zu regions per image, but the features have %zu", a->shape[1],
                    d->regions);
}

/* PFAN uses the same name for something else; an unknown shape is ignored, too, since everything
 * but drawing works without boxes. */
static bool ignored(struct opening *o, const struct npy *a)
{
    if (a->type != NPY_OBJECT && a->ndim == 3 && a->shape[2] == BOX)
        return false;
    char *shape = npy_describe(a);
    if (a->ndim == 3 && a->shape[2] == PFAN_LAST)
        notes_add(&o->d->notes,
                  "%s holds PFAN's positions (15 grid cells and 15 weights per region), not boxes",
                  a->path);
    else
        notes_add(&o->d->notes, "%s is %s, not images x regions x 4: no boxes", a->path, shape);
    free(shape);
    return true;
}

static int read_boxes(struct opening *o, const struct npy *a, struct error *err)
{
    struct dataset *d = o->d;
    size_t step, row = d->regions * BOX;
    if (ignored(o, a))
        return 0;
    if (check_box_shape(o, a, err) != 0 || dataset_check_rows(o, a, &step, err) != 0 ||
        mem_alloc(&d->boxes, d->images * row, sizeof *d->boxes, a->path, err) != 0)
        return -1;
    take_rows(a, step, d->images, d->boxes);
    ptrdiff_t bad = npy_find_nonfinite(d->boxes, d->images * row);
    if (bad < 0)
        return 0;
    return error_at(err, a->path, -1,
                    "image %zu, region %zu: a corner of the box is NaN or infinite",
                    (size_t)bad / row, (size_t)bad % row / BOX);
}

static int read_size_pairs(struct dataset *d, const struct npy *a, size_t step, struct error *err)
{
    float *pairs;
    if (mem_alloc(&pairs, d->images * 2, sizeof *pairs, a->path, err) != 0)
        return -1;
    take_rows(a, step, d->images, pairs);
    int status = 0;
    for (size_t i = 0; status == 0 && i < 2 * d->images; i++) {
        if (!(pairs[i] >= 1 && pairs[i] <= MAX_SIDE))
            status = error_at(err, a->path, -1, "image %zu: %g is not a width or height", i / 2,
                              (double)pairs[i]);
        else
            d->sizes[i] = (int32_t)lroundf(pairs[i]);
    }
    free(pairs);
    return status;
}

/* An array of dicts, one per row; those of the images are kept. */
static int read_size_dicts(struct dataset *d, const struct npy *a, size_t step, struct error *err)
{
    int32_t *all;
    if (mem_alloc(&all, a->count * 2, sizeof *all, a->path, err) != 0)
        return -1;
    int status = objarray_image_sizes(a->data, a->data_size, a->path, a->count, all, err);
    for (size_t i = 0; status == 0 && i < d->images; i++) {
        d->sizes[2 * i] = all[2 * i * step];
        d->sizes[2 * i + 1] = all[2 * i * step + 1];
    }
    free(all);
    return status;
}

static int read_sizes(struct opening *o, const struct npy *a, struct error *err)
{
    struct dataset *d = o->d;
    bool dicts = a->type == NPY_OBJECT && a->ndim == 1;
    size_t step;
    if (!dicts && !(a->type != NPY_OBJECT && a->ndim == 2 && a->shape[1] == 2)) {
        char *shape = npy_describe(a);
        notes_add(&o->d->notes, "%s is %s, not images x 2: no image sizes", a->path, shape);
        free(shape);
        return 0;
    }
    if (dataset_check_rows(o, a, &step, err) != 0 ||
        mem_alloc(&d->sizes, d->images * 2, sizeof *d->sizes, a->path, err) != 0)
        return -1;
    return dicts ? read_size_dicts(d, a, step, err) : read_size_pairs(d, a, step, err);
}

/* Reads the array with one of the endings if there is one. */
static int open_array(struct opening *o, const char *const *endings,
                      int (*read)(struct opening *, const struct npy *, struct error *),
                      struct error *err)
{
    struct npy *a;
    char *path = dataset_find_array(o, endings);
    if (!path)
        return 0;
    int status = npy_open(path, NULL, &a, err);
    if (status == 0)
        status = read(o, a, err);
    npy_free(a);
    free(path);
    return status;
}

int dataset_open_boxes(struct opening *o, struct error *err)
{
    return open_array(o, box_endings, read_boxes, err);
}

int dataset_open_sizes(struct opening *o, struct error *err)
{
    return open_array(o, size_endings, read_sizes, err);
}
