#include "extract/pixels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "demo/regions.h"
#include "extract/pixels_private.h"
#include "io/array/npy.h"
#include "io/image/image.h"

static const float limit = 6.0f; /* of a standardised feature */

struct extractor {
    const struct sink *sink;
    float *scale; /* 2 x PIXELS_FEATURES: means, deviations; NULL: features stay as they are */
};

/* ---- the small photograph ---- */

static int side(int given, double factor)
{
    int n = (int)(given * factor + 0.5);
    return n < PIXELS_LEAST ? PIXELS_LEAST : n > PIXELS_SIDE ? PIXELS_SIDE : n;
}

/* The mean colour of the pixels that a small pixel covers; on white where transparent. */
static void average(const struct image *from, const struct image *to, int x, int y, uint8_t *out)
{
    int x1 = (int)((int64_t)x * from->width / to->width),
        x2 = (int)((int64_t)(x + 1) * from->width / to->width);
    int y1 = (int)((int64_t)y * from->height / to->height),
        y2 = (int)((int64_t)(y + 1) * from->height / to->height);
    uint64_t sum[3] = {0}, count = 0;
    for (int j = y1; j < (y2 > y1 ? y2 : y1 + 1); j++)
        for (int i = x1; i < (x2 > x1 ? x2 : x1 + 1); i++, count++) {
            const uint8_t *p = from->pixels + 4 * ((size_t)j * (size_t)from->width + (size_t)i);
            for (int c = 0; c < 3; c++)
                sum[c] += (uint64_t)(p[c] * p[3] + 255 * (255 - p[3])) / 255;
        }
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)((sum[c] + count / 2) / count);
    out[3] = 255;
}

static int make_small(const struct image *from, struct small *out, struct error *err)
{
    int longer = from->width > from->height ? from->width : from->height;
    double factor = longer > PIXELS_SIDE ? (double)PIXELS_SIDE / longer : 1;
    struct image to = {.width = side(from->width, factor), .height = side(from->height, factor)};
    size_t n = (size_t)to.width * (size_t)to.height;
    *out = (struct small){.width = to.width, .height = to.height};
    if (mem_alloc(&to.pixels, n, 4, "a photograph", err) != 0)
        return -1;
    for (int y = 0; y < to.height; y++)
        for (int x = 0; x < to.width; x++)
            average(from, &to, x, y, to.pixels + 4 * ((size_t)y * (size_t)to.width + (size_t)x));
    int status = mem_alloc(&out->lab, n, 3 * sizeof(float), "a photograph", err);
    if (status == 0)
        regions_lab(&to, out->lab);
    free(to.pixels);
    return status == 0 ? small_prepare(out, err) : -1;
}

/* ---- a photograph ---- */

/* Fills `boxes` with whole, halves, thirds, ... eighths of the sides; returns how many there are
 * then, at most `count`. */
static int fill_grid(const struct small *s, struct small_box *boxes, int at, int count)
{
    for (int k = 1, i = 0; at < count; i++) {
        if (i == k * k) {
            if (k == 8)
                break;
            k++;
            i = 0;
        }
        int x = i % k, y = i / k;
        boxes[at++] = (struct small_box){x * s->width / k, y * s->height / k,
                                         (x + 1) * s->width / k, (y + 1) * s->height / k, 0};
    }
    return at;
}

static void standardise(const float *scale, float *row)
{
    for (int f = 0; f < PIXELS_FEATURES; f++) {
        float x = (row[f] - scale[f]) / scale[PIXELS_FEATURES + f];
        row[f] = x > limit ? limit : x < -limit ? -limit : x;
    }
}

static void fill_record(const struct extractor *e, const struct small *s,
                        const struct small_box *boxes, struct record *r)
{
    float fx = (float)r->width / (float)s->width, fy = (float)r->height / (float)s->height;
    for (size_t i = 0; i < r->regions; i++) {
        float *row = r->features + i * PIXELS_FEATURES;
        const float box[4] = {(float)boxes[i].x1 * fx, (float)boxes[i].y1 * fy,
                              (float)boxes[i].x2 * fx, (float)boxes[i].y2 * fy};
        memcpy(r->boxes + 4 * i, box, sizeof box);
        pixels_features(s, &boxes[i], row);
        if (e->scale)
            standardise(e->scale, row);
    }
}

