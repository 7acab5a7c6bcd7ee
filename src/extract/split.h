/* split.h: the split of a precomp folder that an extraction writes, or adds to. */
#ifndef EXTRACT_SPLIT_H
#define EXTRACT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "extract/extract.h"
#include "extract/journal.h"
#include "io/dataset/feature_source.h"
#include "io/dataset/idmap.h"

struct split;

/* Opens what is there: with append the split, else ids without features, as `convert` writes them
 * with captions; what a command before was interrupted at while it put it in place is carried on
 * first. Errors: other files of the split exist and neither append nor force is set; with append:
 * its files do not fit each other or another number of regions, captions that are not the same
 * number for each photograph and no file that says whose they are. */
int split_open(const struct extract_spec *spec, struct split **out, struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void split_free(struct split *split);

/* The ids whose order the photographs have to take, because captions go with them; NULL: any. */
const struct str_list *split_order(const struct split *split);

/* Whether a photograph of that id is in it already (only with append). */
bool split_has(const struct split *split, const char *id);

/* Whether the extractor is the one that made it. Errors: another one. */
int split_check(const struct split *split, const struct record_hello *hello,
                struct error *err) MUST_USE;

/* Writes the split: the rows that are there, then the journal's records of `ids`, in that order;
 * all files are replaced together (staging.h). Fills result->photographs and its notes. Errors:
 * those of reading and writing; then nothing is left behind. */
int split_write(const struct split *split, const struct journal *journal,
                const struct record_hello *hello, const struct str_list *ids,
                struct extract_result *result, struct error *err) MUST_USE;

#endif
