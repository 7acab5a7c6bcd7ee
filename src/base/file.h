/* file.h: whole files: mapped for reading, and written so that a reader sees the old file or the
 * new one, never a part of it. Also paths and folders. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"

/* What distinguishes a file in its present state from all others and from itself at another time,
 * as far as the system knows: any write to it changes ctime_ns. All zero if unknown. */
struct file_identity {
    uint64_t device, inode, size;
    int64_t mtime_ns, ctime_ns;
};

/* A file mapped read-only. `data` is NULL if size is 0. */
struct file_map {
    const uint8_t *data;
    size_t size;
    struct file_identity identity; /* when it was mapped */
};

/* Maps a file; an empty one maps with size 0. Errors: missing, a folder or other special file, not
 * readable, a stand-in (base/magic.h) such as a Git LFS pointer or a web page. */
int file_map_open(const char *path, struct file_map *out, struct error *err) MUST_USE;

/* The same without a look at what it is: for files of our own, and to tell what a file is. */
int file_map_any(const char *path, struct file_map *out, struct error *err) MUST_USE;

/* Lets the system take the memory back that holds the first `end` bytes; they can be read again. */
void file_map_release(const struct file_map *map, size_t end);

/* Unmaps it; harmless if nothing is mapped. */
void file_map_close(struct file_map *map);

/* A file being written next to its target under a temporary name. */
struct file_out {
    FILE *stream;      /* write here */
    char *path, *temp; /* owned */
};

/* Opens PATH.tmp-XXXXXX in PATH's folder. A symbolic link is followed; a device or a pipe is
 * written directly (then `temp` is NULL). Errors: a folder, not writable. */
int file_out_open(const char *path, struct file_out *out, struct error *err) MUST_USE;

/* Flushes, fsyncs, renames over the target, fsyncs the folder. On any failure (a full disk shows up
 * here) the temporary file is removed and the target left as it was. Frees what `out` holds either
 * way. Errors: those of writing. */
int file_out_commit(struct file_out *out, struct error *err) MUST_USE;

/* Gives up and removes the temporary file. Harmless after commit. */
void file_out_abort(struct file_out *out);

/* Writes `data` to `path` that way. Errors: those of file_out_open and file_out_commit. */
int file_write(const char *path, const void *data, size_t size, struct error *err) MUST_USE;

/* Flushes the file FROM to the disk and gives it the name TO, in the place of a file that has it.
 * Errors: those of writing; FROM stays. */
int file_put(const char *from, const char *to, struct error *err) MUST_USE;

/* Whether the path exists, whatever it is; and whether it is a folder. */
bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* Whether it is a plain file: opening anything else, such as a pipe, may wait for ever. */
bool file_is_regular(const char *path);

/* The identity of an open file, or of what is at a path; all zero if it cannot be determined. */
struct file_identity file_identity_of(int descriptor);
struct file_identity file_identity_at(const char *path);

/* Whether two identities are the same file in the same state. */
bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);

/* FOLDER/NAME, or NAME alone if it is absolute; the caller's to free. */
char *file_join(const char *folder, const char *name) MUST_USE;

/* The part after the last slash, inside `path`. */
const char *file_name(const char *path);

/* The folder part of a path, "." if it has none; the caller's to free. */
char *file_folder(const char *path) MUST_USE;

/* How the file is reached from the folder, "photos/1.jpg" or "../photos/1.jpg"; the file's name
 * alone if they have nothing but the root in common, or one does not exist. The caller's to free.
 */
char *file_relative(const char *path, const char *folder) MUST_USE;

/* FOLDER/NAME, without empty parts and ".", for a name that a file gives: what is written there
 * stays below the folder, which exists. The caller's to free. Errors: the name is empty, absolute,
 * has "..", or leads out by a symbolic link. */
int file_below(const char *folder, const char *name, char **path_out, struct error *err) MUST_USE;

/* The names in a folder for which `wanted` is true (NULL: all), without "." and "..", sorted by
 * bytes. Errors: missing, not a folder, not readable; `out` is empty then. */
int file_list(const char *folder, bool (*wanted)(const char *name), struct str_list *out,
              struct error *err) MUST_USE;

/* The paths of the files in a folder and in those below it for whose names `wanted` is true, each
 * folder's by bytes; added to `paths`. Names that begin with a period and links to folders are not
 * looked into. Errors: those of file_list; folders more than 64 deep. */
int file_list_below(const char *folder, bool (*wanted)(const char *name), struct str_list *paths,
                    struct error *err) MUST_USE;

/* Makes a folder and its parents; one that exists is fine. Errors: a file in the way, no
 * permission. */
int file_make_folder(const char *path, struct error *err) MUST_USE;

/* How many folders at the end of the path do not exist yet; and removes as many again, up to the
 * first that is not empty. */
size_t file_folders_missing(const char *path);
void file_folders_remove(const char *path, size_t count);

/* The path of a file that ships with the program (such as "demo"): in $SCANSCOPE_ASSETS if set,
 * else in the source tree above the running executable, else where it was installed. The caller's
 * to free. Errors: missing. */
int file_asset(const char *name, char **path_out, struct error *err) MUST_USE;

#endif
