/* tabs.h: the views' names in the title, with the keys that lead there. */
#ifndef UI_STATE_TABS_H
#define UI_STATE_TABS_H

#include "ui/state/state.h"

/* {0, 0}: not shown. If not all fit, only the view that is shown has one. */
struct tab {
    int col, width;
};

/* Places the tabs; returns the column after the last. */
int tabs_place(const struct ui *ui, struct tab out[VIEWS]);

/* The text of a tab: "1 Text→image". */
void tab_text(const struct ui *ui, enum view_id view, char out[64]);

/* The view whose tab is at a column of the title; -1: none. */
int tab_at(const struct ui *ui, int col);

#endif
