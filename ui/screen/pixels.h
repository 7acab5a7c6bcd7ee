/* pixels.h: pictures as terminals show them that know the kitty graphics protocol or sixels. */
#ifndef UI_SCREEN_PIXELS_H
#define UI_SCREEN_PIXELS_H

#include <stddef.h>

#include "base/str.h"
#include "io/image/image.h"

/* How a picture is shown: as characters, or as real pixels. */
enum graphics { GRAPHICS_CELLS, GRAPHICS_SIXEL, GRAPHICS_KITTY };

/* The escape sequences that draw an RGBA picture over cols x rows cells, of which each has
 * cell_width x cell_height pixels (kitty scales by itself and asks for no cell size). They leave
 * the cursor anywhere. */
void pixels_encode(const struct image *image, enum graphics graphics, int cols, int rows,
                   int cell_width, int cell_height, struct str *out);

/* The sequence that takes our kitty picture away, and its memory in the terminal. */
void pixels_kitty_delete(struct str *out);

/* A frame of `thickness` pixels along the inside of x1 y1 x2 y2, clipped. rgb: 0xRRGGBB. */
void pixels_frame(struct image *image, const float box[4], int thickness, unsigned rgb);

void pixels_base64(const void *data, size_t n, struct str *out);

#endif
