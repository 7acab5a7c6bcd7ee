#include "figure/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The input pixels of each output pixel, with their weights. */
struct taps {
    int per_pixel;
    int *first;     /* size */
    float *weights; /* size x per_pixel */
};

static double catmull_rom(double x)
{
    x = fabs(x);
    if (x < 1)
        return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static void taps_done(struct taps *taps)
{
    free(taps->first);
    free(taps->weights);
    *taps = (struct taps){0};
}

/* Input pixels beyond the edge count as the pixel at the edge. */
static void taps_of_pixel(struct taps *taps, int pixel, double ratio, int in_size)
{
    double wide = fmax(ratio, 1), centre = (pixel + 0.5) * ratio - 0.5, sum = 0;
    int from = (int)ceil(centre - 2 * wide), to = (int)floor(centre + 2 * wide);
    int first = from < 0 ? 0 : from;
    if (first > in_size - taps->per_pixel)
        first = in_size - taps->per_pixel;
    float *weights = taps->weights + (size_t)pixel * (size_t)taps->per_pixel;
    for (int i = from; i <= to; i++) {
        int at = i < 0 ? 0 : i >= in_size ? in_size - 1 : i;
        double weight = catmull_rom((i - centre) / wide);
        weights[at - first] += (float)weight;
        sum += weight;
    }
    for (int i = 0; i < taps->per_pixel; i++)
        weights[i] /= (float)sum;
    taps->first[pixel] = first;
}

static int taps_make(int in_size, int out_size, struct taps *out, struct error *err)
{
    double ratio = (double)in_size / out_size;
    int most = 2 * (int)ceil(2 * fmax(ratio, 1)) + 1;
    *out = (struct taps){.per_pixel = most < in_size ? most : in_size};
    if (mem_alloc(&out->first, (size_t)out_size, sizeof *out->first, "scaling", err) != 0 ||
        mem_alloc(&out->weights, (size_t)out_size, (size_t)out->per_pixel * sizeof *out->weights,
                  "scaling", err) != 0) {
        taps_done(out);
        return -1;
    }
    for (int i = 0; i < out_size; i++)
        taps_of_pixel(out, i, ratio, in_size);
    return 0;
}

/* A row of RGBA on white, as 3 floats per pixel. */
static void row_on_white(const uint8_t *in, int width, float *out)
{
    for (int x = 0; x < width; x++, in += 4, out += 3)
        for (int c = 0; c < 3; c++)
            out[c] = 255 - (float)((255 - in[c]) * in[3]) / 255;
}

static void scale_row(const float *in, const struct taps *taps, int width, float *out)
{
    for (int x = 0; x < width; x++, out += 3) {
        const float *pixel = in + 3 * (size_t)taps->first[x];
        const float *weights = taps->weights + (size_t)x * (size_t)taps->per_pixel;
        float r = 0, g = 0, b = 0;
        for (int i = 0; i < taps->per_pixel; i++, pixel += 3) {
            r += weights[i] * pixel[0];
            g += weights[i] * pixel[1];
            b += weights[i] * pixel[2];
        }
        out[0] = r, out[1] = g, out[2] = b;
    }
}

/* One output row: the weighted sum of input rows (each 3 * width floats). */
static void sum_rows(const float *rows, const struct taps *taps, int y, int width, float *sum)
{
    size_t n = 3 * (size_t)width;
    memset(sum, 0, n * sizeof *sum);
    for (int i = 0; i < taps->per_pixel; i++) {
        float weight = taps->weights[(size_t)y * (size_t)taps->per_pixel + (size_t)i];
        const float *row = rows + (size_t)(taps->first[y] + i) * n;
        for (size_t k = 0; k < n && weight != 0; k++)
            sum[k] += weight * row[k];
    }
}

static void store_row(const float *in, int width, uint8_t *out)
{
    for (int x = 0; x < width; x++, in += 3, out += 4) {
        for (int c = 0; c < 3; c++)
            out[c] = (uint8_t)(fminf(fmaxf(in[c], 0), 255) + 0.5f);
        out[3] = 255;
    }
}

static int new_image(int width, int height, struct image *out, struct error *err)
{
    *out = (struct image){width, height, width, height, NULL};
    return mem_alloc(&out->pixels, (size_t)width * (size_t)height, 4, "a scaled photograph", err);
}

int raster_scale(const struct image *in, int width, int height, struct image *out,
                 struct error *err)
{
    struct taps across = {0}, down = {0};
    float *wide = NULL, *rows = NULL;
    size_t row = 3 * (size_t)width;
    int status = -1;
    *out = (struct image){0};
    if (taps_make(in->width, width, &across, err) != 0 ||
        taps_make(in->height, height, &down, err) != 0 ||
        mem_alloc(&wide, (size_t)in->width + (size_t)width, 3 * sizeof *wide, "scaling", err) !=
            0 ||
        mem_alloc(&rows, (size_t)in->height, row * sizeof *rows, "scaling", err) != 0 ||
        new_image(width, height, out, err) != 0)
        goto out;
    for (int y = 0; y < in->height; y++) {
        row_on_white(in->pixels + 4 * (size_t)y * (size_t)in->width, in->width, wide);
        scale_row(wide, &across, width, rows + (size_t)y * row);
    }
    for (int y = 0; y < height; y++) {
        sum_rows(rows, &down, y, width, wide);
        store_row(wide, width, out->pixels + 4 * (size_t)y * (size_t)width);
    }
    status = 0;
out:
    free(rows);
    free(wide);
    taps_done(&down);
    taps_done(&across);
    return status;
}

int raster_grey(int width, int height, uint8_t grey, struct image *out, struct error *err)
{
    if (new_image(width, height, out, err) != 0)
        return -1;
    size_t count = (size_t)width * (size_t)height;
    memset(out->pixels, grey, 4 * count);
    for (size_t i = 0; i < count; i++)
        out->pixels[4 * i + 3] = 255;
    return 0;
}

bool raster_has_values(const struct picture *picture)
{
    return picture->weights || picture->spotlight;
}

static void spotlight(const struct picture *picture, int width, int height, float *values)
{
    const float dimmed = 0.2f;
    float *weights = mem_new(picture->image->regions, sizeof *weights);
    weights[picture->region] = 1;
    overlay_raw(picture->image, weights, COMBINE_SUM, width, height, values);
    for (size_t i = 0; i < (size_t)width * (size_t)height; i++)
        values[i] = dimmed + (1 - dimmed) * values[i];
    free(weights);
}

void raster_values(const struct picture *picture, enum overlay_combine combine, int width,
                   int height, float *values)
{
    if (picture->spotlight) {
        spotlight(picture, width, height, values);
        return;
    }
    float largest = overlay_raw(picture->image, picture->weights, combine, width, height, values);
    overlay_scale(values, (size_t)width * (size_t)height,
                  picture->scale_to > 0 ? picture->scale_to : largest);
}
