/* compose.c: which things a scene has and where they go. */
#include <assert.h>
#include <math.h>

#include "base/countof.h"
#include "demo/tableau.h"

enum { PLACES = 60, TRIES = 200 };

/* The zones that a setting offers, and how likely a new thing goes there. */
struct offer {
    enum zone zone;
    int weight;
};

static const struct offer offers[SETTINGS][4] = {
    [MEADOW] = {{IN_SKY, 30}, {IN_AIR, 12}, {ON_GROUND, 58}},
    [BEACH] = {{IN_SKY, 22}, {IN_AIR, 6}, {ON_GROUND, 40}, {IN_WATER, 32}},
    [NIGHT] = {{IN_SKY, 35}, {IN_AIR, 7}, {ON_GROUND, 58}},
    [SNOW] = {{IN_SKY, 28}, {IN_AIR, 10}, {ON_GROUND, 62}},
    [SUNSET] = {{IN_SKY, 32}, {IN_AIR, 10}, {ON_GROUND, 58}},
    [ROOM] = {{ON_FLOOR, 64}, {ON_WALL, 16}, {IN_AIR, 20}},
};

/* Whether a kind of thing may be in the setting: some would look odd. */
static bool fits(const struct tableau *s, int kind)
{
    static const char *const odd[SETTINGS][8] = {
        [MEADOW] = {"star"},
        [BEACH] = {"star"},
        [NIGHT] = {"sun", "kite", "umbrella", "butterfly"},
        [SNOW] = {"flower", "mushroom", "snail", "butterfly", "star"},
        [ROOM] = {"mushroom", "snail"},
    };
    for (const char *const *name = odd[s->setting]; *name; name++)
        if (kind == thing_kind_named(*name))
            return false;
    return true;
}

static bool has_kind(const struct tableau *s, int kind)
{
    for (int i = 0; i < s->count; i++)
        if (s->things[i].kind == kind)
            return true;
    return false;
}

static int pick_kind(const struct tableau *s, struct rng *rng, unsigned zone)
{
    for (int i = 0; i < PLACES; i++) {
        int kind = (int)rng_below(rng, thing_kind_count);
        if (thing_kinds[kind].zones & zone && fits(s, kind) && !has_kind(s, kind))
            return kind;
    }
    return -1;
}

static enum colour pick_colour(struct rng *rng, unsigned set)
{
    for (;;) {
        unsigned c = (unsigned)rng_below(rng, COLOURS);
        if (set >> c & 1)
            return c;
    }
}

static double clamp01(double x)
{
    return fmin(1, fmax(0, x));
}

/* The colour as drawn: the named one, varied a little, in the setting's light. */
static struct rgb pick_tint(const struct tableau *s, struct rng *rng, enum colour colour)
{
    struct rgb c = paint_rgb(thing_colours[colour].hex);
    double value = rng_range(rng, -0.07, 0.07);
    c = value > 0 ? paint_lighter(c, value * 1.5) : paint_darker(c, -value);
    c.r = clamp01(c.r + rng_range(rng, -0.025, 0.025));
    c.g = clamp01(c.g + rng_range(rng, -0.025, 0.025));
    c.b = clamp01(c.b + rng_range(rng, -0.025, 0.025));
    if (s->setting == NIGHT)
        c = paint_mix(c, paint_rgb(0x2a3266), 0.12);
    if (s->setting == SUNSET)
        c = paint_mix(c, paint_rgb(0xe08850), 0.06);
    return c;
}

/* The factor by which nearer things are larger. */
static double nearness(const struct tableau *s, double base)
{
    double far = s->setting == BEACH ? s->shore : s->horizon;
    return 0.78 + 0.34 * (base - far) / (TABLEAU_HEIGHT - far);
}

