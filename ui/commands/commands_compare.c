/* Two rankings side by side: of two models, or of two captions. */
#include "ui/commands/commands.h"

#include "ui/actions/prompt.h"
#include "ui/actions/query.h"
#include <stdlib.h>

void command_compare(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (ui->shown > 1) {
        ui->shown = 1;
        ui_say(ui, ROLE_DIM, "One ranking; = shows two again");
    } else if (ui->models > 1) {
        ui->sides[0].model = 0;
        ui->sides[1].model = 1;
        ui->shown = SIDES;
        ui->together = true;
        if (ui_query(ui)->text)
            query_ask(ui, ui_query(ui)->text, ui_query(ui)->caption);
    } else if (ui_query(ui)->number) {
        query_keep(ui);
        ui_go_to(ui, VIEW_SEARCH);
        ui_say(ui, ROLE_DIM, "This ranking is kept next to the next caption's; = ends it");
    } else {
        ui_say(ui, ROLE_ERROR, "There is nothing to compare with yet: type a caption first");
    }
}

void command_side(struct ui *ui, const char *args, struct effects *effects)
{
    (void)args, (void)effects;
    if (ui->shown < 2)
        ui_say(ui, ROLE_ERROR, "One ranking is shown: = puts two side by side");
    else
        ui->side = !ui->side;
}

void command_word(struct ui *ui, const char *args, struct effects *effects)
{
    const struct ask_words *words = ui_words(ui);
    if (!words || ui->word < 0 || (size_t)ui->word >= words->count)
        ui_say(ui, ROLE_ERROR, "No word is selected: Right moves to one");
    else if (*args)
        query_replace_word(ui, args);
    else
        prompt_open_selected(ui, PROMPT_WORD, words->text[ui->word], effects);
}

void command_moved(struct ui *ui, const char *args, struct effects *effects)
{
    enum { PLACES = 10 };
    const struct list *list = ui_list_const(ui, ui->view);
    size_t least = strtoul(args, NULL, 10), here, there;
    (void)effects;
    if (!ui_compares(ui)) {
        ui_say(ui, ROLE_ERROR, "One ranking is shown: = puts two side by side");
        return;
    }
    least = least ? least : PLACES;
    for (size_t i = 1; i <= list->count; i++) {
        size_t row = (list->selected + i) % list->count;
        here = list_item(list, row);
        if (!ui_other_place(ui, here, &there) ||
            (here > there ? here - there : there - here) < least)
            continue;
        list_select(ui_list(ui), row);
        ui_say(ui, ROLE_DIM, "Rank %zu here, %zu on the other side", here + 1, there + 1);
        return;
    }
    ui_say(ui, ROLE_DIM, "No row is %zu or more places away on the other side", least);
}
