/* grid.h: the screen as cells. Views write into a grid and never touch the terminal; adapters show
 * a grid on a terminal, as text, or as a picture.
 *
 * Data model: rows x cols cells, each with up to GRAPHEME_CODES code points, its columns (2: the
 * next cell is its right half and has 0), and a style. A pane is a clipped window into a grid with
 * its own origin. */
#ifndef UI_SCREEN_GRID_H
#define UI_SCREEN_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "ui/screen/colour.h"
#include "ui/screen/grapheme.h"

struct cell {
    uint32_t code[GRAPHEME_CODES]; /* code[0] 0: blank */
    struct style style;
    uint8_t columns; /* 1, 2, or 0 for the right half of a wide one */
};

struct rect {
    int row, col, rows, cols;
};

/* A picture of real pixels over blank cells; its bytes are the state's. */
struct grid_pixels {
    const char *bytes;
    size_t size;
    struct rect box;
    int graphics;   /* enum graphics */
    unsigned stamp; /* 0: none */
};

struct grid {
    int rows, cols;
    struct cell *cells;
    int cursor_row, cursor_col; /* where the hardware cursor stands */
    bool cursor_bar;            /* text is typed there; else it only marks the selected row */
    struct grid_pixels pixels;
    bool ascii; /* nothing but ASCII is put */
};

/* rows and cols from 1 to 1000 (clamped). */
void grid_init(struct grid *grid, int rows, int cols);
void grid_resize(struct grid *grid, int rows, int cols);
void grid_done(struct grid *grid);
void grid_clear(struct grid *grid, struct style style);
struct cell *grid_at(const struct grid *grid, int row, int col); /* must lie inside */

/* The screen as lines of text, trailing blanks removed. */
void grid_text(const struct grid *grid, struct str *out);

/* As lines with SGR escapes, as `less -R` shows them. */
void grid_ansi(const struct grid *grid, enum depth depth, struct str *out);

struct pane {
    struct grid *grid;
    struct rect box; /* may be empty: then nothing is drawn */
};

struct pane grid_pane(struct grid *grid, struct rect box);
struct pane pane_part(struct pane pane, int row, int col, int rows, int cols);

void pane_fill(struct pane pane, struct style style);

/* Text at a place of the pane, clipped to it; returns the column after it (also where clipped). */
int pane_put(struct pane pane, int row, int col, struct style style, const char *text);
int pane_putf(struct pane pane, int row, int col, struct style style, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* Text in exactly `width` columns: cut with an ellipsis, or filled with blanks. Returns col +
 * width. */
int pane_fit(struct pane pane, int row, int col, int width, struct style style, const char *text);

/* Text ending at the column before `end`. Returns where it began. */
int pane_put_right(struct pane pane, int row, int end, struct style style, const char *text);

/* One code point n times across or down. */
void pane_across(struct pane pane, int row, int col, int n, struct style style, uint32_t code);
void pane_down(struct pane pane, int row, int col, int n, struct style style, uint32_t code);

/* A frame round the whole pane, with a title in its upper edge where not NULL. */
void pane_frame(struct pane pane, struct style style, const char *title, struct style title_style);

/* Changes the style of cells that are there already: the attributes and the colours that are not
 * default. */
void pane_tint(struct pane pane, int row, int col, int cols, struct style style);

/* A cell as it is, clipped. */
void pane_cell(struct pane pane, int row, int col, uint32_t code, struct style style);

/* Puts the hardware cursor at a place of the pane (clamped to it). */
void pane_cursor(struct pane pane, int row, int col, bool bar);

#endif
