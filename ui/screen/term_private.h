/* term_private.h: what the files of the terminal's adapter share. */
#ifndef UI_SCREEN_TERM_PRIVATE_H
#define UI_SCREEN_TERM_PRIVATE_H

#include <stdbool.h>

#include "ui/loop/loop.h"
#include "ui/screen/grid.h"

/* ---- term_draw.c: grids to curses --------------------------------------------------------------
 */

/* Starts curses with the entry of the terminal database that gives the most colours; `wanted`:
 * NULL, or no more than that. Returns the depth in `out`. */
int term_draw_open(const char *wanted, enum depth *out, struct error *err) MUST_USE;
void term_draw(const struct grid *grid);
void term_draw_repaint(void); /* the next draw paints every cell */
void term_draw_done(void);

/* ---- term_pixels.c: real pixels over blank cells ------------------------------------------------
 */

/* Before and after the cells are written; `all`: they all are. */
void term_pixels_before(const struct grid *grid, bool all);
void term_pixels_after(const struct grid *grid);
void term_pixels_hide(void); /* what is shown goes; for a sixel picture with the next refresh */

/* ---- term_probe.c: what the terminal tells of itself --------------------------------------------
 */

struct probe {
    bool has_background;
    uint32_t background; /* 0xRRGGBB */
    bool kitty, sixel;
    int cell_width, cell_height; /* pixels; 0: it did not say */
    char typed[512];             /* keys that were pressed while it was asked */
};

/* Before curses starts. Waits 150 ms at most. Only where `graphics` are wanted is kitty's question
 * asked, which some terminals do not take for one. */
void term_probe(bool graphics, struct probe *out);

/* ---- term_restore.c: the terminal as it was, whatever happens ----------------------------------
 */

/* Remembers how the terminal is, before curses changes it; then, once curses runs, how to undo
 * that. */
int restore_prepare(struct error *err) MUST_USE;
void restore_arm(void);

/* Switches on and off what curses does not know of: bracketed paste. */
void restore_extras(bool on);

/* A kitty picture is to be taken away too, from now on. */
void restore_kitty(void);

/* All is given back: handlers and terminal are as they were. */
void restore_disarm(void);

/* Signals that came: a descriptor that is readable then, and which ones. */
int restore_signal_fd(void);
struct restore_signals {
    int leave; /* SIGINT, SIGTERM, SIGHUP: the number, else 0 */
    bool stop, resumed, resized;
};
struct restore_signals restore_take_signals(void);

/* Stops the process as Ctrl-Z does, and returns when it goes on. */
void restore_stop(void);

/* Writes to the terminal, all of it. */
void restore_write(const char *bytes, size_t n);

/* ---- term_keys.c: what curses reads to events --------------------------------------------------
 */

/* `typed`: bytes to be read first. */
void term_keys_open(const char *typed);

/* Takes every key that is there; posts them. Returns how many; -1 where the terminal is gone. */
int term_keys_take(struct loop *loop);

#endif
