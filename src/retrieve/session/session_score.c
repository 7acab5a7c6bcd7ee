/* session_score.c: scores of an open session. */
#include "retrieve/session/session_private.h"

int session_score_images(const struct session *session, const struct query *query, float *scores,
                         const struct progress *progress, struct error *err)
{
    size_t starts[2] = {0, query->W};
    struct embedded_captions caption = query_caption(query, session->D, starts);
    return score_images(session_attn(session), &session->images, &caption, scores, progress, err);
}

int session_score_captions(const struct session *session, size_t image, float *scores,
                           const struct progress *progress, struct error *err)
{
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    return score_captions(session_attn(session), &one, &session->captions, scores, progress, err);
}

int session_score_block(const struct session *session, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err)
{
    struct embedded_images v = embedded_images_at(&session->images, first_image, images);
    struct embedded_captions e = embedded_captions_at(&session->captions, first_caption, captions);
    return score_all(session_attn(session), &v, &e, sims, progress, err);
}

int session_score_all(const struct session *session, float *sims, const struct progress *progress,
                      struct error *err)
{
    return session_score_block(session, 0, session->I, 0, session->C, sims, progress, err);
}

/* ---- captions outside the split ---- */

/* Embeds n captions; to be freed with embedded_captions_free, also after an error. */
static int encode_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, struct embedded_captions *out, struct error *err)
{
    bool i2t = session_attn(session)->cross_attn == CROSS_I2T;
    if (embedded_captions_alloc(n, session->D, starts, i2t, out, err) != 0 ||
        model_encode_words(session->model, ids, starts, n, out->words, err) != 0)
        return -1;
    for (size_t c = 0; c < n; c++)
        embedded_captions_finish(out, c);
    return 0;
}

int session_score_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, float *sims, const struct progress *progress, struct error *err)
{
    struct embedded_captions captions;
    int status = encode_ids(session, ids, starts, n, &captions, err);
    if (status == 0)
        status = score_all(session_attn(session), &session->images, &captions, sims, progress, err);
    embedded_captions_free(&captions);
    return status;
}
