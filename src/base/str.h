/* str.h: strings that grow, and lists of strings. Zero-initialise either to start. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct str {
    char *text; /* owned; terminated once anything was added, NULL before */
    size_t length, cap;
};

/* Appends a string, n bytes, or formatted text. */
void str_add(struct str *s, const char *text);
void str_add_n(struct str *s, const char *bytes, size_t n);
void str_addf(struct str *s, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends a field of a CSV line (RFC 4180), in quotes if it needs them. */
void str_add_csv(struct str *s, const char *text);

/* Appends a number in the fewest digits that read back the same, as a double or a float; whole ones
 * below 1e15 in full. */
void str_add_real(struct str *s, double value);
void str_add_float(struct str *s, float value);

/* Empties it but keeps the memory. */
void str_clear(struct str *s);

/* The text, "" if nothing was added; borrowed until the next change. */
const char *str_text(const struct str *s);

/* The text, now the caller's to free; `s` is empty again. */
char *str_take(struct str *s);

/* Frees the text; `s` is empty again. */
void str_done(struct str *s);

/* Strings in order. */
struct str_list {
    char **items; /* the array and each string are owned */
    size_t count, cap;
};

/* Appends an allocated string; the list takes it over. */
void str_list_add(struct str_list *list, char *owned);

/* Frees all strings; the list is empty again. */
void str_list_done(struct str_list *list);

/* Whether `text` ends with `ending`, or equals it. */
bool str_ends_with(const char *text, const char *ending);

#endif
