/* config.h: the configuration file: a line is a command of the table (command.h) that has
 * MODE_CONFIG; # begins a comment. */
#ifndef UI_LOOP_CONFIG_H
#define UI_LOOP_CONFIG_H

#include "base/error.h"
#include "ui/state/state.h"

/* Runs the file's lines on the state. Errors: name the file and the line; the lines before it
 * stand. */
int config_load(const char *path, struct ui *ui, struct error *err) MUST_USE;

/* $XDG_CONFIG_HOME/scanscope/config, ~/.config/scanscope/config; NULL where neither is known. The
 * caller's to free. */
char *config_path(void);

#endif
