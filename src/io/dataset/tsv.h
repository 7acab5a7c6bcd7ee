/* tsv.h: reads long text lines from a file, or from the .tsv members of a zip file, in memory for
 * the longest line. */
#ifndef IO_DATASET_TSV_H
#define IO_DATASET_TSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct tsv;

enum { TSV_LINE_MAX = 128 << 20 }; /* bytes */

/* Opens a file (or pipe), or a zip file, whose members with ".tsv" in their name are read one after
 * another. Errors: missing, empty, another kind of file (named), a zip file that has no such member
 * or is encrypted. */
int tsv_open(const char *path, struct tsv **out, struct error *err) MUST_USE;

/* Closes and frees it; NULL is allowed. */
void tsv_close(struct tsv *tsv);

/* The next line without its LF or CRLF, terminated, borrowed until the next call; the caller may
 * write into it. 1: a line; 0: the end; -1: an error: not readable, damaged zip, a line longer than
 * TSV_LINE_MAX, a NUL byte (so it is not text). */
int tsv_next(struct tsv *tsv, char **line_out, size_t *length_out, struct error *err) MUST_USE;

/* After -1 from tsv_next: whether the line alone is bad (its NUL byte), and the next can be read.
 */
bool tsv_can_go_on(const struct tsv *tsv);

/* Where the current line is: "FILE" or "FILE.zip(MEMBER)", borrowed, and its number there, from 1.
 */
const char *tsv_name(const struct tsv *tsv);
size_t tsv_line(const struct tsv *tsv);

/* Bytes consumed, and in total (0 if unknown); for a zip, unpacked bytes. */
void tsv_progress(const struct tsv *tsv, uint64_t *done_out, uint64_t *total_out);

#endif
