/* undo.h: undoing what changed the view: which view it is, what was asked, how it is shown. Moving
 * along rows and words is no such change, but the position is kept with it. */
#ifndef UI_ACTIONS_UNDO_H
#define UI_ACTIONS_UNDO_H

#include "ui/state/state.h"

/* Takes the view as it is, before an event; for undo_note after it. */
void undo_snapshot(const struct ui *ui, struct snapshot *out);

/* Keeps the snapshot, or frees it if the view has not changed since, or was changed by undo_back or
 * by ui_forget_session. Takes it over. */
void undo_note(struct ui *ui, struct snapshot *before);

/* Back to the view before its last change; false if there is none. */
bool undo_back(struct ui *ui);

#endif
