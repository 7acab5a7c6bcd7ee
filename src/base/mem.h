/* mem.h: memory with checked sizes. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* *product = a * b; false on overflow. */
bool mem_mul(size_t a, size_t b, size_t *product) MUST_USE;

/* count zeroed elements of `size` bytes, 64-byte aligned; NULL when it overflows or there is not
 * enough. For sizes that a file or a user decides. Free with free(). count 0 gives a valid pointer.
 */
void *mem_try(size_t count, size_t size) MUST_USE;

/* As mem_try, with the error filled: "not enough memory for WHAT (N bytes)". */
int mem_alloc(void *pointer_out, size_t count, size_t size, const char *what,
              struct error *err) MUST_USE;

/* As mem_try for small things of our own: ends the program with a line when there is no memory. */
void *mem_new(size_t count, size_t size) MUST_USE;

/* realloc to count elements, ending the program when there is no memory. For growing small arrays.
 */
void *mem_grow(void *old, size_t count, size_t size) MUST_USE;

/* A copy of a string, or of its first n bytes; NULL gives NULL. */
char *mem_strdup(const char *text) MUST_USE;
char *mem_strndup(const char *text, size_t n) MUST_USE;

/* *text becomes a copy of `with`, which may be a part of it; what was there is freed. */
void mem_replace(char **text, const char *with);

/* A formatted string of its own. */
char *mem_printf(const char *format, ...) PRINTF_LIKE(1, 2) MUST_USE;

/* Makes room for one more in a growing array: if count == *cap, doubles it. */
#define MEM_ROOM(array, count, cap)                                                                \
    do {                                                                                           \
        if ((count) == (cap)) {                                                                    \
            (cap) = (cap) ? 2 * (cap) : 16;                                                        \
            (array) = mem_grow((array), (cap), sizeof *(array));                                   \
        }                                                                                          \
    } while (0)

#endif
