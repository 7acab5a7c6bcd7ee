/* box.h: areas of boxes, each x1 y1 x2 y2 in pixels with x2 > x1 and y2 > y1. */
#ifndef ANALYSE_ALIGN_BOX_H
#define ANALYSE_ALIGN_BOX_H

#include <stdbool.h>
#include <stddef.h>

/* The area in pixels. */
double box_area(const float box[4]);

/* The intersection's area over the union's, 0..1; 0 if they do not meet. */
double box_iou(const float a[4], const float b[4]);

/* Whether the middle of `box` is in one of n boxes, edges included. */
bool box_middle_in(const float box[4], const float (*boxes)[4], size_t n);

/* Computes the box around n > 0 boxes. */
void box_around(const float (*boxes)[4], size_t n, float out[4]);

/* The share of `box`, 0..1, that n boxes cover together: overlaps count once. scratch: 6 n floats.
 */
double box_covered(const float box[4], const float (*boxes)[4], size_t n, float *scratch);

/* Clips the box to 0 0 width height; false if nothing is left, or it was not a box (NaN, infinite,
 * no area). */
bool box_clip(float box[4], float width, float height);

#endif
