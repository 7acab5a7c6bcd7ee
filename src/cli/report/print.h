/* print.h: results as text for people. */
#ifndef CLI_REPORT_PRINT_H
#define CLI_REPORT_PRINT_H

#include <stddef.h>

/* Columns of the terminal at stdout, at least 40; SIZE_MAX if it is not a terminal: nothing is cut.
 */
size_t cli_terminal_width(void);

/* Columns that a text takes on the terminal. */
size_t cli_text_width(const char *text);

/* Prints as much of a text as fits into `width` columns; a text that is cut ends in an ellipsis.
 * Returns the columns printed. */
size_t cli_print_cut(const char *text, size_t width);

/* Decimal digits of n. */
int cli_digits(size_t n);

#endif
