/* files.h: the contents of a folder, for the file browser; new files under free names. */
#ifndef UI_WORK_FILES_H
#define UI_WORK_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The most entries that are listed. */
enum { FILES_MOST = 20000 };

struct file_entry {
    char *name;
    bool folder;
    uint64_t size;
    char *splits; /* of a data folder, as "dev, test"; else NULL */
};

/* Folders first, then files, each by name with numbers by value ("run2" before "run10"), without
 * hidden ones. */
struct files {
    char *folder; /* absolute, its links resolved */
    char *error;  /* why it cannot be listed, else NULL */
    char *splits; /* of the folder itself, else NULL */
    struct file_entry *items;
    size_t count, cap;
    bool more; /* there are more than FILES_MOST */
};

/* Lists a folder; never NULL, the caller's to free. If it cannot be listed, `error` says why. */
struct files *files_list(const char *folder);

/* NULL is fine. */
void files_free(struct files *files);

/* Completions of a typed path: what its folder holds that begins with the rest, as whole paths,
 * folders with a slash at the end; `limit` at most, returns how many. Each is the caller's to free.
 * `home`: what a leading ~ stands for; NULL: itself. */
size_t files_complete(const char *typed, const char *home, size_t limit, char **out);

/* Creates a new empty file called `name` or, if that is taken, NAME-2, NAME-3 ... before its
 * suffix. The path is the caller's to free. Errors: it cannot be written; every number is taken. */
int files_reserve(const char *name, char **path_out, struct error *err) MUST_USE;

#endif
