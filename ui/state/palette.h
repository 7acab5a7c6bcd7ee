/* palette.h: what the palette offers for what is typed after ":": commands whose names match,
 * loosely, and then the choices of their arguments. One is selected: Enter runs it. */
#ifndef UI_STATE_PALETTE_H
#define UI_STATE_PALETTE_H

#include "ui/state/command.h"

enum { PALETTE_MOST = 128, PALETTE_CHOICES = 16, PALETTE_CHOICE = 24 };

struct palette {
    const struct ui_command *commands[PALETTE_MOST]; /* best first */
    const struct ui_command *command;                /* not NULL: its arguments are being typed */
    char choices[PALETTE_CHOICES][PALETTE_CHOICE];   /* of those, if it has some */
    size_t count;                                    /* of commands, or of choices */
    size_t selected;
    bool sure; /* the best one's name matches, not only its explanation */
};

void palette_make(const struct ui *ui, struct palette *out);

/* The line that Enter runs in place of `text`, and the one that Tab leaves (NULL: nothing to
 * complete); the caller's to free. */
char *palette_enter(const struct ui *ui, const char *text);
char *palette_tab(const struct ui *ui);

#endif
