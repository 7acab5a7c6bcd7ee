#include "ui/mouse.h"

#include "ui/command.h"
#include "ui/layout.h"
#include "ui/region_table.h"
#include "ui/update.h"
#include "ui/views.h"

static bool inside(const struct rect *box, const struct event *event)
{
    return event->row >= box->row && event->row < box->row + box->rows && event->col >= box->col &&
           event->col < box->col + box->cols;
}

/* The row of the list under the mouse; false where there is none. */
static bool list_under(const struct ui *ui, const struct layout *layout, const struct event *event,
                       size_t *row_out)
{
    const struct list *list = ui_list_const(ui, ui->view);
    if (!inside(&layout->list, event))
        return false;
    int line = (event->row - layout->list.row) / layout->item_rows;
    int across = (event->col - layout->list.col) / layout->item_cols;
    *row_out = list->top + (size_t)(line * layout->across + across);
    return across < layout->across && *row_out < list->count;
}

static void word_under(struct ui *ui, const struct layout *layout, const struct event *event)
{
    const struct ask_words *words = ui_words(ui);
    struct chip chip = {0};
    if (!words)
        return;
    int first = view_words_top(ui, layout->words.cols, layout->words.rows / layout->word_rows);
    int line = first + (event->row - layout->words.row) / layout->word_rows;
    int col = event->col - layout->words.col;
    for (size_t w = 0; w < words->count; w++) {
        chip_next(words, w, layout->words.cols, &chip);
        if (chip.line == line && col >= chip.col && col < chip.col + chip.width)
            ui->word = (ptrdiff_t)w;
    }
}

/* A click on the picture selects the smallest region there; a second one lets it go. */
static bool region_under(struct ui *ui, const struct layout *layout, const struct event *event)
{
    struct rect box = view_picture_rect(ui, layout);
    if (!inside(&box, event))
        return false;
    float x = ((float)(event->col - box.col) + 0.5f) / (float)box.cols;
    float y = ((float)(event->row - box.row) + 0.5f) / (float)box.rows;
    ptrdiff_t region = region_table_at(ui, x, y);
    ui->region = region == ui->region ? -1 : region;
    return true;
}

/* The side under the mouse is the one that the keys act on from now on. */
static void side_under(struct ui *ui, const struct event *event)
{
    if (ui_compares(ui) && event->row > 0 && event->row < ui->rows - 2)
        ui->side = event->col > (ui->cols - 1) / 2;
}

static void click(struct ui *ui, const struct layout *layout, const struct event *event,
                  struct effects *effects)
{
    size_t row;
    if (inside(&layout->prompt, event) && !ui->prompt) {
        command_run(ui, "caption", effects);
    } else if (inside(&layout->words, event)) {
        update_prompt_close(ui, effects);
        word_under(ui, layout, event);
    } else if (region_under(ui, layout, event)) {
        update_prompt_close(ui, effects);
    } else if (list_under(ui, layout, event, &row)) {
        update_prompt_close(ui, effects);
        list_select(ui_list(ui), row);
        if (event->mouse == MOUSE_DOUBLE)
            command_run(ui, "open", effects);
    }
}

void mouse_update(struct ui *ui, struct event *event, struct effects *effects)
{
    struct layout layout;
    side_under(ui, event);
    layout_make(ui, &layout);
    if (event->mouse == MOUSE_WHEEL_UP || event->mouse == MOUSE_WHEEL_DOWN) {
        ptrdiff_t by = event->mouse == MOUSE_WHEEL_UP ? -layout.across : layout.across;
        list_move(ui_list(ui), by);
    } else {
        click(ui, &layout, event, effects);
    }
}
