/* line.h: the prompt line by readline's callback interface, without a terminal of its own: keys
 * come in by line_key, what the line has become goes out as EVENT_LINE, EVENT_LINE_DONE,
 * EVENT_COMPLETIONS. readline is one to a process, and so is this. */
#ifndef UI_LOOP_LINE_H
#define UI_LOOP_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/screen/keys.h"
#include "ui/state/state.h"
#include "ui/work/event.h"

/* What the line asks of its surroundings. */
struct line_host {
    void *context;
    void (*post)(void *context, struct event *event); /* takes the event over */
    bool (*knows)(void *context,
                  const char *word); /* is it in the vocabulary? true where there is none */
    /* Completions of `word`, which begins at byte `start` of the line; each is allocated for the
     * line to free. */
    size_t (*complete)(void *context, enum prompt_kind kind, const char *line, size_t start,
                       const char *word, size_t limit, char **out);
};

/* `state_folder`: where histories are kept, NULL: nowhere. To be called once, before curses starts.
 */
void line_init(const struct line_host *host, const char *state_folder);
void line_open(enum prompt_kind kind, const char *text);
void line_key(ui_key key);
void line_insert(const char *text); /* newlines become blanks */
void line_close(void);
void line_done(void);

#endif
