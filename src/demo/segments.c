#include "demo/segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "demo/regions.h"

enum { LEAST_THING = 50, LEAST_PART = 24, LOOK_ASIDE = 80 };

/* Squared Lab distances: between neighbours in a smooth piece; to background seen through a gap,
 * close by and farther off. */
static const float smooth_step = 3.0f * 3.0f, look_alike = 2.6f * 2.6f, same = 1.6f * 1.6f;

static float lab_curve(float t)
{
    return t > 0.008856f ? cbrtf(t) : 7.787f * t + 16.0f / 116.0f;
}

void regions_lab(const struct image *picture, float *lab)
{
    float linear[256];
    size_t n = (size_t)picture->width * (size_t)picture->height;
    for (int i = 0; i < 256; i++) {
        float c = (float)i / 255.0f;
        linear[i] = c <= 0.04045f ? c / 12.92f : powf((c + 0.055f) / 1.055f, 2.4f);
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t *p = picture->pixels + 4 * i;
        if (i > 0 && memcmp(p, p - 4, 3) == 0) { /* along a row, skies are uniform */
            memcpy(lab + 3 * i, lab + 3 * i - 3, 3 * sizeof *lab);
            continue;
        }
        float r = linear[p[0]], g = linear[p[1]], b = linear[p[2]];
        float x = lab_curve((0.4124f * r + 0.3576f * g + 0.1805f * b) / 0.9505f);
        float y = lab_curve(0.2126f * r + 0.7152f * g + 0.0722f * b);
        float z = lab_curve((0.0193f * r + 0.1192f * g + 0.9505f * b) / 1.089f);
        lab[3 * i] = 116.0f * y - 16.0f;
        lab[3 * i + 1] = 500.0f * (x - y);
        lab[3 * i + 2] = 200.0f * (y - z);
    }
}

static float distance2(const float *a, const float *b)
{
    float d0 = a[0] - b[0], d1 = a[1] - b[1], d2 = a[2] - b[2];
    return d0 * d0 + d1 * d1 + d2 * d2;
}

/* Which pixels may join: those of `in` (NULL: all) and, if `lab` is given, only across small steps
 * of colour. */
struct rule {
    int width, height, neighbours; /* 4 or 8 */
    const uint8_t *in;
    const float *lab;
};

static const int step_x[8] = {1, -1, 0, 0, 1, 1, -1, -1}, step_y[8] = {0, 0, 1, -1, 1, -1, 1, -1};

/* The pixel's neighbour k; -1: beyond the edge. */
static int neighbour(int width, int height, int at, int k)
{
    int x = at % width + step_x[k], y = at / width + step_y[k];
    return x < 0 || y < 0 || x >= width || y >= height ? -1 : y * width + x;
}

static bool joins(const struct rule *rule, int from, int to)
{
    return !rule->lab ||
           distance2(rule->lab + 3 * (size_t)from, rule->lab + 3 * (size_t)to) < smooth_step;
}

static int flood(const struct rule *rule, int start, int label, int *labels, int *stack)
{
    int top = 0, area = 0;
    stack[top++] = start;
    labels[start] = label;
    while (top > 0) {
        int at = stack[--top];
        area++;
        for (int k = 0; k < rule->neighbours; k++) {
            int next = neighbour(rule->width, rule->height, at, k);
            if (next < 0 || labels[next] >= 0 || (rule->in && !rule->in[next]) ||
                !joins(rule, at, next))
                continue;
            labels[next] = label;
            stack[top++] = next;
        }
    }
    return area;
}

/* Labels connected pieces 0, 1, ... and pixels outside `in` -1; returns the number of pieces. */
static int label_pieces(const struct rule *rule, int *labels)
{
    int n = rule->width * rule->height, count = 0;
    int *stack = mem_new((size_t)n, sizeof *stack);
    for (int i = 0; i < n; i++)
        labels[i] = -1;
    for (int i = 0; i < n; i++)
        if (labels[i] < 0 && (!rule->in || rule->in[i]))
            flood(rule, i, count++, labels, stack);
    free(stack);
    return count;
}

