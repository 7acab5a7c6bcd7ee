/* line.h: the prompt line by readline's callback interface, without a terminal of its own: keys
 * come in by line_key, the line goes out as EVENT_LINE, EVENT_LINE_DONE and EVENT_COMPLETIONS.
 * There is one readline per process, hence one line. */
#ifndef UI_LOOP_LINE_H
#define UI_LOOP_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/screen/keys.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* What the line needs from the loop. */
struct line_host {
    void *context;
    void (*post)(void *context, struct event *event); /* takes over what the event owns */
    /* Whether a word is in the vocabulary; true without one. */
    bool (*knows)(void *context, const char *word);
    /* Completions of `word`, which begins at byte `start` of the line: `limit` at most, returns how
     * many. Each is the line's to free. */
    size_t (*complete)(void *context, enum prompt_kind kind, const char *line, size_t start,
                       const char *word, size_t limit, char **out);
};

/* Sets up readline and loads the histories, kept in `state_folder` (NULL: nowhere). To be called
 * before curses starts. */
void line_init(const struct line_host *host, const char *state_folder);

/* Begins a line that contains `text`; an open one is closed. */
void line_open(enum prompt_kind kind, const char *text);

/* Gives readline a key. Without an open line, this and the next two do nothing. */
void line_key(ui_key key);

/* Inserts text; control characters become blanks. */
void line_insert(const char *text);

/* Drops the line. */
void line_close(void);

/* Closes the line and frees the histories. */
void line_done(void);

#endif
