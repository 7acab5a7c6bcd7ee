/* config.h: the configuration file: each line is a command of the table (command.h) that has
 * MODE_CONFIG; # begins a comment. */
#ifndef UI_LOOP_CONFIG_H
#define UI_LOOP_CONFIG_H

#include "base/error.h"
#include "ui/state/state.h"

/* Runs the file's commands on the state. Errors, with file and line: not a command, not a setting,
 * or a wrong value; the lines before it have taken effect. */
int config_load(const char *path, struct ui *ui, struct error *err) MUST_USE;

#endif
