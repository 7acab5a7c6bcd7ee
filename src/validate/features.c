#include "validate/features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "io/array/plausible.h"
#include "io/dataset/feature_source.h"

/* Bytes read, rows compared, before memory is given back. */
enum { RELEASE = 64 << 20, RELEASED = 128 };

/* One pass. */
struct pass {
    struct subject *s;
    const struct npy *a;
    size_t regions, size, step; /* rows per image */
    float *row, *first;         /* regions x size: of this image, and of the first of five */
    float *low, *high;          /* size: over all regions that are not zero */
    struct image_hash *in_row;  /* regions */
    size_t live, seen;          /* regions that are not zero; all */
    struct findings_tally nan, odd, zero_images, zero_regions, same_regions, copies, padding;
    size_t nan_numbers;
};

static bool is_zero(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] != 0)
            return false;
    return true;
}

static void place_region(const struct pass *p, struct findings_tally *tally, size_t image,
                         size_t region)
{
    char *where = subject_image(p->s, image);
    findings_place(tally, "%s, region %zu", where, region);
    free(where);
}

/* ---- one image ---- */

static void look_for_nan(struct pass *p, size_t image)
{
    size_t real = subject_regions(p->s, image);
    for (size_t r = 0; r < real; r++) {
        const float *values = p->row + r * p->size;
        size_t count = 0;
        if (npy_find_nonfinite(values, p->size) < 0)
            continue;
        for (size_t k = 0; k < p->size; k++)
            count += !isfinite(values[k]);
        char *where = subject_image(p->s, image);
        findings_place(&p->nan, "%s, region %zu (%zu)", where, r, count);
        free(where);
        p->nan_numbers += count;
    }
}

static void look_for_odd(struct pass *p, size_t image)
{
    struct plausible numbers = {0};
    plausible_add(&numbers, p->row, subject_regions(p->s, image) * p->size);
    bool few = plausible_is(&numbers);
    if (few && numbers.largest <= PLAUSIBLE_MOST)
        return;
    char *where = subject_image(p->s, image);
    if (few)
        findings_place(&p->odd, "%s (one of %g)", where, (double)numbers.largest);
    else
        findings_place(&p->odd, "%s (%.0f %%)", where, plausible_percent(&numbers));
    free(where);
}

static void widen(struct pass *p, const float *values)
{
    float *low = p->low, *high = p->high;
    if (p->live++ == 0) {
        memcpy(low, values, p->size * sizeof *low);
        memcpy(high, values, p->size * sizeof *high);
    }
#pragma omp simd
    for (size_t k = 0; k < p->size; k++) {
        low[k] = values[k] < low[k] ? values[k] : low[k];
        high[k] = values[k] > high[k] ? values[k] : high[k];
    }
}

