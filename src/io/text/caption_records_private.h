/* caption_records_private.h: a file of captions while it is read, shared by the readers of its
 * forms. */
#ifndef IO_TEXT_CAPTION_RECORDS_PRIVATE_H
#define IO_TEXT_CAPTION_RECORDS_PRIVATE_H

#include <glib.h>

#include "base/bytes.h"
#include "io/text/caption_records.h"

struct caption_reader {
    const char *path, *columns;
    struct caption_records *out;
    GHashTable *images, *splits; /* name to index + 1; keys are out's */
    size_t broken_lines;         /* captions that had line ends in them */
};

/* Adds a caption; image and split NULL: none. Line ends in the caption become blanks. */
void caption_reader_add(struct caption_reader *r, const char *image, const char *split,
                        const char *caption);

/* Whether `name` is the column called `wanted`, whatever the case and blanks around. */
bool caption_reader_same_name(const char *name, const char *wanted);

/* A table: rows of columns between delimiters, fields in quotes as in RFC 4180. */
int caption_reader_table(struct caption_reader *r, struct bytes *text, struct error *err) MUST_USE;

/* An object per line, and a document. */
int caption_reader_json_lines(struct caption_reader *r, struct bytes *text,
                              struct error *err) MUST_USE;
int caption_reader_json(struct caption_reader *r, struct bytes *text, struct error *err) MUST_USE;

#endif
