#include "ui/views/views.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "ui/state/tabs.h"
#include "ui/views/view_private.h"

const struct view_ops *const view_table[VIEWS] = {
    [VIEW_SEARCH] = &view_search,     [VIEW_MATCHES] = &view_matches,
    [VIEW_IMAGES] = &view_images,     [VIEW_CAPTIONS] = &view_captions,
    [VIEW_FAILURES] = &view_failures, [VIEW_HELP] = &view_help,
    [VIEW_SETTINGS] = &view_settings, [VIEW_START] = &view_start,
    [VIEW_FILES] = &view_files,
};

static int draw_tabs(const struct ui *ui, struct pane pane)
{
    struct tab tabs[VIEWS];
    int end = tabs_place(ui, tabs);
    for (int i = 0; i < VIEWS; i++) {
        bool here = ui->view == (enum view_id)i;
        struct style style = ui_style(ui, here ? ROLE_TITLE : ROLE_TITLE_DIM);
        char tab[64];
        if (!tabs[i].width)
            continue;
        tab_text(ui, (enum view_id)i, tab);
        if (here)
            style.attr |= ATTR_UNDERLINE;
        pane_put(pane, 0, tabs[i].col, style, tab);
    }
    return end;
}

static void draw_title(const struct ui *ui, struct pane pane)
{
    const struct catalog *catalog = ui_catalog(ui);
    struct style title = ui_style(ui, ROLE_TITLE), dim = ui_style(ui, ROLE_TITLE_DIM);
    char what[512];
    pane_fill(pane, title);
    pane_put(pane, 0, 1, title, "scanscope");
    int col = draw_tabs(ui, pane);
    if (!catalog)
        return;
    snprintf(what, sizeof what, "%s  %s  %s", catalog->model, catalog->variant, catalog->data);
    int room = pane.box.cols - col - 1, width = grapheme_columns(what);
    width = width < room ? width : room;
    pane_fit(pane, 0, pane.box.cols - 1 - width, width, dim, what);
}

static int draw_work(const struct ui *ui, struct pane pane)
{
    int col = pane_put(pane, 0, 1, ui_style(ui, ROLE_TEXT), ui->work.label) + 1;
    if (ui->work.total == 0)
        return col;
    int percent = (int)(100.0 * (double)ui->work.done / (double)ui->work.total);
    pane_across(pane, 0, col, 20, ui_style(ui, ROLE_BORDER), 0x2591);
    pane_across(pane, 0, col, percent / 5, ui_style(ui, ROLE_BAR), 0x2588);
    return pane_putf(pane, 0, col + 21, ui_style(ui, ROLE_DIM), "%d%%  Ctrl-C stops", percent);
}

/* Puts the row of how many, and the filter. */
static int draw_position(const struct ui *ui, struct pane pane)
{
    const struct list *list = ui_list_const(ui, ui->view);
    int col = 1;
    if (list->count)
        col = pane_putf(pane, 0, col, ui_style(ui, ROLE_DIM), "%zu of %zu", list->selected + 1,
                        list->count);
    if (ui->filters[ui->view])
        col = pane_putf(pane, 0, col + 1, ui_style(ui, ROLE_KEY), "& %s", ui->filters[ui->view]);
    return col;
}

/* Puts the position and, if they are known, the recalls, the truth and what the selected word
 * contributes. */
static int draw_where(const struct ui *ui, struct pane pane)
{
    const struct look *look = ui_look(ui);
    struct style dim = ui_style(ui, ROLE_DIM);
    int col = draw_position(ui, pane);
    if (ui->view == VIEW_FAILURES)
        col = view_failures_summary(ui, pane, col + 2);
    const struct ranking *ranking = ui_side_const(ui)->ranking;
    if (ui->view == VIEW_SEARCH && ranking && ranking->best_truth < ranking->count)
        col = pane_putf(pane, 0, col + 2, ui_style(ui, ROLE_TRUTH), "truth at %zu",
                        ranking->best_truth + 1);
    size_t of, common = ui_in_common(ui, 10, &of);
    if (ui_compares(ui) && of)
        col = pane_putf(pane, 0, col + 2, dim, "%zu of the first %zu in both", common, of);
    if (look && ui->word >= 0 && look->share)
        col = pane_putf(pane, 0, col + 2, dim, "%s adds %+.3f", look->words.text[ui->word],
                        (double)look->share[ui->word]);
    return col;
}

