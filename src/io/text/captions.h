/* captions.h: text files with one entry per line: captions, ids, word ids. */
#ifndef IO_TEXT_CAPTIONS_H
#define IO_TEXT_CAPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* Reads the lines of a file without blanks and CR at either end (the reference's strip()), bytes
 * otherwise unchanged, UTF-8 or not (NUL becomes a blank). Blank lines at the end of the file are
 * dropped; one between others is kept as an empty string so that counts agree. Errors: missing,
 * empty, not text. */
int text_lines_load(const char *path, struct str_list *out, struct error *err) MUST_USE;

/* The same; *blank_out: how many blank lines were dropped at the end. */
int text_lines_load_end(const char *path, struct str_list *out, size_t *blank_out,
                        struct error *err) MUST_USE;

/* Captions, one per line, likewise. Errors: also a file of captions in another form, with what
 * reads it (caption_form.h); `split` (NULL: any) is for that. */
int captions_load(const char *path, const char *split, struct str_list *out, size_t *blank_out,
                  struct error *err) MUST_USE;

/* How many of the blank lines dropped at the end are captions all the same, because the number of
 * images (> 0) needs them: five per image, or another number. The reference takes each line. */
size_t captions_blank_needed(size_t lines, size_t blank, size_t images);

/* Refuses what is an image, an array, a checkpoint, UTF-16 or binary, given by mistake instead of
 * text in UTF-8. Errors: says what it looks like; `path` names it. */
int text_check(const char *path, const void *data, size_t size, struct error *err) MUST_USE;

/* Word ids, integers separated by blanks or commas; one caption per line. */
struct token_lines {
    int32_t **ids;  /* owned, like each line */
    size_t *counts; /* ids per line; owned */
    size_t count;
    size_t blank_at_end; /* blank lines dropped at the end */
};

/* Reads a file of them. Errors: those of text_lines_load; a line that is empty or holds anything
 * but ids, by line number. */
int text_token_lines_load(const char *path, struct token_lines *out, struct error *err) MUST_USE;

/* Frees what it owns. */
void text_token_lines_done(struct token_lines *lines);

#endif
