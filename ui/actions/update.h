/* update.h: how the state changes. Pure: no input or output, no clock, no curses; the same state
 * and event always give the same state and effects. */
#ifndef UI_ACTIONS_UPDATE_H
#define UI_ACTIONS_UPDATE_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* Adds the first effects: the prompt opens, the models are requested. */
void ui_start(struct ui *ui, struct effects *effects);

/* Changes the state as the event says and adds the effects. Takes what it keeps of the event (those
 * pointers become NULL). */
void ui_update(struct ui *ui, struct event *event, struct effects *effects);

/* Brings the state in order after a change: totals of the lists, the selected word, scrolling.
 * ui_update ends with it. */
void update_settle(struct ui *ui);

#endif
