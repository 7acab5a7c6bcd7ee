#include "ui/screen/colour.h"

#include <stddef.h>
#include <string.h>

#include "base/countof.h"

uint32_t colour_of_index(int index)
{
    static const uint32_t ansi[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                      0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                      0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
    static const uint32_t level[6] = {0, 95, 135, 175, 215, 255};
    if (index < 16)
        return ansi[index < 0 ? 0 : index];
    if (index < 232) {
        int i = index - 16;
        return level[i / 36] << 16 | level[i / 6 % 6] << 8 | level[i % 6];
    }
    uint32_t grey = 8 + 10 * (uint32_t)((index > 255 ? 255 : index) - 232);
    return grey << 16 | grey << 8 | grey;
}

static int distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);
    return 3 * red * red + 6 * green * green + blue * blue;
}

static int nearest(uint32_t rgb, int first, int last)
{
    int best = first;
    for (int i = first + 1; i <= last; i++)
        if (distance(rgb, colour_of_index(i)) < distance(rgb, colour_of_index(best)))
            best = i;
    return best;
}

colour colour_reduce(colour c, enum depth depth)
{
    if (depth == DEPTH_MONO)
        return COLOUR_DEFAULT;
    if (colour_is_index(c) && depth == DEPTH_16 && (c & 255) > 15)
        return COLOUR_INDEX(nearest(colour_of_index((int)(c & 255)), 0, 15));
    if (!colour_is_rgb(c) || depth == DEPTH_TRUE)
        return c;
    uint32_t rgb = c & 0xffffff;
    return COLOUR_INDEX(depth == DEPTH_256 ? nearest(rgb, 16, 255) : nearest(rgb, 0, 15));
}

float colour_lightness(uint32_t rgb)
{
    return (0.299f * (float)(rgb >> 16 & 255) + 0.587f * (float)(rgb >> 8 & 255) +
            0.114f * (float)(rgb & 255)) /
           255;
}

uint32_t colour_mix(uint32_t a, uint32_t b, float t)
{
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        float from = (float)(a >> shift & 255), to = (float)(b >> shift & 255);
        out = out << 8 | (uint32_t)(from + (to - from) * t + 0.5f);
    }
    return out;
}

static const char *const depth_names[] = {"none", "16", "256", "truecolor"};

bool depth_named(const char *name, enum depth *out)
{
    for (size_t i = 0; i < COUNTOF(depth_names); i++)
        if (!strcmp(name, depth_names[i])) {
            *out = (enum depth)i;
            return true;
        }
    return false;
}

const char *depth_name(enum depth depth)
{
    return depth_names[depth];
}
