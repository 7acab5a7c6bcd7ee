/* encoding.h: how the bytes of a text file stand for characters: UTF-8 (or bytes like it), UTF-16
 * or UTF-32 with a mark or without, or no text at all. */
#ifndef IO_TEXT_ENCODING_H
#define IO_TEXT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

enum encoding {
    ENCODING_BYTES, /* UTF-8, or an older set of the same blanks, digits and ASCII letters */
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_UTF32LE,
    ENCODING_UTF32BE,
    ENCODING_BINARY, /* too many control characters for any text */
};

/* Judges the first bytes. A few NULs or control characters do not make a text binary. `mark_out`
 * (NULL to skip): the bytes of the byte order mark, also of UTF-8's; 0 if there is none. */
enum encoding encoding_find(const void *data, size_t size, size_t *mark_out);

/* What the file is, for a sentence: "UTF-16 text without a byte order mark", "binary data". */
const char *encoding_name(enum encoding encoding, bool marked);

/* The text in UTF-8, without a mark; ENCODING_BYTES is copied. Errors: binary, not valid, cut. */
int encoding_to_utf8(const char *path, const void *data, size_t size, struct str *out,
                     struct error *err) MUST_USE;

#endif
