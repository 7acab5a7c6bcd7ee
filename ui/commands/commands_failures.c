#include "ui/commands/commands.h"

#include "ui/actions/query.h"
#include "ui/actions/survey.h"
#include "ui/state/command.h"
#include <stdlib.h>

void command_view_failures(struct ui *ui, const char *args, struct effects *effects)
{
    char *end;
    long n = strtol(args, &end, 10);
    (void)effects;
    if (end != args && n >= 0)
        ui->worse_than = (size_t)n;
    if (survey_begin(ui))
        ui_go_to(ui, VIEW_FAILURES);
}

/* Among the split's captions, selects the next row known to fail. */
static void step_captions(struct ui *ui, int by)
{
    const struct survey *survey = ui_survey(ui);
    struct list *list = ui_list_of(ui, VIEW_CAPTIONS);
    for (size_t row = list->selected + (size_t)by; row < list->count; row += (size_t)by) {
        size_t caption = list_item(list, row);
        if (caption >= survey->done || !survey_has(ui, caption))
            continue;
        list_select(list, row);
        ui_say(ui, ROLE_DIM, "Its true image is at rank %zu", survey->of[caption].rank);
        return;
    }
    if (survey->done < survey->total)
        ui_say(ui, ROLE_DIM, "None among the %zu captions ranked so far, of %zu", survey->done,
               survey->total);
    else
        ui_say(ui, ROLE_DIM, "No failure %s this caption", by > 0 ? "after" : "before");
}

static void step(struct ui *ui, int by)
{
    struct list *list = ui_list_of(ui, VIEW_FAILURES);
    if (!survey_begin(ui))
        return;
    if (ui->view == VIEW_CAPTIONS) {
        step_captions(ui, by);
        return;
    }
    if (list->count == 0) {
        ui_say(ui, ROLE_DIM, "Ranking every caption: 5 shows the progress");
        return;
    }
    size_t item;
    bool here = ui_selected(ui, VIEW_FAILURES, &item) && ui_query(ui)->caption == (ptrdiff_t)item;
    if (ui->view == VIEW_FAILURES || here)
        list_move(list, by);
    query_ask_caption(ui, list_item(list, list->selected));
    ui_say(ui, ROLE_DIM, "Failure %zu of %zu, true image at rank %zu", list->selected + 1,
           list->count, ui_survey(ui)->of[list_item(list, list->selected)].rank);
}

void command_next_failure(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    step(ui, 1);
}

void command_previous_failure(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    step(ui, -1);
}

void command_sort(struct ui *ui, const char *args, struct effects *effects)
{
    (void)effects;
    if (!command_set(ui, SETTING_SORT, args))
        return;
    survey_sort(ui, ui->sort, false);
    ui_say(ui, ROLE_DIM, "Failures sorted: %s", setting_text(ui, SETTING_SORT));
}

void command_reverse(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    survey_sort(ui, ui->sort, !ui->reversed);
    ui_say(ui, ROLE_DIM, "Failures sorted: %s%s", setting_text(ui, SETTING_SORT),
           ui->reversed ? ", reversed" : "");
}

void command_all(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->worse_than = ui->worse_than ? 0 : 1;
    if (!survey_begin(ui))
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
