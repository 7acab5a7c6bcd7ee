#include "figure/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A region in pixels of the overlay: columns x0..x1-1, rows y0..y1-1, and the weight that it adds.
 */
struct span {
    int x0, x1, y0, y1;
    float weight;
};

/* The pixels from..to-1 whose centres lie in lo..hi, or that contain the middle of a thinner range.
 */
static void covered(double lo, double hi, int size, int *from_out, int *to_out)
{
    double from = ceil(lo - 0.5), to = ceil(hi - 0.5);
    if (to <= from && hi > lo) {
        from = floor((lo + hi) / 2);
        to = from + 1;
    }
    from = fmin(fmax(from, 0), size);
    *from_out = (int)from;
    *to_out = (int)fmin(fmax(to, from), size);
}

void figure_scale_boxes(const float *fractions, size_t regions, double width, double height,
                        float *out)
{
    for (size_t i = 0; i < 4 * regions; i++)
        out[i] = (float)(fractions[i] * (i % 2 ? height : width));
}

static bool span_of_box(const struct figure_image *image, const float *box, int width, int height,
                        struct span *out)
{
    for (int i = 0; i < 4; i++)
        if (!isfinite(box[i]))
            return false;
    double sx = (double)width / image->box_width, sy = (double)height / image->box_height;
    covered(box[0] * sx, box[2] * sx, width, &out->x0, &out->x1);
    covered(box[1] * sy, box[3] * sy, height, &out->y0, &out->y1);
    return out->x0 < out->x1 && out->y0 < out->y1;
}

static float usable(float weight)
{
    return isfinite(weight) && weight > 0 ? weight : 0;
}

/* lambda (k - rank)^2; k is at most some hundreds, so counting is faster than sorting. */
static float rank_weight(const float *weights, size_t regions, size_t region)
{
    size_t rank = 0;
    float own = usable(weights[region]);
    for (size_t r = 0; r < regions; r++) {
        float other = usable(weights[r]);
        rank += other > own || (other == own && r < region);
    }
    float left = (float)(regions - rank);
    return 50 * left * left;
}

static size_t spans_of(const struct figure_image *image, const float *weights,
                       enum overlay_combine combine, int width, int height, struct span *spans)
{
    size_t count = 0;
    if (!image->boxes || image->box_width < 1 || image->box_height < 1)
        return 0;
    for (size_t r = 0; r < image->regions; r++) {
        struct span *s = &spans[count];
        if (!span_of_box(image, image->boxes + 4 * r, width, height, s))
            continue;
        s->weight =
            combine == COMBINE_RANK ? rank_weight(weights, image->regions, r) : usable(weights[r]);
        count += s->weight > 0;
    }
    return count;
}

static bool row_changes(const struct span *spans, size_t count, int y)
{
    for (size_t i = 0; i < count; i++)
        if (spans[i].y0 == y || spans[i].y1 == y)
            return true;
    return y == 0;
}

/* One row by differences: each region adds its weight at its first column and takes it back
 * after its last. */
static void sum_row(const struct span *spans, size_t count, int y, int width, double *step,
                    float *row)
{
    memset(step, 0, ((size_t)width + 1) * sizeof *step);
    for (size_t i = 0; i < count; i++)
        if (spans[i].y0 <= y && y < spans[i].y1) {
            step[spans[i].x0] += spans[i].weight;
            step[spans[i].x1] -= spans[i].weight;
        }
    double sum = 0;
    for (int x = 0; x < width; x++) {
        sum += step[x];
        row[x] = sum > 0 ? (float)sum : 0;
    }
}

static void max_row(const struct span *spans, size_t count, int y, int width, float *row)
{
    memset(row, 0, (size_t)width * sizeof *row);
    for (size_t i = 0; i < count; i++)
        if (spans[i].y0 <= y && y < spans[i].y1)
            for (int x = spans[i].x0; x < spans[i].x1; x++)
                row[x] = fmaxf(row[x], spans[i].weight);
}

static float row_largest(const float *row, int width)
{
    float largest = 0;
    for (int x = 0; x < width; x++)
        largest = row[x] > largest ? row[x] : largest;
    return largest;
}

