/* merge.c: joins the parts of each thing step by step, the most similar neighbours first (as
 * selective search does: by colour, size and how well the two fill their box), so that things that
 * touch are separate near the top. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "demo/segments.h"

/* A thing that covers this share of the picture is likely several. */
#define JOINT_SHARE 0.2f

/* Busy pictures (photographs) are not analysed further: time grows with the cube of a thing's
 * parts. */
enum { MOST_PARTS = 4000, MOST_OF_THING = 160 };

static struct rect box_join(struct rect a, struct rect b)
{
    return (struct rect){a.x1 < b.x1 ? a.x1 : b.x1, a.y1 < b.y1 ? a.y1 : b.y1,
                         a.x2 > b.x2 ? a.x2 : b.x2, a.y2 > b.y2 ? a.y2 : b.y2};
}

static float box_area(struct rect b)
{
    return (float)(b.x2 - b.x1) * (float)(b.y2 - b.y1);
}

static float colour_distance(const struct node *a, const struct node *b)
{
    float sum = 0;
    for (int c = 0; c < 3; c++)
        sum += (a->lab[c] - b->lab[c]) * (a->lab[c] - b->lab[c]);
    return sqrtf(sum);
}

/* touch[a * part_count + b]: how many pixels of a are next to pixels of b; the caller's to free. */
static int *count_touching(const struct segments *s)
{
    int *touch = mem_new((size_t)s->part_count * (size_t)s->part_count, sizeof *touch);
    const int ahead[2] = {1, s->width};
    for (int at = 0; at < s->width * s->height; at++)
        for (int k = 0; k < 2; k++) {
            if ((k == 0 && at % s->width == s->width - 1) ||
                (k == 1 && at >= s->width * (s->height - 1)))
                continue;
            int a = s->part_of[at], b = s->part_of[at + ahead[k]];
            if (a < 0 || b < 0 || a == b)
                continue;
            touch[a * s->part_count + b]++;
            touch[b * s->part_count + a]++;
        }
    return touch;
}

bool segments_node_holds(const struct segments *s, int n, int p)
{
    int at = p;
    while (at >= 0 && at < n)
        at = s->nodes[at].parent;
    return at == n;
}

/* The merging of one thing's parts. */
struct merging {
    struct segments *seg;
    int *touch;      /* parts x parts, of live nodes by their slot */
    int *slots;      /* slot -> node; a slot is a part's row of `touch` */
    int live, *part; /* the slots in use */
    float area, frame;
};

static float likeness(const struct merging *m, int a, int b)
{
    const struct node *p = &m->seg->nodes[m->slots[a]], *q = &m->seg->nodes[m->slots[b]];
    float both = (float)(p->area + q->area), box = box_area(box_join(p->box, q->box));
    float within = (float)m->touch[a * m->seg->part_count + b] /
                   (3.0f * sqrtf((float)(p->area < q->area ? p->area : q->area)));
    return expf(-colour_distance(p, q) / 22.0f) + 2.0f * (1 - both / m->area) -
           0.5f * (box - both) / m->frame + 0.25f * (within > 1 ? 1 : within);
}

static void join(struct merging *m, int a, int b)
{
    struct segments *s = m->seg;
    int left = m->slots[a], right = m->slots[b], made = s->node_count++;
    struct node *p = &s->nodes[left], *q = &s->nodes[right], *n = &s->nodes[made];
    *n = (struct node){.left = left,
                       .right = right,
                       .parent = -1,
                       .box = box_join(p->box, q->box),
                       .area = p->area + q->area};
    for (int c = 0; c < 3; c++)
        n->lab[c] = (p->lab[c] * (float)p->area + q->lab[c] * (float)q->area) / (float)n->area;
    p->parent = q->parent = made;
    m->slots[a] = made;
    for (int i = 0; i < s->part_count; i++) {
        m->touch[a * s->part_count + i] += m->touch[b * s->part_count + i];
        m->touch[i * s->part_count + a] = m->touch[a * s->part_count + i];
    }
}

/* Joins the two most similar neighbours; false if none touch. */
static bool step(struct merging *m)
{
    int best_a = -1, best_b = -1;
    float best = -1e9f;
    for (int i = 0; i < m->live; i++)
        for (int j = i + 1; j < m->live; j++) {
            if (!m->touch[m->part[i] * m->seg->part_count + m->part[j]])
                continue;
            float like = likeness(m, m->part[i], m->part[j]);
            if (like > best) {
                best = like;
                best_a = i;
                best_b = j;
            }
        }
    if (best_a < 0)
        return false;
    join(m, m->part[best_a], m->part[best_b]);
    m->part[best_b] = m->part[--m->live];
    return true;
}

/* A child's score grows with its difference from its sibling and with how evenly the two share
 * their parent; parts of a large thing, which may be several things, score higher than those of a
 * small one. */
static void score_down(struct segments *s)
{
    for (int i = s->node_count - 1; i >= 0; i--) {
        struct node *n = &s->nodes[i];
        if (n->parent < 0) {
            float share = box_area(n->box) / (JOINT_SHARE * (float)(s->width * s->height));
            n->score = 1.9f * (share < 1 ? sqrtf(share) : 1);
            continue;
        }
        const struct node *up = &s->nodes[n->parent],
                          *other = &s->nodes[up->left == i ? up->right : up->left];
        float small = (float)(n->area < other->area ? n->area : other->area);
        float even = sqrtf(small / (float)(n->area + other->area - small));
        float differ = colour_distance(n, other) / 60.0f, size = (float)n->area / 300.0f;
        n->score = up->score * (0.7f + 0.1f * even + 0.2f * (differ > 1 ? 1 : differ)) *
                   (size > 1 ? 1 : sqrtf(size));
    }
}

void segments_merge(struct segments *s)
{
    size_t n = (size_t)s->part_count;
    if (s->part_count > MOST_PARTS)
        return;
    struct merging m = {.seg = s,
                        .touch = count_touching(s),
                        .slots = mem_new(n, sizeof(int)),
                        .part = mem_new(n, sizeof(int))};
    s->nodes = mem_new(2 * n + 1, sizeof *s->nodes);
    s->node_count = s->part_count;
    for (int i = 0; i < s->part_count; i++) {
        s->nodes[i] = (struct node){-1, -1, -1, s->parts[i].box, s->parts[i].area, {0}, 0};
        memcpy(s->nodes[i].lab, s->parts[i].lab, sizeof s->nodes[i].lab);
        m.slots[i] = i;
    }
    for (int t = 0; t < s->thing_count; t++) {
        m.live = 0;
        m.area = (float)s->things[t].area;
        m.frame = box_area(s->things[t].box);
        for (int i = 0; i < s->part_count; i++)
            if (s->parts[i].thing == t)
                m.part[m.live++] = i;
        while (m.live > 1 && m.live <= MOST_OF_THING && step(&m))
            ;
    }
    score_down(s);
    free(m.touch);
    free(m.slots);
    free(m.part);
}
