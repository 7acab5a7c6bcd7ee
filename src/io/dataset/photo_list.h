/* photo_list.h: the photographs that a command line names, and what their ids are. */
#ifndef IO_DATASET_PHOTO_LIST_H
#define IO_DATASET_PHOTO_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* Paths and their ids: the file names. */
struct photo_list {
    struct str_list paths, ids;
    struct str_list refused, reasons; /* ids that cannot be: names twice, too long, not UTF-8 */
};

/* Whether a file is a JPEG, PNG or TIFF by its ending. */
bool photo_list_is_photograph(const char *name);

/* Lists the photographs: files as they are, folders' JPEG, PNG and TIFF files by their endings,
 * also in folders below (file_list_below); sorted by file name. Errors: an input that does not
 * exist, a folder that cannot be read, no photographs. */
int photo_list_open(const char *const *inputs, size_t count, struct photo_list *out,
                    struct error *err) MUST_USE;

/* Frees it. */
void photo_list_done(struct photo_list *list);

#endif