static double pick_base(const struct tableau *s, struct rng *rng, enum zone zone, double height)
{
    double ground = s->setting == BEACH ? s->shore : s->horizon;
    switch (zone) {
    case IN_SKY:
        return rng_range(rng, height + 8, fmax(height + 10, s->horizon - 24));
    case IN_AIR:
        return rng_range(rng, fmax(height + 8, s->horizon - 70), s->horizon + 20);
    case ON_WALL:
        return rng_range(rng, height + 10, fmax(height + 12, s->horizon - 60));
    case IN_WATER:
        return rng_range(rng, s->horizon + 16, s->shore - 4);
    default:
        return rng_range(rng, ground + 16, TABLEAU_HEIGHT - 8);
    }
}

/* Colour, size and form of a thing: at random, or those of `like` (NULL: none). */
static void dress(const struct tableau *s, struct rng *rng, struct thing *t,
                  const struct thing *like)
{
    t->flip = rng_below(rng, 2);
    t->on = t->under = -1;
    for (int i = 0; i < PEN_VARIES; i++)
        t->vary[i] = rng_unit(rng);
    t->colour = like ? like->colour : pick_colour(rng, thing_kinds[t->kind].colours);
    static const enum size lots[] = {SMALL, SMALL, MEDIUM, MEDIUM, MEDIUM, LARGE, LARGE};
    t->size = like ? like->size : lots[rng_below(rng, COUNTOF(lots))];
    t->tint = like ? like->tint : pick_tint(s, rng, t->colour);
    t->height = 1.1 * thing_kinds[t->kind].height * thing_size_factors[t->size] *
                rng_range(rng, 0.95, 1.05);
}

/* The overlap of two things' extents, as a share of the smaller one. */
static double overlap(const struct thing *a, const struct thing *b)
{
    double p[4], q[4];
    tableau_thing_extent(a, p);
    tableau_thing_extent(b, q);
    double w = fmin(p[2], q[2]) - fmax(p[0], q[0]), h = fmin(p[3], q[3]) - fmax(p[1], q[1]);
    double least = fmin((p[2] - p[0]) * (p[3] - p[1]), (q[2] - q[0]) * (q[3] - q[1]));
    return w <= 0 || h <= 0 ? 0 : w * h / least;
}

/* Whether one seems to stand on top of the other by chance. */
static bool stacked(const struct thing *a, const struct thing *b)
{
    double p[4], q[4];
    tableau_thing_extent(a, p);
    tableau_thing_extent(b, q);
    bool apart = p[2] < q[0] + 6 || q[2] < p[0] + 6;
    return !apart && (fabs(p[3] - q[1]) < 14 || fabs(q[3] - p[1]) < 14);
}

/* Inside the picture, and overlapping no other thing by more than the share `most`. */
static bool clear(const struct tableau *s, const struct thing *t, double most)
{
    double e[4];
    tableau_thing_extent(t, e);
    if (e[0] < 4 || e[1] < 4 || e[2] > TABLEAU_WIDTH - 4 || e[3] > TABLEAU_HEIGHT - 3)
        return false;
    for (int i = 0; i < s->count; i++)
        if (i != t->on && i != t->under &&
            (overlap(t, &s->things[i]) > most || stacked(t, &s->things[i])))
            return false;
    return true;
}

/* Adds the thing to the group that begins at `group`, -1: to one of its own. */
static void add(struct tableau *s, struct thing *t, int group)
{
    assert(s->count < TABLEAU_THINGS);
    t->group = group >= 0 ? group : s->count;
    s->things[s->count++] = *t;
}

/* Finds a free place, in the group's neighbourhood if `group` is not -1; false if there is none. */
static bool place(struct tableau *s, struct rng *rng, struct thing *t, int group)
{
    double height = t->height, most = rng_below(rng, 4) ? 0.0 : 0.12;
    for (int i = 0; i < PLACES; i++) {
        double half = thing_kinds[t->kind].width / 200 * height;
        t->base = pick_base(s, rng, t->zone, height);
        t->x = rng_range(rng, half + 5, TABLEAU_WIDTH - half - 5);
        if (group >= 0) { /* next to the first of its group */
            const struct thing *first = &s->things[group];
            t->x = first->x + rng_range(rng, -2.6, 2.6) * 2 * half;
            t->base = first->base +
                      rng_range(rng, -0.7, 0.7) * (t->zone & (IN_SKY | IN_AIR) ? height : 14);
            if (fabs(t->base - pick_base(s, rng, t->zone, height)) > 200)
                continue;
        }
        t->height = t->zone & (ON_GROUND | ON_FLOOR) ? height * nearness(s, t->base) : height;
        if (clear(s, t, most)) {
            add(s, t, group);
            return true;
        }
    }
    return false;
}

