/* theme.h: what the parts of the screen look like, for dark and light backgrounds and every number
 * of colours. */
#ifndef UI_SCREEN_THEME_H
#define UI_SCREEN_THEME_H

#include <stdbool.h>

#include "ui/screen/colour.h"

enum role {
    ROLE_TEXT,
    ROLE_DIM,    /* what may be overlooked */
    ROLE_STRONG, /* headings, the query */
    ROLE_TITLE,  /* the bar at the top */
    ROLE_TITLE_DIM,
    ROLE_BORDER,
    ROLE_SELECTED,      /* the row that keys act on */
    ROLE_SELECTED_AWAY, /* the same while the prompt has the keys */
    ROLE_TRUTH,         /* the ground truth */
    ROLE_UNKNOWN,       /* a word that the vocabulary lacks */
    ROLE_PROMPT,
    ROLE_KEY, /* the name of a key */
    ROLE_ERROR,
    ROLE_WARNING,
    ROLE_GOOD,       /* something was done */
    ROLE_FRAME,      /* a region's frame over the picture */
    ROLE_FRAME_MORE, /* further regions' */
    ROLE_POPUP,
    ROLE_MATCH, /* what a search found */
    ROLE_BAR,   /* a bar of numbers */
    ROLES,
};

struct theme;

/* "dark", "light", "mono"; NULL where there is none of that name. */
const struct theme *theme_named(const char *name);
const char *theme_name(const struct theme *theme);
const struct theme *theme_next(const struct theme *theme); /* round and round */

/* The style of a role as this depth can show it. */
struct style theme_style(const struct theme *theme, enum depth depth, enum role role);

/* A chip whose heat is t in 0 .. 1 (NaN: no heat): its background is a step of a ramp, its text
 * readable on it. */
struct style theme_heat(const struct theme *theme, enum depth depth, float t);

/* What the theme takes the terminal's default colours to be (for pictures of screens), 0xRRGGBB. */
uint32_t theme_foreground(const struct theme *theme);
uint32_t theme_background(const struct theme *theme);

#endif
