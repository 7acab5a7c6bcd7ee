/* theme.h: how the parts of the screen look, on dark and light backgrounds and at every colour
 * depth. */
#ifndef UI_SCREEN_THEME_H
#define UI_SCREEN_THEME_H

#include <stdbool.h>

#include "ui/screen/colour.h"

enum role {
    ROLE_TEXT,
    ROLE_DIM,    /* less important text */
    ROLE_STRONG, /* headings, the query */
    ROLE_TITLE,  /* the bar at the top */
    ROLE_TITLE_DIM,
    ROLE_BORDER,
    ROLE_SELECTED,      /* the row that keys act on */
    ROLE_SELECTED_AWAY, /* the same row while keys go to the prompt */
    ROLE_TRUTH,         /* the ground truth */
    ROLE_UNKNOWN,       /* a word that the vocabulary lacks */
    ROLE_PROMPT,
    ROLE_KEY, /* the name of a key */
    ROLE_ERROR,
    ROLE_WARNING,
    ROLE_GOOD,       /* success */
    ROLE_FRAME,      /* the strongest region's frame over the picture */
    ROLE_FRAME_MORE, /* other regions' frames */
    ROLE_POPUP,
    ROLE_BAR,   /* a bar for a number */
    ROLE_MATCH, /* text that was searched for */
    ROLES,
};

struct theme;

/* The theme called "dark", "light" or "mono"; NULL for any other name. Themes are constants. */
const struct theme *theme_named(const char *name);

/* Its name. */
const char *theme_name(const struct theme *theme);

/* The theme after this one; after the last, the first. */
const struct theme *theme_next(const struct theme *theme);

/* The style of a role as `depth` can show it. */
struct style theme_style(const struct theme *theme, enum depth depth, enum role role);

/* The style of a chip of heat t in 0 .. 1 (clamped; NaN: dim): a background from a ramp, and
 * readable text on it. */
struct style theme_heat(const struct theme *theme, enum depth depth, float t);

/* What the theme assumes the terminal's default colours to be, 0xRRGGBB, for pictures of screens.
 */
uint32_t theme_foreground(const struct theme *theme);
uint32_t theme_background(const struct theme *theme);

#endif