/* Adds a thing of the kind (-1: none) and now and then more of them next to it. */
static void add_kind(struct tableau *s, struct rng *rng, int kind, enum zone zone)
{
    struct thing t = {.kind = kind, .zone = zone};
    if (kind < 0 || s->count >= TABLEAU_THINGS - 3)
        return;
    dress(s, rng, &t, NULL);
    int first = s->count, more = 0;
    if (!place(s, rng, &t, -1))
        return;
    if (thing_kinds[kind].most > 1 && rng_below(rng, 10) < 3)
        more = 1 + (thing_kinds[kind].most > 2 && rng_below(rng, 3) == 0);
    for (int i = 0; i < more; i++) {
        struct thing next = {.kind = kind, .zone = zone};
        dress(s, rng, &next, &s->things[first]);
        if (!place(s, rng, &next, first))
            break;
    }
}

/* Puts a thing (kind -1: none) on top of a table or a chair, if there is room. */
static void put_on(struct tableau *s, struct rng *rng, int below, int kind)
{
    const struct thing *b = &s->things[below];
    bool chair = b->kind == thing_kind_named("chair");
    struct thing t = {.kind = kind, .zone = ON_TOP};
    if (kind < 0)
        return;
    dress(s, rng, &t, NULL);
    t.on = below;
    t.height *= nearness(s, b->base);
    for (int i = 0; i < PLACES; i++) {
        double reach = chair ? 0 : 70 * b->height / 100 - thing_kinds[kind].width / 200 * t.height;
        double seat = chair ? -4 * (b->flip ? -1 : 1) * b->height / 100 : 0;
        t.x = b->x + seat + rng_range(rng, -reach, reach);
        t.base = b->base - (chair ? 0.45 : 0.92) * b->height;
        if (reach >= 0 && clear(s, &t, 0)) {
            add(s, &t, -1);
            return;
        }
    }
}

/* The same under a table or an umbrella. */
static void put_under(struct tableau *s, struct rng *rng, int above, int kind)
{
    const struct thing *a = &s->things[above];
    bool table = a->kind == thing_kind_named("table");
    double room = (table ? 0.62 : 0.44) * a->height, reach = (table ? 52 : 56) * a->height / 100;
    struct thing t = {.kind = kind, .zone = UNDER};
    if (kind < 0)
        return;
    dress(s, rng, &t, NULL);
    t.under = above;
    if (t.size == LARGE)
        t.size = MEDIUM;
    t.height = fmin(t.height, room);
    for (int i = 0; i < PLACES; i++) {
        double half = thing_kinds[kind].width / 200 * t.height;
        t.x = a->x + rng_range(rng, -1, 1) * (reach - half);
        t.base = a->base - rng_range(rng, -2, 3);
        bool beside_pole = table || fabs(t.x - a->x) > half;
        if (reach > half && beside_pole && clear(s, &t, 0)) {
            add(s, &t, -1);
            return;
        }
    }
}

/* A table or a chair with something on it, or an umbrella with something below. */
static void add_furniture(struct tableau *s, struct rng *rng, enum zone floor)
{
    static const char *const names[] = {"table", "table", "chair", "umbrella"};
    int kind = thing_kind_named(names[rng_below(rng, 4)]), at = s->count;
    struct thing t = {.kind = kind, .zone = floor};
    if (!(thing_kinds[kind].zones & floor) || !fits(s, kind))
        return;
    dress(s, rng, &t, NULL);
    if (!place(s, rng, &t, -1))
        return;
    bool table = kind == thing_kind_named("table"), chair = kind == thing_kind_named("chair");
    int on_top = table ? 1 + (int)rng_below(rng, 2) : chair;
    for (int i = 0; i < on_top; i++)
        put_on(s, rng, at, pick_kind(s, rng, ON_TOP));
    if (!chair && (!table || rng_below(rng, 3) == 0))
        put_under(s, rng, at, pick_kind(s, rng, UNDER));
}

