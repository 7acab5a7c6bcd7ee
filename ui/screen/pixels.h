/* pixels.h: pictures for terminals with sixels or the kitty graphics protocol. */
#ifndef UI_SCREEN_PIXELS_H
#define UI_SCREEN_PIXELS_H

#include <stddef.h>

#include "base/str.h"
#include "io/image/image.h"

/* How a picture is shown: as characters, or as real pixels by one of two protocols. */
enum graphics { GRAPHICS_CELLS, GRAPHICS_SIXEL, GRAPHICS_KITTY };

/* Adds the escape sequences that draw an RGBA picture over cols x rows cells of cell_width x
 * cell_height pixels each (kitty scales the picture itself and ignores the cell size; cells add
 * nothing). The cursor may end up anywhere. */
void pixels_encode(const struct image *image, enum graphics graphics, int cols, int rows,
                   int cell_width, int cell_height, struct str *out);

/* Adds the sequence that removes our kitty picture, and frees its memory in the terminal. */
void pixels_kitty_delete(struct str *out);

/* Draws a frame of `thickness` pixels just inside the box x1 y1 x2 y2 (pixels, any floats),
 * clipped. rgb: 0xRRGGBB. */
void pixels_frame(struct image *image, const float box[4], int thickness, unsigned rgb);

/* Adds n bytes as base64. */
void pixels_base64(const void *data, size_t n, struct str *out);

#endif
