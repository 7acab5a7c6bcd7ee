/* convert_file.h: what `scanscope convert` makes of one file that is no table of features. */
#ifndef CLI_CONVERT_FILE_H
#define CLI_CONVERT_FILE_H

#include <stdbool.h>

#include "base/error.h"

/* Whether the output's ending says so: a model's (.safetensors, .pth.tar, .pth, .pt) or a
 * vocabulary's (.json). */
bool convert_file_wanted(const char *output);

/* Checks that no input is such a file, before it is read as features. Errors: it is (with the
 * endings to give). */
int convert_file_check(const char *input, struct error *err) MUST_USE;

/* Converts; prints what was written. Errors: the output exists and not `force`, those of reading
 * and writing. */
int convert_file(const char *input, const char *output, bool force, bool quiet,
                 struct error *err) MUST_USE;

#endif
