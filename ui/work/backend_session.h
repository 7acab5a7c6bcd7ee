/* backend_session.h: the real backend: a model with a split (retrieve/session/session.h) and its
 * figures.
 */
#ifndef UI_WORK_BACKEND_SESSION_H
#define UI_WORK_BACKEND_SESSION_H

#include "retrieve/session/session.h"
#include "ui/work/backend.h"
#include "ui/work/source.h"

/* A worker_open; context: a bool, whether images are ranked as halves (struct session_spec), or
 * NULL: they are not. */
int backend_session_open(void *context, const struct source *source, int side,
                         const struct progress *progress, struct backend **out, struct error *err);

/* A session that is open already, which the backend takes over. `note`: a line worth telling, or
 * NULL. */
struct backend *backend_session_wrap(struct session *session, const char *data_name,
                                     const char *note);

/* The source as a specification, whose strings are the source's. */
void backend_session_spec(const struct source *source, struct session_spec *out);

/* The specification as a source, its paths made absolute; the caller's to free by source_done. */
void backend_session_source(const struct session_spec *spec, struct source *out);

#endif
