/* family.h: models of other families that grew from the same code as SCAN, and what tells them
 * apart: their tensors or their options. */
#ifndef MODEL_FAMILY_H
#define MODEL_FAMILY_H

#include "base/error.h"
#include "io/torch/checkpoint.h"
#include "model/options.h"

/* The name of the family that a checkpoint's tensors or options are known to be of, one of the
 * kinds (kind.h) or another; NULL if they are SCAN's, or of nobody known. */
const char *family_of(const struct checkpoint *checkpoint);

/* Refuses a model of a family that is not one of the kinds, by name and with what gave it away. */
int family_check(const struct checkpoint *checkpoint, struct error *err) MUST_USE;

/* Whether each tensor of each part has its place in a model of these options. Errors: tensors that
 * it does not have, by part and name. */
int family_account(const struct checkpoint *checkpoint, const struct model_options *options,
                   struct error *err) MUST_USE;

#endif
