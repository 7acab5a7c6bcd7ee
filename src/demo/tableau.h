/* tableau.h: a drawn scene: what stands where, and its picture.
 *
 * Regions and features (regions.h, features.h) see the picture only, never this description; the
 * description serves the captions and the truth file. */
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
    double x, base; /* where it stands: middle of its foot, units */
    double height;  /* units */
    bool flip;
    double vary[PEN_VARIES];
    struct rgb tint; /* its colour as drawn */
    int group;       /* index of the first of those that stand together (itself where alone) */
    int on, under;   /* index of the thing that it is on or under; -1 */
    float box[4];    /* x1 y1 x2 y2 of what shows of it, pixels; filled by tableau_paint */
    double shows;    /* how much of it is not hidden, 0..1 */
};

struct tableau {
    enum setting setting;
    double horizon;  /* units from the top: where ground or floor begins */
    double shore;    /* BEACH: where the sand begins */
    double mood;     /* 0..1: which of the setting's lights */
    uint64_t detail; /* seed of grass, ripples and the like */
    struct thing things[TABLEAU_THINGS];
    int count;
};

/* A scene with all that is in it well visible, and its picture (the caller's to image_done). */
int tableau_new(struct rng *rng, struct tableau *tableau_out, struct image *picture_out,
                struct error *err) MUST_USE;

/* The parts of tableau_new. */
void tableau_compose(struct rng *rng, struct tableau *out);
int tableau_paint(struct tableau *scene, struct image *out, struct error *err) MUST_USE;

/* "meadow", ... */
const char *setting_name(enum setting setting);

/* The empty setting (setting.c). */
void setting_paint(const struct tableau *scene, cairo_t *cr);

/* The full extent of a thing as composed, hidden parts too: x1 y1 x2 y2 in units. */
void tableau_thing_extent(const struct thing *thing, double out[4]);

#endif
