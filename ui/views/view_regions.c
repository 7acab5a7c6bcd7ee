/* The tables next to the picture: an image's regions by the weight that the shown words give them,
 * and the words. */
#include <stdio.h>
#include <stdlib.h>

#include "figure/figure.h"
#include "ui/screen/grapheme.h"
#include "ui/state/region_table.h"
#include "ui/views/view_private.h"

enum { NAME_COL = 21, NAME_MOST = 28, BOX_COLS = 17 };

/* The columns for what regions were taken for, of those that the table has for names and boxes; 0
 * if none of the image has a name. */
static int name_cols(const struct ui *ui, size_t regions, int room)
{
    int widest = 0;
    for (size_t r = 0; r < regions; r++) {
        char *name = region_table_name(ui, (ptrdiff_t)r);
        int width = name ? grapheme_columns(name) : 0;
        widest = width > widest ? width : widest;
        free(name);
    }
    widest = widest < NAME_MOST ? widest : NAME_MOST;
    return widest < room ? widest : room > 0 ? room : 0;
}

static int draw_name(const struct ui *ui, struct pane pane, int row, size_t region, int cols)
{
    char *name = region_table_name(ui, (ptrdiff_t)region);
    bool selected = (ptrdiff_t)region == ui->region;
    if (name)
        pane_fit(pane, row, NAME_COL, cols, ui_style(ui, selected ? ROLE_SELECTED : ROLE_TEXT),
                 name);
    free(name);
    return NAME_COL + cols + 1;
}

static void draw_region(const struct ui *ui, struct pane pane, int row, size_t region, float weight,
                        float largest, int names)
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
    int at = names > 0 ? draw_name(ui, pane, row, region, names) : col + 9;
    if (!catalog->boxes || (names > 0 && at + BOX_COLS > pane.box.cols))
        return;
    const float *box = catalog->boxes + (pair.image * catalog->regions + region) * 4;
    pane_putf(pane, row, at, selected ? style : ui_style(ui, ROLE_DIM), "%.0f,%.0f %.0f×%.0f",
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
    int names = name_cols(ui, regions.count, pane.box.cols - NAME_COL);
    pane_fit(pane, 0, 0, pane.box.cols, ui_style(ui, ROLE_STRONG), " region weight");
    if (names > 0)
        pane_fit(pane, 0, NAME_COL, pane.box.cols - NAME_COL, ui_style(ui, ROLE_STRONG), "name");
    for (size_t i = 0; i < rows && top + i < regions.count; i++) {
        size_t region = regions.order[top + i];
        draw_region(ui, pane, (int)i + 1, region, regions.weights[region], largest, names);
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
