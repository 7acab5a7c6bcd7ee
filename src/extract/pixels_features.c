#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "extract/pixels_private.h"

/* ---- per pixel ---- */

static int bin(float value, float low, float high, int bins)
{
    int i = (int)floorf((value - low) / (high - low) * (float)bins);
    return i < 0 ? 0 : i >= bins ? bins - 1 : i;
}

static float light(const struct small *s, int x, int y)
{
    x = x < 0 ? 0 : x >= s->width ? s->width - 1 : x;
    y = y < 0 ? 0 : y >= s->height ? s->height - 1 : y;
    return s->lab[3 * ((size_t)y * (size_t)s->width + (size_t)x)];
}

/* Numbers the 58 patterns of at most two changes around the circle; all others share the last. */
static void number_patterns(uint8_t out[256])
{
    uint8_t next = 0;
    for (int p = 0; p < 256; p++) {
        int changes = 0;
        for (int i = 0; i < 8; i++)
            changes += (p >> i & 1) != (p >> (i + 1) % 8 & 1);
        out[p] = changes <= 2 ? next++ : TEXTURES - 1;
    }
}

static int pattern_at(const struct small *s, int x, int y)
{
    static const int dx[8] = {-1, 0, 1, 1, 1, 0, -1, -1}, dy[8] = {-1, -1, -1, 0, 1, 1, 1, 0};
    float middle = light(s, x, y) + 1.5f; /* steps that small are noise */
    int pattern = 0;
    for (int i = 0; i < 8; i++)
        pattern |= (light(s, x + dx[i], y + dy[i]) > middle) << i;
    return pattern;
}

int small_prepare(struct small *s, struct error *err)
{
    uint8_t numbers[256];
    size_t n = (size_t)s->width * (size_t)s->height;
    if (mem_alloc(&s->gradient, n, 2 * sizeof(float), "a photograph", err) != 0 ||
        mem_alloc(&s->texture, n, 1, "a photograph", err) != 0 ||
        mem_alloc(&s->colour, n, 1, "a photograph", err) != 0 ||
        mem_alloc(&s->coarse, n, 1, "a photograph", err) != 0)
        return -1;
    number_patterns(numbers);
    for (int y = 0; y < s->height; y++)
        for (int x = 0; x < s->width; x++) {
            size_t at = (size_t)y * (size_t)s->width + (size_t)x;
            const float *lab = s->lab + 3 * at;
            s->gradient[2 * at] = light(s, x + 1, y) - light(s, x - 1, y);
            s->gradient[2 * at + 1] = light(s, x, y + 1) - light(s, x, y - 1);
            s->texture[at] = numbers[pattern_at(s, x, y)];
            s->colour[at] = (uint8_t)((bin(lab[0], 0, 100, 4) * 5 + bin(lab[1], -35, 35, 5)) * 5 +
                                      bin(lab[2], -35, 35, 5));
            s->coarse[at] = (uint8_t)((bin(lab[0], 0, 100, 4) * 3 + bin(lab[1], -24, 24, 3)) * 3 +
                                      bin(lab[2], -24, 24, 3));
        }
    return 0;
}

void small_done(struct small *s)
{
    free(s->lab);
    free(s->gradient);
    free(s->texture);
    free(s->colour);
    free(s->coarse);
    *s = (struct small){0};
}

/* ---- histograms ---- */

float pixels_difference(const float *a, const float *b, int n)
{
    float sum_a = 1e-6f, sum_b = 1e-6f, difference = 0;
    for (int i = 0; i < n; i++) {
        sum_a += a[i];
        sum_b += b[i];
    }
    for (int i = 0; i < n; i++)
        difference += fabsf(a[i] / sum_a - b[i] / sum_b);
    return difference / 2;
}

static void count_rows(const struct small *s, int x1, int y1, int x2, int y2, float sign,
                       float *out)
{
    for (int y = y1; y < y2; y++)
        for (int x = x1; x < x2; x++)
            out[s->coarse[y * s->width + x]] += sign;
}

void pixels_inside(const struct small *s, const struct small_box *b, float *out)
{
    memset(out, 0, AROUND * sizeof *out);
    count_rows(s, b->x1, b->y1, b->x2, b->y2, 1, out);
}

