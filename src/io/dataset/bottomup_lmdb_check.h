/* bottomup_lmdb_check.h: whether an LMDB file may be given to liblmdb, which trusts what it maps: a
 * file that is cut off or damaged would end the program. */
#ifndef IO_DATASET_BOTTOMUP_LMDB_CHECK_H
#define IO_DATASET_BOTTOMUP_LMDB_CHECK_H

#include "base/error.h"
#include "base/file.h"

/* Walks the main database's pages, without its long values, and counts its entries; *named_out: of
 * these, databases with names of their own. Errors, beginning with `path`: not LMDB, cut off, a
 * page that points out of the file or into itself, keys with several values. */
int bottomup_lmdb_check(const struct file_map *map, const char *path, size_t *entries_out,
                        size_t *named_out, struct error *err) MUST_USE;

#endif
