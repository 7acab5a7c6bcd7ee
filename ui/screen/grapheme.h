/* grapheme.h: any text split into the contents of terminal cells: a base character, its combining
 * marks, and the columns they take. */
#ifndef UI_SCREEN_GRAPHEME_H
#define UI_SCREEN_GRAPHEME_H

#include <stddef.h>
#include <stdint.h>

enum { GRAPHEME_CODES = 4 }; /* a base and up to three marks; a cchar_t of curses holds five */

struct grapheme {
    uint32_t code[GRAPHEME_CODES]; /* 0 after the last */
    int columns;                   /* 1 or 2 */
    size_t bytes;
};

/* The grapheme at `text` (n > 0 bytes left). A control character becomes a blank; characters that
 * would reorder or hide text (bidirectional controls, zero-width ones without a base) are dropped.
 * A byte that is not UTF-8 becomes U+FFFD. `columns` is 0 if only dropped characters are left. */
struct grapheme grapheme_next(const char *text, size_t n);

/* The columns that a string takes, or its first n bytes. */
int grapheme_columns(const char *text);
int grapheme_columns_n(const char *text, size_t n);

/* The size in bytes of the longest beginning of `text` that fits into `columns`. */
size_t grapheme_fit(const char *text, int columns);

/* The size in bytes of the line that begins there: as grapheme_fit, but ends at a blank if there is
 * one; 0 only at the end. */
size_t grapheme_line(const char *text, int columns);

#endif
