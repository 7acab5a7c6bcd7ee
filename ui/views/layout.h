/* layout.h: where things stand on the screen; the same for drawing, for scrolling and for the
 * mouse. */
#ifndef UI_VIEWS_LAYOUT_H
#define UI_VIEWS_LAYOUT_H

#include "ui/screen/grid.h"
#include "ui/state/state.h"

/* A rect of no rows is not shown. */
struct layout {
    struct rect title, body, status, prompt;
    struct rect banner; /* what this side is, where two are shown */
    struct rect header; /* names of the list's columns */
    struct rect list;
    struct rect head, picture, words; /* of the pair */
    struct rect regions, word_table;
    struct rect fitness;        /* of the start screen */
    int item_rows, item_cols;   /* of the list */
    int across;                 /* items side by side */
    int thumb_rows, thumb_cols; /* 0: none */
    int word_rows;              /* rows a line of words takes: 2 with the numbers, else 1 */
};

void layout_make(const struct ui *ui, struct layout *out);

/* Items that the list shows at once. */
size_t layout_page(const struct layout *layout);

#endif
