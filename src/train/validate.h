/* validate.h: recalls of a model that is being trained on the validation split. */
#ifndef TRAIN_VALIDATE_H
#define TRAIN_VALIDATE_H

#include "base/progress.h"
#include "evaluate/evaluate.h"
#include "retrieve/session/session.h"

/* A session over parts that are the caller's: model, vocab and data are borrowed. Errors as
 * session_open's about captions. */
int validate_open(struct model *model, struct vocab *vocab, struct dataset *data,
                  enum token_compat compat, struct session **out, struct error *err) MUST_USE;
void validate_close(struct session *session);

/* Encodes the split with the model as it is now, scores it and evaluates. Errors: NaN features,
 * "interrupted". */
int validate(struct session *session, const struct progress *progress, struct evaluation *out,
             struct error *err) MUST_USE;

#endif
