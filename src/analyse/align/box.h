/* boxes.h: areas of boxes x1 y1 x2 y2 in pixels, x2 > x1 and y2 > y1. */
#ifndef ANALYSE_ALIGN_BOX_H
#define ANALYSE_ALIGN_BOX_H

#include <stdbool.h>
#include <stddef.h>

double box_area(const float box[4]);

/* Area of the common part over area of both together; 0 where they are apart. */
double box_iou(const float a[4], const float b[4]);

/* Whether the middle of `box` lies in one of n boxes, edges included. */
bool box_middle_in(const float box[4], const float (*boxes)[4], size_t n);

/* The box around all of n > 0 boxes. */
void box_around(const float (*boxes)[4], size_t n, float out[4]);

/* Which share of `box` is covered by n boxes together: overlaps count once. 0..1. scratch: 6 n
 * floats. */
double box_covered(const float box[4], const float (*boxes)[4], size_t n, float *scratch);

/* Cuts the box at 0 0 width height; false where nothing is left, or it was no box (NaN, infinite,
 * no area). */
bool box_clip(float box[4], float width, float height);

#endif
