/* mouse.h: what a click or the wheel does. */
#ifndef UI_ACTIONS_MOUSE_H
#define UI_ACTIONS_MOUSE_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

void mouse_update(struct ui *ui, struct event *event, struct effects *effects);

#endif
