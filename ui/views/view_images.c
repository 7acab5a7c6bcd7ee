/* The images. */
#include "ui/views/view_private.h"

static size_t images_total(const struct ui *ui)
{
    return ui_catalog(ui)->images;
}

static void images_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct catalog *catalog = ui_catalog(ui);
    str_add(out, catalog->id[item]);
    for (size_t k = 0; catalog->caption && k < caption_map_count(&catalog->map, item); k++)
        str_addf(out, "\t%s", catalog->caption[caption_map_nth(&catalog->map, item, k)]);
}

static void images_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    pane_fit(pane, 0, 0, pane.box.cols, view_style(ui, base, ROLE_DIM), ui_catalog(ui)->id[item]);
}

static size_t images_thumb(const struct ui *ui, size_t item)
{
    (void)ui;
    return item;
}

static void images_open(struct ui *ui, struct effects *effects)
{
    command_run(ui, "matches", effects);
}

const struct view_ops view_images = {.name = "images",
                                     .title = "Images",
                                     .mode = MODE_IMAGES,
                                     .tiles = true,
                                     .total = images_total,
                                     .text = images_text,
                                     .draw = images_draw,
                                     .thumb = images_thumb,
                                     .open = images_open};
