/* term_private.h: what the files of the terminal share. */
#ifndef UI_SCREEN_TERM_PRIVATE_H
#define UI_SCREEN_TERM_PRIVATE_H

#include <stdbool.h>

#include "ui/screen/term.h"

/* ---- term_draw.c: grids to curses ---- */

/* Starts curses with the terminal database entry that gives the most colours. `wanted`: NULL, or
 * the name of the largest depth to use; the depth in use goes to `out`. Errors: TERM is unset or
 * unknown. */
int term_draw_open(const char *wanted, enum depth *out, struct error *err) MUST_USE;
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

struct term_probe {
    bool has_background;
    uint32_t background; /* 0xRRGGBB */
    bool kitty, sixel;
    int cell_width, cell_height; /* pixels; 0: unknown */
    char typed[512];             /* keys pressed meanwhile */
};

/* To be called before curses starts. Waits 150 ms at most. kitty's question is asked only if
 * `pixels`, since some terminals print it. */
void term_probe(bool pixels, struct term_probe *out);

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

/* Sets up keyboard and mouse. `typed`: bytes to read first. */
void term_keys_open(const char *typed);

/* Hands every key, paste and mouse event that has come to the host, until it takes no more. */
void term_keys_take(const struct term_host *host);

#endif
