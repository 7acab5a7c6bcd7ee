/* left_out.h: records of an input that are bad and left out while the rest goes on: counted, the
 * first of them told, and all listed in a file if that is wanted. Zero-initialise to start. */
#ifndef BASE_LEFT_OUT_H
#define BASE_LEFT_OUT_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum { LEFT_OUT_SHOWN = 20, LEFT_OUT_KEPT = 1000000 };

struct left_out {
    struct str_list lines; /* "FILE: line N: image ID: reason; left out"; at most LEFT_OUT_SHOWN */
    struct str_list rest;  /* the next of them, for a file; at most LEFT_OUT_KEPT */
    size_t count;          /* of all */
};

/* Counts one, with its line: file, place, image, reason and what becomes of it. Control characters
 * in it are replaced. */
void left_out_add(struct left_out *list, const char *format, ...) PRINTF_LIKE(2, 3);

/* Prints the first lines to stderr, with "scanscope COMMAND: " in front, how many more there are,
 * and that `file` lists them; NULL: how to have that, with --errors. */
void left_out_print(const struct left_out *list, const char *command, const char *file);

/* Writes the lines to a file; NULL: does nothing. Errors: those of writing. */
int left_out_save(const struct left_out *list, const char *file, struct error *err) MUST_USE;

/* Frees it; `list` is empty again. */
void left_out_done(struct left_out *list);

#endif
