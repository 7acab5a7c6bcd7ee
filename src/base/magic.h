/* magic.h: what a file is, by its first bytes: to choose a reader, and to tell users what they gave
 * by mistake. */
#ifndef BASE_MAGIC_H
#define BASE_MAGIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The kinds that something reads. All others are only named: a stand-in is what lies where a file
 * should be (a Git LFS pointer, a web page, zeros) or a file that is still packed; no reader takes
 * one, and file_map_open refuses it. HDF5 and LMDB, which only `convert` and `info` read, in their
 * own way, are refused by it, too. */
enum magic_kind {
    MAGIC_JPEG,
    MAGIC_PNG,
    MAGIC_TIFF,
    MAGIC_NPY,
    MAGIC_ZIP,
    MAGIC_PICKLE,
    MAGIC_SAFETENSORS,
    MAGIC_HDF5,
    MAGIC_LMDB,
    MAGIC_OTHER,
    MAGIC_STAND_IN
};

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

/* Fails for a stand-in: "PATH: is a Git LFS pointer, not the file; ...". `data` is the file's
 * beginning, of 4096 bytes or all there is. */
int magic_refuse_stand_in(const char *path, const void *data, size_t size,
                          struct error *err) MUST_USE;

/* The error for a file that a reader cannot take: "PATH: is a JPEG image, not WANTED", or "is not
 * WANTED" if it looks like nothing known. Always -1. */
int magic_unexpected(const char *path, const void *data, size_t size, const char *wanted,
                     struct error *err);

#endif
