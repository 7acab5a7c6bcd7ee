/* script.h: the headless driver. It plays a script through the same loop as the terminal and waits
 * for events, never for time. One statement a line; # begins a comment:
 *
 *   type TEXT             the keys of TEXT, one by one
 *   key NAME ...          keys by their names: Enter, Ctrl-C, Down, PageUp, a
 *   paste TEXT            as a terminal pastes
 *   command NAME [ARGS]   as after ":"
 *   click ROW COL, double ROW COL, wheel up|down ROW COL
 *   resize COLSxROWS
 *   wait opened|ranked|matched|looked|picture|thumbs|exported|idle
 *                         until no such answer is awaited
 *   save FILE             the screen as .txt, .ansi or .png
 *   print                 the screen as text to stdout
 *   expect TEXT, reject TEXT   fails unless the screen has (has not) the text
 *   expect-clipboard TEXT      the same for what was copied last
 *   random COUNT SEED     that many random events
 *   times                 median and slowest time from key to picture, to stdout
 */
#ifndef UI_LOOP_SCRIPT_H
#define UI_LOOP_SCRIPT_H

#include "ui/loop/loop.h"

/* `path` "-" is stdin. Stops at the first statement that fails; the error names file and line. */
int script_run(struct loop *loop, const char *path, struct error *err) MUST_USE;

/* One statement. */
int script_line(struct loop *loop, const char *text, struct error *err) MUST_USE;

/* The screen_ops of a script: context is a struct script_screen, zeroed to start. */
struct script_screen {
    char *clipboard, *opened; /* what was copied and opened last */
    struct error *err;
};
extern const struct screen_ops script_screen_ops;
void script_screen_done(struct script_screen *screen);

#endif
