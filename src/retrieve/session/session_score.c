/* session_score.c: scores and attention of an open session. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

/* ---- attention of one pair ---- */

void session_attention_free(struct attention *attention)
{
    if (!attention)
        return;
    free(attention->weights);
    free(attention->similarity);
    free(attention->word_region);
    free(attention->word_similarity);
    free(attention);
}

/* i2t: a word is seen by the regions that attend to it; its similarity is theirs, weighted by their
 * attention. */
static void words_of_i2t(struct attention *a)
{
    for (size_t w = 0; w < a->W; w++) {
        double sum = 0, weight = 0;
        for (size_t r = 0; r < a->R; r++) {
            float look = a->weights[r * a->W + w];
            a->word_region[w * a->R + r] = look;
            sum += (double)look * a->similarity[r];
            weight += look;
        }
        a->word_similarity[w] = weight > 0 ? (float)(sum / weight) : 0;
    }
}

static void words_of_t2i(struct attention *a)
{
    memcpy(a->word_region, a->weights, a->R * a->W * sizeof *a->word_region);
    memcpy(a->word_similarity, a->similarity, a->W * sizeof *a->word_similarity);
}

int session_attention(const struct session *session, size_t image, const struct query *query,
                      struct attention **out, struct error *err)
{
    const struct attn_options *options = session_attn(session);
    struct attention *a = mem_new(1, sizeof *a);
    *a = (struct attention){.t2i = options->cross_attn == CROSS_T2I,
                            .R = embedded_images_regions(&session->images, image),
                            .W = query->W};
    a->weights = mem_new(a->R * a->W, sizeof *a->weights);
    a->word_region = mem_new(a->R * a->W, sizeof *a->word_region);
    a->similarity = mem_new(a->t2i ? a->W : a->R, sizeof *a->similarity);
    a->word_similarity = mem_new(a->W, sizeof *a->word_similarity);
    size_t starts[2] = {0, query->W};
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    struct embedded_captions caption = query_caption(query, session->D, starts);
    if (score_pair(options, &one, &caption, a->weights, a->similarity, &a->score, err) != 0) {
        session_attention_free(a);
        return -1;
    }
    if (a->t2i)
        words_of_t2i(a);
    else
        words_of_i2t(a);
    *out = a;
    return 0;
}
