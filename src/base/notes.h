/* notes.h: remarks for the user that are no errors: what was assumed, mended or left out. Whoever
 * finds something adds a line; whoever shows results shows the lines too. Zero-initialise to start.
 */
#ifndef BASE_NOTES_H
#define BASE_NOTES_H

#include "base/error.h"
#include "base/str.h"

struct notes {
    struct str_list lines; /* each once, in the order of adding; owned */
};

/* Adds a line unless it is there already. */
void notes_add(struct notes *notes, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds all lines of another. */
void notes_add_all(struct notes *notes, const struct notes *from);

/* Whether the line is among them. */
bool notes_has(const struct notes *notes, const char *line);

/* The lines in one, with "; " between them; the caller's to free. NULL if there are none. */
char *notes_join(const struct notes *notes);

/* Frees the lines; `notes` is empty again. */
void notes_done(struct notes *notes);

#endif
