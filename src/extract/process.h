/* process.h: an extractor running as a process of its own, with its three streams. */
#ifndef EXTRACT_PROCESS_H
#define EXTRACT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/str.h"

struct process {
    pid_t pid;        /* also its process group; 0: not running */
    int in, out, err; /* our ends; -1: closed */
    struct str line;  /* of its output, not yet taken */
    size_t scanned;   /* bytes of `line` known to hold no line break */
    struct str said;  /* the end of what it wrote to stderr */
};

/* Starts words[0], looked up in PATH, in a process group of its own; `words` end with NULL. Errors:
 * it cannot be executed. */
int process_start(struct process *process, char *const *words, struct error *err) MUST_USE;

/* Writes a line and its end; false if nobody reads it. SIGPIPE has to be ignored. */
bool process_tell(struct process *process, const char *line) MUST_USE;

/* Takes up what is there of its output and messages. False once its output has ended, or a line is
 * longer than `most`. */
bool process_listen(struct process *process, size_t most) MUST_USE;

/* The next whole line, without its end, inside `line`, NULL if there is none; process_drop_line
 * after use. */
const char *process_line(struct process *process, size_t *length_out);
void process_drop_line(struct process *process, size_t length);

/* Kills the group, reaps it and frees everything. Returns in words how it ended, "ended with status
 * 1: LAST MESSAGE"; the caller's to free. Harmless if not running. */
char *process_stop(struct process *process);

#endif
