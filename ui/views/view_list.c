/* The list of a view, as rows or as a contact sheet, with thumbnails. */
#include "ui/views/view_private.h"

#include <string.h>
#include <wctype.h>

#include "base/utf8.h"

static void draw_thumb(const struct ui *ui, struct pane pane, size_t image)
{
    const struct picture *thumb = image < ui->thumbs.images ? ui->thumbs.of[image] : NULL;
    struct style dim = ui_style(ui, ROLE_BORDER);
    if (thumb && thumb->cells) {
        view_cells(pane, (pane.box.rows - thumb->rows) / 2, (pane.box.cols - thumb->cols) / 2,
                   thumb);
        return;
    }
    for (int row = 0; row < pane.box.rows; row++)
        pane_across(pane, row, 0, pane.box.cols, dim, 0x2591);
    if (thumb)
        pane_fit(pane, pane.box.rows / 2, 0, pane.box.cols, ui_style(ui, ROLE_ERROR), "no photo");
}

/* `active`: the keys act on this side. */
static struct style row_style(const struct ui *ui, bool selected, bool active)
{
    if (!selected)
        return ui_style(ui, ROLE_TEXT);
    return ui_style(ui, ui->prompt || !active ? ROLE_SELECTED_AWAY : ROLE_SELECTED);
}

static void draw_row(const struct ui *ui, struct pane pane, const struct layout *layout,
                     size_t item, bool selected, struct style style)
{
    const struct view_ops *view = ui_view_ops(ui);
    int gap = layout->item_rows > layout->thumb_rows && layout->thumb_rows ? 1 : 0;
    struct pane filled = pane_part(pane, 0, 0, pane.box.rows - gap, pane.box.cols);
    pane_fill(filled, style);
    pane_put(filled, 0, 0, style, selected ? "▸" : " ");
    int left = 2;
    if (layout->thumb_rows) {
        draw_thumb(ui, pane_part(filled, 0, 1, layout->thumb_rows, layout->thumb_cols),
                   view->thumb(ui, item));
        left = layout->thumb_cols + 2;
    }
    view->draw(ui, pane_part(filled, 0, left, filled.box.rows, filled.box.cols - left), item,
               style);
    if (selected)
        pane_cursor(filled, 0, 0, false);
}

static void draw_tile(const struct ui *ui, struct pane pane, const struct layout *layout,
                      size_t item, bool selected, struct style style)
{
    const struct view_ops *view = ui_view_ops(ui);
    struct pane tile = pane_part(pane, 0, 0, layout->item_rows - 1, layout->item_cols - 1);
    pane_fill(tile, selected ? style : (struct style){0});
    draw_thumb(ui, pane_part(tile, 0, 0, layout->thumb_rows, layout->thumb_cols + 1),
               view->thumb(ui, item));
    view->draw(ui, pane_part(tile, layout->thumb_rows, 0, 1, tile.box.cols), item, style);
    if (selected)
        pane_cursor(tile, layout->thumb_rows, 0, false);
}

static void draw_scrollbar(const struct ui *ui, struct pane pane, const struct list *list,
                           size_t page)
{
    int rows = pane.box.rows, col = pane.box.cols - 1;
    if (list->count <= page || rows < 3)
        return;
    int length = (int)((size_t)rows * page / list->count);
    length = length < 1 ? 1 : length;
    int start = (int)((double)list->top / (double)(list->count - page) * (rows - length) + 0.5);
    start = start > rows - length ? rows - length : start;
    pane_down(pane, 0, col, rows, ui_style(ui, ROLE_BORDER), 0x2502);
    pane_down(pane, start, col, length, ui_style(ui, ROLE_DIM), 0x2503);
}

/* The code points of a text in lower case; returns how many. */
static size_t lower_codes(const char *text, uint32_t *out, size_t most)
{
    size_t n = 0, bytes, left = strlen(text);
    for (; left > 0 && n < most; text += bytes, left -= bytes)
        out[n++] = (uint32_t)towlower((wint_t)utf8_next(text, left, &bytes));
    return n;
}

/* Whether the cells from `col` on show the text. */
static bool shows_there(struct pane pane, int row, int col, const uint32_t *codes, size_t n)
{
    for (size_t i = 0; i < n; col++) {
        if (col >= pane.box.cols)
            return false;
        const struct cell *cell = grid_at(pane.grid, pane.box.row + row, pane.box.col + col);
        uint32_t code = cell->code[0] ? cell->code[0] : ' ';
        if (cell->columns == 0) /* the right half of the one before */
            continue;
        if ((uint32_t)towlower((wint_t)code) != codes[i++])
            return false;
    }
    return n > 0;
}

/* Marks what was searched for, wherever the list shows it. */
static void mark_matches(const struct ui *ui, struct pane pane, const char *text)
{
    enum { MOST = 128 };
    uint32_t codes[MOST];
    size_t n = lower_codes(text, codes, MOST);
    struct style style = ui_style(ui, ROLE_MATCH);
    for (int row = 0; row < pane.box.rows; row++)
        for (int col = 0; col < pane.box.cols; col++) {
            if (!shows_there(pane, row, col, codes, n))
                continue;
            for (size_t i = 0; i < n && col + (int)i < pane.box.cols; i++)
                grid_at(pane.grid, pane.box.row + row, pane.box.col + col + (int)i)->style = style;
        }
}

void view_list(const struct ui *ui, struct grid *grid, const struct layout *layout, bool active)
{
    const struct list *list = ui_list_const(ui, ui->view);
    struct pane pane = grid_pane(grid, layout->list);
    size_t page = layout_page(layout);
    if (list->count == 0) {
        if (ui_view_ops(ui)->empty)
            ui_view_ops(ui)->empty(ui, pane);
        return;
    }
    for (size_t i = 0; i < page && list->top + i < list->count; i++) {
        int line = (int)i / layout->across, across = (int)i % layout->across;
        bool selected = list->top + i == list->selected;
        int below = list->top + i > list->selected ? layout->unfolded : 0;
        struct pane item =
            pane_part(pane, line * layout->item_rows + below, across * layout->item_cols,
                      layout->item_rows + (selected ? layout->unfolded : 0),
                      layout->item_cols - (layout->across == 1));
        (layout->across > 1 ? draw_tile : draw_row)(ui, item, layout,
                                                    list_item(list, list->top + i), selected,
                                                    row_style(ui, selected, active));
    }
    if (ui->find_shown && ui->find)
        mark_matches(ui, pane, ui->find);
    draw_scrollbar(ui, pane, list, page);
}
