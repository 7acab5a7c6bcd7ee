/* browse.h: the file browser, which chooses a field of the start screen. */
#ifndef UI_ACTIONS_BROWSE_H
#define UI_ACTIONS_BROWSE_H

#include "ui/state/start_form.h"
#include "ui/state/state.h"

/* Shows the browser for a field, where its file is or where it was last. */
void browse_field(struct ui *ui, enum start_field field);

/* Goes to a folder; to the parent of the one it is in. */
void browse_folder(struct ui *ui, const char *folder);
void browse_parent(struct ui *ui);

/* Follows a path that is being typed. */
void browse_typed(struct ui *ui, const char *text);

/* Gives the field this path and returns to the start screen; "" changes nothing. */
void browse_take(struct ui *ui, const char *text);

/* Shows a folder's listing, and takes it over: the folder that the browser came from is selected if
 * it is there, else the first row. */
void browse_listed(struct ui *ui, struct files *files);

/* The path of the selected folder; NULL if the row is not one. The caller's to free. */
char *browse_selected(const struct ui *ui);

/* Enter: chooses the selected file, or goes into the selected folder; one with splits is chosen at
 * once if data are to be chosen. */
void browse_open(struct ui *ui);

#endif
