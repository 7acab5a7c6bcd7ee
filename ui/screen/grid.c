#include "ui/screen/grid.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MAX_SIDE = 1000 };

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void grid_init(struct grid *grid, int rows, int cols)
{
    *grid = (struct grid){0};
    grid_resize(grid, rows, cols);
}

void grid_resize(struct grid *grid, int rows, int cols)
{
    free(grid->cells);
    grid->rows = clamp(rows, 1, MAX_SIDE);
    grid->cols = clamp(cols, 1, MAX_SIDE);
    grid->cells = mem_new((size_t)grid->rows * (size_t)grid->cols, sizeof *grid->cells);
    grid_clear(grid, (struct style){0});
}

void grid_done(struct grid *grid)
{
    free(grid->cells);
    *grid = (struct grid){0};
}

void grid_clear(struct grid *grid, struct style style)
{
    grid->pixels = (struct grid_pixels){0};
    size_t n = (size_t)grid->rows * (size_t)grid->cols;
    for (size_t i = 0; i < n; i++)
        grid->cells[i] = (struct cell){.columns = 1, .style = style};
    grid->cursor_row = grid->rows - 1;
    grid->cursor_col = 0;
    grid->cursor_bar = false;
}

struct cell *grid_at(const struct grid *grid, int row, int col)
{
    assert(row >= 0 && row < grid->rows && col >= 0 && col < grid->cols);
    return grid->cells + (size_t)row * (size_t)grid->cols + (size_t)col;
}

struct pane grid_pane(struct grid *grid, struct rect box)
{
    return pane_part((struct pane){grid, {0, 0, grid->rows, grid->cols}}, box.row, box.col,
                     box.rows, box.cols);
}

struct pane pane_part(struct pane pane, int row, int col, int rows, int cols)
{
    int top = clamp(row, 0, pane.box.rows), left = clamp(col, 0, pane.box.cols);
    int bottom = clamp(row + rows, top, pane.box.rows),
        right = clamp(col + cols, left, pane.box.cols);
    return (struct pane){pane.grid,
                         {pane.box.row + top, pane.box.col + left, bottom - top, right - left}};
}

static struct cell *pane_at(struct pane pane, int row, int col)
{
    if (row < 0 || col < 0 || row >= pane.box.rows || col >= pane.box.cols)
        return NULL;
    return grid_at(pane.grid, pane.box.row + row, pane.box.col + col);
}

/* Half of a wide character becomes a blank when its other half is overwritten. */
static void mend(struct pane pane, int row, int col)
{
    int left = pane.box.col + col, at = pane.box.row + row;
    struct cell *cell = grid_at(pane.grid, at, left);
    if (cell->columns == 0 && left > 0) {
        struct cell *half = grid_at(pane.grid, at, left - 1);
        *half = (struct cell){.columns = 1, .style = half->style};
    }
    if (cell->columns == 2 && left + 1 < pane.grid->cols) {
        struct cell *half = grid_at(pane.grid, at, left + 1);
        *half = (struct cell){.columns = 1, .style = half->style};
    }
}

static void set(struct pane pane, int row, int col, struct cell value)
{
    struct cell *cell = pane_at(pane, row, col);
    if (!cell)
        return;
    mend(pane, row, col);
    *cell = value;
}

void pane_fill(struct pane pane, struct style style)
{
    for (int row = 0; row < pane.box.rows; row++)
        for (int col = 0; col < pane.box.cols; col++)
            set(pane, row, col, (struct cell){.columns = 1, .style = style});
}

