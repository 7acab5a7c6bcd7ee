/* The table of an image's regions by the weight that the shown words give them. */
#include <stdlib.h>

#include "base/mem.h"
#include "ui/region_table.h"
#include "ui/views.h"

static void draw_region(const struct ui *ui, struct pane pane, int row, size_t region, float weight,
                        float largest)
{
    const struct catalog *catalog = ui_catalog(ui);
    struct pair pair = ui_pair(ui);
    bool selected = (ptrdiff_t)region == ui->region;
    struct style style = ui_style(ui, selected ? ROLE_SELECTED : ROLE_TEXT);
    int bar = largest > 0 ? (int)(weight / largest * 8 + 0.5f) : 0;
    if (selected)
        pane_fit(pane, row, 0, pane.box.cols, style, "▸");
    int col = pane_putf(pane, row, 1, style, "%3zu  %.3f ", region, (double)weight);
    pane_across(pane, row, col, bar, ui_style(ui, ROLE_BAR), 0x2588);
    if (!catalog->boxes)
        return;
    const float *box = catalog->boxes + (pair.image * catalog->regions + region) * 4;
    pane_putf(pane, row, col + 9, selected ? style : ui_style(ui, ROLE_DIM), "%.0f,%.0f %.0f×%.0f",
              (double)box[0], (double)box[1], (double)(box[2] - box[0]), (double)(box[3] - box[1]));
}

/* The first row shown, so that the selected region is among them. */
static size_t first_row(const struct ui *ui, const struct region_table *regions, size_t rows)
{
    size_t at = region_table_row(regions, ui->region);
    return at < regions->count && at >= rows ? at - rows + 1 : 0;
}

void view_regions(const struct ui *ui, struct pane pane)
{
    struct region_table regions;
    if (!region_table_make(ui, &regions))
        return;
    size_t rows = pane.box.rows > 1 ? (size_t)pane.box.rows - 1 : 0, top = first_row(ui, &regions, rows);
    float largest = regions.count ? regions.weights[regions.order[0]] : 0;
    pane_fit(pane, 0, 0, pane.box.cols, ui_style(ui, ROLE_STRONG), " region weight");
    for (size_t i = 0; i < rows && top + i < regions.count; i++) {
        size_t region = regions.order[top + i];
        draw_region(ui, pane, (int)i + 1, region, regions.weights[region], largest);
    }
    region_table_done(&regions);
}
