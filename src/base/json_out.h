/* json_out.h: how JSON is written: value by value into a string, or from a tree of jansson's.
 * Numbers read back the same and are null if not finite; texts are made safe by utf8_clean. */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct json_t; /* jansson's */

/* ---- value by value ---- */

/* Initialise with `text` and, if wanted, `lines`; it owns nothing. In all functions `key` is the
 * name of the member of an object, NULL in an array and at the top; the commas are put in between.
 */
struct json_out {
    struct str *text; /* appended to */
    int lines;        /* levels whose members are on lines of their own; 0: all on one line */
    int depth;
    bool filled; /* the innermost object or array has a value */
};

/* Opens an object ('{') or array ('['), and closes it ('}', ']'). */
void json_out_open(struct json_out *out, const char *key, char bracket);
void json_out_close(struct json_out *out, char bracket);

/* A text; NULL: the member is omitted. */
void json_out_text(struct json_out *out, const char *key, const char *text);

/* A number: in the fewest digits in which a double, or a float, is read back the same. */
void json_out_real(struct json_out *out, const char *key, double value);
void json_out_float(struct json_out *out, const char *key, float value);

/* An integer, a count, true or false. */
void json_out_integer(struct json_out *out, const char *key, int64_t value);
void json_out_count(struct json_out *out, const char *key, uint64_t value);
void json_out_bool(struct json_out *out, const char *key, bool value);

/* A value that is JSON already. */
void json_out_raw(struct json_out *out, const char *key, const char *json);

/* An array of `count` numbers, on one line; NULL: the member is omitted. */
void json_out_reals(struct json_out *out, const char *key, const double *values, size_t count);
void json_out_floats(struct json_out *out, const char *key, const float *values, size_t count);

/* ---- trees ---- */

/* A text, null if NULL; a number, null if not finite. The reference is the caller's. */
struct json_t *json_out_tree_text(const char *text);
struct json_t *json_out_tree_texts(const struct str_list *texts); /* an array */
struct json_t *json_out_tree_real(double number);
struct json_t *json_out_tree_float(float number);

/* Prints the tree to stdout with a newline, `indent` blanks per level (0: on one line), and
 * releases it. */
void json_out_tree_print(struct json_t *root, int indent);

#endif
