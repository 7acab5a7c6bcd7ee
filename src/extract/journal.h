/* journal.h: what an extraction has so far, in a file to which records are only appended: whatever
 * interrupts it, the records before are whole. */
#ifndef EXTRACT_JOURNAL_H
#define EXTRACT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "extract/record.h"

struct journal;

/* Opens or makes PATH for extractor `hello` and `regions`. Records of an earlier run by the same
 * extractor stay; a damaged end is cut off. Errors: another process is at it; it is another
 * extractor's; not writable. */
int journal_open(const char *path, const struct record_hello *hello, size_t regions,
                 struct journal **out, struct error *err) MUST_USE;

/* Frees it. The file stays if it has records and `keep` is set, else it is removed. */
void journal_close(struct journal *journal, bool keep);

/* Whether there is a record of the photograph `id` as it is now at `path`. */
bool journal_has(const struct journal *journal, const char *id, const char *path);

/* Appends a record; one of the same id is replaced. Errors: a full disk. */
int journal_add(struct journal *journal, const char *id, const char *path,
                const struct record *record, struct error *err) MUST_USE;

/* The record of `id`, which must be there; *out is the caller's to record_done. Errors: damaged
 * since; no memory. */
int journal_read(const struct journal *journal, const char *id, struct record *out,
                 struct error *err) MUST_USE;

#endif
