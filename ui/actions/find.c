/* Searching and filtering any list by the text of its rows. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/actions/update.h"
#include "ui/views/views.h"

/* Fast enough for 100,000 captions between two keys: a byte is looked at twice only where the first
 * one matches. */
bool text_has(const char *text, const char *part)
{
    char lower = (char)tolower((unsigned char)*part), upper = (char)toupper((unsigned char)*part);
    size_t n = strlen(part);
    for (; *text; text++)
        if ((*text == lower || *text == upper) && !strncasecmp(text, part, n))
            return true;
    return n == 0;
}

static bool item_has(const struct ui *ui, size_t item, const char *text, struct str *scratch)
{
    str_clear(scratch);
    views[ui->view].text(ui, item, scratch);
    return text_has(str_text(scratch), text);
}

void update_find(struct ui *ui, const char *text, int direction)
{
    struct list *list = ui_list(ui);
    struct str scratch = {0};
    size_t n = list->count;
    for (size_t step = 1; step <= n; step++) {
        size_t row = (list->selected + (direction > 0 ? step : n - step)) % n;
        if (!item_has(ui, list_item(list, row), text, &scratch))
            continue;
        bool wrapped = direction > 0 ? row <= list->selected : row >= list->selected;
        list_select(list, row);
        ui_say(ui, ROLE_DIM, "/%s%s", text, wrapped ? "  (from the other end)" : "");
        str_done(&scratch);
        return;
    }
    ui_say(ui, ROLE_ERROR, "No row has \"%s\"", text);
    str_done(&scratch);
}

/* The rows that have the view's filter in their text. */
static void keep_rows(struct ui *ui, enum view_id view)
{
    struct list *list = ui_list_of(ui, view);
    const char *filter = ui->filters[view];
    if (!filter) {
        list_keep_all(list);
        return;
    }
    size_t *kept = mem_new(list->total, sizeof *kept), count = 0;
    struct str scratch = {0};
    for (size_t item = 0; item < list->total; item++)
        if (item_has(ui, item, filter, &scratch))
            kept[count++] = item;
    str_done(&scratch);
    list_keep(list, kept, count);
}

void update_arrange(struct ui *ui, enum view_id view)
{
    if (views[view].arrange)
        views[view].arrange(ui);
    else
        keep_rows(ui, view);
}

void update_filter(struct ui *ui, const char *text)
{
    char **filter = &ui->filters[ui->view];
    free(*filter);
    *filter = *text ? mem_strdup(text) : NULL;
    update_arrange(ui, ui->view);
    /* An empty failure table may fill yet, and says so itself. */
    if (!*text || ui_list(ui)->count > 0 || ui->view == VIEW_FAILURES)
        return;
    free(*filter);
    *filter = NULL;
    update_arrange(ui, ui->view);
    ui_say(ui, ROLE_ERROR, "No row has \"%s\": all rows are shown", text);
}
