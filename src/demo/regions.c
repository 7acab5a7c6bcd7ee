#include "demo/regions.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "demo/segments.h"

enum { CANDIDATES = 256, GRID = 5 };

/* Candidates, of which the best that differ are taken. */
struct pool {
    struct region items[CANDIDATES];
    int count;
};

void regions_done(struct region regions[REGIONS])
{
    for (int i = 0; i < REGIONS; i++)
        free(regions[i].mask);
    memset(regions, 0, REGIONS * sizeof *regions);
}

static size_t mask_size(const struct region *r)
{
    return (size_t)(r->x2 - r->x1) * (size_t)(r->y2 - r->y1);
}

/* A new candidate with a mask of zeros. */
static struct region *add(struct pool *pool, struct rect box, float score)
{
    struct region *r = &pool->items[pool->count++];
    *r = (struct region){box.x1, box.y1, box.x2, box.y2, NULL, score};
    r->mask = mem_new(mask_size(r), 1);
    return r;
}

/* Adds the pixels of `box` whose label is picked. */
static void add_labelled(struct pool *pool, const struct segments *seg, const int *labels,
                         const uint8_t *pick, struct rect box, float score)
{
    if (pool->count == CANDIDATES || box.x2 <= box.x1 || box.y2 <= box.y1)
        return;
    uint8_t *to = add(pool, box, score)->mask;
    for (int y = box.y1; y < box.y2; y++)
        for (int x = box.x1; x < box.x2; x++) {
            int label = labels[y * seg->width + x];
            *to++ = label >= 0 && pick[label];
        }
}

static void add_box(struct pool *pool, struct rect box, float score)
{
    if (pool->count == CANDIDATES)
        return;
    struct region *r = add(pool, box, score);
    memset(r->mask, 1, mask_size(r));
}

static double box_area(struct rect b)
{
    return (double)(b.x2 - b.x1) * (b.y2 - b.y1);
}

/* Adds each connected piece of the foreground, and the nodes of its hierarchy of parts. */
static void add_things(struct pool *pool, const struct segments *seg)
{
    uint8_t *pick = mem_new((size_t)seg->part_count + (size_t)seg->thing_count + 1, 1);
    double picture = (double)seg->width * seg->height;
    for (int i = 0; i < seg->thing_count; i++) {
        memset(pick, 0, (size_t)seg->thing_count);
        pick[i] = 1;
        float large = (float)sqrt(box_area(seg->things[i].box) / picture);
        add_labelled(pool, seg, seg->thing_of, pick, seg->things[i].box, 2.0f + large);
    }
    for (int i = 0; i < seg->node_count; i++) {
        const struct node *node = &seg->nodes[i];
        memset(pick, 0, (size_t)seg->part_count);
        for (int p = 0; p < seg->part_count; p++)
            pick[p] = segments_node_holds(seg, i, p);
        add_labelled(pool, seg, seg->part_of, pick, node->box, node->score);
    }
    free(pick);
}

static void add_grid(struct pool *pool, int w, int h)
{
    add_box(pool, (struct rect){0, 0, w, h}, 0.9f);
    for (int i = 0; i < GRID * GRID; i++) {
        int x = i % GRID, y = i / GRID;
        add_box(pool,
                (struct rect){x * w / GRID, y * h / GRID, (x + 1) * w / GRID, (y + 1) * h / GRID},
                0.1f - 0.001f * (float)((i * 7) % (GRID * GRID)));
    }
}

static float overlap(const struct region *a, const struct region *b)
{
    int w = (a->x2 < b->x2 ? a->x2 : b->x2) - (a->x1 > b->x1 ? a->x1 : b->x1);
    int h = (a->y2 < b->y2 ? a->y2 : b->y2) - (a->y1 > b->y1 ? a->y1 : b->y1);
    if (w <= 0 || h <= 0)
        return 0;
    float both = (float)w * (float)h;
    return both / ((float)mask_size(a) + (float)mask_size(b) - both);
}

static int by_score(const void *a, const void *b)
{
    const struct region *p = a, *q = b;
    if (p->score != q->score)
        return p->score < q->score ? 1 : -1;
    return p->y1 != q->y1 ? p->y1 - q->y1 : p->x1 - q->x1;
}

/* The best that do not repeat a better one. The cells of the grid alone are enough to fill up. */
static void choose(struct pool *pool, struct region out[REGIONS])
{
    int n = 0;
    qsort(pool->items, (size_t)pool->count, sizeof *pool->items, by_score);
    for (int i = 0; i < pool->count && n < REGIONS; i++) {
        bool again = false;
        for (int j = 0; j < n && !again; j++)
            again = overlap(&pool->items[i], &out[j]) > 0.8f;
        if (again)
            continue;
        out[n++] = pool->items[i];
        pool->items[i].mask = NULL;
    }
    assert(n == REGIONS);
    for (int i = 0; i < pool->count; i++)
        free(pool->items[i].mask);
}

int regions_find(const struct image *picture, struct region out[REGIONS], struct error *err)
{
    struct segments *seg;
    if (picture->width < 32 || picture->height < 32)
        return error_set(
            err,
            "a picture of %d x %d pixels is too small for regions: give one of 32 x 32 or more",
            picture->width, picture->height);
    if (segments_new(picture, &seg, err) != 0)
        return -1;
    struct pool *pool = mem_new(1, sizeof *pool);
    add_things(pool, seg);
    add_grid(pool, picture->width, picture->height);
    choose(pool, out);
    free(pool);
    segments_free(seg);
    return 0;
}
