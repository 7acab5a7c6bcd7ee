/* captions.h: text files of one thing a line: captions, ids, word ids. */
#ifndef IO_TEXT_CAPTIONS_H
#define IO_TEXT_CAPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* Reads the lines of a file, blanks and CR at both ends removed (the reference's strip()), bytes
 * otherwise as they are, UTF-8 or not (NUL becomes a blank). Blank lines at the end of the file are
 * no lines; a blank line between others is an empty string, kept so that counts agree. Errors:
 * missing, empty, no text. */
int text_lines_load(const char *path, struct str_list *out, struct error *err) MUST_USE;

/* An error for what begins as a picture, an array, a checkpoint or UTF-16 does: given by mistake
 * where lines of text are wanted. */
int text_check(const char *path, const void *data, size_t size, struct error *err) MUST_USE;

/* Word ids, integers between blanks or commas, one caption a line. */
struct token_lines {
    int32_t **ids;
    size_t *counts; /* of each line */
    size_t count;
};

/* Errors: as above; a line that is empty or holds something else than numbers, by line number. */
int text_token_lines_load(const char *path, struct token_lines *out, struct error *err) MUST_USE;
void text_token_lines_done(struct token_lines *lines);

#endif
