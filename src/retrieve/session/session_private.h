/* session_private.h: the parts of a session. */
#ifndef RETRIEVE_SESSION_SESSION_PRIVATE_H
#define RETRIEVE_SESSION_SESSION_PRIVATE_H

#include "retrieve/score/score.h"
#include "retrieve/session/session.h"

/* Makes regions, gram and region_norm: from an index as `use` says, or from the split's features.
 */
int session_encode_images(struct session *session, const struct index_use *use,
                          const struct progress *progress, struct error *err) MUST_USE;
void session_release_images(struct session *session);

/* Fills C, ids, starts from the split's captions or token ids. Errors: an id outside the embedding,
 * a caption that is too long, by line number. */
int session_read_captions(struct session *session, struct error *err) MUST_USE;

/* The embedded split as the engine takes it. */
struct score_images session_images(const struct session *session);
struct score_captions session_captions(const struct session *session);

/* n of them from `first` on. */
struct score_images session_images_at(const struct session *session, size_t first, size_t n);
struct score_captions session_captions_at(const struct session *session, size_t first, size_t n);

/* A query as a caption of its own; starts: 0 and its words, the caller's while it is used. */
struct score_captions session_captions_of_query(const struct session *session,
                                                const struct query *query, const size_t starts[2]);

#endif
