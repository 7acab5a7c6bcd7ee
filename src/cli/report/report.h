/* report.h: the result of an analysis (values by name, and tables), built once and then printed as
 * text for people, as JSON, CSV or a page of HTML. */
#ifndef CLI_REPORT_REPORT_H
#define CLI_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/notes.h"
#include "base/str.h"

enum report_kind { REPORT_COUNT, REPORT_REAL, REPORT_TEXT };

/* A column. Its name is the heading in CSV and the key in JSON; for people underscores become
 * blanks. An array of columns ends with one without a name. */
struct report_column {
    const char *name;
    enum report_kind kind;
    int decimals;   /* of a real number, for people; JSON and CSV have all digits */
    bool data_only; /* not for people */
};

struct report_cell {
    double number; /* NaN: unknown */
    char *text;
};

struct report_table {
    char *key, *heading;
    const struct report_column *columns;
    size_t column_count, rows, cap;
    struct report_cell *cells; /* rows x columns */
    size_t filled;             /* cells of the last row */
    size_t shown;              /* rows shown to people; the others are counted */
};

/* An item of the report: a line for people, a value, a table, or the file of a picture. */
struct report_item {
    enum { REPORT_LINE, REPORT_VALUE, REPORT_TABLE, REPORT_PICTURE } kind;
    char *key, *text; /* the text of a value that is not a number; of a picture: path, caption */
    double number;
    size_t table;
};

struct report {
    char *title;
    struct notes notes; /* remarks on the results: at the head of the page, "notes" in JSON */
    struct notes head;  /* those that a table cannot do without: at the head of CSV, after "# " */
    struct report_item *items;
    size_t count, cap;
    struct report_table *tables;
    size_t table_count, table_cap;
};

/* Sets the title of the HTML page. A report is zero-initialised to start. */
void report_title(struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);

/* Frees what the report owns. */
void report_done(struct report *report);

/* Adds a line for people. */
void report_line(struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds a value for programs; its key is formatted, and with dots nested: "t2i.r1" is "r1" in "t2i".
 * A text of NULL and a number that is not finite are null. */
void report_number(struct report *report, double number, const char *key, ...) PRINTF_LIKE(3, 4);
void report_string(struct report *report, const char *text, const char *key, ...) PRINTF_LIKE(3, 4);

/* Adds a table, of which people see at most `shown` rows (0: all); `columns` is borrowed. Its cells
 * follow row by row, each of its column's kind: a number (NaN: unknown), an index (SIZE_MAX: none)
 * or a text (copied; NULL: none). */
void report_table(struct report *report, const char *key, const char *heading,
                  const struct report_column *columns, size_t shown);
void report_cell_number(struct report *report, double number);
void report_cell_index(struct report *report, size_t index);
void report_cell_text(struct report *report, const char *text);

/* Adds a picture to the page; its file is read when the page is written. */
void report_picture(struct report *report, const char *path, const char *caption);

/* Prints the report to stdout: for people, or as JSON. */
void report_print_text(const struct report *report);
void report_print_json(const struct report *report);

/* Prints the table with that key to stdout as CSV. */
void report_print_csv(const struct report *report, const char *key);

/* Writes the report as a page. Errors: a picture that cannot be read, a file that cannot be
 * written. */
int report_save_html(const struct report *report, const char *path, struct error *err) MUST_USE;

#endif
