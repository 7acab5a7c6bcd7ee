/* where.h: a condition on the rows of a table, as a user types it:
 *
 *   rank > 10 and words ~ "red" and not (unknown = 0 or length <= 4)
 *
 * Comparisons are < <= > >= = (or ==) and != on numbers, = != ~ !~ on texts; they are joined with
 * and, or, not (or &&, ||, !) and parentheses; `not` binds tightest, then `and`. A text stands in
 * double or single quotes, or alone where it is one word. ~ finds a part of a text whatever the
 * case; in a field of words only whole words, one after the other. A number that is not known (NaN)
 * is never true. */
#ifndef ANALYSE_WHERE_H
#define ANALYSE_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum where_kind { WHERE_NUMBER, WHERE_TEXT, WHERE_WORDS };

/* The columns of a table; its end has no name. */
struct where_field {
    const char *name;
    enum where_kind kind;
    const char *help;
};

/* A row's value in a column: the number, or the text (words: separated by single blanks). */
struct where_value {
    double number;
    const char *text;
};

struct where;

/* Errors: one line with the column (from 1) of what is wrong in `text`, and what is allowed. */
int where_parse(const char *text, const struct where_field *fields, struct where **out,
                struct error *err) MUST_USE;
void where_free(struct where *where);

/* `values`: one a field, in the fields' order. */
bool where_match(const struct where *where, const struct where_value *values);

/* The field of that name, -1 where there is none. */
ptrdiff_t where_field_named(const struct where_field *fields, const char *name);

/* "rank, score, ...": all names, the caller's to free. */
char *where_field_names(const struct where_field *fields);

#endif
