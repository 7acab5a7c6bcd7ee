/* fitness.h: what is known about the files chosen for opening, and whether they fit together. */
#ifndef UI_WORK_FITNESS_H
#define UI_WORK_FITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "ui/work/request.h"
#include "ui/work/source.h"

enum fit_tone { FIT_NOTE, FIT_GOOD, FIT_BAD };

struct fit_line {
    enum fit_tone tone;
    char *text;
};

struct fitness {
    struct fit_line *lines;
    size_t count, cap;
    size_t bad; /* lines that speak against opening */
    bool asks;  /* a model's options are missing */
    /* What the models do not say: bit i for model_given_name(i), of what scores depend on; and what
     * is taken or, if nothing is chosen, would be assumed. */
    unsigned unsaid[MODELS];
    char taken[MODEL_GIVEN][MODEL_GIVEN_TEXT];
    char *splits; /* of the data folder: "dev, test"; "" if there are none; NULL: no folder */
};

/* Adds a line. */
void fitness_add(struct fitness *fitness, enum fit_tone tone, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* NULL is fine. */
void fitness_free(struct fitness *fitness);

/* A worker_fit for the real backend: what `scanscope info` knows about the files
 * (inspect/inspect.h). `context` is not used. */
void fitness_session(void *context, const struct source *sources, size_t count,
                     struct fitness *out);

#endif
