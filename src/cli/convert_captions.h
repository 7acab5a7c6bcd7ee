/* convert_captions.h: the branch of `scanscope convert` for captions of another form. */
#ifndef CLI_CONVERT_CAPTIONS_H
#define CLI_CONVERT_CAPTIONS_H

#include "io/dataset/caption_convert.h"

/* Converts, lists what is left out (*left_out: something is), also in the file `errors` unless that
 * is NULL, prints what was written and, unless `quiet`, the remarks. Errors: those of
 * caption_convert; `errors` cannot be written. */
int convert_captions(const struct caption_convert_spec *spec, bool quiet, const char *errors,
                     bool *left_out, struct error *err) MUST_USE;

#endif
