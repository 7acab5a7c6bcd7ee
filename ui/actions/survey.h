/* survey.h: ranking every caption, and the table of those that fail: its rows and their order. A
 * row is a `struct failure`, and its filter a condition on the same fields as `analyse failures
 * --where` (analyse/failures.h). */
#ifndef UI_ACTIONS_SURVEY_H
#define UI_ACTIONS_SURVEY_H

#include "analyse/failures.h"
#include "ui/state/state.h"

/* How each sort orders the rows. */
struct survey_order {
    enum failure_field field;
    int direction; /* 1: ascending */
};
extern const struct survey_order survey_orders[SORTS];

/* Starts ranking every caption, unless that has been done, and arranges the table. False, reported
 * in the status line, if there is nothing to rank. */
bool survey_begin(struct ui *ui);

/* Chooses and sorts the table's rows again, by its filter, the marks and the sort. */
void survey_arrange(struct ui *ui);

/* Whether a caption that has been ranked is in the table, before its filter. */
bool survey_has(const struct ui *ui, size_t caption);

/* Whether the text may be the table's filter. False, reported in the status line with its place, if
 * it is a condition with a mistake. */
bool survey_check_filter(struct ui *ui, const char *text);

/* Sorts the table. */
void survey_sort(struct ui *ui, enum sort sort, bool reversed);

#endif
