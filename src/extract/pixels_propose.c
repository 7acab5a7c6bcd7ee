#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "extract/pixels_private.h"

/* Lab distances are cut at STEPS / 4; a superpixel's scale and least size are in pixels. */
enum { STEPS = 256, LEAST_SIZE = 60, SUPERPIXELS = 160, NODES = 2 * SUPERPIXELS };
static const float scale = 60.0f;

struct edge {
    int a, b, step;
};

struct forest {
    int *parent, *size;
    float *inside; /* the largest step within */
};

static int root_of(struct forest *f, int i)
{
    while (f->parent[i] != i)
        i = f->parent[i] = f->parent[f->parent[i]];
    return i;
}

static void join(struct forest *f, int a, int b, float step)
{
    int large = f->size[a] >= f->size[b] ? a : b, little = a + b - large;
    f->parent[little] = large;
    f->size[large] += f->size[little];
    f->inside[large] = step;
}

/* ---- superpixels ---- */

static int step_between(const struct small *s, int a, int b)
{
    float d = 0;
    for (int c = 0; c < 3; c++)
        d += (s->lab[3 * a + c] - s->lab[3 * b + c]) * (s->lab[3 * a + c] - s->lab[3 * b + c]);
    d = 4 * sqrtf(d);
    return d < STEPS - 1 ? (int)d : STEPS - 1;
}

/* The edges between neighbours, sorted by step; returns their number. */
static int list_edges(const struct small *s, struct edge *edges, struct edge *scratch)
{
    static const int dx[4] = {1, 0, 1, -1}, dy[4] = {0, 1, 1, 1};
    int n = 0, starts[STEPS + 1] = {0};
    for (int y = 0; y < s->height; y++)
        for (int x = 0; x < s->width; x++)
            for (int k = 0; k < 4; k++) {
                int x2 = x + dx[k], y2 = y + dy[k];
                if (x2 < 0 || x2 >= s->width || y2 >= s->height)
                    continue;
                struct edge e = {y * s->width + x, y2 * s->width + x2, 0};
                e.step = step_between(s, e.a, e.b);
                starts[e.step + 1]++;
                scratch[n++] = e;
            }
    for (int i = 0; i < STEPS; i++)
        starts[i + 1] += starts[i];
    for (int i = 0; i < n; i++)
        edges[starts[scratch[i].step]++] = scratch[i];
    return n;
}

static void cut(struct forest *f, const struct edge *edges, int n)
{
    for (int i = 0; i < n; i++) {
        int a = root_of(f, edges[i].a), b = root_of(f, edges[i].b);
        float step = (float)edges[i].step / 4;
        if (a != b && step <= f->inside[a] + scale / (float)f->size[a] &&
            step <= f->inside[b] + scale / (float)f->size[b])
            join(f, a, b, step);
    }
    for (int i = 0; i < n; i++) {
        int a = root_of(f, edges[i].a), b = root_of(f, edges[i].b);
        if (a != b && (f->size[a] < LEAST_SIZE || f->size[b] < LEAST_SIZE))
            join(f, a, b, (float)edges[i].step / 4);
    }
}

/* ---- merging ---- */

struct node {
    struct small_box box;
    int size;
    float colours[AROUND];
    bool live;
};

struct merging {
    const struct small *small;
    struct node nodes[NODES];
    int count;
    bool touches[NODES][NODES];
};

/* Makes nodes of the largest superpixels. The rest joins a neighbour when merging is on; here it is
 * left out. label_out: pixel -> node, -1: none. */
static void list_nodes(struct merging *m, struct forest *f, int *label_out)
{
    const struct small *s = m->small;
    int n = s->width * s->height;
    for (int i = 0; i < n; i++)
        label_out[i] = -1;
    for (int i = 0; i < n; i++) {
        int root = root_of(f, i);
        if (label_out[root] < 0 && m->count < SUPERPIXELS) {
            label_out[root] = m->count;
            m->nodes[m->count++] =
                (struct node){.box = {s->width, s->height, 0, 0, 0}, .live = true};
        }
    }
    int *by_root = label_out;
    for (int i = 0; i < n; i++) {
        int k = by_root[root_of(f, i)], x = i % s->width, y = i / s->width;
        if (k < 0)
            continue;
        struct node *node = &m->nodes[k];
        node->size++;
        node->colours[s->coarse[i]]++;
        node->box.x1 = x < node->box.x1 ? x : node->box.x1;
        node->box.y1 = y < node->box.y1 ? y : node->box.y1;
        node->box.x2 = x >= node->box.x2 ? x + 1 : node->box.x2;
        node->box.y2 = y >= node->box.y2 ? y + 1 : node->box.y2;
    }
}

static void list_contacts(struct merging *m, struct forest *f, const int *label,
                          const struct edge *edges, int n)
{
    for (int i = 0; i < n; i++) {
        int a = label[root_of(f, edges[i].a)], b = label[root_of(f, edges[i].b)];
        if (a >= 0 && b >= 0 && a != b)
            m->touches[a][b] = m->touches[b][a] = true;
    }
}

static struct small_box hull(const struct small_box *a, const struct small_box *b)
{
    return (struct small_box){a->x1 < b->x1 ? a->x1 : b->x1, a->y1 < b->y1 ? a->y1 : b->y1,
                              a->x2 > b->x2 ? a->x2 : b->x2, a->y2 > b->y2 ? a->y2 : b->y2, 0};
}

