#include "demo/features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The named colours, and those of ink, leaves, wood, skin and glass. */
static const uint8_t anchors[ANCHORS][3] = {
    {0xd2, 0x3f, 0x3a}, {0xf0, 0x8c, 0x34}, {0xf5, 0xcd, 0x45}, {0x58, 0xa6, 0x53},
    {0x3f, 0x79, 0xcc}, {0x8c, 0x5c, 0xb8}, {0xf0, 0x96, 0xb8}, {0x8d, 0x60, 0x40},
    {0xf5, 0xf2, 0xea}, {0x97, 0x9c, 0xa6}, {0x3e, 0x3d, 0x49}, {0x1d, 0x22, 0x44},
    {0xa6, 0xc8, 0x74}, {0xd8, 0xb9, 0x8c}, {0xb5, 0xd8, 0xea}, {0x4f, 0xa0, 0xb4},
};

/* What the blocks are computed from. */
struct view {
    int width, height;
    const float *lab; /* pixels x 3, of the picture */
    float anchor[ANCHORS][3];
    float
        *near; /* pixels x ANCHORS: how near each pixel's colour is to each anchor; rows sum to 1 */
};

static void anchors_to_lab(struct view *view)
{
    uint8_t pixels[4 * ANCHORS];
    for (int i = 0; i < ANCHORS; i++)
        memcpy(pixels + 4 * i, anchors[i], 3);
    regions_lab(&(struct image){ANCHORS, 1, ANCHORS, 1, pixels}, view->anchor[0]);
}

static void nearness(const struct view *view, const float *lab, float *out)
{
    float sum = 1e-6f;
    for (int i = 0; i < ANCHORS; i++) {
        float d = 0;
        for (int c = 0; c < 3; c++)
            d += (lab[c] - view->anchor[i][c]) * (lab[c] - view->anchor[i][c]);
        sum += out[i] = expf(-d / (2 * 13.0f * 13.0f));
    }
    for (int i = 0; i < ANCHORS; i++)
        out[i] /= sum;
}

static const uint8_t *mask_row(const struct region *r, int y)
{
    return r->mask + (size_t)(y - r->y1) * (size_t)(r->x2 - r->x1);
}

/* Square roots of the anchors' shares among the region's pixels in the given part of its box. */
static void block_colours(const struct view *view, const struct region *r, const float part[4],
                          float *out)
{
    int w = r->x2 - r->x1, h = r->y2 - r->y1, count = 0;
    int x1 = r->x1 + (int)(part[0] * (float)w), x2 = r->x1 + (int)ceilf(part[2] * (float)w);
    int y1 = r->y1 + (int)(part[1] * (float)h), y2 = r->y1 + (int)ceilf(part[3] * (float)h);
    for (int y = y1; y < y2; y++)
        for (int x = x1; x < x2; x++) {
            if (!mask_row(r, y)[x - r->x1])
                continue;
            const float *near = view->near + (size_t)(y * view->width + x) * ANCHORS;
            count++;
            for (int i = 0; i < ANCHORS; i++)
                out[i] += near[i];
        }
    for (int i = 0; i < ANCHORS; i++)
        out[i] = count ? sqrtf(out[i] / (float)count) : 0;
}

/* Mean and standard deviation of L, a, b. */
static void block_mean(const struct view *view, const struct region *r, float *out)
{
    double sum[3] = {0}, square[3] = {0}, count = 1e-9;
    for (int y = r->y1; y < r->y2; y++)
        for (int x = r->x1; x < r->x2; x++) {
            if (!mask_row(r, y)[x - r->x1])
                continue;
            count++;
            for (int c = 0; c < 3; c++) {
                double v = view->lab[3 * (y * view->width + x) + c];
                sum[c] += v;
                square[c] += v * v;
            }
        }
    for (int c = 0; c < 3; c++) {
        double mean = sum[c] / count;
        out[c] = (float)mean;
        out[3 + c] = (float)sqrt(fmax(0, square[c] / count - mean * mean));
    }
}

