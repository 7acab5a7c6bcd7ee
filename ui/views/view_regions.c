/* The tables next to the picture: an image's regions by the weight that the shown words give them,
 * and the words. */
#include <stdio.h>
#include <stdlib.h>

#include "figure/figure.h"
#include "ui/screen/grapheme.h"
#include "ui/state/region_table.h"
#include "ui/state/word_units.h"
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

/* ---- of a model without attention: what is like the image ---- */

static int draw_nearest_head(const struct ui *ui, struct pane pane, int row, const char *what,
                             const char *number)
{
    int width = grapheme_columns(number);
    pane_fit(pane, row, 1, pane.box.cols - width - 2, ui_style(ui, ROLE_STRONG), what);
    pane_put_right(pane, row, pane.box.cols, ui_style(ui, ROLE_STRONG), number);
    return row + 1;
}

static void draw_nearest(const struct ui *ui, struct pane pane, int row, const struct place *place,
                         const char *text)
{
    int col = pane_putf(pane, row, 1, ui_style(ui, ROLE_TEXT), "%6.3f", (double)place->score);
    struct style style = ui_style(ui, place->truth ? ROLE_TRUTH : ROLE_TEXT);
    pane_put(pane, row, col + 1, style, place->truth ? "✓" : "");
    pane_fit(pane, row, col + 3, pane.box.cols - col - 3, style, text);
}

static void draw_nearest_captions(const struct ui *ui, struct pane pane, int row,
                                  const struct look *look)
{
    if (!look->caption_count) {
        view_wrap(pane, row, 1, pane.box.cols - 1, 2, ui_style(ui, ROLE_DIM),
                  "2 ranks the captions of this image.");
        return;
    }
    row = draw_nearest_head(ui, pane, row, "best captions", "score");
    for (size_t i = 0; i < look->caption_count && row < pane.box.rows; i++)
        draw_nearest(ui, pane, row++, &look->captions[i],
                     ui_split_caption(ui, look->captions[i].index));
}

static void view_nearest(const struct ui *ui, struct pane pane, const struct look *look)
{
    if (ui_catalog(ui)->scores_only) { /* a matrix has no vectors that could be near */
        draw_nearest_captions(ui, pane, 0, look);
        return;
    }
    int row = draw_nearest_head(ui, pane, 0, "nearest images", "cosine");
    int last = pane.box.rows < 8 ? pane.box.rows : pane.box.rows / 2;
    for (size_t i = 0; i < look->image_count && row < last; i++)
        draw_nearest(ui, pane, row++, &look->images[i], ui_catalog(ui)->id[look->images[i].index]);
    draw_nearest_captions(ui, pane, row + 1, look);
}

void view_regions(const struct ui *ui, struct pane pane)
{
    struct region_table regions;
    const struct look *look = ui_look(ui);
    if (look && !ui_catalog(ui)->shows)
        view_nearest(ui, pane, look);
    if (!region_table_make(ui, &regions))
        return;
    size_t rows = pane.box.rows > 1 ? (size_t)pane.box.rows - 1 : 0,
           top = region_table_top(&regions, ui->region, rows);
    float largest = regions.count ? regions.weights[regions.order[0]] : 0;
    int names = name_cols(ui, regions.count, pane.box.cols - NAME_COL);
    const char *way = ui_way(ui) == LOOK_WORDS ? " (words on regions)" : " (regions on words)";
    pane_fit(pane, 0, 0, pane.box.cols, ui_style(ui, ROLE_STRONG), " region weight");
    if (ui_both_ways(ui) && names == 0)
        pane_fit(pane, 0, 14, pane.box.cols - 14, ui_style(ui, ROLE_DIM), way);
    if (names > 0)
        pane_fit(pane, 0, NAME_COL, pane.box.cols - NAME_COL, ui_style(ui, ROLE_STRONG), "name");
    for (size_t i = 0; i < rows && top + i < regions.count; i++) {
        size_t region = regions.order[top + i];
        draw_region(ui, pane, (int)i + 1, region, regions.weights[region], largest, names);
    }
    region_table_done(&regions);
}

