/* things.h: what the demo's scenes are made of: tables of kinds of things, colours and sizes.
 * Adding a kind is a drawing function (draw.h), a line in the table, and new assets (make
 * demo-assets). */
#ifndef DEMO_THINGS_H
#define DEMO_THINGS_H

#include <stddef.h>

#include "demo/paint.h"

enum colour { RED, ORANGE, YELLOW, GREEN, BLUE, PURPLE, PINK, BROWN, WHITE, GREY, BLACK, COLOURS };
enum size { SMALL, MEDIUM, LARGE, SIZES };
enum { NOUNS = 3, VERBS = 3 };

/* Where a kind may be put. */
enum zone {
    IN_SKY = 1,    /* outdoors, high up */
    IN_AIR = 2,    /* floating, outdoors or in a room */
    ON_GROUND = 4, /* outdoors */
    ON_FLOOR = 8,  /* in a room */
    ON_WALL = 16,  /* in a room */
    ON_TOP = 32,   /* on a table or a chair */
    IN_WATER = 64,
    UNDER = 128, /* below a table or an umbrella */
};

struct thing_kind {
    const char *name;
    const char *nouns[NOUNS],
        *plurals[NOUNS];      /* usual, another, of a small one only; NULL where there is none */
    const char *verbs[VERBS]; /* what it is doing, as a participle */
    double width;             /* of the drawing, in units of which its height has 100 */
    double height;            /* in pixels, medium, near */
    unsigned colours;         /* bit c: colour c is usual */
    unsigned zones;           /* bits of enum zone */
    int most;                 /* how many stand together at most */
    void (*draw)(const struct pen *pen);
};

extern const struct thing_kind thing_kinds[];
extern const size_t thing_kind_count;

struct colour_name {
    const char *names[2]; /* the second NULL where there is none */
    unsigned hex;
};

extern const struct colour_name thing_colours[COLOURS];
extern const char *const thing_sizes[SIZES][4]; /* MEDIUM has none; NULL after the last */
extern const double thing_size_factors[SIZES];

/* Index into `thing_kinds`; -1 where there is none of that name. */
int thing_kind_named(const char *name);

#endif
