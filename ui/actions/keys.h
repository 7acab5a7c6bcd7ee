/* keys.h: what a key does: a command, a digit of a count, or a key of the prompt. */
#ifndef UI_ACTIONS_KEYS_H
#define UI_ACTIONS_KEYS_H

#include "ui/state/effect.h"
#include "ui/state/state.h"

/* Does what a key does that came at `time` (seconds).
 *
 * Digits before a command that moves say how often, or which row (10j, 3G), although 1 to 5 lead to
 * views at once and 0 to the start screen: if the next key follows quickly, that is taken back. One
 * digit of a view counts before G only, so that "4 j" is the captions' next row. */
void keys_take(struct ui *ui, ui_key key, double time, struct effects *effects);

#endif
