/* str.h: a string that grows. Zero-initialise to start; str_done frees; `text` is always terminated
 * once anything was added (str_text gives "" before). */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct str {
    char *text;
    size_t length, cap;
};

void str_add(struct str *s, const char *text);
void str_add_n(struct str *s, const char *bytes, size_t n);
void str_addf(struct str *s, const char *format, ...) PRINTF_LIKE(2, 3);
/* A field of a CSV line (RFC 4180): in quotes where it needs them. */
void str_add_csv(struct str *s, const char *text);
void str_clear(struct str *s); /* keeps the memory */
const char *str_text(const struct str *s);
char *str_take(struct str *s); /* the text, now the caller's to free; s is empty again */
void str_done(struct str *s);

/* Strings in order. Zero-initialise to start; str_list_done frees it all and leaves it empty. */
struct str_list {
    char **items; /* owned, each and all */
    size_t count, cap;
};

/* Adds an allocated string, which is the list's from now on. */
void str_list_add(struct str_list *list, char *owned);
void str_list_done(struct str_list *list);

/* Whether a terminated string ends with `ending`, or is that alone. */
bool str_ends_with(const char *text, const char *ending);

#endif