/* The ASCII character that replaces one of ours, or of a caption, if only ASCII may be shown. */
static uint32_t to_ascii(uint32_t code)
{
    static const struct {
        uint32_t code;
        char ascii;
    } table[] = {
        {0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'},  {0x2514, '+'},  {0x2518, '+'},
        {0x251c, '+'}, {0x2524, '+'}, {0x252c, '+'}, {0x2534, '+'},  {0x253c, '+'},  {0x2026, '~'},
        {0x2713, '*'}, {0x2605, '*'}, {0x25b8, '>'}, {0x2190, '<'},  {0x2192, '>'},  {0x2191, '^'},
        {0x2193, 'v'}, {0x00b7, '-'}, {0x203a, '>'}, {0x25cf, '*'},  {0x25cb, 'o'},  {0x2588, '#'},
        {0x2591, '.'}, {0x2013, '-'}, {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'},
        {0x201d, '"'}, {0x2501, '='}, {0x2503, '|'}, {0x250f, '#'},  {0x2513, '#'},  {0x2517, '#'},
        {0x251b, '#'}, {0x00d7, 'x'}, {0x2502, '|'}, {0x256d, '+'},  {0x256e, '+'},  {0x256f, '+'},
        {0x2570, '+'}, {0x2215, '/'}, {0x25b2, '^'}, {0x25bc, 'v'},  {0x2582, '_'},  {0x2580, '\''},
        {0x258c, '|'}, {0x2584, '_'}, {0x25c6, '*'}, {0x2009, ' '},  {0x2212, '-'},
    };
    if (code < 0x80)
        return code;
    for (size_t i = 0; i < COUNTOF(table); i++)
        if (table[i].code == code)
            return (uint32_t)table[i].ascii;
    return '?';
}

static struct cell cell_of(const struct pane *pane, const struct grapheme *g, struct style style)
{
    struct cell cell = {.style = style, .columns = (uint8_t)g->columns};
    memcpy(cell.code, g->code, sizeof cell.code);
    if (pane->grid->ascii && (g->code[0] >= 0x80 || g->code[1])) {
        memset(cell.code, 0, sizeof cell.code);
        cell.code[0] = to_ascii(g->code[0]);
    }
    return cell;
}

static void put_grapheme(struct pane pane, int row, int col, struct style style,
                         const struct grapheme *g)
{
    struct cell cell = cell_of(&pane, g, style);
    if (g->columns == 2 && (pane.grid->ascii || !pane_at(pane, row, col + 1))) {
        cell.columns = 1; /* half of it would not fit: fill its columns with something else */
        cell.code[0] = pane.grid->ascii ? '?' : ' ';
        cell.code[1] = 0;
        set(pane, row, col, cell);
        set(pane, row, col + 1, cell);
        return;
    }
    set(pane, row, col, cell);
    if (g->columns == 2)
        set(pane, row, col + 1, (struct cell){.style = style, .columns = 0});
    if (g->columns == 2) { /* setting the right half has blanked the left one */
        struct cell *left = pane_at(pane, row, col);
        if (left)
            *left = cell;
    }
}

static int put_n(struct pane pane, int row, int col, struct style style, const char *text, size_t n)
{
    for (size_t at = 0; at < n;) {
        struct grapheme g = grapheme_next(text + at, n - at);
        at += g.bytes;
        if (g.columns == 0)
            break;
        put_grapheme(pane, row, col, style, &g);
        col += g.columns;
    }
    return col;
}

int pane_put(struct pane pane, int row, int col, struct style style, const char *text)
{
    return put_n(pane, row, col, style, text, strlen(text));
}

int pane_putf(struct pane pane, int row, int col, struct style style, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pane_put(pane, row, col, style, text);
}

int pane_fit(struct pane pane, int row, int col, int width, struct style style, const char *text)
{
    if (width <= 0)
        return col;
    int end = col + width;
    size_t n = strlen(text), fits = grapheme_fit(text, width);
    if (fits < n) {
        fits = grapheme_fit(text, width - 1);
        col = put_n(pane, row, col, style, text, fits);
        col = pane_put(pane, row, col, style, "…");
    } else {
        col = put_n(pane, row, col, style, text, n);
    }
    while (col < end)
        pane_cell(pane, row, col++, 0, style);
    return end;
}

int pane_put_right(struct pane pane, int row, int end, struct style style, const char *text)
{
    int start = end - grapheme_columns(text);
    pane_put(pane, row, start, style, text);
    return start;
}

void pane_cell(struct pane pane, int row, int col, uint32_t code, struct style style)
{
    struct grapheme g = {.code = {code}, .columns = 1};
    set(pane, row, col, cell_of(&pane, &g, style));
}

void pane_across(struct pane pane, int row, int col, int n, struct style style, uint32_t code)
{
    for (int i = 0; i < n; i++)
        pane_cell(pane, row, col + i, code, style);
}

void pane_down(struct pane pane, int row, int col, int n, struct style style, uint32_t code)
{
    for (int i = 0; i < n; i++)
        pane_cell(pane, row + i, col, code, style);
}

void pane_cursor(struct pane pane, int row, int col, bool bar)
{
    if (pane.box.rows < 1 || pane.box.cols < 1)
        return;
    pane.grid->cursor_row = pane.box.row + clamp(row, 0, pane.box.rows - 1);
    pane.grid->cursor_col = pane.box.col + clamp(col, 0, pane.box.cols - 1);
    pane.grid->cursor_bar = bar;
}

static void add_cell(const struct cell *cell, struct str *out)
{
    if (cell->columns == 0)
        return;
    char bytes[4];
    if (!cell->code[0])
        str_add(out, " ");
    for (int i = 0; i < GRAPHEME_CODES && cell->code[i]; i++)
        str_add_n(out, bytes, utf8_put(cell->code[i], bytes));
}

void grid_text(const struct grid *grid, struct str *out)
{
    for (int row = 0; row < grid->rows; row++) {
        int last = grid->cols;
        while (last > 0 &&
               (!grid_at(grid, row, last - 1)->code[0] ||
                grid_at(grid, row, last - 1)->code[0] == ' ') &&
               grid_at(grid, row, last - 1)->columns)
            last--;
        for (int col = 0; col < last; col++)
            add_cell(grid_at(grid, row, col), out);
        str_add(out, "\n");
    }
}

static void add_colour(colour c, bool back, struct str *out)
{
    if (colour_is_rgb(c))
        str_addf(out, ";%d;2;%u;%u;%u", back ? 48 : 38, c >> 16 & 255, c >> 8 & 255, c & 255);
    else if (colour_is_index(c))
        str_addf(out, ";%d;5;%u", back ? 48 : 38, c & 255);
}

static void add_style(struct style style, enum depth depth, struct str *out)
{
    static const int sgr[] = {1, 2, 4, 7, 3};
    str_add(out, "\033[0");
    for (int bit = 0; bit < 5; bit++)
        if (style.attr & 1 << bit)
            str_addf(out, ";%d", sgr[bit]);
    add_colour(colour_reduce(style.fg, depth), false, out);
    add_colour(colour_reduce(style.bg, depth), true, out);
    str_add(out, "m");
}

static bool same_style(struct style a, struct style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attr == b.attr;
}

void grid_ansi(const struct grid *grid, enum depth depth, struct str *out)
{
    for (int row = 0; row < grid->rows; row++) {
        struct style now = {0};
        for (int col = 0; col < grid->cols; col++) {
            const struct cell *cell = grid_at(grid, row, col);
            if (!same_style(cell->style, now))
                add_style(now = cell->style, depth, out);
            add_cell(cell, out);
        }
        str_add(out, "\033[0m\n");
    }
}
