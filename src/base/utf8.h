/* utf8.h: UTF-8 in text that may hold any bytes. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point at `text` (n bytes left, n > 0) and how many bytes it takes. A byte that is not
 * UTF-8 takes 1 and gives U+FFFD. */
uint32_t utf8_next(const char *text, size_t n, size_t *bytes_out);

/* Whether all n bytes are UTF-8. */
bool utf8_valid(const char *text, size_t n);

/* Writes a code point; returns its length in bytes (1 to 4). */
size_t utf8_put(uint32_t code, char out[4]);

/* Whether a code point would act on a terminal rather than show: control characters (C0, C1, DEL),
 * line separators and what turns the direction of text. */
bool utf8_is_unprintable(uint32_t code);

/* A copy of n bytes with U+FFFD for every byte that is not UTF-8 and a blank for every
 * unprintable one: safe for a terminal, a figure, JSON. The caller's to free. */
char *utf8_clean(const char *text, size_t n);

#endif
