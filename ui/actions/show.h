/* show.h: going to a view. */
#ifndef UI_ACTIONS_SHOW_H
#define UI_ACTIONS_SHOW_H

#include "ui/state/state.h"

/* Shows a view; one that needs a model before any is open is an error in the status line. */
void show_view(struct ui *ui, enum view_id view);

#endif
