/* magic.h: what a file is, by its first bytes: to choose a reader, and to tell users what they gave
 * by mistake. */
#ifndef BASE_MAGIC_H
#define BASE_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

/* The kinds that something reads; all others are only named. */
enum magic_kind { MAGIC_JPEG, MAGIC_PNG, MAGIC_NPY, MAGIC_ZIP, MAGIC_PICKLE, MAGIC_OTHER };

struct magic {
    enum magic_kind kind;
    bool text;          /* text may begin like this, too */
    const char *name;   /* with its article: "a PNG image" */
    const char *advice; /* what to do with it: "unpack it first"; NULL if nothing */
};

/* What the file of `size` bytes at `data` looks like; NULL if unknown (or empty). */
const struct magic *magic_find(const void *data, size_t size);

/* Whether it looks like that kind. */
bool magic_is(const void *data, size_t size, enum magic_kind kind);

#endif
