/* raster.h: photographs at the size they are drawn in. */
#ifndef FIGURE_RASTER_H
#define FIGURE_RASTER_H

#include "figure/scene.h"

/* Scales the image, on white, to width x height by Catmull-Rom interpolation (widened when
 * shrinking, so that all pixels count). `out` is the caller's to image_done. Errors: not enough
 * memory. */
int raster_scale(const struct image *in, int width, int height, struct image *out,
                 struct error *err) MUST_USE;

/* An image of one grey, for a photograph that is missing; the caller's to image_done. Errors: not
 * enough memory. */
int raster_grey(int width, int height, uint8_t grey, struct image *out, struct error *err) MUST_USE;

/* Whether a picture has an overlay's values: weights, or a spotlight. */
bool raster_has_values(const struct picture *picture);

/* The values of a picture's overlay, height x width, scaled to picture->scale_to (0: their own
 * largest); of a spotlight: 1 on the region, a fifth elsewhere. */
void raster_values(const struct picture *picture, enum overlay_combine combine, int width,
                   int height, float *values);

#endif
