/* backend_session.h: the real backend: a model with a split (retrieve/session.h) and its figures. */
#ifndef UI_BACKEND_SESSION_H
#define UI_BACKEND_SESSION_H

#include "retrieve/session.h"
#include "ui/backend.h"

/* A worker_open: context is an array of struct session_spec, one a side. */
int backend_session_open(void *context, int side, const struct progress *progress,
                         struct backend **out, struct error *err);

/* A session that is open already, which the backend takes over. `note`: a line worth telling, or NULL. */
struct backend *backend_session_wrap(struct session *session, const char *data_name, const char *note);

#endif
