/* command_table.h: the table of everything that can be done, and that table as text. */
#ifndef UI_COMMANDS_COMMAND_TABLE_H
#define UI_COMMANDS_COMMAND_TABLE_H

#include "base/str.h"
#include "ui/state/command.h"

extern const struct command_table command_table;

/* Adds the whole table as text (explore --keys), or in roff for the manual page. */
void command_table_text(bool roff, struct str *out);

/* Adds the commands that may stand in the configuration file, in roff. */
void command_table_settings(struct str *out);

#endif
