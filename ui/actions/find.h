/* find.h: searching and filtering any list by the text of its rows. */
#ifndef UI_ACTIONS_FIND_H
#define UI_ACTIONS_FIND_H

#include "ui/state/state.h"

/* Selects the next row (direction 1) or the previous one (-1) whose text has `text`, whatever the
 * case, going round; which of how many it is, or that there is none, is reported in the status
 * line. */
void find_row(struct ui *ui, const char *text, int direction);

/* While a text is being typed: selects the first row after ui->find_from that has it; "" goes back
 * there. */
void find_typed(struct ui *ui, const char *text);

/* Filters the shown view's rows: by their text, failures also by conditions (survey.h); "" shows
 * all again. A filter that no row passes, or with a mistake, is dropped and reported in the status
 * line; false: it has a mistake. */
bool find_filter(struct ui *ui, const char *text);

/* Chooses a view's rows again, by its filter and the marks. */
void find_arrange(struct ui *ui, enum view_id view);

#endif
