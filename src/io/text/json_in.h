/* json_in.h: how JSON from files is read: a UTF-8 mark in front is skipped, UTF-16 is named. */
#ifndef IO_TEXT_JSON_IN_H
#define IO_TEXT_JSON_IN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct json_t; /* jansson's */

/* Moves *data past a UTF-8 mark (EF BB BF). Errors: empty, another kind of file (base/magic.h),
 * UTF-16, with a mark or without one. */
int json_in_begin(const char *path, const uint8_t **data, size_t *size, struct error *err) MUST_USE;

/* Parses `size` bytes into a tree, with jansson's flags; the reference is the caller's. Errors:
 * those above, and not JSON (with line and column). */
int json_in_parse(const char *path, const void *data, size_t size, size_t flags,
                  struct json_t **out, struct error *err) MUST_USE;

#endif
