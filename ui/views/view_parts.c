#include "ui/views/view_private.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions/query.h"

struct style view_style(const struct ui *ui, struct style base, enum role role)
{
    struct style style = ui_style(ui, role);
    if (base.bg != COLOUR_DEFAULT || (base.attr & ATTR_REVERSE)) {
        style.bg = base.bg;
        style.attr |= base.attr & ATTR_REVERSE;
        if (role == ROLE_DIM && base.fg != COLOUR_DEFAULT)
            style.fg = base.fg;
    }
    return style;
}

int view_digits(size_t n)
{
    return snprintf(NULL, 0, "%zu", n);
}

int view_centred(struct pane pane, int row, struct style style, const char *text)
{
    int width = grapheme_columns(text), col = (pane.box.cols - width) / 2;
    pane_fit(pane, row, col > 0 ? col : 0, width < pane.box.cols ? width : pane.box.cols, style,
             text);
    return row + 1;
}

int view_moved(const struct ui *ui, struct pane pane, int col, size_t item, struct style base)
{
    size_t there;
    if (!ui_other_place(ui, item, &there))
        return col;
    if (there == item)
        return pane_put(pane, 0, col, view_style(ui, base, ROLE_DIM), "=");
    return there > item
               ? pane_putf(pane, 0, col, view_style(ui, base, ROLE_GOOD), "▲%zu", there - item)
               : pane_putf(pane, 0, col, view_style(ui, base, ROLE_ERROR), "▼%zu", item - there);
}

int view_wrap_lines(const char *text, int width)
{
    int lines = 0;
    for (; *text && width > 0; lines++) {
        text += grapheme_line(text, width);
        text += strspn(text, " ");
    }
    return lines;
}

int view_wrap(struct pane pane, int row, int col, int width, int rows, struct style style,
              const char *text)
{
    int used = 0;
    while (*text && used < rows && width > 0) {
        size_t cut = grapheme_line(text, width);
        if (text[grapheme_fit(text, width)] && used == rows - 1) {
            pane_fit(pane, row + used, col, width, style, text);
            return used + 1;
        }
        char line[1024];
        snprintf(line, sizeof line, "%.*s", (int)(cut < sizeof line ? cut : sizeof line - 1), text);
        pane_fit(pane, row + used++, col, width, style, line);
        text += cut;
        text += strspn(text, " ");
    }
    return used;
}

void view_open_caption(struct ui *ui, struct effects *effects)
{
    size_t item;
    (void)effects;
    if (ui_selected(ui, ui->view, &item))
        query_ask_caption(ui, item);
}

void view_cells(struct pane pane, int row, int col, const struct picture *picture)
{
    for (int y = 0; picture->cells && y < picture->rows; y++)
        for (int x = 0; x < picture->cols; x++) {
            const struct picture_cell *cell = &picture->cells[y * picture->cols + x];
            struct style style = {.fg = cell->fg, .bg = cell->bg};
            pane_cell(pane, row + y, col + x, cell->code, style);
        }
}
