/* views.h: from the state to cells: a file per view. */
#ifndef UI_VIEWS_VIEWS_H
#define UI_VIEWS_VIEWS_H

#include "ui/screen/grid.h"
#include "ui/state/state.h"
#include "ui/state/view.h"

/* The views, for ui_init. */
extern const struct view_ops *const view_table[VIEWS];

/* Draws the whole screen. Resizes the grid to the state's size. */
void ui_view(const struct ui *ui, struct grid *grid);

#endif
