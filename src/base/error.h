/* error.h: what a fallible function reports when it fails.
 *
 * Every fallible function returns 0 on success and -1 on failure, and then the error holds one line
 * for the user: the file, the place in it, the reason, and what to do. The struct is the caller's.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

struct error {
    char text[1024]; /* one line, no newline, printable */
    bool question;   /* nothing is wrong: the user has to say something that no file says */
};

/* Fills `err` (may be NULL) and returns -1, so that `return error_set(...)` reads naturally.
 * Control characters in the text are replaced: names inside hostile files never reach a terminal
 * raw. */
int error_set(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Like error_set, with "FILE: " in front, and "at byte OFFSET: " unless offset is negative. */
int error_at(struct error *err, const char *file, int64_t offset, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Like error_at with errno's reason: "FILE: cannot VERB: No such file or directory". */
int error_errno(struct error *err, const char *file, const char *verb);

/* Puts "FILE: " in front of an error that is already set; returns -1. */
int error_prefix(struct error *err, const char *file);

/* The part of an error's text behind "FILE: "; all of it if it is not about that file (or `file` is
 * NULL). */
const char *error_without(const char *text, const char *file);

#endif
