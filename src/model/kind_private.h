/* kind_private.h: the rows of kind.c. */
#ifndef MODEL_KIND_PRIVATE_H
#define MODEL_KIND_PRIVATE_H

#include "model/kind.h"

extern const struct model_kind kind_vse, kind_bfan, kind_sgraf;

#endif
