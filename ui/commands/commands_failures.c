/* What the model gets wrong: the table of it, going through it. */
#include "ui/commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/actions/update.h"
#include "ui/views/view_items.h"

/* False where there is nothing to rank. */
static bool begin_survey(struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    if (!catalog || !catalog->captions || !catalog->per_image) {
        ui_say(ui, ROLE_ERROR, "This split has no captions to rank");
        return false;
    }
    struct survey *survey = &ui->surveys[ui_side(ui)->model];
    survey->wanted = true;
    survey->total = catalog->captions;
    failures_arrange(ui);
    return true;
}

void command_view_failures(struct ui *ui, const char *args, struct effects *effects)
{
    char *end;
    long n = strtol(args, &end, 10);
    (void)effects;
    if (end != args && n >= 0)
        ui->worse_than = (size_t)n;
    if (begin_survey(ui))
        update_view(ui, VIEW_FAILURES);
}

/* Among the split's captions the selection goes to the next row that fails, as far as is known. */
static void step_captions(struct ui *ui, int by)
{
    const struct survey *survey = ui_survey(ui);
    struct list *list = ui_list_of(ui, VIEW_CAPTIONS);
    for (size_t row = list->selected + (size_t)by; row < list->count; row += (size_t)by) {
        size_t caption = list_item(list, row);
        if (caption >= survey->done || !failures_has(ui, caption))
            continue;
        list_select(list, row);
        ui_say(ui, ROLE_DIM, "Its true image is at rank %zu", survey->of[caption].rank + 1);
        return;
    }
    if (survey->done < survey->total)
        ui_say(ui, ROLE_DIM, "None among the %zu captions ranked so far, of %zu", survey->done,
               survey->total);
    else
        ui_say(ui, ROLE_DIM, "No failure %s this caption", by > 0 ? "behind" : "before");
}

static void step(struct ui *ui, int by, struct effects *effects)
{
    struct list *list = ui_list_of(ui, VIEW_FAILURES);
    if (!begin_survey(ui))
        return;
    if (ui->view == VIEW_CAPTIONS) {
        step_captions(ui, by);
        return;
    }
    if (list->count == 0) {
        ui_say(ui, ROLE_DIM, "Ranking every caption: 5 shows how far it is");
        return;
    }
    size_t item;
    bool here = ui_selected(ui, VIEW_FAILURES, &item) && ui_query(ui)->caption == (ptrdiff_t)item;
    if (ui->view == VIEW_FAILURES || here)
        list_move(list, by);
    failures_open(ui, effects);
    ui_say(ui, ROLE_DIM, "Failure %zu of %zu, true image at rank %zu", list->selected + 1,
           list->count, ui_survey(ui)->of[list_item(list, list->selected)].rank + 1);
}

void command_next_failure(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    step(ui, 1, effects);
}

void command_previous_failure(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    step(ui, -1, effects);
}

void command_sort(struct ui *ui, const char *args, struct effects *effects)
{
    int sort = ui_choose(ui, args, ui_sorts, SORTS, (int)ui->sort);
    (void)effects;
    if (sort < 0)
        return;
    ui->sort = (enum sort)sort;
    ui->reversed = false;
    if (ui_catalog(ui))
        failures_arrange(ui);
    ui_say(ui, ROLE_DIM, "Failures sorted: %s", ui_sorts[sort]);
}

void command_reverse(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->reversed = !ui->reversed;
    if (ui_catalog(ui))
        failures_arrange(ui);
    ui_say(ui, ROLE_DIM, "Failures sorted: %s%s", ui_sorts[ui->sort],
           ui->reversed ? ", reversed" : "");
}

void command_all(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->worse_than = ui->worse_than ? 0 : 1;
    if (!begin_survey(ui))
        return;
    ui_say(ui, ROLE_DIM,
           ui->worse_than ? "The captions whose image is not first" : "Every caption");
}

void command_flip(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->wrong = !ui->wrong;
    ui_say(ui, ROLE_DIM, ui->wrong ? "The image ranked first" : "The true image");
}
