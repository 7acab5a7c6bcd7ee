/* Every caption of the split with the rank of its image: what the model gets wrong. */
#include "ui/views/view_private.h"

#include <stdio.h>
#include <string.h>

#include "analyse/failures.h"
#include "base/countof.h"
#include "ui/actions/survey.h"

static size_t failures_total(const struct ui *ui)
{
    return ui_catalog(ui)->captions;
}

/* The image that a caption ranks first. */
static size_t first_image(const struct ui *ui, size_t caption)
{
    const struct failure *row = &ui_survey(ui)->of[caption];
    return row->rank > 1 ? row->wrong : caption_map_image(&ui_catalog(ui)->map, caption);
}

static void failures_text(const struct ui *ui, size_t item, struct str *out)
{
    const struct failure *row = &ui_survey(ui)->of[item];
    str_addf(out, "%zu\t%s\t%s\t%s\tscore %.4f\tmargin %+.4f\t%zu words\t%zu unknown", row->rank,
             ui_split_caption(ui, item), row->id, ui_catalog(ui)->id[first_image(ui, item)],
             row->score, row->margin, row->length, row->unknown);
}

/* ---- columns: as many as leave the caption room; the one that is sorted by first ---- */

enum column { COLUMN_RANK, COLUMN_SCORE, COLUMN_MARGIN, COLUMN_LENGTH, COLUMN_UNKNOWN, COLUMNS };

static const struct {
    enum failure_field field;
    const char *title, *format;
    int width;
    enum sort sort; /* what a click on the title does */
} columns[COLUMNS] = {
    [COLUMN_RANK] = {FAILURE_RANK, "rank", "%*.0f", 5, SORT_WORST},
    [COLUMN_SCORE] = {FAILURE_SCORE, "score", "%*.3f", 7, SORT_SCORE},
    [COLUMN_MARGIN] = {FAILURE_MARGIN, "margin", "%+*.3f", 8, SORT_MARGIN},
    [COLUMN_LENGTH] = {FAILURE_LENGTH, "words", "%*.0f", 6, SORT_LENGTH},
    [COLUMN_UNKNOWN] = {FAILURE_UNKNOWN, "unk", "%*.0f", 4, SORT_UNKNOWN},
};

static bool sorted_by(const struct ui *ui, int column)
{
    return survey_orders[ui->sort].field == columns[column].field;
}

enum {
    CAPTION_COLS = 19,
    ROW_MARGINS = 3
}; /* a row is narrower than the list: arrow, scroll bar */

/* Which are shown in a list of `cols`; returns where the mark and the caption begin. */
static int choose_columns(const struct ui *ui, int cols, bool shown[COLUMNS])
{
    static const enum column by_use[] = {COLUMN_RANK, COLUMN_MARGIN, COLUMN_SCORE, COLUMN_LENGTH,
                                         COLUMN_UNKNOWN};
    int used = 0;
    memset(shown, 0, COLUMNS * sizeof *shown);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < COLUMNS; i++) {
            enum column c = by_use[i];
            bool must = c == COLUMN_RANK || (sorted_by(ui, (int)c) && cols >= CAPTION_COLS);
            bool fits = used + columns[c].width + CAPTION_COLS <= cols;
            if (shown[c] || (pass == 0 ? !must : !fits))
                continue;
            shown[c] = true;
            used += columns[c].width;
        }
    return used;
}

static void failures_header(const struct ui *ui, struct pane pane)
{
    bool shown[COLUMNS];
    int caption = choose_columns(ui, pane.box.cols - ROW_MARGINS, shown), col = 2;
    pane_fill(pane, ui_style(ui, ROLE_TITLE_DIM));
    for (int c = 0; c < COLUMNS; c++) {
        bool sorted = sorted_by(ui, c);
        struct style style = ui_style(ui, sorted ? ROLE_TITLE : ROLE_TITLE_DIM);
        if (!shown[c])
            continue;
        col += columns[c].width;
        int width = grapheme_columns(columns[c].title);
        bool down = sorted && (survey_orders[ui->sort].direction < 0) != ui->reversed;
        pane_put(pane, 0, col - width, style, columns[c].title);
        if (sorted && columns[c].width > width)
            pane_put(pane, 0, col - width - 1, style, down ? "▾" : "▴");
    }
    pane_fit(pane, 0, caption + 5, pane.box.cols - caption - 5,
             ui_style(ui, ui->sort == SORT_TEXT ? ROLE_TITLE : ROLE_TITLE_DIM), "caption");
}

