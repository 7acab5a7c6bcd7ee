/* session.h: the state to and from a session file (ui/work/saved.h). */
#ifndef UI_ACTIONS_SESSION_H
#define UI_ACTIONS_SESSION_H

#include "ui/state/state.h"
#include "ui/work/saved.h"

/* Restores the looks of a session; with `all`, also what was asked, where the user was, and the
 * marks. To be called before the models are open. */
void session_apply(struct ui *ui, const struct saved *saved, bool all);

/* The session as it is, as the text of a file; the caller's to free. */
char *session_text(const struct ui *ui);

#endif
