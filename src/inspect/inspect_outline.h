/* inspect_outline.h: the outline of a JSON file of any size: what its top object or list holds, and
 * what the first element of each of these looks like. Enough to tell which file it is. */
#ifndef INSPECT_INSPECT_OUTLINE_H
#define INSPECT_INSPECT_OUTLINE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

enum outline_kind { OUTLINE_OBJECT, OUTLINE_LIST, OUTLINE_TEXT, OUTLINE_NUMBER, OUTLINE_WORD };

enum { OUTLINE_ENTRIES = 64, OUTLINE_KEYS = 32, OUTLINE_SPLITS = 8 };

/* A value of the top object or list. */
struct outline_entry {
    char *name; /* its key; NULL in a list; owned */
    enum outline_kind kind;
    size_t count;         /* of an object or list: its values */
    char *text;           /* of any other: as in the file; owned */
    struct str_list keys; /* of an object, or of a list's first object; at most OUTLINE_KEYS */
};

struct outline {
    enum outline_kind kind;                        /* of the top */
    size_t count, of_kind[OUTLINE_WORD + 1];       /* its values, in all and by kind */
    size_t numbers;                                /* directly inside its lists */
    size_t roots;                                  /* tops: more than one in JSON lines */
    struct outline_entry entries[OUTLINE_ENTRIES]; /* the first of them */
    size_t entry_count;
    /* of the elements of its lists: by their "split", and their "sentences" in all (Karpathy) */
    struct {
        char *name;
        size_t count;
    } splits[OUTLINE_SPLITS];
    size_t split_count, sentences;
};

/* Reads it. Errors: not JSON, by line; deeper than 64 levels. Free with outline_done in any case.
 */
int outline_read(const char *path, const struct file_map *map, struct outline *out,
                 struct error *err) MUST_USE;

/* Frees what it holds. */
void outline_done(struct outline *outline);

/* The entry of that name and kind; NULL if there is none among the first. */
const struct outline_entry *outline_find(const struct outline *outline, const char *name,
                                         enum outline_kind kind);

/* Whether the entry (NULL: no) or its first element has the key. */
bool outline_has(const struct outline_entry *entry, const char *key);

#endif
