/* shot.h: a screen as a file: text, text with colours for a terminal, or a picture. */
#ifndef UI_SCREEN_SHOT_H
#define UI_SCREEN_SHOT_H

#include "base/error.h"
#include "ui/screen/grid.h"
#include "ui/screen/theme.h"

/* What a file needs to know about the terminal. */
struct shot_look {
    const struct theme *theme; /* for the default colours */
    enum depth depth;
};

/* Writes the screen as the path's suffix says: .txt, .ansi or .png. Errors: another suffix, no
 * memory, a file that cannot be written. */
int shot_save(const struct grid *grid, const struct shot_look *look, const char *path,
              struct error *err) MUST_USE;

#endif