static void draw_status(const struct ui *ui, struct pane pane, uint64_t *hints)
{
    int col = 1;
    if (ui->message.text) {
        int room = pane.box.cols - 2, width = grapheme_columns(ui->message.text);
        width = width < room ? width : room;
        col = pane_fit(pane, 0, 1, width, ui_style(ui, ui->message.role), ui->message.text);
    } else if (ui->work.label) {
        col = draw_work(ui, pane);
    } else {
        col = ui->prompt ? draw_position(ui, pane) : draw_where(ui, pane);
    }
    view_hints(ui, pane, col + 3, hints);
}

static void draw_opening(const struct ui *ui, struct pane pane)
{
    int row = pane.box.rows / 2, width = 60 < pane.box.cols - 4 ? 60 : pane.box.cols - 4;
    int col = (pane.box.cols - width) / 2;
    double share = ui->work.total ? (double)ui->work.done / (double)ui->work.total : 0;
    const struct source *source = &ui->sources[0];
    const char *model = source->of[SOURCE_MODEL], *data = source->of[SOURCE_DATA];
    char what[512];
    snprintf(what, sizeof what, "%s%s  %s %s", model ? file_name(model) : "",
             ui->models > 1 ? " and another" : "", data ? file_name(data) : "",
             source->of[SOURCE_SPLIT] && data ? source->of[SOURCE_SPLIT] : "");
    pane_put(pane, row - 1, col, ui_style(ui, ROLE_STRONG), "Opening");
    pane_fit(pane, row, col, width, ui_style(ui, ROLE_DIM), what);
    pane_across(pane, row + 1, col, width, ui_style(ui, ROLE_BORDER), 0x2591);
    pane_across(pane, row + 1, col, (int)(share * width), ui_style(ui, ROLE_BAR), 0x2588);
    pane_fit(pane, row + 2, col, width, ui_style(ui, ROLE_DIM), "Ctrl-C stops");
}

/* "SCAN " beside a model of another kind; those name themselves. */
static const char *kind_named(const struct ui *ui)
{
    return ui_catalog(ui)->pooled && ui_beside_another_kind(ui) ? "SCAN " : "";
}

/* Puts what a side is: its model, or its query. */
static void draw_banner(const struct ui *ui, struct pane pane, bool active)
{
    const struct catalog *catalog = ui_catalog(ui);
    char text[512];
    if (ui->together)
        snprintf(text, sizeof text, "%c  %s%s  %s", 'A' + ui->side, kind_named(ui),
                 catalog->variant, catalog->model);
    else
        snprintf(text, sizeof text, "%c  %s", 'A' + ui->side,
                 ui_query(ui)->text ? ui_query(ui)->text : "");
    pane_fit(pane, 0, 0, pane.box.cols, ui_style(ui, active ? ROLE_SELECTED : ROLE_SELECTED_AWAY),
             text);
}

/* The side that the keys act on is drawn last: it has the cursor. */
static void draw_sides(const struct ui *ui, struct grid *grid)
{
    struct ui side = *ui; /* the same state, seen from the other side */
    for (int i = SIDES - 1; i >= 0; i--) {
        struct layout layout;
        side.side = i ? !ui->side : ui->side;
        if (side.side != ui->side && !ui_compares(ui))
            continue;
        if (!ui_catalog(&side))
            continue;
        layout_make(&side, &layout);
        if (layout.banner.rows)
            draw_banner(&side, grid_pane(grid, layout.banner), side.side == ui->side);
        if (layout.header.rows)
            ui_view_ops(ui)->header(&side, grid_pane(grid, layout.header));
        if (layout.list.rows)
            view_list(&side, grid, &layout, i == 0);
        view_pair(&side, grid, &layout);
    }
}

static void draw_bare(const struct ui *ui, struct grid *grid, const struct layout *layout)
{
    if (layout->list.rows)
        view_list(ui, grid, layout, true);
    if (layout->fitness.rows)
        view_fitness(ui, grid_pane(grid, layout->fitness));
}

void ui_view(const struct ui *ui, struct grid *grid)
{
    struct layout layout;
    uint64_t hints = 0; /* those that are shown */
    if (grid->rows != ui->rows || grid->cols != ui->cols)
        grid_resize(grid, ui->rows, ui->cols);
    grid->ascii = ui->ascii;
    grid_clear(grid, ui_style(ui, ROLE_TEXT));
    layout_make(ui, &layout);
    if (ui_view_ops(ui)->bare)
        draw_bare(ui, grid, &layout);
    else if (!ui_catalog(ui))
        draw_opening(ui, grid_pane(grid, layout.body));
    else
        draw_sides(ui, grid);
    if (layout.title.rows)
        draw_title(ui, grid_pane(grid, layout.title));
    if (layout.status.rows)
        draw_status(ui, grid_pane(grid, layout.status), &hints);
    view_prompt(ui, grid, &layout, &hints);
}