/* Of 36 regions 14 are the whole, its quarters and its ninths; the rest are proposals. */
static int describe(const struct extractor *e, const struct small *s, struct record *r,
                    struct error *err)
{
    int count = (int)r->regions, fixed = count >= 28 ? 14 : count >= 10 ? 5 : 1;
    struct small_box *boxes = mem_new(r->regions, sizeof *boxes);
    int n = pixels_propose(s, boxes, count - fixed, err);
    int status = n < 0 ? -1 : record_reserve(r, false, err);
    if (status == 0) {
        r->regions = (size_t)fill_grid(s, boxes, n, count);
        fill_record(e, s, boxes, r);
    }
    free(boxes);
    return status;
}

static int extract_one(const struct extractor *e, const char *path, struct record *r,
                       struct error *err)
{
    struct image image;
    struct small small = {0};
    *r = (struct record){.regions = e->sink->regions, .feature_size = PIXELS_FEATURES};
    if (image_load(path, PIXELS_SIDE, &image, err) != 0)
        return -1;
    r->width = image.full_width;
    r->height = image.full_height;
    int status = r->width >= PIXELS_LEAST && r->height >= PIXELS_LEAST
                     ? make_small(&image, &small, err)
                     : error_set(err, "is %d x %d pixels; the least is %d x %d", r->width,
                                 r->height, PIXELS_LEAST, PIXELS_LEAST);
    image_done(&image);
    if (status == 0)
        status = describe(e, &small, r, err);
    small_done(&small);
    if (status != 0)
        record_done(r);
    return status;
}

/* ---- all photographs ---- */

static int load_scale(struct extractor *e, struct error *err)
{
    char *path;
    struct npy *table;
    if (file_asset("extractors/pixels.npy", &path, err) != 0)
        return -1;
    int status = npy_open(path, NULL, &table, err);
    if (status == 0 && (table->ndim != 2 || table->shape[0] != 2 ||
                        table->shape[1] != PIXELS_FEATURES || table->type == NPY_OBJECT))
        status =
            error_at(err, path, -1, "is not a table of 2 x %d; install again", PIXELS_FEATURES);
    if (status == 0) {
        e->scale = mem_new(2 * PIXELS_FEATURES, sizeof *e->scale);
        npy_rows_f32(table, 0, 2, e->scale);
    }
    npy_free(table);
    free(path);
    return status;
}

/* Hands over a result; returns the status so far. */
static int deliver(const struct sink *sink, size_t photo, int made, struct record *record,
                   const struct error *why, struct error *err)
{
    if (interrupt_seen())
        return error_set(err, "interrupted");
    return made == 0 ? sink->take(sink->context, photo, record, err)
                     : sink->fail(sink->context, photo, why->text, err);
}

static int extract_all(const struct extractor *e, int workers, struct error *err)
{
    const struct sink *sink = e->sink;
    int status = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
    for (size_t i = 0; i < sink->count; i++) {
        struct record record;
        struct error why;
        int stop;
#pragma omp atomic read
        stop = status;
        if (stop || !sink->photos[i].wanted)
            continue;
        int made = extract_one(e, sink->photos[i].path, &record, &why);
#pragma omp critical(extract_pixels)
        {
            if (status == 0 && deliver(sink, i, made, &record, &why, err) != 0) {
#pragma omp atomic write
                status = -1;
            }
        }
        if (made == 0)
            record_done(&record);
    }
    return status;
}

int pixels_run(int workers, const struct sink *sink, bool raw, struct error *err)
{
    struct extractor e = {.sink = sink};
    struct record_hello hello = {
        .name = raw ? "pixels-raw" : "pixels", .version = "1", .feature_size = PIXELS_FEATURES};
    int status = raw ? 0 : load_scale(&e, err);
    if (status == 0)
        status = sink->begin(sink->context, &hello, err);
    if (status == 0)
        status = extract_all(&e, workers, err);
    free(e.scale);
    return status;
}
