/* pixels_private.h: the steps of the built-in extractor. */
#ifndef EXTRACT_PIXELS_PRIVATE_H
#define EXTRACT_PIXELS_PRIVATE_H

#include <stdint.h>

#include "base/error.h"

/* Blocks of a feature vector. */
enum {
    COLOURS = 4 * 5 * 5, /* joint histogram of L, a, b inside the box */
    AROUND = 4 * 3 * 3,  /* the same, coarser, of a frame around it */
    CELLS = 4,           /* per side, for directions */
    DIRECTIONS = 8,
    TEXTURES = 59, /* uniform local binary patterns */
    QUARTERS = 4,
    COLOURS_AT = 0,
    AROUND_AT = COLOURS_AT + COLOURS,
    MEANS_AT = AROUND_AT + AROUND,          /* L, a, b: mean and deviation; means of quarters */
    EDGES_AT = MEANS_AT + 6 + 3 * QUARTERS, /* directions of gradients in each cell */
    TEXTURE_AT = EDGES_AT + CELLS * CELLS * DIRECTIONS,
    LAYOUT_AT = TEXTURE_AT + TEXTURES, /* place, size, shape */
    LAYOUT = 10,
    PIXELS_FEATURES = LAYOUT_AT + LAYOUT,
};

enum { PIXELS_SIDE = 320, PIXELS_LEAST = 16 };

/* A photograph made small. */
struct small {
    int width, height; /* PIXELS_LEAST .. PIXELS_SIDE */
    float *lab;        /* height x width x 3; owned, as is all below */
    float *gradient;   /* height x width x 2: along x and y, of L */
    uint8_t *texture;  /* height x width: the pattern, 0 .. TEXTURES - 1 */
    uint8_t *colour;   /* height x width: the bin, 0 .. COLOURS - 1 */
    uint8_t *coarse;   /* height x width: the bin, 0 .. AROUND - 1 */
};

/* In pixels of the small photograph; x2, y2 exclusive. */
struct small_box {
    int x1, y1, x2, y2;
    float score;
};

/* Fills everything but lab from it. Errors: no memory. */
int small_prepare(struct small *small, struct error *err) MUST_USE;
void small_done(struct small *small);

/* Boxes that may hold a thing: `most` at most, best first; returns their number. They are unions of
 * superpixels (Felzenszwalb and Huttenlocher 2004, Efficient graph-based image segmentation),
 * merged by likeness (Uijlings et al. 2013, Selective search), ordered by how their colours differ
 * from those around. Negative: no memory. */
int pixels_propose(const struct small *small, struct small_box *out, int most,
                   struct error *err) MUST_USE;

/* The features of a box, not standardised: PIXELS_FEATURES numbers. */
void pixels_features(const struct small *small, const struct small_box *box, float *out);

/* Half the sum of absolute differences of two histograms divided by their sums, 0 .. 1. */
float pixels_difference(const float *a, const float *b, int n);

/* Colours inside the box, and in the frame around it, a quarter of its sides wide, as coarse
 * histograms of AROUND bins. */
void pixels_inside(const struct small *small, const struct small_box *box, float *out);
void pixels_around(const struct small *small, const struct small_box *box, float *out);

#endif
