/* session_score.c: an open session handed to the scoring engine. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/session/session_private.h"

struct score_images session_images(const struct session *session)
{
    return (struct score_images){.I = session->I,
                                 .R = session->R,
                                 .D = session->D,
                                 .regions = session->regions,
                                 .high = session->high,
                                 .low = session->low,
                                 .loss = session->loss,
                                 .gram = session->gram,
                                 .norm = session->region_norm};
}

struct score_captions session_captions(const struct session *session)
{
    return (struct score_captions){.C = session->C,
                                   .D = session->D,
                                   .starts = session->starts,
                                   .words = session->words,
                                   .norm = session->word_norm,
                                   .gram = session->word_gram,
                                   .gram_start = session->word_gram_start,
                                   .loss = session->word_loss};
}

struct score_captions session_captions_of_query(const struct session *session,
                                                const struct query *query, const size_t starts[2])
{
    static const size_t gram_start[2];
    return (struct score_captions){.C = 1,
                                   .D = session->D,
                                   .starts = starts,
                                   .words = query->emb,
                                   .norm = query->norm,
                                   .gram = query->gram,
                                   .gram_start = gram_start};
}

struct score_images session_images_at(const struct session *session, size_t first, size_t n)
{
    struct score_images images = session_images(session);
    size_t rows = first * images.R, numbers = rows * images.D;
    images.I = n;
    if (images.regions) {
        images.regions += numbers;
    } else {
        images.high += numbers;
        images.low += numbers;
    }
    images.norm += rows;
    if (images.gram)
        images.gram += rows * images.R;
    return images;
}

struct score_captions session_captions_at(const struct session *session, size_t first, size_t n)
{
    struct score_captions captions = session_captions(session);
    captions.starts += first;
    if (captions.gram_start)
        captions.gram_start += first;
    captions.C = n;
    return captions;
}

int session_score_images(const struct session *session, const struct query *query, float *scores,
                         const struct progress *progress, struct error *err)
{
    size_t starts[2] = {0, query->W};
    struct score_images images = session_images(session);
    struct score_captions caption = session_captions_of_query(session, query, starts);
    return score_images(&model_options(session->model)->attn, &images, &caption, scores, progress,
                        err);
}

int session_score_captions(const struct session *session, size_t image, float *scores,
                           const struct progress *progress, struct error *err)
{
    struct score_images images = session_images_at(session, image, 1);
    struct score_captions captions = session_captions(session);
    return score_captions(&model_options(session->model)->attn, &images, &captions, scores,
                          progress, err);
}

int session_score_block(const struct session *session, size_t first_image, size_t images,
                        size_t first_caption, size_t captions, float *sims,
                        const struct progress *progress, struct error *err)
{
    struct score_images v = session_images_at(session, first_image, images);
    struct score_captions e = session_captions_at(session, first_caption, captions);
    return score_all(&model_options(session->model)->attn, &v, &e, sims, progress, err);
}

int session_score_all(const struct session *session, float *sims, const struct progress *progress,
                      struct error *err)
{
    return session_score_block(session, 0, session->I, 0, session->C, sims, progress, err);
}

/* ---- captions that are no part of the split ---- */

struct encoded {
    float *words, *norm, *gram;
    size_t *gram_start;
};

static void encoded_done(struct encoded *e)
{
    free(e->words);
    free(e->norm);
    free(e->gram);
    free(e->gram_start);
}

/* Embeds n captions; to be freed with encoded_done, also after an error. */
static int encode_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, struct encoded *out, struct error *err)
{
    bool i2t = model_options(session->model)->attn.cross_attn == CROSS_I2T;
    size_t D = session->D, words = starts[n], gram = 0;
    out->gram_start = mem_new(n + 1, sizeof *out->gram_start);
    for (size_t c = 0; c < n; c++)
        out->gram_start[c + 1] = gram += (starts[c + 1] - starts[c]) * (starts[c + 1] - starts[c]);
    if (mem_alloc(&out->words, words, D * sizeof(float), "captions", err) != 0 ||
        mem_alloc(&out->norm, words, sizeof(float), "captions", err) != 0 ||
        mem_alloc(&out->gram, i2t ? gram : 0, sizeof(float), "captions", err) != 0 ||
        model_encode_words(session->model, ids, starts, n, out->words, err) != 0)
        return -1;
    xattn_norms(out->words, words, D, out->norm);
    for (size_t c = 0; i2t && c < n; c++)
        xattn_gram(out->words + starts[c] * D, starts[c + 1] - starts[c], D,
                   out->gram + out->gram_start[c]);
    return 0;
}

int session_score_ids(const struct session *session, const int32_t *ids, const size_t *starts,
                      size_t n, float *sims, const struct progress *progress, struct error *err)
{
    struct encoded encoded = {0};
    struct score_images images = session_images(session);
    int status = encode_ids(session, ids, starts, n, &encoded, err);
    struct score_captions captions = {.C = n,
                                      .D = session->D,
                                      .starts = starts,
                                      .words = encoded.words,
                                      .norm = encoded.norm,
                                      .gram = encoded.gram,
                                      .gram_start = encoded.gram_start};
    if (status == 0)
        status = score_all(&model_options(session->model)->attn, &images, &captions, sims, progress,
                           err);
    encoded_done(&encoded);
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

/* i2t: a word is seen by the regions that look at it, and is worth their similarities weighted by
 * how much each looks. */
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
    const struct attn_options *options = &model_options(session->model)->attn;
    struct attention *a = mem_new(1, sizeof *a);
    *a =
        (struct attention){.t2i = options->cross_attn == CROSS_T2I, .R = session->R, .W = query->W};
    a->weights = mem_new(a->R * a->W, sizeof *a->weights);
    a->word_region = mem_new(a->R * a->W, sizeof *a->word_region);
    a->similarity = mem_new(a->t2i ? a->W : a->R, sizeof *a->similarity);
    a->word_similarity = mem_new(a->W, sizeof *a->word_similarity);
    size_t starts[2] = {0, query->W};
    struct score_images images = session_images_at(session, image, 1);
    struct score_captions caption = session_captions_of_query(session, query, starts);
    if (score_pair(options, &images, &caption, a->weights, a->similarity, &a->score, err) != 0) {
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
