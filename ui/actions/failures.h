/* failures.h: the table of what the model gets wrong: which captions it has, in which order. */
#ifndef UI_ACTIONS_FAILURES_H
#define UI_ACTIONS_FAILURES_H

#include "ui/state/state.h"

/* Starts ranking every caption, unless that has been done, and arranges the table. False, reported
 * in the status line, if there is nothing to rank. */
bool failures_begin(struct ui *ui);

/* Chooses and sorts the table's rows again. */
void failures_arrange(struct ui *ui);

/* Whether a caption that has been ranked is in the table, before its filter. */
bool failures_has(const struct ui *ui, size_t caption);

/* Sorts the table. */
void failures_sort(struct ui *ui, enum sort sort, bool reversed);

#endif