void pixels_around(const struct small *s, const struct small_box *b, float *out)
{
    int mx = 2 + (b->x2 - b->x1) / 4, my = 2 + (b->y2 - b->y1) / 4;
    int x1 = b->x1 - mx, y1 = b->y1 - my, x2 = b->x2 + mx, y2 = b->y2 + my;
    memset(out, 0, AROUND * sizeof *out);
    count_rows(s, x1 < 0 ? 0 : x1, y1 < 0 ? 0 : y1, x2 > s->width ? s->width : x2,
               y2 > s->height ? s->height : y2, 1, out);
    count_rows(s, b->x1, b->y1, b->x2, b->y2, -1, out);
}

/* Square roots of shares. */
static void to_shares(float *values, int n)
{
    float sum = 1e-6f;
    for (int i = 0; i < n; i++)
        sum += values[i];
    for (int i = 0; i < n; i++)
        values[i] = sqrtf(values[i] / sum);
}

/* ---- blocks ---- */

static void block_means(const struct small *s, const struct small_box *b, float *out)
{
    double sum[QUARTERS][3] = {{0}}, square[3] = {0}, count[QUARTERS] = {0};
    for (int y = b->y1; y < b->y2; y++)
        for (int x = b->x1; x < b->x2; x++) {
            int q = 2 * (2 * (y - b->y1) >= b->y2 - b->y1) + (2 * (x - b->x1) >= b->x2 - b->x1);
            const float *lab = s->lab + 3 * (y * s->width + x);
            count[q]++;
            for (int c = 0; c < 3; c++) {
                sum[q][c] += lab[c];
                square[c] += lab[c] * lab[c];
            }
        }
    double all = count[0] + count[1] + count[2] + count[3];
    for (int c = 0; c < 3; c++) {
        double mean = (sum[0][c] + sum[1][c] + sum[2][c] + sum[3][c]) / all;
        out[c] = (float)mean;
        out[3 + c] = (float)sqrt(fmax(0, square[c] / all - mean * mean));
        for (int q = 0; q < QUARTERS; q++)
            out[6 + 3 * q + c] = (float)(count[q] > 0 ? sum[q][c] / count[q] : mean);
    }
}

/* A gradient counts for the two directions nearest to its own, by its size. */
static void add_gradient(const float *g, float *cell)
{
    float size = sqrtf(g[0] * g[0] + g[1] * g[1]);
    float at = (atan2f(g[1], g[0]) / (float)M_PI + 1) * DIRECTIONS;
    int low = (int)at;
    float part = at - (float)low;
    cell[low % DIRECTIONS] += size * (1 - part);
    cell[(low + 1) % DIRECTIONS] += size * part;
}

static void block_edges(const struct small *s, const struct small_box *b, float *out)
{
    int w = b->x2 - b->x1, h = b->y2 - b->y1;
    for (int y = b->y1; y < b->y2; y++)
        for (int x = b->x1; x < b->x2; x++) {
            int cell = (y - b->y1) * CELLS / h * CELLS + (x - b->x1) * CELLS / w;
            add_gradient(s->gradient + 2 * (y * s->width + x), out + cell * DIRECTIONS);
        }
    out[0] += 1e-3f;
    to_shares(out, CELLS * CELLS * DIRECTIONS);
}

static void block_layout(const struct small *s, const struct small_box *b, float *out)
{
    float W = (float)s->width, H = (float)s->height;
    float w = (float)(b->x2 - b->x1), h = (float)(b->y2 - b->y1);
    const float values[LAYOUT] = {
        (float)b->x1 / W,
        (float)b->y1 / H,
        (float)b->x2 / W,
        (float)b->y2 / H,
        w / W,
        h / H,
        w * h / (W * H),
        logf(w / h),
        fabsf((float)(b->x1 + b->x2) / W - 1),
        (float)(b->y1 + b->y2) / (2 * H),
    };
    memcpy(out, values, sizeof values);
}

void pixels_features(const struct small *s, const struct small_box *b, float *out)
{
    memset(out, 0, PIXELS_FEATURES * sizeof *out);
    for (int y = b->y1; y < b->y2; y++)
        for (int x = b->x1; x < b->x2; x++) {
            out[COLOURS_AT + s->colour[y * s->width + x]]++;
            out[TEXTURE_AT + s->texture[y * s->width + x]]++;
        }
    to_shares(out + COLOURS_AT, COLOURS);
    to_shares(out + TEXTURE_AT, TEXTURES);
    pixels_around(s, b, out + AROUND_AT);
    to_shares(out + AROUND_AT, AROUND);
    block_means(s, b, out + MEANS_AT);
    block_edges(s, b, out + EDGES_AT);
    block_layout(s, b, out + LAYOUT_AT);
}
