/* shot.h: a screen as a file: .txt as text, .ansi with colours for a terminal, .png as a picture.
 */
#ifndef UI_SCREEN_SHOT_H
#define UI_SCREEN_SHOT_H

#include "base/error.h"
#include "ui/screen/grid.h"
#include "ui/screen/theme.h"

/* What the picture needs to know of the terminal. */
struct shot_look {
    const struct theme *theme; /* for the default colours */
    enum depth depth;
    double font_size; /* pixels of an em; 0: 15 */
};

/* The kind follows from the path's suffix. */
int shot_save(const struct grid *grid, const struct shot_look *look, const char *path,
              struct error *err) MUST_USE;

#endif
