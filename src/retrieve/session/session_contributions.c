#include "retrieve/session/session_contributions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/session/session_private.h"

static float largest(const float *x, size_t n)
{
    float most = -INFINITY;
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, x[i]);
    return most;
}

static double sum(const float *x, size_t n)
{
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += (double)x[i];
    return all;
}

/* A pair's score from its n similarities (Sec. 3.1 of the paper; Max and Sum as in the reference);
 * -inf if n is 0. */
static float pool_similarity(enum agg_func agg, float lambda_lse, const float *similarity, size_t n)
{
    float most = largest(similarity, n);
    double all = 0;
    if (n == 0 || agg == AGG_MAX)
        return most;
    if (agg != AGG_LOGSUMEXP)
        return (float)(sum(similarity, n) / (agg == AGG_MEAN ? (double)n : 1));
    for (size_t i = 0; i < n; i++)
        all += exp((double)lambda_lse * (double)(similarity[i] - most));
    return most + (float)(log(all) / (double)lambda_lse);
}

static void contributions_of_t2i(enum agg_func agg, float lambda_lse, const float *similarity,
                                 size_t W, float *contributions)
{
    float all = pool_similarity(agg, lambda_lse, similarity, W);
    float *rest = mem_new(W, sizeof *rest);
    bool parts = agg == AGG_SUM || agg == AGG_MEAN; /* the score is a sum over the words */
    for (size_t w = 0; w < W; w++) {
        memcpy(rest, similarity, w * sizeof *rest);
        memcpy(rest + w, similarity + w + 1, (W - 1 - w) * sizeof *rest);
        if (parts)
            contributions[w] = agg == AGG_MEAN ? similarity[w] / (float)W : similarity[w];
        else
            contributions[w] = W > 1 ? all - pool_similarity(agg, lambda_lse, rest, W - 1) : all;
    }
    free(rest);
}

/* Makes `out` the query without one of its words. */
static void omit_word(const struct query *query, size_t word, const struct embedded_captions *out)
{
    size_t W = query->W, D = out->D, at = 0;
    for (size_t w = 0; w < W; w++) {
        if (w == word)
            continue;
        memcpy(out->words + at * D, query->emb + w * D, D * sizeof(float));
        out->norm[at] = query->norm[w];
        float *row = out->gram + at++ * (W - 1);
        memcpy(row, query->gram + w * W, word * sizeof(float));
        memcpy(row + word, query->gram + w * W + word + 1, (W - 1 - word) * sizeof(float));
    }
}

static int contributions_of_i2t(const struct session *session, size_t image,
                                const struct query *query, const struct attn_options *options,
                                float all, float *contributions, struct error *err)
{
    size_t W = query->W, starts[2] = {0, W - 1};
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    struct scoring scoring = {.attn = options};
    struct embedded_captions shorter;
    int status =
        embedded_captions_alloc(1, session->D, starts, session_holds(session), &shorter, err);
    for (size_t w = 0; w < W && status == 0; w++) {
        float rest = 0;
        omit_word(query, w, &shorter);
        if (W > 1)
            status = score_pair(&scoring, &one, &shorter, NULL, NULL, &rest, err);
        contributions[w] = all - rest;
    }
    embedded_captions_free(&shorter);
    return status;
}

/* The caption, then without its first word, without its second, ...: W + 1 captions end to end. */
static void leave_out(const struct query *query, int32_t *ids, size_t *starts)
{
    size_t W = query->W, at = W;
    memcpy(ids, query->ids, W * sizeof *ids);
    starts[1] = W;
    for (size_t out = 0; out < W; out++) {
        for (size_t w = 0; w < W; w++)
            if (w != out)
                ids[at++] = query->ids[w];
        starts[out + 2] = at;
    }
}

static int score_captions_with(const struct session *session, size_t image, const int32_t *ids,
                               const size_t *starts, size_t n, float *scores, struct error *err)
{
    struct scoring scoring = session_scoring(session);
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    struct embedded_captions captions;
    int status = session_encode_ids(session, ids, starts, n, &captions, err);
    if (status == 0)
        status = score_all(&scoring, &one, &captions, scores, NULL, err);
    embedded_captions_free(&captions);
    return status;
}

/* All are encoded at once, also the whole caption: then all scores are rounded alike. */
static int contributions_of_kind(const struct session *session, size_t image,
                                 const struct query *query, float *contributions, struct error *err)
{
    size_t W = query->W;
    if (W == 1)
        return session_score_pair(session, image, query, contributions, err);
    int32_t *ids = mem_new(W * W, sizeof *ids);
    size_t *starts = mem_new(W + 2, sizeof *starts);
    float *scores = mem_new(W + 1, sizeof *scores);
    leave_out(query, ids, starts);
    int status = score_captions_with(session, image, ids, starts, W + 1, scores, err);
    for (size_t w = 0; w < W && status == 0; w++)
        contributions[w] = scores[0] - scores[w + 1];
    free(scores);
    free(starts);
    free(ids);
    return status;
}

int session_word_contributions(const struct session *session, size_t image,
                               const struct query *query, const struct attention *attention,
                               enum agg_func agg, float *contributions, struct error *err)
{
    if (session->matrix)
        return session_matrix_caption(session, NULL, NULL, err);
    struct attn_options options = *session_attn(session);
    options.agg_func = agg;
    if (!session_kind(session) && attention->shows & KIND_WORDS_ON_REGIONS) {
        contributions_of_t2i(agg, options.lambda_lse, attention->word_similarity, query->W,
                             contributions);
        return 0;
    }
    if (query->W > SESSION_CONTRIBUTION_WORDS)
        return error_set(err, "the caption has %zu words; contributions are computed for up to %d",
                         query->W - 2, SESSION_CONTRIBUTION_WORDS - 2);
    if (session_kind(session))
        return contributions_of_kind(session, image, query, contributions, err);
    float all =
        pool_similarity(agg, options.lambda_lse, attention->region_similarity, attention->R);
    return contributions_of_i2t(session, image, query, &options, all, contributions, err);
}
