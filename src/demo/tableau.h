/* tableau.h: a drawn scene: what stands where (compose.c), and its picture (tableau.c).
 *
 * Regions and features (regions.h, features.h) are computed from the picture only, never from this
 * description; the description serves the captions and the truth file. */
#ifndef DEMO_TABLEAU_H
#define DEMO_TABLEAU_H

#include <stdbool.h>

#include "base/error.h"
#include "base/rng.h"
#include "demo/things.h"
#include "io/image/image.h"

/* Scenes are composed in units (TABLEAU_*) and painted in pixels (PICTURE_*) of the same shape. */
enum {
    TABLEAU_WIDTH = 400,
    TABLEAU_HEIGHT = 300,
    PICTURE_WIDTH = 360,
    PICTURE_HEIGHT = 270,
    TABLEAU_THINGS = 14
};

enum setting { MEADOW, BEACH, NIGHT, SNOW, SUNSET, ROOM, SETTINGS };

struct thing {
    int kind;
    enum colour colour;
    enum size size;
    enum zone zone;
    double x, base; /* the middle of its foot, units */
    double height;  /* units */
    bool flip;
    double vary[PEN_VARIES];
    struct rgb tint; /* its colour as drawn */
    int group;       /* index of the first of those that stand together (itself if alone) */
    int on, under;   /* index of the thing that it is on or under; -1: none */
    float box[4];    /* x1 y1 x2 y2 of its visible part, pixels; set by tableau_paint */
    double shows;    /* visible share, 0..1; set by tableau_paint */
};

struct tableau {
    enum setting setting;
    double horizon;  /* where ground or floor begins, units from the top */
    double shore;    /* BEACH: where the sand begins, units from the top */
    double mood;     /* 0..1: which of the setting's lights */
    uint64_t detail; /* seed of grass, ripples and such */
    struct thing things[TABLEAU_THINGS];
    int count;
};

/* Composes a scene whose things are all well visible, and its picture (the caller's to image_done).
 * Errors: not enough memory, no such scene found in many tries. */
int tableau_new(struct rng *rng, struct tableau *tableau_out, struct image *picture_out,
                struct error *err) MUST_USE;

/* Paints the picture (the caller's to image_done) and sets the things' boxes and visible shares.
 * Errors: not enough memory. */
int tableau_paint(struct tableau *scene, struct image *out, struct error *err) MUST_USE;

/* The setting's name, as "meadow". */
const char *setting_name(enum setting setting);

/* Paints the empty setting, in units (setting.c). */
void setting_paint(const struct tableau *scene, cairo_t *cr);

/* The whole extent of a thing as composed, hidden parts included: x1 y1 x2 y2 in units. */
void tableau_thing_extent(const struct thing *thing, double out[4]);

#endif
