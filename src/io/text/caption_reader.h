/* caption_reader.h: captions while they are read, shared by the readers of their forms: each says
 * where it is and adds what it finds; what is bad is left out and listed. */
#ifndef IO_TEXT_CAPTION_READER_H
#define IO_TEXT_CAPTION_READER_H

#include <glib.h>

#include "base/bytes.h"
#include "io/text/caption_records.h"

struct caption_reader {
    const char *path, *columns; /* of the file that is read; --columns or NULL */
    struct caption_records *out;
    struct caption_place place;  /* of what is added next */
    bool blank_cells;            /* an empty caption is no caption: of several columns */
    GHashTable *images, *splits; /* name to index + 1; keys are out's */
    size_t broken_lines;         /* captions that had line ends in them */
    size_t blanks;               /* empty captions that were kept, or were blank cells */
};

/* Starts with no captions. `columns` is for caption_records_read. */
void caption_reader_init(struct caption_reader *r, const char *columns,
                         struct caption_records *out);

/* Notes what was mended, and frees what is not `out`. */
void caption_reader_done(struct caption_reader *r);

/* From now on captions come from that file (or member of an archive), from its beginning. */
void caption_reader_file(struct caption_reader *r, const char *name);

/* Adds a caption; image and split NULL: none. Line ends in the caption become blanks. If it has an
 * image and cannot be one of its captions (empty, not UTF-8, an id that cannot be), it is left out
 * and listed. */
void caption_reader_add(struct caption_reader *r, const char *image, const char *split,
                        const char *caption);

/* Adds an image that may have no captions (records' images_stand). False, and listed: its id
 * cannot be, or is there already. */
bool caption_reader_image(struct caption_reader *r, const char *image);

/* Lists what is at the present place as left out; `image` NULL: none. */
void caption_reader_bad(struct caption_reader *r, const char *image, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Lists an image that stays, but has no captions. */
void caption_reader_uncaptioned(struct caption_reader *r, const char *image, const char *reason);

/* Whether `name` is the column called `wanted`, whatever the case and blanks around. */
bool caption_reader_same_name(const char *name, const char *wanted);

/* Whether the name of a column or key ends in a digit: one of several. */
bool caption_reader_is_numbered(const char *name);

/* Takes the next line, without its LF; the last one may lack it. */
const char *caption_reader_line(struct bytes *text, size_t *length_out);

/* Reads a text file in any of the forms. Errors: those of caption_records_read. */
int caption_reader_text(struct caption_reader *r, const char *path, struct error *err) MUST_USE;

/* A table: rows of columns between delimiters, fields in quotes as in RFC 4180. */
int caption_reader_table(struct caption_reader *r, struct bytes *text, struct error *err) MUST_USE;

/* An object per line, and a document. */
int caption_reader_json_lines(struct caption_reader *r, struct bytes *text,
                              struct error *err) MUST_USE;
int caption_reader_json(struct caption_reader *r, struct bytes *text, struct error *err) MUST_USE;

/* The captions in one JSON object, under the keys that say so, of that image. */
void caption_reader_json_object(struct caption_reader *r, const char *image, const char *text,
                                size_t n);

/* The captions of the records from `first` on are of other images: those that `names` has for them.
 * Others are left out and listed. */
void caption_reader_rename(struct caption_reader *r, size_t first, size_t first_image,
                           GHashTable *names);

#endif
