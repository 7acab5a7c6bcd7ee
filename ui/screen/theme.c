#include "ui/screen/theme.h"

#include <math.h>
#include <string.h>

#include "base/countof.h"

/* How a role looks in 24 bits, in the 16 ANSI colours (-1: the terminal's default), and without
 * colour. */
struct look {
    int32_t fg, bg;
    int8_t ansi_fg, ansi_bg;
    uint8_t attr, mono_attr;
};

enum { HEATS = 5 };

struct theme {
    const char *name;
    uint32_t foreground, background;
    bool colour;
    const struct look *looks; /* ROLES */
    uint32_t heat[HEATS];     /* backgrounds of chips, from cold to hot */
    int8_t heat_ansi[HEATS];
};

static const struct look dark_looks[ROLES] = {
    [ROLE_TEXT] = {-1, -1, -1, -1, 0, 0},
    [ROLE_DIM] = {0x8b93a1, -1, 8, -1, 0, ATTR_DIM},
    [ROLE_STRONG] = {0xffffff, -1, 15, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_TITLE] = {0xf2f4f8, 0x2a3040, 15, 4, ATTR_BOLD, ATTR_REVERSE | ATTR_BOLD},
    [ROLE_TITLE_DIM] = {0xaab4c6, 0x2a3040, 7, 4, 0, ATTR_REVERSE},
    [ROLE_BORDER] = {0x454d5c, -1, 8, -1, 0, ATTR_DIM},
    [ROLE_SELECTED] = {0xffffff, 0x2f4a7a, 15, 4, ATTR_BOLD, ATTR_REVERSE},
    [ROLE_SELECTED_AWAY] = {-1, 0x262c38, -1, 8, 0, ATTR_BOLD},
    [ROLE_TRUTH] = {0x7fd88f, -1, 10, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_UNKNOWN] = {0xff8f70, -1, 9, -1, ATTR_UNDERLINE, ATTR_UNDERLINE},
    [ROLE_PROMPT] = {0x7cc4ff, -1, 14, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_KEY] = {0xe8c26a, -1, 11, -1, 0, ATTR_BOLD},
    [ROLE_ERROR] = {0xff7a7a, -1, 9, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_WARNING] = {0xf0b060, -1, 11, -1, 0, ATTR_BOLD},
    [ROLE_GOOD] = {0x8fe0b0, -1, 10, -1, 0, 0},
    [ROLE_FRAME] = {0xff5fd2, -1, 13, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_FRAME_MORE] = {0x62d0ff, -1, 14, -1, 0, 0},
    [ROLE_POPUP] = {0xe6e9ef, 0x20242e, 7, 0, 0, 0},
    [ROLE_BAR] = {0x5b8dd9, -1, 12, -1, 0, 0},
    [ROLE_MATCH] = {0x14161b, 0xe8c26a, 0, 11, 0, ATTR_UNDERLINE | ATTR_BOLD},
};

static const struct look light_looks[ROLES] = {
    [ROLE_TEXT] = {-1, -1, -1, -1, 0, 0},
    [ROLE_DIM] = {0x646b78, -1, 8, -1, 0, ATTR_DIM},
    [ROLE_STRONG] = {0x000000, -1, 0, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_TITLE] = {0x10131a, 0xd5dcea, 0, 7, ATTR_BOLD, ATTR_REVERSE | ATTR_BOLD},
    [ROLE_TITLE_DIM] = {0x48516a, 0xd5dcea, 0, 7, 0, ATTR_REVERSE},
    [ROLE_BORDER] = {0xb6bcc8, -1, 8, -1, 0, ATTR_DIM},
    [ROLE_SELECTED] = {0x0b1430, 0xb9d0f5, 15, 4, ATTR_BOLD, ATTR_REVERSE},
    [ROLE_SELECTED_AWAY] = {-1, 0xe6e9f0, 0, 7, 0, ATTR_BOLD},
    [ROLE_TRUTH] = {0x14722c, -1, 2, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_UNKNOWN] = {0xb43a10, -1, 1, -1, ATTR_UNDERLINE, ATTR_UNDERLINE},
    [ROLE_PROMPT] = {0x0a5aa8, -1, 4, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_KEY] = {0x8a5a00, -1, 5, -1, 0, ATTR_BOLD},
    [ROLE_ERROR] = {0xb3141e, -1, 1, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_WARNING] = {0x8f4f00, -1, 1, -1, 0, ATTR_BOLD},
    [ROLE_GOOD] = {0x17693a, -1, 2, -1, 0, 0},
    [ROLE_FRAME] = {0xd0108f, -1, 5, -1, ATTR_BOLD, ATTR_BOLD},
    [ROLE_FRAME_MORE] = {0x0670b8, -1, 6, -1, 0, 0},
    [ROLE_POPUP] = {0x1c1f26, 0xeceff4, 0, 7, 0, 0},
    [ROLE_BAR] = {0x4a78c0, -1, 4, -1, 0, 0},
    [ROLE_MATCH] = {0x10131a, 0xffd75f, 0, 3, 0, ATTR_UNDERLINE | ATTR_BOLD},
};

