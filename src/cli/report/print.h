/* print.h: results as text for people. */
#ifndef CLI_REPORT_PRINT_H
#define CLI_REPORT_PRINT_H

#include <stddef.h>

/* Columns of the terminal that stdout is, at least 40; SIZE_MAX where it is none: nothing is cut.
 */
size_t cli_terminal_width(void);

/* Prints as much of a text as `width` columns hold, and the line's end; one that is cut ends in an
 * ellipsis. */
void cli_print_cut(const char *text, size_t width);

/* Decimal digits of n. */
int cli_digits(size_t n);

#endif