static float area(const struct small_box *b)
{
    return (float)(b->x2 - b->x1) * (float)(b->y2 - b->y1);
}

/* Like colours, small, and filling their common box. */
static float likeness(const struct merging *m, int a, int b)
{
    const struct node *p = &m->nodes[a], *q = &m->nodes[b];
    float all = (float)m->small->width * (float)m->small->height;
    struct small_box both = hull(&p->box, &q->box);
    float sizes = (float)(p->size + q->size);
    return 1 - pixels_difference(p->colours, q->colours, AROUND) + 1 - sizes / all + 1 -
           (area(&both) - sizes) / all;
}

static void merge_two(struct merging *m, int a, int b)
{
    struct node *node = &m->nodes[m->count], *p = &m->nodes[a], *q = &m->nodes[b];
    *node = (struct node){.box = hull(&p->box, &q->box), .size = p->size + q->size, .live = true};
    for (int i = 0; i < AROUND; i++)
        node->colours[i] = p->colours[i] + q->colours[i];
    p->live = q->live = false;
    for (int k = 0; k < m->count; k++)
        m->touches[m->count][k] = m->touches[k][m->count] =
            m->nodes[k].live && (m->touches[a][k] || m->touches[b][k]);
    m->count++;
}

static void merge_all(struct merging *m)
{
    while (m->count < NODES) {
        float best = -1e9f;
        int at = -1, with = -1;
        for (int a = 0; a < m->count; a++)
            for (int b = a + 1; m->nodes[a].live && b < m->count; b++) {
                if (!m->nodes[b].live || !m->touches[a][b])
                    continue;
                float like = likeness(m, a, b);
                if (like > best) {
                    best = like;
                    at = a;
                    with = b;
                }
            }
        if (at < 0)
            return;
        merge_two(m, at, with);
    }
}

/* ---- choosing ---- */

static float overlap(const struct small_box *a, const struct small_box *b)
{
    int w = (a->x2 < b->x2 ? a->x2 : b->x2) - (a->x1 > b->x1 ? a->x1 : b->x1);
    int h = (a->y2 < b->y2 ? a->y2 : b->y2) - (a->y1 > b->y1 ? a->y1 : b->y1);
    if (w <= 0 || h <= 0)
        return 0;
    float both = (float)w * (float)h;
    return both / (area(a) + area(b) - both);
}

/* Different from its surroundings, neither tiny nor everything. */
static float rate(const struct small *s, const struct small_box *box)
{
    float inside[AROUND], around[AROUND];
    float part = area(box) / ((float)s->width * (float)s->height);
    if (part < 0.004f || part > 0.85f)
        return -1;
    pixels_inside(s, box, inside);
    pixels_around(s, box, around);
    return pixels_difference(inside, around, AROUND) * powf(part, 0.25f);
}

static int by_score(const void *a, const void *b)
{
    const struct small_box *p = a, *q = b;
    if (p->score != q->score)
        return p->score < q->score ? 1 : -1;
    if (p->y1 != q->y1)
        return p->y1 - q->y1;
    if (p->x1 != q->x1)
        return p->x1 - q->x1;
    return p->y2 != q->y2 ? p->y2 - q->y2 : p->x2 - q->x2;
}

static int choose(const struct merging *m, struct small_box *out, int most)
{
    struct small_box all[NODES];
    int n = 0;
    for (int i = 0; i < m->count; i++) {
        all[i] = m->nodes[i].box;
        all[i].score = rate(m->small, &all[i]);
    }
    qsort(all, (size_t)m->count, sizeof *all, by_score);
    for (int i = 0; i < m->count && n < most && all[i].score >= 0; i++) {
        bool again = false;
        for (int k = 0; k < n && !again; k++)
            again = overlap(&all[i], &out[k]) > 0.6f;
        if (!again)
            out[n++] = all[i];
    }
    return n;
}

static int propose(const struct small *s, struct forest *f, struct edge *edges, int *label,
                   struct small_box *out, int most)
{
    int pixels = s->width * s->height, count = list_edges(s, edges, edges + 4 * pixels);
    struct merging *m = mem_new(1, sizeof *m);
    m->small = s;
    for (int i = 0; i < pixels; i++) {
        f->parent[i] = i;
        f->size[i] = 1;
    }
    cut(f, edges, count);
    list_nodes(m, f, label);
    list_contacts(m, f, label, edges, count);
    merge_all(m);
    int n = choose(m, out, most);
    free(m);
    return n;
}

int pixels_propose(const struct small *s, struct small_box *out, int most, struct error *err)
{
    size_t pixels = (size_t)s->width * (size_t)s->height;
    struct forest f = {0};
    struct edge *edges = NULL;
    int *label = NULL, n = -1;
    if (mem_alloc(&f.parent, pixels, sizeof(int), "superpixels", err) == 0 &&
        mem_alloc(&f.size, pixels, sizeof(int), "superpixels", err) == 0 &&
        mem_alloc(&f.inside, pixels, sizeof(float), "superpixels", err) == 0 &&
        mem_alloc(&label, pixels, sizeof(int), "superpixels", err) == 0 &&
        mem_alloc(&edges, pixels, 8 * sizeof *edges, "superpixels", err) == 0)
        n = propose(s, &f, edges, label, out, most);
    free(f.parent);
    free(f.size);
    free(f.inside);
    free(label);
    free(edges);
    return n;
}
