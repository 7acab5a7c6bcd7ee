/* The tables next to the picture: an image's regions by the weight that the shown words give them,
 * and the words. */
#include <stdio.h>

#include "figure/figure.h"
#include "ui/state/region_table.h"
#include "ui/views/view_private.h"

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

void view_regions(const struct ui *ui, struct pane pane)
{
    struct region_table regions;
    if (!region_table_make(ui, &regions))
        return;
    size_t rows = pane.box.rows > 1 ? (size_t)pane.box.rows - 1 : 0,
           top = region_table_top(&regions, ui->region, rows);
    float largest = regions.count ? regions.weights[regions.order[0]] : 0;
    pane_fit(pane, 0, 0, pane.box.cols, ui_style(ui, ROLE_STRONG), " region weight");
    for (size_t i = 0; i < rows && top + i < regions.count; i++) {
        size_t region = regions.order[top + i];
        draw_region(ui, pane, (int)i + 1, region, regions.weights[region], largest);
    }
    region_table_done(&regions);
}

/* ---- words ---- */

enum { NUMBER_COLS = 7, WORD_LEAST = 8 };

/* Where the numbers begin: a narrow table omits the last one, the region. */
static int numbers_at(int cols)
{
    int all = cols - 4 * NUMBER_COLS;
    return all >= WORD_LEAST ? all : cols - 3 * NUMBER_COLS;
}

static void put_number(struct pane pane, int row, int col, struct style style, const float *of,
                       size_t word, const char *format)
{
    char text[32];
    if (of)
        snprintf(text, sizeof text, format, NUMBER_COLS, (double)of[word]);
    else
        snprintf(text, sizeof text, "%*s", NUMBER_COLS, "-");
    pane_put(pane, row, col, style, text);
}

static void draw_word(const struct ui *ui, struct pane pane, int row, const struct look *look,
                      size_t word)
{
    bool selected = (ptrdiff_t)word == ui->word;
    struct style style = ui_style(ui, selected ? ROLE_SELECTED : ROLE_TEXT);
    int at = numbers_at(pane.box.cols);
    ptrdiff_t region = overlay_strongest(look->weights + word * look->R, look->R);
    if (selected)
        pane_fit(pane, row, 0, pane.box.cols, style, "▸");
    if (!look->words.known[word])
        style.attr |= ui_style(ui, ROLE_UNKNOWN).attr;
    pane_fit(pane, row, 1, at - 1, style, look->words.text[word]);
    style.attr = ui_style(ui, selected ? ROLE_SELECTED : ROLE_TEXT).attr;
    put_number(pane, row, at, style, look->similarity, word, "%*.3f");
    put_number(pane, row, at + NUMBER_COLS, style, look->share_lse, word, "%+*.3f");
    put_number(pane, row, at + 2 * NUMBER_COLS, style, look->share_avg, word, "%+*.3f");
    pane_putf(pane, row, at + 3 * NUMBER_COLS, style, "%*td", NUMBER_COLS, region);
}

/* What the words contribute under both poolings of the paper, whichever the model uses. */
void view_word_table(const struct ui *ui, struct pane pane)
{
    const struct look *look = ui_look(ui);
    struct style head = ui_style(ui, ROLE_STRONG);
    int at = numbers_at(pane.box.cols);
    if (!look || at < 4 || pane.box.rows < 2)
        return;
    pane_fit(pane, 0, 0, at, head, " word");
    pane_putf(pane, 0, at, head, "%*s%*s%*s%*s", NUMBER_COLS, "sim", NUMBER_COLS, "+LSE",
              NUMBER_COLS, "+AVG", NUMBER_COLS, "region");
    size_t rows = (size_t)pane.box.rows - 1, top = layout_word_table_top(ui, pane.box.rows);
    for (size_t i = 0; i < rows && top + i < look->words.count; i++)
        draw_word(ui, pane, (int)i + 1, look, top + i);
}