/* Colours of a frame around the box, a quarter of its size wide: the background. */
static void block_around(const struct view *view, const struct region *r, float *out)
{
    int mx = 4 + (r->x2 - r->x1) / 4, my = 4 + (r->y2 - r->y1) / 4, count = 0;
    int x1 = r->x1 - mx > 0 ? r->x1 - mx : 0,
        x2 = r->x2 + mx < view->width ? r->x2 + mx : view->width;
    int y1 = r->y1 - my > 0 ? r->y1 - my : 0,
        y2 = r->y2 + my < view->height ? r->y2 + my : view->height;
    for (int y = y1; y < y2; y += 2)
        for (int x = x1; x < x2; x += 2) {
            if (y >= r->y1 && y < r->y2 && x >= r->x1 && x < r->x2)
                continue;
            const float *near = view->near + (size_t)(y * view->width + x) * ANCHORS;
            count++;
            for (int i = 0; i < ANCHORS; i++)
                out[i] += near[i];
        }
    for (int i = 0; i < ANCHORS; i++)
        out[i] = count ? sqrtf(out[i] / (float)count) : 0;
}

/* The share of each cell of the box that belongs to the region. */
static void block_mask(const struct region *r, float *out)
{
    float all[MASK_SIDE * MASK_SIDE] = {0};
    int w = r->x2 - r->x1, h = r->y2 - r->y1;
    const int fine =
        4 * MASK_SIDE; /* samples per side: a small box has cells of less than a pixel */
    for (int j = 0; j < fine; j++)
        for (int i = 0; i < fine; i++) {
            int cell = j / 4 * MASK_SIDE + i / 4;
            all[cell]++;
            out[cell] += r->mask[(j * h + h / 2) / fine * w + (i * w + w / 2) / fine];
        }
    for (int i = 0; i < MASK_SIDE * MASK_SIDE; i++)
        out[i] /= all[i];
}

static float lightness(const struct view *view, const struct region *r, float u, float v)
{
    int x = r->x1 + (int)(u * (float)(r->x2 - r->x1)),
        y = r->y1 + (int)(v * (float)(r->y2 - r->y1));
    x = x < 0 ? 0 : x >= view->width ? view->width - 1 : x;
    y = y < 0 ? 0 : y >= view->height ? view->height - 1 : y;
    return view->lab[3 * (y * view->width + x)];
}

/* Directions of edges, without sign, in each cell of the box stretched to a square: shares of all
 * edges. */
static void block_edges(const struct view *view, const struct region *r, float *out)
{
    enum { SAMPLES = 32, SIZE = EDGE_SIDE * EDGE_SIDE * EDGE_BINS };
    float sum = 1e-3f, d = 1.0f / SAMPLES;
    for (int j = 0; j < SAMPLES; j++)
        for (int i = 0; i < SAMPLES; i++) {
            float u = ((float)i + 0.5f) * d, v = ((float)j + 0.5f) * d;
            float gx = lightness(view, r, u + d, v) - lightness(view, r, u - d, v);
            float gy = lightness(view, r, u, v + d) - lightness(view, r, u, v - d);
            float size = sqrtf(gx * gx + gy * gy),
                  bin = (atan2f(gy, gx) / (float)M_PI + 1) * EDGE_BINS;
            int low = (int)bin;
            float part = bin - (float)low;
            float *cell =
                out + (j * EDGE_SIDE / SAMPLES * EDGE_SIDE + i * EDGE_SIDE / SAMPLES) * EDGE_BINS;
            cell[low % EDGE_BINS] += size * (1 - part);
            cell[(low + 1) % EDGE_BINS] += size * part;
            sum += size;
        }
    for (int i = 0; i < SIZE; i++)
        out[i] = sqrtf(out[i] / sum);
}

static int filled(const struct region *r)
{
    int n = 0;
    for (int i = 0; i < (r->x2 - r->x1) * (r->y2 - r->y1); i++)
        n += r->mask[i];
    return n;
}

