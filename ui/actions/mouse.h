/* mouse.h: clicks and the wheel. */
#ifndef UI_ACTIONS_MOUSE_H
#define UI_ACTIONS_MOUSE_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* Does what an EVENT_MOUSE says. */
void mouse_update(struct ui *ui, const struct event *event, struct effects *effects);

#endif
