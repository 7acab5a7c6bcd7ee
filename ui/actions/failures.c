#include "ui/actions/failures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/state/failure_table.h"

static int in_order(const struct ui *ui, size_t a, size_t b)
{
    struct failure_order order = failure_orders[ui->sort];
    if (ui->sort == SORT_TEXT) {
        int by_text = strcmp(ui_split_caption(ui, a), ui_split_caption(ui, b));
        if (by_text)
            return by_text;
    }
    if (order.column < FAILURE_COLUMNS) {
        double x = failure_value(ui, a, order.column), y = failure_value(ui, b, order.column);
        if (isnan(x) != isnan(y))
            return isnan(x) ? 1 : -1;
        if (x < y || x > y)
            return (x < y ? -1 : 1) * order.direction;
    }
    return a < b ? -1 : a > b;
}

static int compare(const void *a, const void *b, void *context)
{
    const struct ui *ui = context;
    int order = in_order(ui, *(const size_t *)a, *(const size_t *)b);
    return ui->reversed ? -order : order;
}

bool failures_has(const struct ui *ui, size_t caption)
{
    return ui_survey(ui)->of[caption].rank >= ui->worse_than &&
           (!ui->marked_only || ui_marked(ui, caption));
}

void failures_arrange(struct ui *ui)
{
    const struct survey *survey = ui_survey(ui);
    const char *text = ui->filters[VIEW_FAILURES];
    struct failure_filter filter;
    size_t *kept = mem_new(survey->done + 1, sizeof *kept), count = 0;
    failure_filter_parse(text ? text : "", &filter);
    for (size_t c = 0; c < survey->done; c++)
        if (failures_has(ui, c) && failure_filter_takes(ui, &filter, c))
            kept[count++] = c;
    failure_filter_done(&filter);
    qsort_r(kept, count, sizeof *kept, compare, ui);
    struct list *list = ui_list_of(ui, VIEW_FAILURES);
    bool at_first = list->selected == 0; /* a user who has not moved wants the worst so far */
    list_keep(list, kept, count);
    if (at_first)
        list_select(list, 0);
}

bool failures_begin(struct ui *ui)
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

void failures_sort(struct ui *ui, enum sort sort, bool reversed)
{
    ui->sort = sort;
    ui->reversed = reversed;
    if (ui_catalog(ui))
        failures_arrange(ui);
}