/* A second click on the same column reverses the order. */
static void failures_header_click(struct ui *ui, int cols, int at)
{
    bool shown[COLUMNS];
    int col = 2;
    enum sort sort = SORT_TEXT;
    choose_columns(ui, cols - ROW_MARGINS, shown);
    for (int c = 0; c < COLUMNS; c++) {
        col += shown[c] ? columns[c].width : 0;
        if (!shown[c] || at >= col)
            continue;
        sort = columns[c].sort;
        break;
    }
    survey_sort(ui, sort, sort == ui->sort && !ui->reversed);
}

static void failures_draw(const struct ui *ui, struct pane pane, size_t item, struct style base)
{
    bool shown[COLUMNS];
    int caption = choose_columns(ui, pane.box.cols, shown), col = 0;
    for (int c = 0; c < COLUMNS; c++) {
        char text[32];
        if (!shown[c])
            continue;
        snprintf(text, sizeof text, columns[c].format, columns[c].width,
                 failures_value(&ui_survey(ui)->of[item], columns[c].field).number);
        pane_put(pane, 0, col, view_style(ui, base, c ? ROLE_DIM : ROLE_STRONG), text);
        col += columns[c].width;
    }
    if (ui_marked(ui, item))
        pane_put(pane, 0, caption + 1, view_style(ui, base, ROLE_KEY), "●");
    pane_fit(pane, 0, caption + 3, pane.box.cols - caption - 3, base, ui_split_caption(ui, item));
}

static void failures_empty(const struct ui *ui, struct pane pane)
{
    const struct survey *survey = ui_survey(ui);
    const char *text = ui->marked_only                ? "No marked failure here: * shows all"
                       : survey->done < survey->total ? "Ranking every caption …"
                       : ui->filters[VIEW_FAILURES]
                           ? "No failure matches the filter; an empty filter shows all"
                           : "No caption has its image at such a rank";
    view_wrap(pane, pane.box.rows / 2, 2, pane.box.cols - 4, 2, ui_style(ui, ROLE_DIM), text);
}

static void failures_pair(const struct ui *ui, struct pair *out)
{
    size_t item;
    const struct survey *survey = ui_survey(ui);
    if (!ui_selected(ui, VIEW_FAILURES, &item) || item >= survey->done)
        return;
    size_t image =
        ui->wrong ? first_image(ui, item) : caption_map_image(&ui_catalog(ui)->map, item);
    *out = (struct pair){true, image, (ptrdiff_t)item, 0};
}

int view_failures_summary(const struct ui *ui, struct pane pane, int col)
{
    static const size_t tops[] = {1, 5, 10};
    const struct survey *survey = ui_survey(ui);
    struct style dim = ui_style(ui, ROLE_DIM);
    for (size_t t = 0; survey->done && t < COUNTOF(tops); t++) {
        size_t hits = 0;
        for (size_t c = 0; c < survey->done; c++)
            hits += survey->of[c].rank <= tops[t];
        col = pane_putf(pane, 0, col, dim, "R@%zu ", tops[t]);
        col = pane_putf(pane, 0, col, ui_style(ui, ROLE_TEXT), "%.1f  ",
                        100.0 * (double)hits / (double)survey->done);
    }
    if (survey->done < survey->total)
        col = pane_putf(pane, 0, col, dim, "(%zu of %zu ranked)", survey->done, survey->total);
    return col;
}

const struct view_ops view_failures = {.name = "failures",
                                       .title = "Failures",
                                       .mode = MODE_FAILURES,
                                       .total = failures_total,
                                       .text = failures_text,
                                       .draw = failures_draw,
                                       .header = failures_header,
                                       .header_click = failures_header_click,
                                       .empty = failures_empty,
                                       .pair = failures_pair,
                                       .open = view_open_caption};
