/* pickle.h: Python pickles, protocols 0 to 5, parsed into a tree of values. Nothing is ever
 * executed: a call in the pickle becomes a value that says what would have been called with what.
 *
 * What has a meaning is limited by the allow-list of pickle_globals.h; nesting, instructions,
 * values, memo and decoded text have limits, too (below). The values point into the parsed bytes,
 * which must outlive them. */
#ifndef IO_TORCH_PICKLE_H
#define IO_TORCH_PICKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "io/torch/pickle_globals.h"

enum {
    PICKLE_MAX_NESTING = 200,
    PICKLE_MAX_WORK = 1 << 24, /* instructions, and items they copy */
    PICKLE_MAX_VALUES = 1 << 23,
    PICKLE_MAX_MEMO = 1 << 23
};

enum pickle_kind {
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_BIG,
    PICKLE_FLOAT,
    PICKLE_TEXT,
    PICKLE_BYTES,
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICT,
    PICKLE_GLOBAL,
    PICKLE_OBJECT,
    PICKLE_PERSISTENT
};

/* A value. Values may share parts, and a hostile pickle may make a ring of them: code that walks
 * them limits its depth and steps. */
struct pickle_value {
    enum pickle_kind kind;
    uint16_t nesting;
    bool owned; /* bytes.data belongs to the value */
    union {
        int64_t integer; /* BOOL, INT */
        double number;   /* FLOAT */
        struct {
            const uint8_t *data;
            size_t size;
        } bytes; /* TEXT (usually UTF-8), BYTES (also a Python 2 str), BIG (little-endian) */
        struct {
            struct pickle_value **items;
            size_t count, cap;
        } list; /* TUPLE, LIST; DICT: key, value, key, value ... */
        struct {
            const struct pickle_global *known; /* NULL: a name without a meaning for us */
            const uint8_t *module, *name;
            uint32_t module_size, name_size;
        } global;
        struct {
            struct pickle_value *callable, *args; /* args: a TUPLE */
            struct pickle_value *state, *items;   /* NULL if none; items: a DICT or a LIST */
        } object; /* callable(*args), then given its state, and items if it is a dict or a list */
        struct pickle_value *id; /* PERSISTENT */
    };
};

struct pickle;

/* Names outside the allow-list: an error; or values without a meaning, whatever they are (for
 * listing); or such values unless they run programs (pickle_global_runs) or what is called is
 * itself the result of a call, which only files do that mean harm to those who load them in Python.
 */
enum pickle_names { PICKLE_NAMES_KNOWN, PICKLE_NAMES_ALL, PICKLE_NAMES_OPAQUE };

/* Parses one pickle at in->at and leaves in->at after it. Free with pickle_free. Errors, beginning
 * with `path`: truncated, malformed, a limit exceeded, the first name that is not allowed. */
int pickle_parse(struct bytes *in, const char *path, enum pickle_names names, struct pickle **out,
                 struct error *err) MUST_USE;

/* Frees it and its values; NULL is allowed. */
void pickle_free(struct pickle *pickle);

/* The value that the pickle stands for; borrowed, as all values. */
const struct pickle_value *pickle_root(const struct pickle *pickle);

/* The next value of that kind in the order they were made, or NULL. *cursor starts at 0. */
const struct pickle_value *pickle_next(const struct pickle *pickle, enum pickle_kind kind,
                                       size_t *cursor);

/* A dict, or the items of an object of a class derived from dict; NULL for any other value. */
const struct pickle_value *pickle_entries(const struct pickle_value *value);

/* The same for a thing with named fields: a dict's items, or else what an object
 * (argparse.Namespace, a class of the user's) has as attributes. */
const struct pickle_value *pickle_fields(const struct pickle_value *value);

/* The value of a dict's text key (the last, as in Python); NULL if there is none or it has no
 * entries. */
const struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key);

/* Gets the bytes of a TEXT or BYTES (a Python 2 str may be either), borrowed and not terminated;
 * false for any other kind. */
bool pickle_text(const struct pickle_value *value, const char **text_out, size_t *length_out);

/* Whether it is such a text and equals `text`. */
bool pickle_text_is(const struct pickle_value *value, const char *text);

/* Item i of a tuple or list; NULL if there is none. */
const struct pickle_value *pickle_item(const struct pickle_value *value, size_t i);

/* Items of a tuple or list; 0 for any other kind. */
size_t pickle_count(const struct pickle_value *value);

/* Gets an INT that is not negative; false for anything else. */
bool pickle_size(const struct pickle_value *value, size_t *out);

/* Whether a value is an object whose callable has the role; whether it is a global with the role.
 */
bool pickle_is_object(const struct pickle_value *value, enum pickle_role role);
bool pickle_is_global(const struct pickle_value *value, enum pickle_role role);

/* Argument i of an object; NULL if there is none. */
const struct pickle_value *pickle_arg(const struct pickle_value *object, size_t i);

#endif
