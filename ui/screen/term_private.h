/* term_private.h: what the files of the terminal share. */
#ifndef UI_SCREEN_TERM_PRIVATE_H
#define UI_SCREEN_TERM_PRIVATE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/str.h"
#include "ui/screen/replies.h"
#include "ui/screen/term.h"

/* ---- term_draw.c: grids to curses ---- */

/* Starts curses with the terminal database entry that gives the most colours. `wanted`: NULL, or
 * the name of the largest depth to use; the depth in use goes to `out`. `input`: what curses reads.
 * Errors: TERM is unset or unknown. */
int term_draw_open(const char *wanted, FILE *input, enum depth *out, struct error *err) MUST_USE;
void term_draw(const struct grid *grid); /* writes the cells that changed, then the picture */
void term_draw_repaint(void);            /* the next draw paints every cell */
void term_draw_done(void);               /* frees the copy of what is shown */

/* ---- term_pixels.c: real pixels over blank cells ---- */

/* Before and after the cells are written: the first removes a picture that `grid` no longer has
 * (or any, if `all` cells are written), the second shows a new one. */
void term_pixels_before(const struct grid *grid, bool all);
void term_pixels_after(const struct grid *grid);

/* Removes the picture that is shown; a sixel one goes with the next refresh. */
void term_pixels_hide(void);

/* ---- term_probe.c: what the terminal reports about itself ---- */

/* To be called before curses starts. Waits 150 ms at most. kitty's question is asked only if
 * `pixels`, since some terminals print it. Keys pressed meanwhile are added to `typed`. */
void term_probe(bool pixels, struct replies *replies, struct str *typed);

/* Whether this terminal answers questions at all. */
bool term_probe_can_ask(void);

/* Asks for the pictures it can show, at any time. */
void term_probe_pixels(struct replies *replies);

/* ---- term_restore.c: the terminal as it was, whatever happens ---- */

/* Remembers the terminal's settings, before curses changes them. Errors: not a terminal, no pipe
 * for signals. */
int restore_prepare(struct error *err) MUST_USE;

/* Once curses runs: works out the bytes that undo it, and catches signals. */
void restore_arm(void);

/* Switches bracketed paste, which curses does not know, on or off. */
void restore_extras(bool on);

/* From now on, a kitty picture is removed as well. */
void restore_kitty(void);

/* Restores the terminal and the signal handlers. Harmless if not prepared. */
void restore_disarm(void);

/* Readable when a signal has come. */
int restore_signal_fd(void);

struct restore_signals {
    int leave; /* SIGINT, SIGTERM or SIGHUP: its number; else 0 */
    bool stop, resumed, resized;
};

/* The signals that have come; all but `leave` are cleared. */
struct restore_signals restore_take_signals(void);

/* Stops the process, as Ctrl-Z does; returns when it continues. */
void restore_stop(void);

/* Writes all of `bytes` to the terminal; gives up if it is gone. */
void restore_write(const char *bytes, size_t n);

/* ---- term_keys.c: what curses reads, as input ---- */

/* Sets up keyboard and mouse. */
void term_keys_open(void);

/* Hands every key, paste and mouse event that curses can read to the host; false if it takes no
 * more. */
bool term_keys_take(const struct term_host *host);

/* ---- term_input.c: the bytes that come, to reports and to what curses reads ---- */

/* Makes the stream that curses is to read; NULL: there is no pipe. Closed by term_input_close. */
FILE *term_input_open(void);
void term_input_close(void);

/* Finds out about the terminal, before curses starts: see term_probe. Borrowed. */
const struct replies *term_input_probe(bool pixels);

/* Reads what has come, or (`ready` false) gives up on what was waited for; keys go to the host.
 * False: the terminal is gone. */
bool term_input_read(bool ready, const struct term_host *host);

/* Milliseconds until that is to be called again though nothing has come; -1: never. */
int term_input_wait(void);

/* Asks the terminal for the pictures it can show; the host hears of the answer. */
void term_input_ask(void);

#endif
