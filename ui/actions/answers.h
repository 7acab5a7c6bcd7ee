/* answers.h: what the worker's answers do to the state. */
#ifndef UI_ACTIONS_ANSWERS_H
#define UI_ACTIONS_ANSWERS_H

#include "ui/state/effect.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* Takes an answer (event->kind >= EVENT_OPENED), and what it keeps of it (those pointers become
 * NULL). */
void answers_take(struct ui *ui, struct event *event, struct effects *effects);

/* Selects the word to begin with when a look at a new caption has come: the one to return to, the
 * one when that caption was looked at last, else the warmest that is not a filler. */
void answers_first_word(struct ui *ui, const struct look *look);

#endif
