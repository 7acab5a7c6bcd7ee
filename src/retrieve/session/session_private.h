/* session_private.h: how a session is put together. */
#ifndef RETRIEVE_SESSION_SESSION_PRIVATE_H
#define RETRIEVE_SESSION_SESSION_PRIVATE_H

#include "model/kind.h"
#include "retrieve/score/score.h"
#include "retrieve/session/session.h"

/* Opens a matrix with its split (session_matrix.c) into an empty session. Errors: those of the
 * data, the vocabulary and sims_file.h; what was opened is the session's. */
int session_open_matrix(const struct session_spec *spec, struct session *session,
                        struct error *err) MUST_USE;

/* Finds the caption of the split that a text is. Errors: none is. */
int session_matrix_caption(const struct session *session, const char *text, size_t *out,
                           struct error *err) MUST_USE;

/* Sets `images` (and `index`): from an index as `use` says, or from the split's features. Errors:
 * those of index_open and images_encode_all. */
int session_encode_images(struct session *session, const struct index_use *use,
                          const struct progress *progress, struct error *err) MUST_USE;

/* Sets C, ids and starts from the split's captions or token ids; of a matrix without a vocabulary
 * the ids are all 0. Errors: an id outside the embedding, a caption that is empty or too long, by
 * its number. */
int session_read_captions(struct session *session, struct error *err) MUST_USE;

/* How the session's pairs are scored. */
static inline struct scoring session_scoring(const struct session *session)
{
    return (struct scoring){&model_options(session->model)->attn, model_kind(session->model)};
}

/* What the session's images and captions hold. */
static inline struct kind_holds session_holds(const struct session *session)
{
    struct scoring scoring = session_scoring(session);
    return score_holds(&scoring);
}

/* How the session's model attends, if it is SCAN's. */
static inline const struct attn_options *session_attn(const struct session *session)
{
    return &model_options(session->model)->attn;
}

/* The words of n captions (all words x D) and, if the model holds them, their global vectors (n x
 * D; else NULL). Errors: those of model_encode_words, not enough memory. */
int session_encode_words(const struct session *session, const int32_t *ids, const size_t *starts,
                         size_t n, float *words, float *global, struct error *err) MUST_USE;

/* Embeds n captions, end to end as for session_score_ids; to be freed with embedded_captions_free,
 * also after an error. Errors: those of model_encode_words, not enough memory. */
int session_encode_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                       size_t n, struct embedded_captions *out, struct error *err) MUST_USE;

/* What its model does otherwise than SCAN; NULL: SCAN, or a matrix. */
static inline const struct kind_model *session_kind(const struct session *session)
{
    return session->model ? model_kind(session->model) : NULL;
}

/* A query as a single caption, borrowed; starts: {0, query->W}, the caller's. */
struct embedded_captions query_caption(const struct query *query, size_t D, const size_t starts[2]);

#endif
