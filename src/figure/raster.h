/* raster.h: photographs at the size they are drawn in. */
#ifndef FIGURE_RASTER_H
#define FIGURE_RASTER_H

#include "figure/scene.h"

/* The image on white, width x height, by Catmull-Rom interpolation (widened to the pixels that fall
 * together when it shrinks). `out` is the caller's to image_done. Errors: not enough memory. */
int raster_scale(const struct image *in, int width, int height, struct image *out,
                 struct error *err) MUST_USE;

/* An image of one grey: what stands for a photograph that is missing. */
int raster_grey(int width, int height, uint8_t grey, struct image *out, struct error *err) MUST_USE;

/* Whether a picture has values: weights, or a region in the spotlight. */
bool raster_has_values(const struct picture *picture);

/* The values of a picture's overlay at that size, scaled to `scale_to` (0: to their own largest);
 * of a spotlight: 1 on the region, a fifth elsewhere. `values`: height x width. */
void raster_values(const struct picture *picture, enum overlay_combine combine, int width,
                   int height, float *values);

#endif
