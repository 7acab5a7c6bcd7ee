/* setting_rows.h: the rows of the view of settings: the commands that may stand in the
 * configuration, each with the value it has now. */
#ifndef UI_STATE_SETTING_ROWS_H
#define UI_STATE_SETTING_ROWS_H

#include "base/str.h"
#include "ui/state/command.h"

/* How many there are; the command of a row (row < count). */
size_t setting_rows(const struct ui *ui);
const struct ui_command *setting_row(const struct ui *ui, size_t row);

/* Adds the value that a row's command sets. */
void setting_row_value(const struct ui *ui, const struct ui_command *command, struct str *out);

/* Adds the value `by` steps after the one now, as the command's argument: one of its choices, going
 * round, or a number. Nothing if there is no other. */
void setting_row_step(const struct ui *ui, const struct ui_command *command, int by,
                      struct str *out);

#endif
