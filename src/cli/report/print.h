/* print.h: results as text for people and as JSON. */
#ifndef CLI_REPORT_PRINT_H
#define CLI_REPORT_PRINT_H

#include <jansson.h>
#include <stddef.h>

/* Columns of the terminal that stdout is, at least 40; SIZE_MAX where it is none: nothing is cut.
 */
size_t cli_terminal_width(void);

/* Prints as much of a text as `width` columns hold, and the line's end; one that is cut ends in an
 * ellipsis. */
void cli_print_cut(const char *text, size_t width);

int cli_digits(size_t n);

/* A text made safe by utf8_clean; NULL gives null. */
json_t *cli_json_text(const char *text);

/* A number; null where it is not finite. */
json_t *cli_json_number(double number);

/* Prints the value to stdout, indented, with the line's end, and lets go of it. */
void cli_json_print(json_t *root);

#endif
