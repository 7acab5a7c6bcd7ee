/* things.h: what scenes are made of: tables of kinds of things, colours and sizes. A new kind is a
 * drawing function (draw.h), a row of the table, and new assets (make demo-assets). */
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
        *plurals[NOUNS];      /* the usual one, another, for a small one only; NULL: none */
    const char *verbs[VERBS]; /* what it is doing, as a participle */
    double width;             /* of the drawing, in units of which it is 100 high */
    double height;            /* of a medium one, near, in units of the scene */
    unsigned colours;         /* bit c: it may have colour c */
    unsigned zones;           /* bits of enum zone */
    int most;                 /* the most that stand together */
    void (*draw)(const struct pen *pen);
};

/* All kinds. */
extern const struct thing_kind thing_kinds[];
extern const size_t thing_kind_count;

struct colour_name {
    const char *names[2]; /* the second may be NULL */
    unsigned hex;
};

/* The colours' names; the words for each size (MEDIUM has none; NULL after the last) and its
 * factor. */
extern const struct colour_name thing_colours[COLOURS];
extern const char *const thing_sizes[SIZES][4];
extern const double thing_size_factors[SIZES];

/* Index into thing_kinds; -1 if there is none of that name. */
int thing_kind_named(const char *name);

#endif
