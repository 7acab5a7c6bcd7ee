/* where.h: a condition on the rows of a table, as a user types it:
 *
 *   rank > 10 and words ~ "red" and not (unknown = 0 or length <= 4)
 *
 * Numbers are compared with < <= > >= = (or ==) and !=, texts with = != ~ !~; comparisons are
 * joined with and, or, not (or &&, ||, !) and parentheses; `not` binds tightest, then `and`. A text
 * is quoted with " or ', or is a single word. ~ finds a part of a text, ignoring case; in a field
 * of words it finds whole words only, one after the other. = ignores case, too. A comparison with
 * an unknown number (NaN) is false.
 *
 * A filter (of a list in the explorer) may also be plain words, and mix them with comparisons;
 * `and` may be omitted:
 *
 *   a red dog                     all of it is looked for as one text
 *   rank>10 length>=12 red dog    both comparisons hold, and "red dog" is in the text */
#ifndef ANALYSE_WHERE_H
#define ANALYSE_WHERE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum where_kind { WHERE_NUMBER, WHERE_TEXT, WHERE_WORDS };

/* The columns of a table; an entry without a name ends it. */
struct where_field {
    const char *name;
    enum where_kind kind;
    const char *help;
};

/* What a row has in a column: a number, or a text (borrowed; NULL is ""). Words are separated by
 * single blanks. */
struct where_value {
    double number;
    const char *text;
};

/* The value of field number `field` of a row. Called only for the fields that decide, so a value
 * may be computed on demand; its text must last until the next call. */
typedef struct where_value where_get(const void *row, size_t field);

struct where;

/* Parses a condition; the caller's to free with where_free. `fields` is borrowed for as long.
 * Errors: "column N: REASON", N counting characters from 1, REASON saying what is expected there.
 */
int where_parse(const char *text, const struct where_field *fields, struct where **out,
                struct error *err) MUST_USE;

/* Parses a filter; owner and errors as for where_parse. Plain words are looked for in
 * `plain_field`, a number of `fields` that is text. Only a text that where_is_condition can be
 * wrong. */
int where_parse_filter(const char *text, const struct where_field *fields, size_t plain_field,
                       struct where **out, struct error *err) MUST_USE;

/* Whether a filter is meant as a condition, right or wrong, and not as plain words: it has one of
 * < > = ~ outside quotes. So "rank >> 3" and "rnak > 1" are; "rank", "cats and dogs" and
 * "'a > b'" are not. */
bool where_is_condition(const char *text);

/* Frees a condition; NULL is fine. */
void where_free(struct where *where);

/* Whether the condition is true of a row: of the values that `get` gives for it. */
bool where_match(const struct where *where, where_get *get, const void *row);

/* The number of the field with that name; -1 if there is none. */
ptrdiff_t where_field_named(const struct where_field *fields, const char *name);

/* All names, as "rank, score, ..."; the caller's to free. */
char *where_field_names(const struct where_field *fields);

#endif