float overlay_raw(const struct figure_image *image, const float *weights,
                  enum overlay_combine combine, int width, int height, float *values)
{
    struct span *spans = mem_new(image->regions + 1, sizeof *spans);
    double *step = mem_new((size_t)width + 1, sizeof *step);
    size_t count = spans_of(image, weights, combine, width, height, spans);
    float largest = 0;
    for (int y = 0; y < height; y++) {
        float *row = values + (size_t)y * (size_t)width;
        if (!row_changes(spans, count, y)) {
            memcpy(row, row - width, (size_t)width * sizeof *row);
            continue;
        }
        if (combine == COMBINE_MAX)
            max_row(spans, count, y, width, row);
        else
            sum_row(spans, count, y, width, step, row);
        largest = fmaxf(largest, row_largest(row, width));
    }
    free(step);
    free(spans);
    return largest;
}

void overlay_scale(float *values, size_t count, float largest)
{
    float factor = largest > 0 ? 1 / largest : 0;
    for (size_t i = 0; i < count; i++) {
        float value = values[i] * factor;
        values[i] = value < 1 ? value : 1;
    }
}

void overlay_values(const struct figure_image *image, const float *weights, int width, int height,
                    float *values)
{
    float largest = overlay_raw(image, weights, COMBINE_SUM, width, height, values);
    overlay_scale(values, (size_t)width * (size_t)height, largest);
}

ptrdiff_t overlay_strongest(const float *weights, size_t regions)
{
    ptrdiff_t best = -1;
    for (size_t r = 0; r < regions; r++)
        if (!isnan(weights[r]) && (best < 0 || weights[r] > weights[best]))
            best = (ptrdiff_t)r;
    return best;
}

/* ---- painting ---- */

/* The pixel on white paper. */
static inline void on_white(const uint8_t *in, uint8_t *out)
{
    int alpha = in[3];
    if (alpha == 255) {
        memcpy(out, in, 4);
        return;
    }
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)(255 - ((255 - in[c]) * alpha + 127) / 255);
    out[3] = 255;
}

static void paint_fade(uint8_t *pixels, const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++, pixels += 4) {
        int keep = (int)(values[i] * 256 + 0.5f);
        for (int c = 0; c < 3; c++)
            pixels[c] = (uint8_t)(255 - (((255 - pixels[c]) * keep + 128) >> 8));
    }
}

static void paint_heat(uint8_t *pixels, const float *values, enum colour_map map, size_t count)
{
    enum { STEPS = 256, ALPHA = (int)(OVERLAY_HEAT_ALPHA * 256 + 0.5f) };
    uint8_t colours[STEPS][3];
    for (int i = 0; i < STEPS; i++)
        colour_map_at(map, (float)i / (STEPS - 1), colours[i]);
    for (size_t i = 0; i < count; i++, pixels += 4) {
        const uint8_t *colour = colours[(int)(values[i] * (STEPS - 1) + 0.5f)];
        int grey = overlay_grey(pixels);
        for (int c = 0; c < 3; c++)
            pixels[c] = (uint8_t)((colour[c] * ALPHA + grey * (256 - ALPHA) + 128) >> 8);
    }
}

void overlay_paint_to(const struct image *in, const float *values, enum overlay_style style,
                      enum colour_map map, uint8_t *pixels)
{
    size_t count = (size_t)in->width * (size_t)in->height;
    for (size_t i = 0; i < count; i++)
        on_white(in->pixels + 4 * i, pixels + 4 * i);
    if (style == OVERLAY_FADE && values)
        paint_fade(pixels, values, count);
    else if (style == OVERLAY_HEAT && values)
        paint_heat(pixels, values, map, count);
}

int overlay_paint(const struct figure_image *image, const float *values, enum overlay_style style,
                  enum colour_map map, struct image *out, struct error *err)
{
    const struct image *in = image->pixels;
    *out = (struct image){0};
    if (!in)
        return error_set(err, "image %s: there is no photograph to paint on%s%s",
                         image->id ? image->id : "?", image->missing ? ": " : "",
                         image->missing ? image->missing : "");
    uint8_t *pixels;
    if (mem_alloc(&pixels, (size_t)in->width * (size_t)in->height, 4, "a painted photograph",
                  err) != 0)
        return -1;
    overlay_paint_to(in, values, style, map, pixels);
    *out = *in;
    out->pixels = pixels;
    return 0;
}
