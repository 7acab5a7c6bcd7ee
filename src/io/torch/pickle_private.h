/* pickle_private.h: the pickle parser's state, shared by the instructions (pickle.c), the making of
 * values (pickle_make.c) and the text instructions (pickle_text.c). */
#ifndef IO_TORCH_PICKLE_PRIVATE_H
#define IO_TORCH_PICKLE_PRIVATE_H

#include "io/torch/pickle.h"

/* Values live in blocks, so that pointers to them stay valid. */
enum { PICKLE_BLOCK = 1024 };

struct pickle {
    struct pickle_value **blocks;
    size_t block_cap, count;
    struct pickle_value *root;
};

struct pickle_machine {
    struct pickle *out;
    struct bytes *in;
    const char *path;
    struct error *err;
    enum pickle_names names;
    bool stopped;
    size_t start, at; /* of the pickle, of the instruction */
    struct pickle_value **stack;
    size_t depth, stack_cap;
    size_t *marks;
    size_t mark_count, mark_cap;
    struct pickle_value **memo;
    size_t memo_cap, memo_count;
    size_t work, decoded;
};

/* Sets the error for the current instruction; returns -1. The second says it is truncated. */
int pickle_machine_fail(struct pickle_machine *m, const char *format, ...) PRINTF_LIKE(2, 3);
int pickle_machine_truncated(struct pickle_machine *m);

/* Counts n steps against the limit. Errors: PICKLE_MAX_WORK exceeded. */
int pickle_machine_work(struct pickle_machine *m, size_t n) MUST_USE;

/* A new value, or NULL with the error set. */
struct pickle_value *pickle_machine_value(struct pickle_machine *m, enum pickle_kind kind) MUST_USE;

/* Pushes a value; NULL is passed on as a failure. Errors: no memory. */
int pickle_machine_push(struct pickle_machine *m, struct pickle_value *value) MUST_USE;

/* Pops the top of the stack above the last mark; NULL with the error set if that is empty. */
struct pickle_value *pickle_machine_pop(struct pickle_machine *m) MUST_USE;

/* Notes that a container or object holds a value. Errors: nested too deep. */
int pickle_machine_nest(struct pickle_machine *m, struct pickle_value *outer,
                        const struct pickle_value *inner) MUST_USE;

/* Adds an item to a list, tuple or dict. Errors: nested too deep, no memory. */
int pickle_machine_append(struct pickle_machine *m, struct pickle_value *list,
                          struct pickle_value *item) MUST_USE;

/* A TEXT or BYTES with `size` bytes of its own to be filled in, which count against the limit; NULL
 * with the error set if that fails. */
struct pickle_value *pickle_machine_decoded(struct pickle_machine *m, enum pickle_kind kind,
                                            size_t size, uint8_t **bytes_out) MUST_USE;

/* Pushes the global module.name. Errors: it is not allowed. */
int pickle_machine_global(struct pickle_machine *m, const uint8_t *module, size_t module_size,
                          const uint8_t *name, size_t name_size) MUST_USE;

/* Pushes what callable(*args) stands for. Errors: malformed, not allowed. */
int pickle_machine_call(struct pickle_machine *m, struct pickle_value *callable,
                        struct pickle_value *args) MUST_USE;

/* Makes room for one more in an array of pointers or sizes. Errors: no memory. */
int pickle_machine_reserve(struct pickle_machine *m, void *array, size_t count, size_t *cap,
                           size_t size) MUST_USE;

/* The instructions of protocol 0 whose argument is a line of text. Errors: malformed, truncated. */
int pickle_machine_text_int(struct pickle_machine *m, int with_suffix) MUST_USE;
int pickle_machine_text_float(struct pickle_machine *m, int unused) MUST_USE;
int pickle_machine_text_string(struct pickle_machine *m, int unused) MUST_USE;
int pickle_machine_text_unicode(struct pickle_machine *m, int unused) MUST_USE;

#endif
