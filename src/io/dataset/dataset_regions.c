/* dataset_regions.c: how many regions of each image are real, {split}_num_boxes; the rest of its
 * rows is padding. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "io/array/plausible.h"
#include "io/dataset/dataset_private.h"

enum { PROBED_IMAGES = 4096, RELEASED = 64 /* images looked at before memory is given back */ };

static size_t all_images(const struct dataset *d)
{
    return d->features->shape[0] / d->row_step;
}

/* ---- the file ---- */

/* Whether the array's shape and type are those of counts. */
static bool are_counts(const struct npy *a)
{
    bool column = a->ndim == 1 || (a->ndim == 2 && a->shape[1] == 1);
    return column && a->type >= NPY_I8 && a->type <= NPY_U64;
}

/* values: one per row of the file, of which every step-th counts. */
static int take_counts(struct dataset *d, const struct npy *a, const double *values, size_t step,
                       struct error *err)
{
    size_t all = all_images(d), given = a->count / step;
    bool fewer = false;
    for (size_t i = 0; i < given && i < all; i++) {
        double count = values[i * step];
        if (!(count >= 1 && count <= (double)d->regions))
            return error_at(err, a->path, -1,
                            "image %zu has %.0f regions; the features have %zu rows per image, so "
                            "it must be 1 to %zu",
                            i, count, d->regions, d->regions);
        d->region_count[i] = (int32_t)count;
        fewer = fewer || (size_t)count < d->regions;
    }
    for (size_t i = given; i < all; i++)
        d->region_count[i] = (int32_t)d->regions;
    if (!fewer) {
        free(d->region_count);
        d->region_count = NULL;
    }
    return 0;
}

static int read_counts(const struct opening *o, const struct npy *a, struct error *err)
{
    struct dataset *d = o->d;
    size_t step;
    double *values = NULL;
    if (!are_counts(a)) {
        char *shape = npy_describe(a);
        error_at(err, a->path, -1, "is %s, not one integer per image", shape);
        free(shape);
        return -1;
    }
    if (dataset_check_rows(o, a, &step, err) != 0 ||
        mem_alloc(&d->region_count, all_images(d), sizeof *d->region_count, a->path, err) != 0 ||
        mem_alloc(&values, a->count, sizeof *values, a->path, err) != 0)
        return -1;
    npy_all_f64(a, values);
    int status = take_counts(d, a, values, step, err);
    free(values);
    return status;
}

/* ---- without it ---- */

static bool is_zero(const uint8_t *bytes, size_t n)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* Whether the image's last row is all zero, but not its first. */
static bool ends_in_zeros(const struct dataset *d, size_t image)
{
    const struct npy *a = d->features;
    size_t row = d->feature_size * npy_type_size(a->type);
    const uint8_t *first = a->data + image * d->row_step * d->regions * row;
    return is_zero(first + (d->regions - 1) * row, row) && !is_zero(first, row);
}

static size_t count_zero_ends(const struct dataset *d, size_t stride)
{
    size_t count = 0;
    for (size_t i = 0, looked = 0; i < d->images; i += stride) {
        count += ends_in_zeros(d, i);
        if (++looked % RELEASED == 0)
            npy_rows_release(d->features, i * d->row_step);
    }
    return count;
}

/* Rows of zeros at the end look like padding that nothing counts. Of a large split all images are
 * looked at only if a sample has some. */
static void note_zero_ends(struct opening *o)
{
    struct dataset *d = o->d;
    size_t stride = (d->images + PROBED_IMAGES - 1) / PROBED_IMAGES;
    if (d->regions < 2 || d->features->fortran)
        return;
    size_t count = count_zero_ends(d, stride);
    if (count > 0 && stride > 1)
        count = count_zero_ends(d, 1);
    if (count > 0)
        notes_add(&d->notes,
                  "%s: the last rows of %zu of %zu images are all zero: they are taken as regions, "
                  "as by the reference; if they are padding, say so in %s_num_boxes.npy",
                  file_name(d->features->path), count, d->images, d->split[0] ? d->split : "SPLIT");
}

/* ---- */

int dataset_open_counts(struct opening *o, struct error *err)
{
    struct dataset *d = o->d;
    struct npy *a = NULL;
    char *path = dataset_find_array(o, dataset_count_endings);
    int status = path ? npy_open(path, NULL, &a, err) : 0;
    if (a)
        status = read_counts(o, a, err);
    npy_free(a);
    if (status == 0)
        status = plausible_check(d->features, d->region_count, d->row_step, err);
    if (status == 0 && !path)
        note_zero_ends(o);
    free(path);
    return status;
}

void dataset_clear_padding(const struct dataset *d, size_t first, size_t n, size_t size,
                           float *rows)
{
    for (size_t i = 0; d->region_count && i < n; i++) {
        size_t real = dataset_regions_of(d, first + i);
        memset(rows + (i * d->regions + real) * size, 0, (d->regions - real) * size * sizeof *rows);
    }
}
