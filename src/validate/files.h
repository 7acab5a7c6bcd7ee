/* files.h: the names of a data folder: which splits it has, and which files nobody reads. */
#ifndef VALIDATE_FILES_H
#define VALIDATE_FILES_H

#include "validate/findings.h"

/* The splits that any file is of, sorted. Errors: the folder is missing or cannot be read. */
int files_splits(const char *folder, struct str_list *out, struct error *err) MUST_USE;

/* Reports stand-ins, left-overs, unknown and shadowed files of the split, or (NULL) those of the
 * folder that are of none of `splits`. */
void files_check(const char *folder, const struct str_list *splits, const char *split,
                 struct validate_report *report);

#endif
