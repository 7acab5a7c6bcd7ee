/* pickle.h: Python pickles, protocols 0 to 5, parsed into a tree of values. Nothing is ever
 * executed: a call in the pickle becomes a value that says what would have been called with what.
 *
 * Limits: globals by the allow-list of globals.h, nesting, instructions, values, memo and decoded
 * text (below). The values point into the bytes that were parsed, which must outlive them. */
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
    PICKLE_MAX_WORK = 1 << 24, /* instructions, and items copied by them */
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

/* A value. They may share parts, and a hostile pickle may tie them in a ring: whoever walks counts
 * its depth and its steps. */
struct pickle_value {
    enum pickle_kind kind;
    uint16_t nesting;
    bool owned; /* bytes.data is the value's own */
    union {
        int64_t integer; /* BOOL, INT */
        double number;   /* FLOAT */
        struct {
            const uint8_t *data;
            size_t size;
        } bytes; /* TEXT (UTF-8 as a rule), BYTES (also a Python 2 str), BIG (little-endian) */
        struct {
            struct pickle_value **items;
            size_t count, cap;
        } list; /* TUPLE, LIST; DICT: key, value, key, value ... */
        struct {
            const struct pickle_global *known; /* NULL where not allowed (only with open_globals) */
            const uint8_t *module, *name;
            uint32_t module_size, name_size;
        } global;
        struct {
            struct pickle_value *callable, *args,
                *state;          /* args: a TUPLE; state: NULL where none */
        } object;                /* callable(*args), then its state set */
        struct pickle_value *id; /* PERSISTENT */
    };
};

struct pickle;

/* Parses one pickle at in->at and leaves in->at behind it. With `open_globals` names outside the
 * allow-list become values too (for listing); else the first is an error that names it. `path`
 * begins the errors. */
int pickle_parse(struct bytes *in, const char *path, bool open_globals, struct pickle **out,
                 struct error *err) MUST_USE;
void pickle_free(struct pickle *pickle);
const struct pickle_value *pickle_root(const struct pickle *pickle);

/* The value made after number *cursor (start with 0) of that kind, or NULL; advances *cursor. */
const struct pickle_value *pickle_next(const struct pickle *pickle, enum pickle_kind kind,
                                       size_t *cursor);

/* The value of a dict's text key (the last one, as Python has it); NULL where it is no dict or has
 * none. */
const struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key);

/* TEXT and BYTES alike: a Python 2 str may be either. */
bool pickle_text(const struct pickle_value *value, const char **text_out, size_t *length_out);
bool pickle_text_is(const struct pickle_value *value, const char *text);

/* Item i of a tuple or list, NULL where there is none. */
const struct pickle_value *pickle_item(const struct pickle_value *value, size_t i);
size_t pickle_count(const struct pickle_value *value); /* of a tuple or list, else 0 */

/* INT that is not negative and fits. */
bool pickle_size(const struct pickle_value *value, size_t *out);

/* Whether a value is callable(...) of a role, or a global of a role. */
bool pickle_is_object(const struct pickle_value *value, enum pickle_role role);
bool pickle_is_global(const struct pickle_value *value, enum pickle_role role);

/* Argument i of an object, NULL where there is none. */
const struct pickle_value *pickle_arg(const struct pickle_value *object, size_t i);

#endif
