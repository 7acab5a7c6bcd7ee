/* The split's captions. */
#include "ui/views/view_private.h"

#include <stdio.h>

static size_t captions_total(const struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    return catalog->caption ? catalog->captions : 0;
}

static void captions_text(const struct ui *ui, size_t item, struct str *out)
{
    str_add(out, ui_catalog(ui)->caption[item]);
}

static void captions_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    char number[32];
    snprintf(number, sizeof number, "%*zu", view_digits(captions_total(ui)), item);
    int col = pane_put(pane, 0, 0, view_style(ui, base, ROLE_DIM), number);
    if (ui_marked(ui, item))
        pane_put(pane, 0, col, view_style(ui, base, ROLE_KEY), "●");
    pane_fit(pane, 0, col + 2, pane.box.cols - col - 2, base, ui_catalog(ui)->caption[item]);
}

static void captions_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    const struct catalog *catalog = ui_catalog(ui);
    if (!ui_selected(ui, VIEW_CAPTIONS, &item) || item >= catalog->map.captions)
        return;
    size_t image = caption_map_image(&catalog->map, item);
    if (image < catalog->images)
        *out = (struct pair){true, image, (ptrdiff_t)item, 0};
}

static void captions_empty(const struct ui *ui, struct pane pane)
{
    view_centred(pane, pane.box.rows / 2, ui_style(ui, ROLE_DIM),
                 ui->marked_only ? "No marked caption here: * shows all" : "");
}

const struct view_ops view_captions = {.name = "captions",
                                       .title = "Captions",
                                       .mode = MODE_CAPTIONS,
                                       .total = captions_total,
                                       .text = captions_text,
                                       .draw = captions_draw,
                                       .empty = captions_empty,
                                       .pair = captions_pair,
                                       .open = view_open_caption};
