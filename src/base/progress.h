/* progress.h: long work reports how far it has come and asks whether to continue. */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Passed down into long work. `step` may be NULL, and so may the pointer to the struct: then nobody
 * listens. It is called from one thread at a time, as often as the work likes, and limits itself.
 */
struct progress {
    bool (*step)(void *context, uint64_t done, uint64_t total); /* false: stop */
    void *context;
};

/* Reports `done` of `total`; true to continue. */
static inline bool progress_step(const struct progress *p, uint64_t done, uint64_t total)
{
    return !p || !p->step || p->step(p->context, done, total);
}

/* A progress line on stderr, redrawn at most ten times a second on a terminal, silent elsewhere:
 *   LABEL  42%  1234/5000  12 s left
 *   LABEL  42%  1234 images, 35/s  12 s left     with `items` and `unit`
 * Stops the work when interrupt_seen() (interrupt.h). */
struct progress_line {
    struct progress progress; /* pass &line.progress down */
    const char *label;
    const size_t *items; /* what has come, if that is not what `done` counts; else NULL; borrowed */
    const char *unit;    /* the items' name */
    size_t items_before; /* when the clock was started */
    uint64_t done, done_before;
    double started, drawn; /* seconds, monotonic clock */
    bool shown;
};

/* Starts the clock; `label` is borrowed. */
void progress_line_start(struct progress_line *line, const char *label, bool quiet);

/* Starts the clock again: what was done until now was only passed over. */
void progress_line_restart(struct progress_line *line);

/* Clears the line. */
void progress_line_end(struct progress_line *line);

/* The monotonic clock, in seconds. */
double progress_clock(void);

#endif
