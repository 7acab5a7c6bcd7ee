/* sink.h: where an extractor's results go, whichever extractor it is. */
#ifndef EXTRACT_SINK_H
#define EXTRACT_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "extract/record.h"

/* A photograph to look at. */
struct sink_photo {
    const char *path, *id;
    bool wanted; /* false: nothing is to be done */
};

/* Called from one thread at a time. A function that returns -1 has set the error, and the work
 * stops. */
struct sink {
    struct sink_photo *photos; /* begin may take back `wanted` */
    size_t count;
    size_t regions;
    /* Once, before anything else, when the extractor is known. */
    int (*begin)(void *context, const struct record_hello *hello, struct error *err);
    int (*take)(void *context, size_t photo, const struct record *record, struct error *err);
    int (*fail)(void *context, size_t photo, const char *reason, struct error *err);
    void *context;
};

#endif
