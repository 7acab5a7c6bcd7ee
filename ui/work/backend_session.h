/* backend_session.h: the real backend: a model with a split (retrieve/session/session.h), and its
 * figures. */
#ifndef UI_WORK_BACKEND_SESSION_H
#define UI_WORK_BACKEND_SESSION_H

#include "retrieve/session/session.h"
#include "ui/work/backend.h"
#include "ui/work/source.h"

/* A worker_open; context: a bool, whether to score in bfloat16 (struct session_spec); NULL: false.
 */
int backend_session_open(void *context, const struct source *source, int side,
                         const struct progress *progress, struct backend **out,
                         struct error *err) MUST_USE;

/* A backend of an open session, which it takes over; free it with backend_free. `data_name` is
 * shown; `note`: a remark for the user, or NULL. Both are copied. */
struct backend *backend_session_wrap(struct session *session, const char *data_name,
                                     const char *note);

/* The specification as a source with absolute paths; the caller's to free by source_done. */
void backend_session_source(const struct session_spec *spec, struct source *out);

#endif
