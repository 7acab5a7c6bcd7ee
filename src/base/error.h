/* error.h: what a fallible function says when it fails.
 *
 * Every fallible function returns 0 when done and -1 when not, and then the error holds one line
 * for the user: the file, the place in it, the reason, and what to do. The caller owns the struct.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

struct error {
    char text[1024]; /* one line, no newline, printable */
};

/* Fills `err` (NULL is allowed) and returns -1, so that `return error_set(...)` reads naturally.
 * Control characters of the text are replaced: names inside hostile files never reach a terminal
 * raw. */
int error_set(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* As error_set, with "FILE: " before it, and "at byte OFFSET: " where offset is not negative. */
int error_at(struct error *err, const char *file, int64_t offset, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* As error_at with the reason that errno gives: "FILE: cannot VERB: No such file or directory". */
int error_errno(struct error *err, const char *file, const char *verb);

/* Puts "FILE: " before a text that is there already. Returns -1. */
int error_prefix(struct error *err, const char *file);

#endif
