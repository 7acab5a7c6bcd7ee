/* pool.h: photographs through an extractor of one's own: some processes of the same command, each
 * with one photograph at a time. The protocol is in scanscope-extract(1). */
#ifndef EXTRACT_POOL_H
#define EXTRACT_POOL_H

#include "extract/sink.h"

struct pool_spec {
    const char *command; /* cut by command_line_words */
    int workers;
    double timeout; /* seconds, for the greeting and for each photograph */
};

/* Gives each wanted photograph to a process and its record to the sink, in the order in which they
 * come. If a process dies or answers nonsense, its photograph is tried once more, in a new process;
 * if it takes longer than the time limit, it is replaced, and the photograph fails. Errors: the
 * command does not start or does not greet as before; interrupted; too many processes lost in a
 * row; those of the sink. */
int pool_run(const struct pool_spec *spec, const struct sink *sink, struct error *err) MUST_USE;

#endif
