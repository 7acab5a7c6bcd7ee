/* grapheme.h: text of any origin as what stands in terminal cells: a base character with the marks
 * that combine with it, and the columns that it takes. */
#ifndef UI_SCREEN_GRAPHEME_H
#define UI_SCREEN_GRAPHEME_H

#include <stddef.h>
#include <stdint.h>

enum { GRAPHEME_CODES = 4 }; /* a base and up to three marks; curses' cchar_t holds five */

struct grapheme {
    uint32_t code[GRAPHEME_CODES]; /* 0 after the last */
    int columns;                   /* 1 or 2 */
    size_t bytes;
};

/* The grapheme at `text` (n > 0 bytes left). Control characters are one blank; characters that
 * would reorder or hide text (bidirectional controls, zero-width ones without a base) are dropped
 * with what follows them. What is not UTF-8 is U+FFFD. At the very end of text that holds only such
 * characters, columns is 0. */
struct grapheme grapheme_next(const char *text, size_t n);

/* Columns of a string (of its first n bytes). */
int text_columns(const char *text);
int text_columns_n(const char *text, size_t n);

/* The bytes of the longest beginning of `text` that fits `columns`. */
size_t text_fit(const char *text, int columns);

#endif
