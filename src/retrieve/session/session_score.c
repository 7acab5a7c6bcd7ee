/* session_score.c: scores of an open session. */
#include "retrieve/session/session_private.h"

int session_score_images(const struct session *session, const struct query *query, float *scores,
                         const struct progress *progress, struct error *err)
{
    size_t starts[2] = {0, query->W};
    if (session->matrix)
        return session_score_block(session, 0, session->I, query->caption, 1, scores, progress,
                                   err);
    struct embedded_captions caption = query_caption(query, session->D, starts);
    struct scoring scoring = session_scoring(session);
    return score_images(&scoring, &session->images, &caption, scores, progress, err);
}

int session_score_captions(const struct session *session, size_t image, float *scores,
                           const struct progress *progress, struct error *err)
{
    if (session->matrix)
        return session_score_block(session, image, 1, 0, session->C, scores, progress, err);
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    struct scoring scoring = session_scoring(session);
    return score_captions(&scoring, &one, &session->captions, scores, progress, err);
}

int session_score_block(const struct session *session, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err)
{
    if (session->matrix) {
        sims_file_part(session->matrix, first_image, images, first_caption, captions, sims);
        return progress_step(progress, images * captions, images * captions)
                   ? 0
                   : error_set(err, "interrupted");
    }
    struct embedded_images v = embedded_images_at(&session->images, first_image, images);
    struct embedded_captions e = embedded_captions_at(&session->captions, first_caption, captions);
    struct scoring scoring = session_scoring(session);
    return score_all(&scoring, &v, &e, sims, progress, err);
}

int session_score_all(const struct session *session, float *sims, const struct progress *progress,
                      struct error *err)
{
    return session_score_block(session, 0, session->I, 0, session->C, sims, progress, err);
}

/* ---- captions outside the split ---- */

int session_score_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, float *sims, const struct progress *progress, struct error *err)
{
    if (session->matrix)
        return session_matrix_caption(session, NULL, NULL, err);
    struct scoring scoring = session_scoring(session);
    struct embedded_captions captions;
    int status = session_encode_ids(session, ids, starts, n, &captions, err);
    if (status == 0)
        status = score_all(&scoring, &session->images, &captions, sims, progress, err);
    embedded_captions_free(&captions);
    return status;
}

/* ---- one pair ---- */

int session_score_pair(const struct session *session, size_t image, const struct query *query,
                       float *score_out, struct error *err)
{
    if (session->matrix) {
        *score_out = sims_file_at(session->matrix, image, query->caption);
        return 0;
    }
    size_t starts[2] = {0, query->W};
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    struct embedded_captions caption = query_caption(query, session->D, starts);
    struct scoring scoring = session_scoring(session);
    return score_pair(&scoring, &one, &caption, NULL, NULL, score_out, err);
}
