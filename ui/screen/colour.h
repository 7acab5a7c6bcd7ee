/* colour.h: the colours of a cell: the terminal's default, one of its palette, or 24 bits. */
#ifndef UI_SCREEN_COLOUR_H
#define UI_SCREEN_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t colour;

enum { COLOUR_DEFAULT = 0 };
#define COLOUR_RGB(r, g, b)                                                                        \
    ((colour)(0x01000000u | (uint32_t)(r) << 16 | (uint32_t)(g) << 8 | (uint32_t)(b)))
#define COLOUR_HEX(rgb) ((colour)(0x01000000u | (uint32_t)(rgb)))
#define COLOUR_INDEX(i) ((colour)(0x02000000u | (uint32_t)(i)))

static inline bool colour_is_rgb(colour c)
{
    return c >> 24 == 1;
}

static inline bool colour_is_index(colour c)
{
    return c >> 24 == 2;
}

/* How many colours a terminal shows, in ascending order. */
enum depth { DEPTH_MONO, DEPTH_16, DEPTH_256, DEPTH_TRUE };

enum { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_UNDERLINE = 4, ATTR_REVERSE = 8, ATTR_ITALIC = 16 };

struct style {
    colour fg, bg;
    uint8_t attr;
};

/* Colour 0 .. 255 of xterm's palette as 0xRRGGBB. */
uint32_t colour_of_index(int index);

/* `c` as `depth` can show it: RGB becomes the nearest entry of a palette of 256 or 16; mono has
 * only the default. */
colour colour_reduce(colour c, enum depth depth);

/* How light 0xRRGGBB looks, 0 .. 1. */
float colour_lightness(uint32_t rgb);

/* A mix of a (t = 0) and b (t = 1), both 0xRRGGBB; t in 0 .. 1. */
uint32_t colour_mix(uint32_t a, uint32_t b, float t);

/* The depth called "truecolor", "256", "16" or "none"; false for any other name. */
bool depth_named(const char *name, enum depth *out);

/* Its name. */
const char *depth_name(enum depth depth);

#endif
