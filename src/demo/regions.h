/* regions.h: where things are, from the pixels alone: what stands out from a smooth background, its
 * parts, the whole picture and, to fill up, the cells of a grid. */
#ifndef DEMO_REGIONS_H
#define DEMO_REGIONS_H

#include <stdint.h>

#include "base/error.h"
#include "io/image/image.h"

enum { REGIONS = 16 };

/* A region: its box in pixels, x2 and y2 exclusive, and which of the box's pixels belong to it. */
struct region {
    int x1, y1, x2, y2;
    uint8_t *mask; /* (y2 - y1) x (x2 - x1), 0 or 1; owned */
    float score;   /* how likely it is a whole thing; the larger, the earlier */
};

/* Finds exactly REGIONS regions, best first; the caller's to regions_done. Errors: not enough
 * memory, a picture under 32 pixels a side. */
int regions_find(const struct image *picture, struct region out[REGIONS],
                 struct error *err) MUST_USE;

/* Frees the masks. */
void regions_done(struct region regions[REGIONS]);

/* Lab (D65) of each pixel: `lab` is height x width x 3 (segments.c). */
void regions_lab(const struct image *picture, float *lab);

#endif
