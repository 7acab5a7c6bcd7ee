/* features.h: a region as a vector of numbers, from the pixels alone: colours, shape, edges, place.
 */
#ifndef DEMO_FEATURES_H
#define DEMO_FEATURES_H

#include "demo/regions.h"

/* Blocks of a vector. Anchors are reference colours; a region's colours are the shares of its
 * pixels near each. */
enum {
    ANCHORS = 16,
    COLOUR_PARTS = 4, /* the whole, the middle, the upper and the lower half */
    MASK_SIDE = 7,
    EDGE_SIDE = 4,
    EDGE_BINS = 6,
    PLACE_SIZE = 15,
    COLOUR_AT = 0,
    MEAN_AT = COLOUR_AT + COLOUR_PARTS * ANCHORS,
    AROUND_AT = MEAN_AT + 6,
    MASK_AT = AROUND_AT + ANCHORS,
    EDGE_AT = MASK_AT + MASK_SIDE * MASK_SIDE,
    PLACE_AT = EDGE_AT + EDGE_SIDE * EDGE_SIDE * EDGE_BINS,
    FEATURES = PLACE_AT + PLACE_SIZE,
};

/* Features of a picture's regions, not standardised: `out` is REGIONS x FEATURES. Errors: not
 * enough memory. */
int features_of(const struct image *picture, const struct region regions[REGIONS], float *out,
                struct error *err) MUST_USE;

/* Mean and standard deviation of each feature over `rows`, count x FEATURES: `scale` is 2 x
 * FEATURES. */
void features_fit_scale(const float *rows, size_t count, float *scale);

/* (x - mean) / deviation, clamped to -FEATURE_LIMIT..FEATURE_LIMIT, of `rows`, count x FEATURES, in
 * place. */
#define FEATURE_LIMIT 6.0f
void features_standardise(const float *scale, float *rows, size_t count);

#endif