static const struct look mono_looks[ROLES] = {
    [ROLE_DIM] = {.mono_attr = ATTR_DIM},
    [ROLE_STRONG] = {.mono_attr = ATTR_BOLD},
    [ROLE_TITLE] = {.mono_attr = ATTR_REVERSE | ATTR_BOLD},
    [ROLE_TITLE_DIM] = {.mono_attr = ATTR_REVERSE},
    [ROLE_BORDER] = {.mono_attr = ATTR_DIM},
    [ROLE_SELECTED] = {.mono_attr = ATTR_REVERSE},
    [ROLE_SELECTED_AWAY] = {.mono_attr = ATTR_BOLD},
    [ROLE_TRUTH] = {.mono_attr = ATTR_BOLD},
    [ROLE_UNKNOWN] = {.mono_attr = ATTR_UNDERLINE},
    [ROLE_PROMPT] = {.mono_attr = ATTR_BOLD},
    [ROLE_KEY] = {.mono_attr = ATTR_BOLD},
    [ROLE_ERROR] = {.mono_attr = ATTR_BOLD | ATTR_REVERSE},
    [ROLE_FRAME] = {.mono_attr = ATTR_BOLD},
    [ROLE_MATCH] = {.mono_attr = ATTR_UNDERLINE | ATTR_BOLD},
};

static const struct theme themes[] = {
    {
        .name = "dark",
        .foreground = 0xd4d7dd,
        .background = 0x14161b,
        .colour = true,
        .looks = dark_looks,
        .heat = {0x23304f, 0x2f5f8a, 0x2a9187, 0x8fc25a, 0xf5dd4b},
        .heat_ansi = {8, 4, 6, 2, 11},
    },
    {
        .name = "light",
        .foreground = 0x24272e,
        .background = 0xfbfbf8,
        .colour = true,
        .looks = light_looks,
        .heat = {0xdfe6f2, 0xa9cbe8, 0x7cc8b8, 0xb9d55e, 0xf7d038},
        .heat_ansi = {7, 6, 2, 3, 11},
    },
    {
        .name = "mono",
        .foreground = 0xd8d8d8,
        .background = 0x101010,
        .colour = false,
        .looks = mono_looks,
    },
};

enum { THEMES = COUNTOF(themes) };

const struct theme *theme_named(const char *name)
{
    for (size_t i = 0; i < THEMES; i++)
        if (!strcmp(themes[i].name, name))
            return &themes[i];
    return NULL;
}

const char *theme_name(const struct theme *theme)
{
    return theme->name;
}

const struct theme *theme_next(const struct theme *theme)
{
    return &themes[(size_t)(theme - themes + 1) % THEMES];
}

struct style theme_style(const struct theme *theme, enum depth depth, enum role role)
{
    const struct look *look = &theme->looks[role];
    if (depth == DEPTH_MONO || !theme->colour)
        return (struct style){.attr = look->mono_attr};
    struct style style = {.attr = look->attr};
    if (depth == DEPTH_16) {
        style.fg = look->ansi_fg < 0 ? COLOUR_DEFAULT : COLOUR_INDEX(look->ansi_fg);
        style.bg = look->ansi_bg < 0 ? COLOUR_DEFAULT : COLOUR_INDEX(look->ansi_bg);
        return style;
    }
    style.fg = look->fg < 0 ? COLOUR_DEFAULT : colour_reduce(COLOUR_HEX(look->fg), depth);
    style.bg = look->bg < 0 ? COLOUR_DEFAULT : colour_reduce(COLOUR_HEX(look->bg), depth);
    return style;
}

static struct style mono_heat(float t)
{
    return (struct style){.attr = t > 0.75f ? ATTR_REVERSE : t > 0.4f ? ATTR_BOLD : 0};
}

struct style theme_heat(const struct theme *theme, enum depth depth, float t)
{
    if (isnan(t))
        return theme_style(theme, depth, ROLE_DIM);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    if (depth == DEPTH_MONO || !theme->colour)
        return mono_heat(t);
    float at = t * (HEATS - 1);
    int step = at >= HEATS - 1 ? HEATS - 2 : (int)at;
    if (depth == DEPTH_16) {
        int index = theme->heat_ansi[(int)(at + 0.5f)];
        bool dark = colour_lightness(colour_of_index(index)) < 0.5f;
        return (struct style){.fg = COLOUR_INDEX(dark ? 15 : 0), .bg = COLOUR_INDEX(index)};
    }
    uint32_t rgb = colour_mix(theme->heat[step], theme->heat[step + 1], at - (float)step);
    uint32_t text = colour_lightness(rgb) < 0.5f ? 0xffffff : 0x101216;
    return (struct style){.fg = colour_reduce(COLOUR_HEX(text), depth),
                          .bg = colour_reduce(COLOUR_HEX(rgb), depth)};
}

uint32_t theme_foreground(const struct theme *theme)
{
    return theme->foreground;
}

uint32_t theme_background(const struct theme *theme)
{
    return theme->background;
}
