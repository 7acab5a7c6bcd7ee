/* layout.h: where things are on the screen; the same for drawing, for scrolling and for the mouse.
 */
#ifndef UI_STATE_LAYOUT_H
#define UI_STATE_LAYOUT_H

#include "ui/screen/grid.h"
#include "ui/state/state.h"

/* A rect of no rows is not shown. */
struct layout {
    struct rect title, body, status, prompt;
    struct rect banner; /* what this side is, if two are shown */
    struct rect header; /* names of the list's columns */
    struct rect list;
    struct rect head, picture, units, words; /* of the pair; units: what the words' numbers are */
    struct rect regions, word_table;
    struct rect fitness;        /* of the start screen */
    int item_rows, item_cols;   /* of the list */
    int across;                 /* items side by side */
    int unfolded;               /* rows that the selected item takes beside its item_rows */
    int thumb_rows, thumb_cols; /* 0: none */
    struct rect unit;           /* before the numbers under the words: what they are */
    int word_rows;              /* rows a line of words takes: 2 or 3 with the numbers, else 1 */
};

/* Lays out the screen as seen from the side that the keys act on. */
void layout_make(const struct ui *ui, struct layout *out);

/* Items that the list shows at once, at least 1. */
size_t layout_page(const struct layout *layout);

/* Where the picture is in its room; no rows: there is none. */
struct rect layout_picture(const struct ui *ui, const struct layout *layout);

/* The first word that the table of words shows in `lines`, its heading included. */
size_t layout_word_table_top(const struct ui *ui, int lines);

#endif
