/* photo_list.h: the photographs that a command line names. */
#ifndef EXTRACT_PHOTO_LIST_H
#define EXTRACT_PHOTO_LIST_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* Paths and their ids: the file names. */
struct photo_list {
    struct str_list paths, ids;
    struct str_list refused, reasons; /* ids that cannot be: names twice, too long, not UTF-8 */
};

/* Lists the photographs: files as they are, folders' JPEG, PNG and TIFF files by their endings, not
 * those in folders below; sorted by file name. Errors: an input that does not exist, a folder that
 * cannot be read, no photographs. */
int photo_list_open(const char *const *inputs, size_t count, struct photo_list *out,
                    struct error *err) MUST_USE;

/* Frees it. */
void photo_list_done(struct photo_list *list);

#endif