static int by_hash(const void *a, const void *b)
{
    const struct image_hash *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static bool same_region(const struct pass *p, const struct image_hash *a,
                        const struct image_hash *b)
{
    return a->hash == b->hash && memcmp(p->row + a->row * p->size, p->row + b->row * p->size,
                                        p->size * sizeof *p->row) == 0;
}

static void look_for_same_regions(struct pass *p, size_t image, size_t count)
{
    size_t same = 0, at = 0;
    if (count > 1)
        qsort(p->in_row, count, sizeof *p->in_row, by_hash);
    for (size_t i = 1; i < count; i++)
        if (same_region(p, &p->in_row[i - 1], &p->in_row[i])) {
            at = p->in_row[i].row;
            same++;
        }
    if (same == 0)
        return;
    char *where = subject_image(p->s, image);
    findings_place(&p->same_regions, "%s: %zu, such as region %zu", where, same, at);
    free(where);
}

static void look_at_regions(struct pass *p, size_t image)
{
    size_t real = subject_regions(p->s, image), live = 0;
    for (size_t r = 0; r < real; r++) {
        const float *values = p->row + r * p->size;
        p->seen++;
        if (is_zero(values, p->size))
            continue;
        widen(p, values);
        p->in_row[live++] = (struct image_hash){hash_bytes(values, p->size * sizeof *values, 0), r};
    }
    if (live == 0 && real > 0) {
        char *where = subject_image(p->s, image);
        findings_place(&p->zero_images, "%s", where);
        free(where);
    } else {
        for (size_t r = 0; live < real && r < real; r++)
            if (is_zero(p->row + r * p->size, p->size))
                place_region(p, &p->zero_regions, image, r);
        look_for_same_regions(p, image, live);
    }
    for (size_t r = real; r < p->regions; r++)
        if (!is_zero(p->row + r * p->size, p->size))
            place_region(p, &p->padding, image, r);
    memset(p->row + real * p->size, 0, (p->regions - real) * p->size * sizeof *p->row);
    struct kept_split *kept = p->s->kept;
    if (live > 0)
        kept->hashes[kept->hash_count++] = (struct image_hash){
            hash_bytes(p->row, p->regions * p->size * sizeof *p->row, 0), image * p->step};
}

static void look_at_copy(struct pass *p, size_t row)
{
    size_t bytes = p->regions * p->size * sizeof *p->row;
    if (memcmp(p->row, p->first, bytes) != 0)
        findings_place(&p->copies, "row %zu", row);
}

static void look_at_rows(struct pass *p)
{
    size_t rows = p->a->shape[0], row_bytes = p->regions * p->size * sizeof *p->row;
    size_t often = row_bytes < RELEASE ? RELEASE / row_bytes : 1;
    for (size_t row = 0; row < rows && subject_step(p->s, row, rows); row++) {
        npy_rows_f32(p->a, row, 1, p->row);
        if (row % p->step == 0) {
            look_for_nan(p, row / p->step);
            look_for_odd(p, row / p->step);
            look_at_regions(p, row / p->step);
            memcpy(p->first, p->row, row_bytes);
        } else {
            look_at_copy(p, row);
        }
        if (row % often == often - 1)
            npy_rows_release(p->a, row);
    }
}

/* ---- what was found ---- */

static void report_columns(struct pass *p, const char *file)
{
    struct findings_tally dead = {0};
    for (size_t k = 0; k < p->size && p->live > 1; k++)
        if (p->low[k] == p->high[k])
            findings_place(&dead, "column %zu: always %g", k, (double)p->low[k]);
    bool all = dead.count == p->size;
    findings_add(p->s->report, all ? FEATURES_CONSTANT : FEATURES_DEAD_COLUMNS, p->s->split, file,
                 &dead,
                 all ? "all %zu regions have the same features"
                     : "in all %zu regions, %zu of %zu numbers never change",
                 p->live, dead.count, p->size);
}

static void report(struct pass *p, const char *file)
{
    struct validate_report *out = p->s->report;
    const char *split = p->s->split;
    size_t images = p->s->d->images;
    findings_add(out, FEATURES_NAN, split, file, &p->nan,
                 "NaN or infinity in %zu of %zu regions, %zu numbers in all", p->nan.count, p->seen,
                 p->nan_numbers);
    findings_add(out, FEATURES_ODD, split, file, &p->odd,
                 "%zu of %zu images have numbers that are no features", p->odd.count, images);
    report_columns(p, file);
    findings_add(out, FEATURES_ZERO_IMAGES, split, file, &p->zero_images,
                 "%zu of %zu images are all zero", p->zero_images.count, images);
    findings_add(out, FEATURES_ZERO_REGIONS, split, file, &p->zero_regions,
                 "%zu of %zu regions are all zero", p->zero_regions.count, p->seen);
    findings_add(out, FEATURES_SAME_REGIONS, split, file, &p->same_regions,
                 "%zu of %zu images have regions that repeat another", p->same_regions.count,
                 images);
    findings_add(out, FEATURES_COPIES, split, file, &p->copies,
                 "%zu rows are not the same as the first of their five", p->copies.count);
    findings_add(out, FEATURES_PADDING, split, file, &p->padding,
                 "%zu rows that should be padding are not zero", p->padding.count);
}

static int report_same(struct pass *p, const char *file, struct error *err)
{
    struct kept_split *kept = p->s->kept;
    struct findings_tally same = {0};
    if (kept->hash_count > 1)
        qsort(kept->hashes, kept->hash_count, sizeof *kept->hashes, by_hash);
    if (features_same(kept, NULL, &same, err) != 0)
        return -1;
    findings_add(p->s->report, FEATURES_SAME_IMAGES, p->s->split, file, &same,
                 "%zu of %zu images have the features of another", same.count, p->s->d->images);
    return 0;
}

static void check_source(struct subject *s)
{
    struct feature_source source;
    char *path = feature_source_path(s->spec->folder, s->split);
    if (feature_source_load(path, &source, NULL) == 0 && source.size > 0) {
        char *file = subject_file(s, DATASET_SOURCE);
        if (source.size != s->d->feature_size)
            findings_add(s->report, FEATURES_SOURCE, s->split, file, NULL,
                         "says features of size %zu, but they are of size %zu", source.size,
                         s->d->feature_size);
        if (source.regions > 0 && source.regions != s->d->regions)
            findings_add(s->report, FEATURES_SOURCE, s->split, file, NULL,
                         "says %zu regions, but there are %zu", source.regions, s->d->regions);
        free(file);
        feature_source_done(&source);
    }
    free(path);
}

int features_check(struct subject *s, struct error *err)
{
    const struct dataset *d = s->d;
    size_t row = d->regions * d->feature_size;
    struct pass p = {.s = s,
                     .a = d->features,
                     .regions = d->regions,
                     .size = d->feature_size,
                     .step = d->row_step};
    const char *what = d->features->path;
    check_source(s);
    int status = -1;
    if (mem_alloc(&p.row, row, sizeof *p.row, what, err) == 0 &&
        mem_alloc(&p.first, row, sizeof *p.first, what, err) == 0 &&
        mem_alloc(&p.low, p.size, sizeof *p.low, what, err) == 0 &&
        mem_alloc(&p.high, p.size, sizeof *p.high, what, err) == 0 &&
        mem_alloc(&p.in_row, p.regions, sizeof *p.in_row, what, err) == 0 &&
        mem_alloc(&s->kept->hashes, d->images, sizeof *s->kept->hashes, what, err) == 0) {
        char *file = subject_file(s, DATASET_FEATURES);
        look_at_rows(&p);
        report(&p, file);
        status = report_same(&p, file, err);
        free(file);
    }
    free(p.row);
    free(p.first);
    free(p.low);
    free(p.high);
    free(p.in_row);
    return status;
}

/* ---- images with the same features ---- */

struct comparison {
    struct npy *a, *b;
    float *x, *y;
    size_t row, compared;
};

static bool are_same(struct comparison *c, size_t i, size_t j)
{
    npy_rows_f32(c->a, i, 1, c->x);
    npy_rows_f32(c->b, j, 1, c->y);
    if (++c->compared % RELEASED == 0) {
        npy_rows_release(c->a, c->a->shape[0]);
        npy_rows_release(c->b, c->b->shape[0]);
    }
    return memcmp(c->x, c->y, c->row * sizeof *c->x) == 0;
}

static void compare(struct comparison *c, const struct kept_split *a, const struct kept_split *b,
                    struct findings_tally *same)
{
    for (size_t i = 0, j = 0; i < a->hash_count && j < b->hash_count;) {
        if (a->hashes[i].hash != b->hashes[j].hash) {
            a->hashes[i].hash < b->hashes[j].hash ? i++ : j++;
            continue;
        }
        if (are_same(c, a->hashes[i].row, b->hashes[j].row))
            findings_place(same, "row %zu of %s and row %zu of %s", a->hashes[i].row, a->name,
                           b->hashes[j].row, b->name);
        i++;
    }
}

static void compare_within(struct comparison *c, const struct kept_split *a,
                           struct findings_tally *same)
{
    for (size_t i = 1; i < a->hash_count; i++)
        if (a->hashes[i].hash == a->hashes[i - 1].hash &&
            are_same(c, a->hashes[i - 1].row, a->hashes[i].row))
            findings_place(same, "rows %zu and %zu", a->hashes[i - 1].row, a->hashes[i].row);
}

int features_same(const struct kept_split *a, const struct kept_split *b,
                  struct findings_tally *same, struct error *err)
{
    struct comparison c = {.row = a->size * a->regions};
    if (!a->features || a->hash_count == 0 ||
        (b && (!b->features || b->size * b->regions != c.row)))
        return 0;
    int status = -1;
    if (npy_open(a->features, NULL, &c.a, err) == 0 &&
        npy_open(b ? b->features : a->features, NULL, &c.b, err) == 0 &&
        mem_alloc(&c.x, c.row, sizeof *c.x, a->features, err) == 0 &&
        mem_alloc(&c.y, c.row, sizeof *c.y, a->features, err) == 0) {
        status = 0;
        if (b)
            compare(&c, a, b, same);
        else
            compare_within(&c, a, same);
    }
    free(c.x);
    free(c.y);
    npy_free(c.a);
    npy_free(c.b);
    return status;
}
