/* grid.h: the screen as cells. Views write into a grid and never touch the terminal; a grid is
 * shown on a terminal, as text, or as a picture.
 *
 * Data model: rows x cols cells, each with up to GRAPHEME_CODES code points, the columns it takes
 * (2: the next cell is its right half and takes 0), and a style. A pane is a window into a grid
 * with an origin of its own; everything drawn into it is clipped. */
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
    uint8_t columns; /* 1, 2, or 0 for the right half of a wide character */
};

struct rect {
    int row, col, rows, cols;
};

/* A picture of real pixels over blank cells. */
struct grid_pixels {
    const char *bytes; /* escape sequences, borrowed until the grid is cleared */
    size_t size;
    struct rect box;
    int graphics;   /* enum graphics */
    unsigned stamp; /* tells pictures apart; 0: none */
};

struct grid {
    int rows, cols;
    struct cell *cells;
    int cursor_row, cursor_col; /* of the hardware cursor */
    bool cursor_bar;            /* text is typed there; else it marks the selected row */
    struct grid_pixels pixels;
    bool ascii; /* panes write ASCII only */
};

/* A blank grid; rows and cols are clamped to 1 .. 1000. The caller's to free by grid_done. */
void grid_init(struct grid *grid, int rows, int cols);

/* Gives a grid another size, clamped likewise, and clears it. */
void grid_resize(struct grid *grid, int rows, int cols);

/* Frees the cells. */
void grid_done(struct grid *grid);

/* Blanks every cell, removes the picture, and moves the cursor to the bottom left. */
void grid_clear(struct grid *grid, struct style style);

/* The cell at a place inside the grid. */
struct cell *grid_at(const struct grid *grid, int row, int col);

/* Adds the screen to `out` as lines of text without trailing blanks. */
void grid_text(const struct grid *grid, struct str *out);

/* The same as lines with SGR escapes, for `less -R`. */
void grid_ansi(const struct grid *grid, enum depth depth, struct str *out);

struct pane {
    struct grid *grid;
    struct rect box; /* in the grid; if empty, nothing is drawn */
};

/* The part of a grid, or of a pane, inside a box, which is clipped. */
struct pane grid_pane(struct grid *grid, struct rect box);
struct pane pane_part(struct pane pane, int row, int col, int rows, int cols);

/* Blanks the whole pane. */
void pane_fill(struct pane pane, struct style style);

/* Text at a place of the pane; returns the column after it, even if clipped. */
int pane_put(struct pane pane, int row, int col, struct style style, const char *text);
int pane_putf(struct pane pane, int row, int col, struct style style, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* Text in exactly `width` columns: cut with an ellipsis, or padded. Returns col + width. */
int pane_fit(struct pane pane, int row, int col, int width, struct style style, const char *text);

/* Text that ends just before column `end`. Returns its first column. */
int pane_put_right(struct pane pane, int row, int end, struct style style, const char *text);

/* One code point n times across or down. */
void pane_across(struct pane pane, int row, int col, int n, struct style style, uint32_t code);
void pane_down(struct pane pane, int row, int col, int n, struct style style, uint32_t code);

/* One cell with one code point of one column; 0: blank. */
void pane_cell(struct pane pane, int row, int col, uint32_t code, struct style style);

/* Moves the hardware cursor to a place of the pane, clamped to it. `bar`: see struct grid. */
void pane_cursor(struct pane pane, int row, int col, bool bar);

#endif
