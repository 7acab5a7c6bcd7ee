/* caption_form.h: recognises files that hold captions in another form than one per line, so that
 * names, numbers, columns and brackets are never scored as words. */
#ifndef IO_TEXT_CAPTION_FORM_H
#define IO_TEXT_CAPTION_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/text/encoding.h"

enum caption_kind {
    CAPTIONS_LINES,      /* one caption per line */
    CAPTIONS_TOKEN_FILE, /* "name.jpg#0<TAB>caption" */
    CAPTIONS_TABLE,      /* columns: CSV, TSV, or "name.jpg caption" */
    CAPTIONS_JSON_LINES, /* an object per line */
    CAPTIONS_JSON,       /* one document */
    CAPTIONS_ENTITIES,   /* Flickr30K Entities' "[/EN#1/people Two men] ..." */
    CAPTIONS_PYTHON,     /* lines b'...' or ['a', 'man'] */
    CAPTIONS_WORD_IDS,   /* lines of integers */
    CAPTIONS_CR,         /* lines that end in CR alone */
    CAPTIONS_WIDE,       /* UTF-16 or UTF-32, whatever is in it */
    CAPTIONS_BINARY,
    CAPTIONS_FOLDER, /* NAME.txt beside NAME.jpg (io/dataset/caption_folder.h) */
    CAPTIONS_TAR,    /* webdataset (io/dataset/caption_tar.h) */
};

struct caption_form {
    enum caption_kind kind;
    enum encoding encoding;
    char delimiter; /* of a table: tab , ; | or a blank */
    bool header;    /* of a table: its first line names the columns */
};

/* Judges the first megabytes: a form is that of most lines, so that a tab, a '#', a comma or a
 * number in some captions is none. */
void caption_form_find(const void *data, size_t size, struct caption_form *out);

/* What the file is, for a sentence: "a token file (name.jpg#0<TAB>caption)". */
const char *caption_form_name(const struct caption_form *form);

/* Whether captions_convert reads it (caption_convert.h). */
bool caption_form_readable(const struct caption_form *form);

/* Refuses any form but one caption per line: says what it is and what reads it. `split` (NULL: any)
 * is for the command that is suggested. */
int caption_form_check(const char *path, const void *data, size_t size, const char *split,
                       struct error *err) MUST_USE;

/* ---- names of columns and keys ---- */

/* How well a column's or key's name says that it names the image: 0 best (a file name), -1 not at
 * all; and the same for captions, numbered ones ("caption_2") included. Blanks at either end and
 * the case of letters are of no matter. */
int caption_form_image_tier(const char *name);
int caption_form_caption_tier(const char *name);

/* Whether a text is an image's name by its looks: no blanks, and a digit or an image's ending. */
bool caption_form_is_image(const char *text, size_t n);

#endif