static struct piece *measure(const struct segments *s, const int *labels, int count)
{
    struct piece *pieces = mem_new((size_t)count, sizeof *pieces);
    double(*sum)[3] = mem_new((size_t)count, sizeof *sum);
    for (int i = 0; i < count; i++)
        pieces[i].box = (struct rect){s->width, s->height, 0, 0};
    for (int at = 0; at < s->width * s->height; at++) {
        int label = labels[at], x = at % s->width, y = at / s->width;
        if (label < 0)
            continue;
        struct piece *p = &pieces[label];
        p->area++;
        p->box.x1 = x < p->box.x1 ? x : p->box.x1;
        p->box.y1 = y < p->box.y1 ? y : p->box.y1;
        p->box.x2 = x >= p->box.x2 ? x + 1 : p->box.x2;
        p->box.y2 = y >= p->box.y2 ? y + 1 : p->box.y2;
        for (int c = 0; c < 3; c++)
            sum[label][c] += s->lab[3 * at + c];
    }
    for (int i = 0; i < count; i++)
        for (int c = 0; c < 3; c++)
            pieces[i].lab[c] = pieces[i].area ? (float)(sum[i][c] / pieces[i].area) : 0;
    free(sum);
    return pieces;
}

static void mark_border_background(struct segments *s)
{
    for (int i = 0; i < s->smooth_count; i++) {
        struct piece *p = &s->smooth[i];
        bool edge =
            p->box.x1 == 0 || p->box.y1 == 0 || p->box.x2 == s->width || p->box.y2 == s->height;
        p->background = edge && p->area * 300 > s->width * s->height;
    }
}

/* Whether the pixel has the colour of background in its row: roughly that of the nearest to the
 * left or right or, as skies and floors are uniform along a row, more closely that of any. */
static bool like_beside(const struct segments *s, int at)
{
    int x = at % s->width;
    const float *lab = s->lab + 3 * (size_t)at;
    for (int side = -1; side <= 1; side += 2) {
        bool nearest = true;
        for (int d = 1; x + side * d >= 0 && x + side * d < s->width; d++) {
            int other = at + side * d;
            if (!s->smooth[s->smooth_of[other]].background)
                continue;
            float far = distance2(lab, s->lab + 3 * (size_t)other);
            if (far < same || (nearest && d < LOOK_ASIDE && far < look_alike))
                return true;
            nearest = false;
        }
    }
    return false;
}

/* Marks background enclosed by a thing, as between the legs of a table. */
static void mark_gaps(struct segments *s)
{
    int(*votes)[2] = mem_new((size_t)s->smooth_count, sizeof *votes);
    for (int y = 0; y < s->height; y += 2)
        for (int x = y / 2 % 2; x < s->width; x += 2) {
            int at = y * s->width + x, i = s->smooth_of[at];
            if (!s->smooth[i].background && s->smooth[i].area >= LEAST_PART)
                votes[i][like_beside(s, at)]++;
        }
    for (int i = 0; i < s->smooth_count; i++)
        if (votes[i][1] * 3 > (votes[i][0] + votes[i][1]) * 2)
            s->smooth[i].background = true;
    free(votes);
}

/* Every pixel next to one of value `spread` takes it: 0 shrinks, 1 grows. */
static void shrink_or_grow(const struct segments *s, const uint8_t *in, uint8_t *out,
                           uint8_t spread)
{
    for (int at = 0; at < s->width * s->height; at++) {
        out[at] = in[at];
        for (int k = 0; k < 8 && out[at] != spread; k++) {
            int next = neighbour(s->width, s->height, at, k);
            if (next >= 0 && in[next] == spread)
                out[at] = spread;
        }
    }
}

/* What is not background, without lines up to two pixels wide (edges of hills, grass, ripples); the
 * caller's to free.
 */
static uint8_t *foreground(const struct segments *s)
{
    size_t n = (size_t)s->width * (size_t)s->height;
    uint8_t *all = mem_new(n, 1), *less = mem_new(n, 1);
    for (size_t i = 0; i < n; i++)
        all[i] = !s->smooth[s->smooth_of[i]].background;
    shrink_or_grow(s, all, less, 0);
    shrink_or_grow(s, less, all, 1);
    for (size_t i = 0; i < n; i++)
        all[i] = all[i] && !s->smooth[s->smooth_of[i]].background;
    free(less);
    return all;
}

