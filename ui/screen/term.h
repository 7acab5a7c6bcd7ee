/* term.h: the terminal by ncurses: keys to events, grids to the screen. Only term*.c knows curses.
 * One to a process. */
#ifndef UI_SCREEN_TERM_H
#define UI_SCREEN_TERM_H

#include "base/error.h"
#include "ui/loop/loop.h"

/* Takes the terminal over and tells the loop's state what it can do (size, colours, theme,
 * symbols). `colours`: NULL or a depth's name. Errors: no terminal, one that curses cannot use. */
int term_open(struct loop *loop, const char *colours, struct error *err) MUST_USE;

/* Runs until the state is leaving or the terminal is gone. */
int term_run(struct loop *loop, struct error *err) MUST_USE;

/* Gives the terminal back as it was. Harmless when it was not taken. */
void term_close(void);

/* Ends the process with the signal that asked to leave, if one did. */
void term_reraise(void);

#endif
