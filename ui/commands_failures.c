/* What the model gets wrong: going through it, setting aside, exporting what was set aside. */
#include "ui/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/update.h"
#include "ui/view_items.h"

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
    long n = strtol(args, NULL, 10);
    (void)effects;
    if (n > 0)
        ui->worse_than = (size_t)n;
    if (begin_survey(ui))
        update_view(ui, VIEW_FAILURES);
}

static void step(struct ui *ui, int by, struct effects *effects)
{
    struct list *list = ui_list_of(ui, VIEW_FAILURES);
    if (!begin_survey(ui))
        return;
    if (list->count == 0) {
        ui_say(ui, ROLE_DIM, "Ranking every caption: 5 shows how far it is");
        return;
    }
    size_t item;
    bool here = ui_selected(ui, VIEW_FAILURES, &item) && ui_query(ui)->caption == (ptrdiff_t)item;
    if (ui->view == VIEW_FAILURES || here)
        list_move(list, by);
    failures_open(ui, effects);
    ui_say(ui, ROLE_DIM, "Failure %zu of %zu, true image at rank %zu", list->selected + 1, list->count,
           ui_survey(ui)->ranks[list_item(list, list->selected)] + 1);
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
    if (ui_catalog(ui))
        failures_arrange(ui);
    ui_say(ui, ROLE_DIM, "Failures sorted: %s", ui_sorts[sort]);
}

void command_flip(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    ui->wrong = !ui->wrong;
    ui_say(ui, ROLE_DIM, ui->wrong ? "The image ranked first" : "The true image");
}

/* The caption that the view's selection stands for; false where it is none of the split's. */
static bool selected_caption(const struct ui *ui, size_t *caption_out)
{
    struct pair pair = ui_pair(ui);
    *caption_out = (size_t)pair.caption;
    return pair.set && pair.caption >= 0;
}

void command_mark(struct ui *ui, const char *args, struct effects *effects)
{
    size_t caption;
    (void)args, (void)effects;
    if (!selected_caption(ui, &caption)) {
        ui_say(ui, ROLE_ERROR, "Only captions of the split can be marked");
        return;
    }
    update_mark(ui, caption);
    if (ui->view == VIEW_FAILURES || ui->view == VIEW_CAPTIONS)
        list_move(ui_list(ui), 1);
    ui_say(ui, ROLE_DIM, "%zu marked; :export-marked saves their figures", ui->mark_count);
}

void command_export_marked(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args;
    if (!ui->mark_count) {
        ui_say(ui, ROLE_ERROR, "No caption is marked: Space marks the selected one");
        return;
    }
    for (size_t c = 0; c < ui_catalog(ui)->captions; c++) {
        if (!ui->marks[c])
            continue;
        struct request *request = update_request(ui, ui->side, REQUEST_EXPORT, effects);
        request->image = c / ui_catalog(ui)->per_image;
        request->caption = (ptrdiff_t)c;
        request->text = mem_strdup(ui_catalog(ui)->caption ? ui_catalog(ui)->caption[c] : "");
        request->picture.style = ui->overlay;
        request->picture.map = ui->map;
    }
    ui->exports = ui->mark_count;
    ui_say(ui, ROLE_DIM, "Exporting %zu figures ...", ui->mark_count);
}