/* How much of the mask is there again when mirrored left to right. */
static float symmetry(const struct region *r, int area)
{
    int w = r->x2 - r->x1, same = 0;
    for (int y = r->y1; y < r->y2; y++)
        for (int x = 0; x < w; x++)
            same += mask_row(r, y)[x] && mask_row(r, y)[w - 1 - x];
    return area ? (float)same / (float)area : 0;
}

static void block_place(const struct view *view, const struct region *r, float *out)
{
    float W = (float)view->width, H = (float)view->height;
    float w = (float)(r->x2 - r->x1), h = (float)(r->y2 - r->y1);
    int area = filled(r);
    float values[PLACE_SIZE] = {
        (float)(r->x1 + r->x2) / (2 * W),
        (float)(r->y1 + r->y2) / (2 * H),
        (float)r->y1 / H,
        (float)r->y2 / H,
        w / W,
        h / H,
        logf(w / h),
        logf(w * h / (W * H)),
        (float)area / (w * h),
        symmetry(r, area),
        r->x1 == 0,
        r->y1 == 0,
        r->x2 == view->width,
        r->y2 == view->height,
        fabsf((float)(r->x1 + r->x2) / W - 1),
    };
    memcpy(out, values, sizeof values);
}

static void region_features(const struct view *view, const struct region *r, float *out)
{
    static const float parts[COLOUR_PARTS][4] = {
        {0, 0, 1, 1}, {0.25f, 0.25f, 0.75f, 0.75f}, {0, 0, 1, 0.5f}, {0, 0.5f, 1, 1}};
    memset(out, 0, FEATURES * sizeof *out);
    for (int i = 0; i < COLOUR_PARTS; i++)
        block_colours(view, r, parts[i], out + COLOUR_AT + i * ANCHORS);
    block_mean(view, r, out + MEAN_AT);
    block_around(view, r, out + AROUND_AT);
    block_mask(r, out + MASK_AT);
    block_edges(view, r, out + EDGE_AT);
    block_place(view, r, out + PLACE_AT);
}

int features_of(const struct image *picture, const struct region regions[REGIONS], float *out,
                struct error *err)
{
    size_t n = (size_t)picture->width * (size_t)picture->height;
    struct view view = {.width = picture->width, .height = picture->height};
    float *lab = NULL;
    if (mem_alloc(&lab, n, 3 * sizeof *lab, "a picture's colours", err) != 0 ||
        mem_alloc(&view.near, n, ANCHORS * sizeof *view.near, "a picture's colours", err) != 0) {
        free(lab);
        return -1;
    }
    view.lab = lab;
    regions_lab(picture, lab);
    anchors_to_lab(&view);
    for (size_t i = 0; i < n; i++) {
        float *near = view.near + ANCHORS * i;
        if (i > 0 && memcmp(lab + 3 * i, lab + 3 * i - 3, 3 * sizeof *lab) == 0)
            memcpy(near, near - ANCHORS, ANCHORS * sizeof *near);
        else
            nearness(&view, lab + 3 * i, near);
    }
    for (int i = 0; i < REGIONS; i++)
        region_features(&view, &regions[i], out + (size_t)i * FEATURES);
    free(view.near);
    free(lab);
    return 0;
}

void features_fit_scale(const float *rows, size_t count, float *scale)
{
    for (size_t f = 0; f < FEATURES; f++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < count; i++)
            sum += rows[i * FEATURES + f];
        double mean = count ? sum / (double)count : 0;
        for (size_t i = 0; i < count; i++)
            square += (rows[i * FEATURES + f] - mean) * (rows[i * FEATURES + f] - mean);
        double deviation = count ? sqrt(square / (double)count) : 1;
        scale[f] = (float)mean;
        scale[FEATURES + f] = (float)fmax(deviation, 1e-3);
    }
}

void features_standardise(const float *scale, float *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < FEATURES; f++) {
            float x = (rows[i * FEATURES + f] - scale[f]) / scale[FEATURES + f];
            rows[i * FEATURES + f] = x > FEATURE_LIMIT    ? FEATURE_LIMIT
                                     : x < -FEATURE_LIMIT ? -FEATURE_LIMIT
                                                          : x;
        }
}
