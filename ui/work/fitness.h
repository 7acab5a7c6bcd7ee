/* fitness.h: what is known of the files that are chosen for opening, and whether they fit together.
 */
#ifndef UI_WORK_FITNESS_H
#define UI_WORK_FITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "ui/work/source.h"

enum fit_tone { FIT_NOTE, FIT_GOOD, FIT_BAD };

struct fit_line {
    enum fit_tone tone;
    char *text;
};

struct fitness {
    struct fit_line *lines;
    size_t count, cap;
    size_t bad;   /* lines that stand against opening */
    char *splits; /* of the data folder: "dev, test"; "" where there are none */
};

void fitness_add(struct fitness *fitness, enum fit_tone tone, const char *format, ...)
    PRINTF_LIKE(3, 4);
void fitness_free(struct fitness *fitness);

/* Looks at the files by what `scanscope info` knows (inspect/inspect.h), for backend_session.h.
 * Fills `out`. */
void fitness_session(void *context, const struct source *sources, size_t count,
                     struct fitness *out);

#endif
