/* Searching and filtering any list by the text of its rows. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/update.h"
#include "ui/views.h"

static bool item_has(const struct ui *ui, size_t item, const char *text, struct str *scratch)
{
    str_clear(scratch);
    views[ui->view].text(ui, item, scratch);
    return strcasestr(str_text(scratch), text) != NULL;
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

void update_filter(struct ui *ui, const char *text)
{
    struct list *list = ui_list(ui);
    char **filter = &ui->filters[ui->view];
    free(*filter);
    *filter = NULL;
    if (views[ui->view].arrange) {
        *filter = *text ? mem_strdup(text) : NULL;
        views[ui->view].arrange(ui);
        return;
    }
    if (!*text) {
        list_keep_all(list);
        return;
    }
    size_t *kept = mem_new(list->total, sizeof *kept), count = 0;
    struct str scratch = {0};
    for (size_t item = 0; item < list->total; item++)
        if (item_has(ui, item, text, &scratch))
            kept[count++] = item;
    str_done(&scratch);
    if (count == 0) {
        free(kept);
        list_keep_all(list);
        ui_say(ui, ROLE_ERROR, "No row has \"%s\": all rows are shown", text);
        return;
    }
    *filter = mem_strdup(text);
    list_keep(list, kept, count);
}
