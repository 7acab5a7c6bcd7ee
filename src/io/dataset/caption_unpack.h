/* caption_unpack.h: photographs of an archive, written into a folder: never outside of it, never
 * over another file, whole or not at all; removed again unless they are kept. */
#ifndef IO_DATASET_CAPTION_UNPACK_H
#define IO_DATASET_CAPTION_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

struct caption_unpack {
    const char *folder;    /* NULL: nothing is written; borrowed */
    bool made;             /* the folder, by caption_unpack_open */
    struct str_list paths; /* that were written */
    struct str_list names; /* of them, in the folder */
    size_t count;          /* of photographs there, also those that were there already */
    bool kept;
};

/* Makes the folder if it is missing. Errors: those of file_make_folder. */
int caption_unpack_open(struct caption_unpack *u, const char *folder, struct error *err) MUST_USE;

/* Begins a file of that name, without folders. Errors: those of file_below and file_out_open. */
int caption_unpack_begin(struct caption_unpack *u, const char *name, struct file_out *out,
                         char **path_out, struct error *err) MUST_USE;

/* Ends it; frees `path`. Errors: another file of that name is there; those of writing. */
int caption_unpack_end(struct caption_unpack *u, const char *name, struct file_out *out, char *path,
                       struct error *err) MUST_USE;

/* Keeps those whose name `wanted` is true for, and the folder. */
void caption_unpack_keep(struct caption_unpack *u, bool (*wanted)(const void *, const char *name),
                         const void *context);

/* Frees it. Unless kept, what was written is removed. */
void caption_unpack_done(struct caption_unpack *u);

#endif
