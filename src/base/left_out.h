/* left_out.h: records of an input that are bad and left out while the rest goes on: counted, and
 * the first of them told. Zero-initialise to start. */
#ifndef BASE_LEFT_OUT_H
#define BASE_LEFT_OUT_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum { LEFT_OUT_SHOWN = 20 };

struct left_out {
    struct str_list lines; /* "FILE: line N: image ID: reason; left out"; at most LEFT_OUT_SHOWN */
    size_t count;          /* of all */
};

/* Counts one, with its line: file, place, image, reason and what becomes of it. Control characters
 * in it are replaced. */
void left_out_add(struct left_out *list, const char *format, ...) PRINTF_LIKE(2, 3);

/* Prints the lines to stderr, with "scanscope COMMAND: " in front, and how many more there are. */
void left_out_print(const struct left_out *list, const char *command);

/* Frees it; `list` is empty again. */
void left_out_done(struct left_out *list);

#endif