/* Drops pieces of less than `least` pixels and renumbers the rest; returns how many are left. */
static int drop_small(struct segments *s, int *labels, struct piece *pieces, int count, int least)
{
    int kept = 0, *to = mem_new((size_t)count, sizeof *to);
    for (int i = 0; i < count; i++) {
        to[i] = pieces[i].area >= least ? kept : -1;
        if (to[i] >= 0)
            pieces[kept++] = pieces[i];
    }
    for (int i = 0; i < s->width * s->height; i++)
        labels[i] = labels[i] < 0 ? -1 : to[labels[i]];
    free(to);
    return kept;
}

static void find_things(struct segments *s)
{
    uint8_t *in = foreground(s);
    struct rule rule = {s->width, s->height, 8, in, NULL};
    int count = label_pieces(&rule, s->thing_of);
    s->things = measure(s, s->thing_of, count);
    s->thing_count = drop_small(s, s->thing_of, s->things, count, LEAST_THING);
    free(in);
}

/* Pixels of a thing that are in no part (outlines, fine detail) join the nearest part. */
static void spread_parts(struct segments *s)
{
    int n = s->width * s->height, head = 0, tail = 0;
    int *queue = mem_new((size_t)n, sizeof *queue);
    for (int i = 0; i < n; i++)
        if (s->part_of[i] >= 0)
            queue[tail++] = i;
    while (head < tail) {
        int at = queue[head++];
        for (int k = 0; k < 8; k++) {
            int next = neighbour(s->width, s->height, at, k);
            if (next < 0 || s->part_of[next] >= 0 || s->thing_of[next] != s->thing_of[at])
                continue;
            s->part_of[next] = s->part_of[at];
            queue[tail++] = next;
        }
    }
    free(queue);
}

static void find_parts(struct segments *s)
{
    int n = s->width * s->height;
    uint8_t *in = mem_new((size_t)n, 1);
    for (int i = 0; i < n; i++)
        in[i] = s->thing_of[i] >= 0;
    struct rule rule = {s->width, s->height, 4, in, s->lab};
    int count = label_pieces(&rule, s->part_of);
    struct piece *all = measure(s, s->part_of, count);
    drop_small(s, s->part_of, all, count, LEAST_PART);
    free(all);
    spread_parts(s);
    int most = -1;
    for (int i = 0; i < n; i++)
        most = s->part_of[i] > most ? s->part_of[i] : most;
    s->part_count = most + 1;
    s->parts = measure(s, s->part_of, s->part_count);
    for (int i = 0; i < n; i++)
        if (s->part_of[i] >= 0)
            s->parts[s->part_of[i]].thing = s->thing_of[i];
    free(in);
}

static void find_smooth(struct segments *s)
{
    struct rule rule = {s->width, s->height, 4, NULL, s->lab};
    s->smooth_count = label_pieces(&rule, s->smooth_of);
    s->smooth = measure(s, s->smooth_of, s->smooth_count);
    mark_border_background(s);
    for (int round = 0; round < 2; round++)
        mark_gaps(s);
}

int segments_new(const struct image *picture, struct segments **out, struct error *err)
{
    struct segments *s = mem_new(1, sizeof *s);
    size_t n = (size_t)picture->width * (size_t)picture->height;
    s->width = picture->width;
    s->height = picture->height;
    if (mem_alloc(&s->lab, n, 3 * sizeof(float), "a picture's colours", err) != 0 ||
        mem_alloc(&s->smooth_of, n, sizeof(int), "a picture's pieces", err) != 0 ||
        mem_alloc(&s->thing_of, n, sizeof(int), "a picture's pieces", err) != 0 ||
        mem_alloc(&s->part_of, n, sizeof(int), "a picture's pieces", err) != 0) {
        segments_free(s);
        return -1;
    }
    regions_lab(picture, s->lab);
    find_smooth(s);
    find_things(s);
    find_parts(s);
    segments_merge(s);
    *out = s;
    return 0;
}

void segments_free(struct segments *s)
{
    if (!s)
        return;
    free(s->lab);
    free(s->smooth_of);
    free(s->smooth);
    free(s->thing_of);
    free(s->things);
    free(s->part_of);
    free(s->parts);
    free(s->nodes);
    free(s);
}