/* ---- words ---- */

enum { NUMBER_COLS = 7, WORD_LEAST = 8, COLUMNS = 4 };

/* A column of numbers: of words, NULL where they are not known. */
struct column {
    const char *head, *format;
    const float *of;
};

/* What a model's words have: where words or regions are pooled, the contributions under both
 * poolings of the paper, whichever the model uses. Returns how many columns; the strongest region
 * comes after them. */
static size_t columns_of(const struct ui *ui, const struct look *look, struct column out[COLUMNS])
{
    const struct catalog *catalog = ui_catalog(ui);
    size_t n = 0;
    if (catalog->shows)
        out[n++] = (struct column){"sim", "%*.3f", look->of[ui_way(ui)].similarity};
    if (catalog->pooled) {
        out[n++] = (struct column){"+LSE", "%+*.3f", look->share_lse};
        out[n++] = (struct column){"+AVG", "%+*.3f", look->share_avg};
    } else {
        out[n++] = (struct column){"adds", "%+*.3f", look->share};
    }
    if (word_units_weighted(ui))
        out[n++] = (struct column){"weight", "%*.3f", look->node};
    return n;
}

/* Where the numbers begin: a narrow table omits the last one, the region. */
static int numbers_at(int cols, size_t numbers)
{
    int all = cols - (int)(numbers + 1) * NUMBER_COLS;
    return all >= WORD_LEAST ? all : cols - (int)numbers * NUMBER_COLS;
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
                      const struct column *columns, size_t count, size_t word)
{
    bool selected = (ptrdiff_t)word == ui->word;
    struct style style = ui_style(ui, selected ? ROLE_SELECTED : ROLE_TEXT);
    const struct look_attention *attention = ui_attention(ui);
    int at = numbers_at(pane.box.cols, count);
    if (selected)
        pane_fit(pane, row, 0, pane.box.cols, style, "▸");
    if (!look->words.known[word])
        style.attr |= ui_style(ui, ROLE_UNKNOWN).attr;
    pane_fit(pane, row, 1, at - 1, style, look->words.text[word]);
    style.attr = ui_style(ui, selected ? ROLE_SELECTED : ROLE_TEXT).attr;
    for (size_t i = 0; i < count; i++, at += NUMBER_COLS)
        put_number(pane, row, at, style, columns[i].of, word, columns[i].format);
    if (attention)
        pane_putf(pane, row, at, style, "%*td", NUMBER_COLS,
                  overlay_strongest(attention->weights + word * look->R, look->R));
}

static void draw_whole(const struct ui *ui, struct pane pane, int row, const struct look *look,
                       int at)
{
    pane_fit(pane, row, 1, at - 1, ui_style(ui, ROLE_DIM), "(as wholes)");
    put_number(pane, row, at, ui_style(ui, ROLE_DIM), &look->whole, 0, "%*.3f");
}

void view_word_table(const struct ui *ui, struct pane pane)
{
    const struct look *look = ui_look(ui);
    struct style head = ui_style(ui, ROLE_STRONG);
    struct column columns[COLUMNS];
    size_t count = look ? columns_of(ui, look, columns) : 0;
    int at = numbers_at(pane.box.cols, count), col = at;
    if (!look || at < 4 || pane.box.rows < 2)
        return;
    pane_fit(pane, 0, 0, at, head, " word");
    for (size_t i = 0; i < count; i++, col += NUMBER_COLS)
        pane_putf(pane, 0, col, head, "%*s", NUMBER_COLS, columns[i].head);
    if (ui_attention(ui))
        pane_putf(pane, 0, col, head, "%*s", NUMBER_COLS, "region");
    size_t rows = (size_t)pane.box.rows - 1, top = layout_word_table_top(ui, pane.box.rows);
    for (size_t i = 0; i < rows && top + i < look->words.count; i++)
        draw_word(ui, pane, (int)i + 1, look, columns, count, top + i);
    if (look->node && look->words.count - top < rows)
        draw_whole(ui, pane, (int)(look->words.count - top) + 1, look, col - NUMBER_COLS);
}
