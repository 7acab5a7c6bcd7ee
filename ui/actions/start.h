/* start.h: choosing on the start screen, and opening what is chosen. Pure, as all of the update:
 * folders and sessions come as events. */
#ifndef UI_ACTIONS_START_H
#define UI_ACTIONS_START_H

#include "ui/state/effect.h"
#include "ui/state/start_form.h"
#include "ui/state/state.h"

/* Chooses a value for a field; NULL: none. start_set_path: a path, ~ and relative ones made whole.
 */
void start_set(struct ui *ui, enum start_field field, const char *text);
void start_set_path(struct ui *ui, enum start_field field, const char *text);

/* A typed path made whole; the caller's to free. */
char *start_whole_path(const struct ui *ui, const char *text);

/* Chooses the split that is usually evaluated of "dev, test": what a data folder has. */
void start_choose_split(struct ui *ui, const char *splits);

/* Chooses the next split of the data folder. */
void start_next_split(struct ui *ui);

/* Shows the start screen; the recent sessions are requested again. */
void start_enter(struct ui *ui);

/* Opens what is chosen, or a recent session: what was open is closed and kept as a session. What is
 * missing is reported in the status line. */
void start_load(struct ui *ui, struct effects *effects);
void start_restore(struct ui *ui, size_t recent, struct effects *effects);

/* Returns from an opening for which a model's options are missing, to ask for them; selects the
 * first that is asked for, once its row is known. */
void start_ask(struct ui *ui, struct effects *effects);
void start_select_question(struct ui *ui);

/* Goes through the choices of an option that a model does not say, or has its number typed. */
void start_next_option(struct ui *ui, enum start_field field, struct effects *effects);

/* Returns from an opening that failed, because of `why`. */
void start_return(struct ui *ui, const char *why, struct effects *effects);

#endif
