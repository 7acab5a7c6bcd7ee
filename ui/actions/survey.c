#include "ui/actions/survey.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct survey_order survey_orders[SORTS] = {
    [SORT_WORST] = {FAILURE_RANK, -1},    [SORT_BEST] = {FAILURE_RANK, 1},
    [SORT_ORDER] = {FAILURE_QUERY, 1},    [SORT_TEXT] = {FAILURE_CAPTION, 1},
    [SORT_SCORE] = {FAILURE_SCORE, 1},    [SORT_MARGIN] = {FAILURE_MARGIN, 1},
    [SORT_LENGTH] = {FAILURE_LENGTH, -1}, [SORT_UNKNOWN] = {FAILURE_UNKNOWN, -1},
};

static int in_order(const struct ui *ui, size_t a, size_t b)
{
    struct survey_order order = survey_orders[ui->sort];
    const struct failure *rows = ui_survey(ui)->of;
    if (order.field == FAILURE_CAPTION) {
        int by_text = strcmp(ui_split_caption(ui, a), ui_split_caption(ui, b));
        return by_text ? by_text : (a > b) - (a < b);
    }
    double x = failures_value(&rows[a], order.field).number;
    double y = failures_value(&rows[b], order.field).number;
    if (isnan(x) != isnan(y))
        return isnan(x) ? 1 : -1;
    int by_number = ((x > y) - (x < y)) * order.direction;
    return by_number ? by_number : (a > b) - (a < b);
}

static int compare(const void *a, const void *b, void *context)
{
    const struct ui *ui = context;
    int order = in_order(ui, *(const size_t *)a, *(const size_t *)b);
    return ui->reversed ? -order : order;
}

bool survey_has(const struct ui *ui, size_t caption)
{
    return ui_survey(ui)->of[caption].rank > ui->worse_than &&
           (!ui->marked_only || ui_marked(ui, caption));
}

static int parse_filter(const char *text, struct where **out, struct error *err)
{
    *out = NULL;
    return text && *text ? where_parse_filter(text, failures_fields, FAILURE_CAPTION, out, err) : 0;
}

bool survey_check_filter(struct ui *ui, const char *text)
{
    struct where *where;
    struct error err;
    int status = parse_filter(text, &where, &err);
    if (status != 0)
        ui_say(ui, ROLE_ERROR, "& %s: %s", text, err.text);
    where_free(where);
    return status == 0;
}

void survey_arrange(struct ui *ui)
{
    const struct survey *survey = ui_survey(ui);
    struct where *where;
    struct error err;
    size_t *kept = mem_new(survey->done + 1, sizeof *kept), count = 0;
    int status = parse_filter(ui->filters[VIEW_FAILURES], &where, &err);
    assert(status == 0); /* find_filter has checked it */
    (void)status;
    for (size_t c = 0; c < survey->done; c++)
        if (survey_has(ui, c) && (!where || where_match(where, failures_value, &survey->of[c])))
            kept[count++] = c;
    where_free(where);
    qsort_r(kept, count, sizeof *kept, compare, ui);
    struct list *list = ui_list_of(ui, VIEW_FAILURES);
    bool at_first = list->selected == 0; /* a user who has not moved wants the worst so far */
    list_keep(list, kept, count);
    if (at_first)
        list_select(list, 0);
}

bool survey_begin(struct ui *ui)
{
    const struct catalog *catalog = ui_catalog(ui);
    if (!catalog || !catalog->captions) {
        ui_say(ui, ROLE_ERROR, "This split has no captions to rank");
        return false;
    }
    struct survey *survey = &ui->surveys[ui_side(ui)->model];
    survey->wanted = true;
    survey->total = catalog->captions;
    survey_arrange(ui);
    return true;
}

void survey_sort(struct ui *ui, enum sort sort, bool reversed)
{
    ui->sort = sort;
    ui->reversed = reversed;
    if (ui_catalog(ui))
        survey_arrange(ui);
}
