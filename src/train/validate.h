/* validate.h: recalls on the validation split of a model that is being trained. */
#ifndef TRAIN_VALIDATE_H
#define TRAIN_VALIDATE_H

#include "base/progress.h"
#include "evaluate/evaluate.h"
#include "retrieve/session/session.h"

/* Embeds the split of a session (session_borrow) with its model as it is now, scores all pairs and
 * evaluates them; no embeddings are kept. Errors: not enough memory, a feature that is not finite,
 * "interrupted". */
int validate(struct session *session, const struct progress *progress, struct evaluation *out,
             struct error *err) MUST_USE;

#endif
