/* A picture of real pixels over cells that curses leaves blank. Curses does not know about it, so
 * it is removed here before anything covers or replaces it: a kitty picture by its number, a sixel
 * one by having curses write the cells below it again. */
#include "ui/screen/term_private.h"

#include <curses.h>

#include "ui/screen/pixels.h"

static struct {
    unsigned stamp; /* of the picture on the screen; 0: none */
    struct rect box;
    bool kitty;
} shown;

static bool same_place(const struct rect *a, const struct rect *b)
{
    return a->row == b->row && a->col == b->col && a->rows == b->rows && a->cols == b->cols;
}

void term_pixels_hide(void)
{
    struct str out = {0};
    if (!shown.stamp)
        return;
    if (shown.kitty)
        pixels_kitty_delete(&out);
    else
        wredrawln(stdscr, shown.box.row, shown.box.rows);
    restore_write(str_text(&out), out.length);
    str_done(&out);
    shown.stamp = 0;
}

void term_pixels_before(const struct grid *grid, bool all)
{
    const struct grid_pixels *next = &grid->pixels;
    if (shown.stamp && (all || next->stamp != shown.stamp || !same_place(&next->box, &shown.box)))
        term_pixels_hide();
}

void term_pixels_after(const struct grid *grid)
{
    const struct grid_pixels *next = &grid->pixels;
    struct str out = {0};
    if (!next->stamp || next->stamp == shown.stamp)
        return;
    str_addf(&out, "\0337\033[%d;%dH", next->box.row + 1, next->box.col + 1);
    str_add_n(&out, next->bytes, next->size);
    str_add(&out, "\0338");
    shown.stamp = next->stamp;
    shown.box = next->box;
    shown.kitty = next->graphics == GRAPHICS_KITTY;
    if (shown.kitty)
        restore_kitty(); /* before it is shown, so that a crash removes it too */
    restore_write(str_text(&out), out.length);
    str_done(&out);
}
