/* undo.h: what the view was before its last changes. */
#ifndef UI_STATE_UNDO_H
#define UI_STATE_UNDO_H

#include "ui/state/state.h"

void snapshot_take(const struct ui *ui, struct snapshot *out); /* the caller's to snapshot_done */
void snapshot_done(struct snapshot *snapshot);

/* True where the view changed between the two, not only the place in it. */
bool snapshot_differs(const struct snapshot *a, const struct snapshot *b);

/* Takes the snapshot over. */
void undo_push(struct ui *ui, struct snapshot *snapshot);

#endif
