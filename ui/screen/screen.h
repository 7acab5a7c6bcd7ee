/* ui/screen: what the explorer shows and reads, and nothing of what it means: cells, colours,
 * pictures, keys, the terminal.
 *
 * screen.h: what a screen can do with a finished grid. A terminal (term.h) is one, a script
 * (ui/loop/script.h) another. */
#ifndef UI_SCREEN_SCREEN_H
#define UI_SCREEN_SCREEN_H

#include "base/error.h"
#include "ui/screen/grid.h"

/* Any may be NULL: the screen cannot do that. `screen` is the implementation's own. */
struct screen_ops {
    void (*show)(void *screen, const struct grid *grid);
    void (*repaint)(void *screen); /* the next show paints every cell */
    void (*suspend)(
        void *screen);         /* stops the process, as Ctrl-Z does; returns when it continues */
    void (*ask)(void *screen); /* asks what pictures can be shown; the answer comes as input */
    void (*mouse)(void *screen, bool on);
    void (*copy)(void *screen, const char *text); /* to the clipboard */
    /* Opens a photograph in another program. Errors: the program cannot be run. */
    int (*view_file)(void *screen, const char *path, struct error *err);
};

#endif
