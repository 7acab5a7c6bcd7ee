/* files.h: what a folder holds, for the file browser. */
#ifndef UI_WORK_FILES_H
#define UI_WORK_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More entries than this are not listed. */
enum { FILES_MOST = 20000 };

struct file_entry {
    char *name;
    bool folder;
    uint64_t size;
    char *splits; /* of a data folder: "dev, test"; else NULL */
};

/* Folders first, then files, each by name as people sort them ("run2" before "run10"); hidden ones
 * left out. */
struct files {
    char *folder; /* absolute, its links resolved */
    char *error;  /* why it cannot be listed, else NULL */
    char *splits; /* of the folder itself, else NULL */
    struct file_entry *items;
    size_t count, cap;
    bool more; /* FILES_MOST were reached */
};

/* Never NULL; the caller's to free. */
struct files *files_list(const char *folder);
void files_free(struct files *files);

/* The names in the folder part of `typed` that begin with the rest, as whole paths, folders with a
 * slash at their end; each is the caller's to free. `home`: what a ~ at the beginning stands for,
 * NULL: itself. */
size_t files_complete(const char *typed, const char *home, size_t limit, char **out);

#endif
