/* report.h: the result of an analysis, built once and then printed as text for people, JSON, CSV or
 * a page of HTML: values by name, and tables. */
#ifndef CLI_REPORT_REPORT_H
#define CLI_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum report_kind { REPORT_COUNT, REPORT_REAL, REPORT_TEXT };

/* A column: its name is the CSV's heading and the JSON's key; people see blanks in place of
 * underscores. A table of columns ends with one without a name. */
struct report_column {
    const char *name;
    enum report_kind kind;
    int decimals;   /* of a real number for people; JSON and CSV have all digits */
    bool data_only; /* not for people */
};

struct report_cell {
    double number; /* NaN: nothing is known */
    char *text;
};

struct report_table {
    char *key, *heading;
    const struct report_column *columns;
    size_t column_count, rows, cap;
    struct report_cell *cells; /* rows x columns */
    size_t filled;             /* of the last row */
    size_t shown;              /* rows for people; the rest is counted */
};

/* What is said, in order: a line for people, a value, a table, or a picture's file. */
struct report_item {
    enum { REPORT_LINE, REPORT_VALUE, REPORT_TABLE, REPORT_PICTURE } kind;
    char *key, *text; /* a value that is no number: its text; a picture: path, caption */
    double number;
    size_t table;
};

struct report {
    char *title;
    struct report_item *items;
    size_t count, cap;
    struct report_table *tables;
    size_t table_count, table_cap;
};

/* Zero-initialise to start. */
void report_title(struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);
void report_done(struct report *report);

/* A line for people. */
void report_line(struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);

/* A value for programs; `key` may have dots: "t2i.r1" is "r1" inside "t2i". */
void report_number(struct report *report, const char *key, double number);
void report_string(struct report *report, const char *key, const char *text);

/* A table; `shown` rows at most for people, 0: all. Then row after row, cell after cell. */
void report_table(struct report *report, const char *key, const char *heading,
                  const struct report_column *columns, size_t shown);
void report_cell_number(struct report *report, double number);
void report_cell_index(struct report *report, size_t index); /* SIZE_MAX: nothing */
void report_cell_text(struct report *report, const char *text);

/* A picture for the page; the file is read when that is written. */
void report_picture(struct report *report, const char *path, const char *caption);

void report_print_text(const struct report *report);
void report_print_json(const struct report *report);
/* The table of that key. */
void report_print_csv(const struct report *report, const char *key);
/* Errors: a picture that cannot be read, a file that cannot be written. */
int report_save_html(const struct report *report, const char *path, struct error *err) MUST_USE;

#endif
