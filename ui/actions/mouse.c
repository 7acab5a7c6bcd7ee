#include "ui/actions/mouse.h"

#include "ui/actions/prompt.h"
#include "ui/state/chips.h"
#include "ui/state/command.h"
#include "ui/state/layout.h"
#include "ui/state/region_table.h"
#include "ui/state/tabs.h"
#include "ui/state/view.h"

static bool inside(const struct rect *box, const struct event *event)
{
    return event->row >= box->row && event->row < box->row + box->rows && event->col >= box->col &&
           event->col < box->col + box->cols;
}

/* The row of the list under the mouse; false if there is none. */
static bool list_under(const struct ui *ui, const struct layout *layout, const struct event *event,
                       size_t *row_out)
{
    const struct list *list = ui_list_const(ui, ui->view);
    if (!inside(&layout->list, event))
        return false;
    int row = event->row - layout->list.row, chosen = (int)(list->selected - list->top);
    if (layout->unfolded && row > chosen) /* its further lines are the selected row's */
        row = row > chosen + layout->unfolded ? row - layout->unfolded : chosen;
    int line = row / layout->item_rows;
    int across = (event->col - layout->list.col) / layout->item_cols;
    *row_out = list->top + (size_t)(line * layout->across + across);
    return across < layout->across && *row_out < list->count;
}

static void click_word(struct ui *ui, const struct layout *layout, const struct event *event)
{
    const struct ask_words *words = ui_words(ui);
    struct chip chip = {0};
    if (!words)
        return;
    int first = chip_top(ui, layout->words.cols, layout->words.rows / layout->word_rows);
    int line = first + (event->row - layout->words.row) / layout->word_rows;
    int col = event->col - layout->words.col;
    for (size_t w = 0; w < words->count; w++) {
        chip_next(words, w, layout->words.cols, &chip);
        if (chip.line == line && col >= chip.col && col < chip.col + chip.width)
            ui->word = (ptrdiff_t)w;
    }
}

/* The row of a table beside the picture, not counting its heading; -1 if the mouse is elsewhere. */
static ptrdiff_t table_row(const struct rect *box, const struct event *event)
{
    return inside(box, event) && event->row > box->row ? event->row - box->row - 1 : -1;
}

/* A click on the table of regions, or of words; false if it was on neither. */
static bool click_table(struct ui *ui, const struct layout *layout, const struct event *event)
{
    ptrdiff_t row = table_row(&layout->regions, event),
              word = table_row(&layout->word_table, event);
    if (row >= 0 && !region_table_said(ui))
        return true;
    ptrdiff_t region = row < 0 ? -1 : region_table_shown(ui, layout->regions.rows, (size_t)row);
    const struct ask_words *words = ui_words(ui);
    if (region >= 0)
        ui->region = region == ui->region ? -1 : region;
    if (word < 0 || !words)
        return row >= 0 || word >= 0;
    size_t at = layout_word_table_top(ui, layout->word_table.rows) + (size_t)word;
    if (at < words->count)
        ui->word = (ptrdiff_t)at;
    return true;
}

/* A click on the picture selects the smallest region there; a second one deselects it. */
static void click_region(struct ui *ui, const struct layout *layout, const struct event *event)
{
    struct rect box = layout_picture(ui, layout);
    if (!inside(&box, event) || !region_table_said(ui))
        return;
    float x = ((float)(event->col - box.col) + 0.5f) / (float)box.cols;
    float y = ((float)(event->row - box.row) + 0.5f) / (float)box.rows;
    ptrdiff_t region = region_table_at(ui, x, y);
    ui->region = region == ui->region ? -1 : region;
}

/* The keys act on the side under the mouse from now on. */
static void choose_side(struct ui *ui, const struct event *event)
{
    if (ui_compares(ui) && event->row > 0 && event->row < ui->rows - 2)
        ui->side = event->col > (ui->cols - 1) / 2;
}

static void run(struct ui *ui, const char *command, struct effects *effects)
{
    prompt_close(ui, effects);
    command_run(ui, command, effects);
}

static void click(struct ui *ui, const struct layout *layout, const struct event *event,
                  struct effects *effects)
{
    size_t row;
    if (inside(&layout->prompt, event)) {
        if (!ui->prompt)
            command_run(ui, "caption", effects);
        return;
    }
    if (inside(&layout->title, event)) {
        int view = tab_at(ui, event->col);
        if (view >= 0)
            run(ui, ui->views[view]->name, effects);
        return;
    }
    if (inside(&layout->body, event))
        prompt_close(ui, effects);
    if (inside(&layout->words, event))
        click_word(ui, layout, event);
    else if (inside(&layout->header, event))
        ui_view_ops(ui)->header_click(ui, layout->header.cols, event->col - layout->header.col);
    else if (list_under(ui, layout, event, &row)) {
        list_select(ui_list(ui), row);
        if (event->mouse == MOUSE_DOUBLE)
            command_run(ui, "open", effects);
    } else if (!click_table(ui, layout, event))
        click_region(ui, layout, event);
}

/* Over the words and the tables the wheel moves through those, elsewhere through the list. */
static void wheel(struct ui *ui, const struct layout *layout, const struct event *event,
                  struct effects *effects)
{
    bool up = event->mouse == MOUSE_WHEEL_UP;
    if (inside(&layout->words, event) || inside(&layout->word_table, event))
        command_run(ui, up ? "previous-word" : "next-word", effects);
    else if (inside(&layout->regions, event))
        command_run(ui, up ? "previous-region" : "next-region", effects);
    else
        list_move(ui_list(ui), up ? -layout->across : layout->across);
}

void mouse_update(struct ui *ui, const struct event *event, struct effects *effects)
{
    struct layout layout;
    choose_side(ui, event);
    layout_make(ui, &layout);
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN)
        wheel(ui, &layout, event, effects);
    else
        click(ui, &layout, event, effects);
}
