/* file.h: whole files: mapped for reading, and written so that a reader sees the old one or the new
 * one, never a part. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

/* What tells a file, as it is now, from all others and from itself at another time, as far as the
 * system knows: any write to it changes ctime_ns. All zero: unknown. */
struct file_identity {
    uint64_t device, inode, size;
    int64_t mtime_ns, ctime_ns;
};

/* A file mapped read-only. `data` is NULL where size is 0. */
struct file_map {
    const uint8_t *data;
    size_t size;
    struct file_identity identity; /* when it was mapped */
};

/* Errors: missing, a folder, not readable. An empty file maps with size 0. */
int file_map_open(const char *path, struct file_map *out, struct error *err) MUST_USE;
void file_map_close(struct file_map *map);

/* A file being written beside its target under a temporary name. */
struct file_out {
    FILE *stream;      /* write here */
    char *path, *temp; /* owned */
};

/* Opens PATH.tmp-XXXXXX in PATH's folder. A symbolic link is followed; a device or a pipe is
 * written straight (`temp` is NULL then). */
int file_out_open(const char *path, struct file_out *out, struct error *err) MUST_USE;

/* Flushes, fsyncs, renames over the target, fsyncs the folder. On any failure (a full disk shows
 * here) the temporary file is removed and the target is as it was. Frees what `out` holds either
 * way. */
int file_out_commit(struct file_out *out, struct error *err) MUST_USE;

/* Gives up: removes the temporary file. Harmless after commit. */
void file_out_abort(struct file_out *out);

/* Writes the whole of `data` to `path` that way. */
int file_write(const char *path, const void *data, size_t size, struct error *err) MUST_USE;

bool file_exists(const char *path);

/* Of an open file; all zero where that cannot be told. */
struct file_identity file_identity_of(int descriptor);
bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);
bool file_is_folder(const char *path);

/* DIR/NAME, the caller's to free. An absolute NAME stands for itself. */
char *file_join(const char *folder, const char *name) MUST_USE;

/* The part after the last slash, inside `path`. */
const char *file_name(const char *path);

/* The folder of a path ("." where it has none), the caller's to free. */
char *file_folder(const char *path) MUST_USE;

/* The names in a folder for which `wanted` is true (NULL: all), without "." and "..", sorted by
 * bytes. Errors: missing, not a folder, not readable; `out` is empty then. */
int file_list(const char *folder, bool (*wanted)(const char *name), struct str_list *out,
              struct error *err) MUST_USE;

/* Makes a folder and those above it. */
int file_make_folder(const char *path, struct error *err) MUST_USE;

/* A file that ships with the program (as "demo"), found beside the running executable's source tree
 * or where it was installed ($SCANSCOPE_ASSETS before both). The caller's to free. */
int file_asset(const char *name, char **path_out, struct error *err) MUST_USE;

#endif
