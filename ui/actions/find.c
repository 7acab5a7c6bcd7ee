#include "ui/actions/find.h"

#include <string.h>

#include "analyse/where.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/actions/survey.h"
#include "ui/state/view.h"

static bool item_has(const struct ui *ui, enum view_id view, size_t item, const char *text,
                     struct str *scratch)
{
    str_clear(scratch);
    ui->views[view]->text(ui, item, scratch);
    return strcasestr(str_text(scratch), text) != NULL;
}

void find_row(struct ui *ui, const char *text, int direction)
{
    struct list *list = ui_list(ui);
    struct str scratch = {0};
    size_t from = list->selected, matches = 0, first = 0, last = 0, next = 0, place = 0;
    for (size_t row = 0; row < list->count; row++) {
        if (!item_has(ui, ui->view, list_item(list, row), text, &scratch))
            continue;
        first = matches++ ? first : row;
        last = row;
        /* the nearest on that side, and how many come up to it */
        if (direction > 0 ? row > from && !place : row < from) {
            next = row;
            place = matches;
        }
    }
    str_done(&scratch);
    ui->find_shown = matches > 0;
    if (!matches) {
        ui_say(ui, ROLE_ERROR, "No row has \"%s\"%s", text,
               ui->view == VIEW_HELP && !ui->help_all ? ": ? shows every command" : "");
        return;
    }
    bool wrapped = !place;
    list_select(list, place ? next : direction > 0 ? first : last);
    place = place ? place : direction > 0 ? 1 : matches;
    ui_say(ui, ROLE_DIM, "/%s  %zu of %zu%s", text, place, matches,
           wrapped ? "  (from the other end)" : "");
}

void find_typed(struct ui *ui, const char *text)
{
    list_select(ui_list(ui), ui->find_from);
    mem_replace(&ui->message.text, NULL);
    ui->find_shown = false;
    if (!*text)
        return;
    mem_replace(&ui->find, text);
    find_row(ui, text, 1);
}

void find_arrange(struct ui *ui, enum view_id view)
{
    struct list *list = ui_list_of(ui, view);
    const char *filter = ui->filters[view];
    bool marked = ui->marked_only && view == VIEW_CAPTIONS;
    if (view == VIEW_FAILURES) {
        survey_arrange(ui);
        return;
    }
    bool (*shows)(const struct ui *, size_t) = ui->views[view]->shows;
    if (!filter && !marked && !shows) {
        list_keep_all(list);
        return;
    }
    size_t *kept = mem_new(list->total, sizeof *kept), count = 0;
    struct str scratch = {0};
    for (size_t item = 0; item < list->total; item++)
        if ((!marked || ui_marked(ui, item)) && (!shows || shows(ui, item)) &&
            (!filter || item_has(ui, view, item, filter, &scratch)))
            kept[count++] = item;
    str_done(&scratch);
    list_keep(list, kept, count);
}

bool find_filter(struct ui *ui, const char *text)
{
    char **filter = &ui->filters[ui->view];
    if (ui->view == VIEW_FAILURES && !survey_check_filter(ui, text))
        return false;
    mem_replace(filter, *text ? text : NULL);
    find_arrange(ui, ui->view);
    /* An empty table of failures may fill yet, and says so itself. */
    if (!*text || ui_list(ui)->count > 0 || ui->view == VIEW_FAILURES)
        return true;
    ui_say(ui, ROLE_ERROR, "No row has \"%s\": all rows are shown%s", text,
           where_is_condition(text) ? "; conditions filter the failures (5)" : "");
    mem_replace(filter, NULL);
    find_arrange(ui, ui->view);
    return true;
}
