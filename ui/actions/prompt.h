/* prompt.h: the prompt: opening it with a text, leaving it. */
#ifndef UI_ACTIONS_PROMPT_H
#define UI_ACTIONS_PROMPT_H

#include "ui/state/effect.h"
#include "ui/state/state.h"

/* Gives the prompt the keys, with `text` (NULL: nothing) in it. */
void prompt_open(struct ui *ui, enum prompt_kind kind, const char *text, struct effects *effects);

/* The same with the text selected: the first key that types or deletes replaces it, any other keeps
 * it. */
void prompt_open_selected(struct ui *ui, enum prompt_kind kind, const char *text,
                          struct effects *effects);

/* Opens it for a caption: the one that was begun, or the query. */
void prompt_open_caption(struct ui *ui, struct effects *effects);

/* Opens the palette with a command's name in it: its arguments are missing. */
void prompt_open_command(struct ui *ui, const char *name, struct effects *effects);

/* Takes the keys from the prompt; a caption that was begun is kept. */
void prompt_close(struct ui *ui, struct effects *effects);

#endif
