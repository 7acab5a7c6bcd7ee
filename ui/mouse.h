/* mouse.h: what a click or the wheel does. */
#ifndef UI_MOUSE_H
#define UI_MOUSE_H

#include "ui/effect.h"
#include "ui/event.h"
#include "ui/state.h"

void mouse_update(struct ui *ui, struct event *event, struct effects *effects);

#endif
