/* script.h: the headless driver. It plays a script through the same loop as the terminal, and waits
 * for events, never for time. One statement per line; # begins a comment:
 *
 *   type TEXT             the keys of TEXT, one by one
 *   key NAME ...          keys by name: Enter, Ctrl-C, Down, PageUp, a
 *   paste TEXT            as pasted into a terminal
 *   command NAME [ARGS]   as typed after ":"
 *   click ROW COL, double ROW COL, wheel up|down ROW COL
 *   resize COLSxROWS
 *   wait opened|ranked|matched|looked|picture|thumbs|exported|surveyed|listed|recent|fitted|idle
 *                         until no such answer is pending; idle: none at all
 *   save FILE             the screen as .txt, .ansi or .png
 *   print                 the screen as text to stdout
 *   expect TEXT, reject TEXT   fails unless the screen has, or has not, the text
 *   expect-clipboard TEXT      the same for what was copied last
 *   random COUNT SEED     that many random keys, clicks and sizes
 *   times                 median and slowest time from a key to its picture, to stdout
 */
#ifndef UI_LOOP_SCRIPT_H
#define UI_LOOP_SCRIPT_H

#include "ui/loop/loop.h"

/* Plays a file ("-": stdin) on a started loop. Stops at the first statement that fails. Errors,
 * with file and line: the statement's; a file that cannot be read; models that cannot be opened. */
int script_run(struct loop *loop, const char *path, struct error *err) MUST_USE;

/* Plays one statement. Errors: unknown, wrong arguments, or what it expects is not so. */
int script_line(struct loop *loop, const char *text, struct error *err) MUST_USE;

/* The screen of a script, whose context is a struct script_screen. Zero-initialise to start. */
struct script_screen {
    char *clipboard, *opened; /* what was copied, and what was opened last */
};
extern const struct screen_ops script_screen_ops;

/* Frees what it holds. */
void script_screen_done(struct script_screen *screen);

#endif
