/* options_private.h: reading a checkpoint's options, shared by options.c, options_given.c
 * and options_checkpoint.c. */
#ifndef MODEL_OPTIONS_PRIVATE_H
#define MODEL_OPTIONS_PRIVATE_H

#include "model/options_given.h"

/* Sets an option from a checkpoint's. Errors: the wrong type, out of range; without a place. */
int model_option_take(struct model_options *options, size_t index, const struct option *from,
                      struct error *err) MUST_USE;

/* Sets the family (`kind.kind`): by tensors and options, else by what is given, else SCAN, which is
 * then missing or assumed. Errors: what is given contradicts the file. */
int model_given_family(const struct model_given *given, const struct checkpoint *checkpoint,
                       struct model_options *out, struct error *err) MUST_USE;

/* Sets the others of the options that model_given_name lists, by the checkpoint and by what is
 * given (NULL: nothing). Errors: as model_options_from_checkpoint's, without the path. */
int model_given_apply(const struct model_given *given, const struct checkpoint *checkpoint,
                      struct model_options *out, struct error *err) MUST_USE;

#endif
