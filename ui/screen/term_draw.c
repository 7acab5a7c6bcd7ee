/* Grids to curses. Colour pairs are scarce: a true-colour picture takes one per cell, and once they
 * are used up alloc_pair fails for good. Well before that all are released, and the whole screen is
 * repainted. */
#include "ui/screen/term_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curses.h>

static struct {
    struct grid shown; /* what curses has been given */
    bool all;          /* paint every cell */
    enum depth depth;
    int pair_limit;
} draw;

static bool starts(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

/* The name of TERM's sibling with direct colour. */
static void direct_name(const char *term, char *out, size_t size)
{
    char base[64];
    if (getenv("TMUX") || starts(term, "tmux") || starts(term, "screen"))
        snprintf(base, sizeof base, "tmux");
    else if (!strcmp(term, "xterm-kitty"))
        snprintf(base, sizeof base, "kitty");
    else
        snprintf(base, sizeof base, "%.*s", (int)strcspn(term, "-"), term);
    snprintf(out, size, "%s-direct", base);
}

static bool wants_direct(const char *wanted)
{
    const char *colorterm = getenv("COLORTERM");
    if (wanted)
        return !strcmp(wanted, "truecolor");
    return getenv("TMUX") ||
           (colorterm && (!strcmp(colorterm, "truecolor") || !strcmp(colorterm, "24bit")));
}

static bool no_colour(const char *wanted)
{
    const char *env = getenv("NO_COLOR");
    return wanted ? !strcmp(wanted, "none") : env && *env;
}

static enum depth depth_of_curses(const char *wanted)
{
    enum depth most = COLORS > 256 ? DEPTH_TRUE : COLORS >= 256 ? DEPTH_256 : DEPTH_16;
    enum depth limit;
    if (!has_colors() || no_colour(wanted))
        return DEPTH_MONO;
    return wanted && depth_named(wanted, &limit) && limit < most ? limit : most;
}

int term_draw_open(const char *wanted, FILE *input, enum depth *out, struct error *err)
{
    const char *term = getenv("TERM");
    char direct[80];
    SCREEN *screen = NULL;
    if (!term || !*term)
        return error_set(
            err, "TERM is not set: export TERM=xterm-256color, or the name of your terminal");
    direct_name(term, direct, sizeof direct);
    if (wants_direct(wanted) && !no_colour(wanted))
        screen = newterm(direct, stdout, input);
    if (!screen)
        screen = newterm(term, stdout, input); /* initscr would exit on failure */
    if (!screen)
        return error_set(err, "the terminal database does not know TERM=%s; try TERM=xterm", term);
    start_color();
    use_default_colors();
    draw.depth = depth_of_curses(wanted);
    draw.pair_limit = COLOR_PAIRS > 0 ? COLOR_PAIRS - COLOR_PAIRS / 12 : 0;
    draw.all = true;
    *out = draw.depth;
    return 0;
}

void term_draw_done(void)
{
    grid_done(&draw.shown);
}

void term_draw_repaint(void)
{
    draw.all = true;
    clearok(curscr, TRUE);
}

/* A colour as curses numbers it. With direct colour, 0 .. 7 are the ANSI colours. */
static int number_of(colour c, attr_t *attr, bool back)
{
    c = colour_reduce(c, draw.depth);
    if (c == COLOUR_DEFAULT)
        return -1;
    if (COLORS > 256) {
        int rgb = (int)(colour_is_rgb(c) ? c & 0xffffff : colour_of_index((int)(c & 255)));
        return rgb < 8 ? 8 : rgb;
    }
    int index = (int)(c & 255);
    if (index < COLORS)
        return index;
    if (!back && index < 16)
        *attr |= A_BOLD; /* eight colours: bright is bold */
    return index % 8;
}

static attr_t attributes(uint8_t attr)
{
    static const attr_t of[] = {A_BOLD, A_DIM, A_UNDERLINE, A_REVERSE, A_ITALIC};
    attr_t out = A_NORMAL;
    for (int bit = 0; bit < 5; bit++)
        if (attr & 1 << bit)
            out |= of[bit];
    return out;
}

/* False if colour pairs run out. */
static bool put_cell(int row, int col, const struct cell *cell)
{
    wchar_t text[GRAPHEME_CODES + 1] = {L' '};
    cchar_t out;
    attr_t attr = attributes(cell->style.attr);
    int pair = 0;
    for (int i = 0; i < GRAPHEME_CODES && cell->code[i]; i++)
        text[i] = (wchar_t)cell->code[i];
    if (draw.depth != DEPTH_MONO) {
        int fg = number_of(cell->style.fg, &attr, false),
            bg = number_of(cell->style.bg, &attr, true);
        if (fg >= 0 || bg >= 0)
            pair = alloc_pair(fg, bg);
        if (pair < 0 || pair > draw.pair_limit)
            return false;
    }
    if (setcchar(&out, text, attr, 0, &pair) == OK)
        mvadd_wch(row, col, &out);
    return true;
}

static bool same(const struct cell *a, const struct cell *b)
{
    return !memcmp(a->code, b->code, sizeof a->code) && a->columns == b->columns &&
           a->style.fg == b->style.fg && a->style.bg == b->style.bg &&
           a->style.attr == b->style.attr;
}

static bool put_changes(const struct grid *grid)
{
    int rows = grid->rows < LINES ? grid->rows : LINES,
        cols = grid->cols < COLS ? grid->cols : COLS;
    for (int row = 0; row < rows; row++)
        for (int col = 0; col < cols; col++) {
            const struct cell *cell = grid_at(grid, row, col);
            if (cell->columns == 0 || (!draw.all && same(cell, grid_at(&draw.shown, row, col))))
                continue;
            if (!put_cell(row, col, cell))
                return false;
        }
    return true;
}

void term_draw(const struct grid *grid)
{
    if (grid->rows != draw.shown.rows || grid->cols != draw.shown.cols) {
        grid_resize(&draw.shown, grid->rows, grid->cols);
        draw.all = true;
    }
    term_pixels_before(grid, draw.all);
    if (draw.all)
        erase();
    if (!put_changes(grid)) { /* out of pairs: release them all, paint every cell */
        reset_color_pairs();
        term_draw_repaint();
        term_pixels_before(grid, true);
        erase();
        put_changes(grid);
    }
    draw.all = false;
    memcpy(draw.shown.cells, grid->cells,
           (size_t)grid->rows * (size_t)grid->cols * sizeof *grid->cells);
    move(grid->cursor_row < LINES ? grid->cursor_row : LINES - 1,
         grid->cursor_col < COLS ? grid->cursor_col : COLS - 1);
    refresh();
    term_pixels_after(grid);
}
