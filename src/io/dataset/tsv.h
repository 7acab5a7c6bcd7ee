/* tsv.h: text lines of any length from a file, or from the .tsv members of a zip file, with bounded
 * memory: the longest line and no more. */
#ifndef IO_DATASET_TSV_H
#define IO_DATASET_TSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct tsv;

enum { TSV_LINE_MAX = 128 << 20 }; /* bytes */

/* Opens a file (a pipe too), or a zip file, whose members with ".tsv" in their name are read one
 * after another. Errors: missing, empty, gzip, a zip file without such a member or encrypted. */
int tsv_open(const char *path, struct tsv **out, struct error *err) MUST_USE;
void tsv_close(struct tsv *tsv); /* NULL is allowed */

/* The next line without its LF or CRLF, terminated, valid until the next call and the caller's to
 * write into. 1: a line, 0: the end, -1: an error: not readable, damaged zip, a line beyond
 * TSV_LINE_MAX, a NUL byte (then it is no text). */
int tsv_next(struct tsv *tsv, char **line_out, size_t *length_out, struct error *err) MUST_USE;

/* Of the line that tsv_next gave: "FILE" or "FILE.zip(MEMBER)", and its number from 1 in there. */
const char *tsv_name(const struct tsv *tsv);
size_t tsv_line(const struct tsv *tsv);

/* Bytes consumed and there are in all (0 where unknown), of a zip's members unpacked. */
void tsv_progress(const struct tsv *tsv, uint64_t *done_out, uint64_t *total_out);

#endif