static enum zone pick_zone(const struct tableau *s, struct rng *rng)
{
    const struct offer *o = offers[s->setting];
    int at = (int)rng_below(rng, 100);
    for (int i = 0; i < 3 && at >= o->weight; i++)
        at -= o++->weight;
    return o->zone;
}

/* Order of painting: farther things first, so that nearer ones cover them, and what flies before
 * what stands. */
static double depth(const struct tableau *s, const struct thing *t)
{
    if (t->zone & (IN_SKY | ON_WALL))
        return -1000 + t->base;
    if (t->zone & IN_AIR)
        return -500 + t->base;
    if (t->on >= 0)
        return s->things[t->on].base + 0.5;
    return t->under >= 0 ? s->things[t->under].base + 0.25 : t->base;
}

static void sort_by_depth(struct tableau *s)
{
    struct thing sorted[TABLEAU_THINGS];
    int order[TABLEAU_THINGS], where[TABLEAU_THINGS];
    for (int i = 0; i < s->count; i++) {
        int j = i;
        for (; j > 0 && depth(s, &s->things[order[j - 1]]) > depth(s, &s->things[i]); j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
    for (int i = 0; i < s->count; i++)
        where[order[i]] = i;
    for (int i = 0; i < s->count; i++) {
        struct thing *t = &sorted[i];
        *t = s->things[order[i]];
        t->on = t->on >= 0 ? where[t->on] : -1;
        t->under = t->under >= 0 ? where[t->under] : -1;
        t->group = where[t->group];
    }
    for (int i = 0; i < s->count; i++)
        s->things[i] = sorted[i];
}

static void compose(struct rng *rng, struct tableau *s)
{
    /* Beaches and rooms have kinds of their own; drawn twice as often, these are not rare. */
    static const enum setting lots[] = {MEADOW, BEACH, BEACH, NIGHT, SNOW, SUNSET, ROOM, ROOM};
    *s = (struct tableau){.setting = lots[rng_below(rng, COUNTOF(lots))]};
    enum zone floor = s->setting == ROOM ? ON_FLOOR : ON_GROUND;
    s->horizon = s->setting == ROOM ? rng_range(rng, 185, 205) : rng_range(rng, 138, 172);
    if (s->setting == BEACH)
        s->horizon -= 25;
    s->shore = s->horizon + rng_range(rng, 50, 66);
    s->mood = rng_unit(rng);
    s->detail = rng_u64(rng);
    int wanted = 5 + (int)rng_below(rng, 4);
    if (rng_below(rng, 100) < (s->setting == ROOM ? 75 : 30))
        add_furniture(s, rng, floor);
    for (int tries = 0; tries < 30 && s->count < wanted; tries++) {
        enum zone zone = pick_zone(s, rng);
        add_kind(s, rng, pick_kind(s, rng, zone), zone);
    }
    sort_by_depth(s);
}

/* Several things, none of them mostly hidden. */
static bool all_visible(const struct tableau *scene)
{
    for (int i = 0; i < scene->count; i++)
        if (scene->things[i].shows < 0.7)
            return false;
    return scene->count >= 3;
}

int tableau_new(struct rng *rng, struct tableau *tableau_out, struct image *picture_out,
                struct error *err)
{
    for (int i = 0; i < TRIES; i++) {
        compose(rng, tableau_out);
        if (tableau_paint(tableau_out, picture_out, err) != 0)
            return -1;
        if (all_visible(tableau_out))
            return 0;
        image_done(picture_out);
    }
    return error_set(err, "no scene shows all of its things after %d tries", TRIES);
}
