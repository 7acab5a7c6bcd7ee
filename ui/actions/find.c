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
    size_t n = list->count, step = 1, row = 0;
    for (; step <= n; step++) {
        row = (list->selected + (direction > 0 ? step : n - step)) % n;
        if (item_has(ui, ui->view, list_item(list, row), text, &scratch))
            break;
    }
    str_done(&scratch);
    if (step > n) {
        ui_say(ui, ROLE_ERROR, "No row has \"%s\"", text);
        return;
    }
    bool wrapped = direction > 0 ? row <= list->selected : row >= list->selected;
    list_select(list, row);
    ui_say(ui, ROLE_DIM, "/%s%s", text, wrapped ? "  (from the other end)" : "");
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

void find_filter(struct ui *ui, const char *text)
{
    char **filter = &ui->filters[ui->view];
    if (ui->view == VIEW_FAILURES && !survey_check_filter(ui, text))
        return;
    mem_replace(filter, *text ? text : NULL);
    find_arrange(ui, ui->view);
    /* An empty table of failures may fill yet, and says so itself. */
    if (!*text || ui_list(ui)->count > 0 || ui->view == VIEW_FAILURES)
        return;
    ui_say(ui, ROLE_ERROR, "No row has \"%s\": all rows are shown%s", text,
           where_is_condition(text) ? "; conditions filter the failures (5)" : "");
    mem_replace(filter, NULL);
    find_arrange(ui, ui->view);
}
