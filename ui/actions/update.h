/* update.h: how the state changes. Pure: no input or output, no clock, no curses; the same state
 * and event always give the same state and effects. */
#ifndef UI_ACTIONS_UPDATE_H
#define UI_ACTIONS_UPDATE_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* The first effects: the prompt opens, the models are asked for. */
void ui_start(struct ui *ui, struct effects *effects);

/* Takes what it keeps of the event (those pointers become NULL); adds to `effects`. */
void ui_update(struct ui *ui, struct event *event, struct effects *effects);

/* What the state wants of the worker and has not asked for yet (want.c); ui_update ends with it. */
void ui_want(struct ui *ui, struct effects *effects);

/* Parts of the update that commands share. */
void update_query(struct ui *ui, const char *text, ptrdiff_t caption);
void update_view(struct ui *ui, enum view_id view);
void update_prompt_open(struct ui *ui, enum prompt_kind kind, const char *text,
                        struct effects *effects);
void update_prompt_close(struct ui *ui, struct effects *effects);
void update_find(struct ui *ui, const char *text, int direction);
void update_word(struct ui *ui,
                 const char *with);              /* in the place of the selected one; a new query */
void update_mark(struct ui *ui, size_t caption); /* or unmark */
void update_filter(struct ui *ui, const char *text);
void update_arrange(struct ui *ui, enum view_id view); /* its rows anew, by filter and marks */

/* Asks for the models of the state's sources. */
void update_open(struct ui *ui, struct effects *effects);

/* A request ready to fill in, numbered and awaited. */
struct request *update_request(struct ui *ui, int side, enum request_kind kind,
                               struct effects *effects);

/* Lists get their totals, scrolling follows the selection. */
void update_settle(struct ui *ui);

#endif
