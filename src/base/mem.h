/* mem.h: memory with checked sizes. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Computes a * b; false if it overflows. */
bool mem_mul(size_t a, size_t b, size_t *product) MUST_USE;

/* `count` zeroed elements of `size` bytes, 64-byte aligned; NULL on overflow or lack of memory. For
 * sizes that a file or a user decides. Free with free(); count 0 gives a valid pointer. */
void *mem_try(size_t count, size_t size) MUST_USE;

/* Like mem_try, into the pointer at `pointer_out`. Errors: "not enough memory for WHAT (N bytes)".
 */
int mem_alloc(void *pointer_out, size_t count, size_t size, const char *what,
              struct error *err) MUST_USE;

/* Like mem_try for small things of our own: ends the program with a line if memory runs out. */
void *mem_new(size_t count, size_t size) MUST_USE;

/* realloc to `count` elements, ending the program if memory runs out. For growing small arrays. */
void *mem_grow(void *old, size_t count, size_t size) MUST_USE;

/* A copy of a string, or of its first n bytes; NULL gives NULL. The caller's to free. */
char *mem_strdup(const char *text) MUST_USE;
char *mem_strndup(const char *text, size_t n) MUST_USE;

/* Frees *text and makes it a copy of `with`, which may point into it. */
void mem_replace(char **text, const char *with);

/* A formatted string, the caller's to free. */
char *mem_printf(const char *format, ...) PRINTF_LIKE(1, 2) MUST_USE;
char *mem_vprintf(const char *format, va_list args) MUST_USE;

/* Makes room for one more element in a growing array: if count == cap, doubles cap. */
#define MEM_ROOM(array, count, cap)                                                                \
    do {                                                                                           \
        if ((count) == (cap)) {                                                                    \
            (cap) = (cap) ? 2 * (cap) : 16;                                                        \
            (array) = mem_grow((array), (cap), sizeof *(array));                                   \
        }                                                                                          \
    } while (0)

#endif
