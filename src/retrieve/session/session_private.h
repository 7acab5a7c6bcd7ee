/* session_private.h: how a session is put together. */
#ifndef RETRIEVE_SESSION_SESSION_PRIVATE_H
#define RETRIEVE_SESSION_SESSION_PRIVATE_H

#include "model/kind.h"
#include "retrieve/score/score.h"
#include "retrieve/session/session.h"

/* Sets `images` (and `index`): from an index as `use` says, or from the split's features. Errors:
 * those of index_open and images_encode_all. */
int session_encode_images(struct session *session, const struct index_use *use,
                          const struct progress *progress, struct error *err) MUST_USE;

/* Sets C, ids and starts from the split's captions or token ids. Errors: an id outside the
 * embedding, a caption that is empty or too long, by its number. */
int session_read_captions(struct session *session, struct error *err) MUST_USE;

/* How the session's model attends. */
static inline const struct attn_options *session_attn(const struct session *session)
{
    return &model_options(session->model)->attn;
}

/* A query as a single caption, borrowed; starts: {0, query->W}, the caller's. */
struct embedded_captions query_caption(const struct query *query, size_t D, const size_t starts[2]);

#endif
