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

float session_pool_similarity(enum agg_func agg, float lambda_lse, const float *similarity,
                              size_t n)
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
                                 size_t W, float *contribution_measure)
{
    float all = session_pool_similarity(agg, lambda_lse, similarity, W);
    float *rest = mem_new(W, sizeof *rest);
    bool parts = agg == AGG_SUM || agg == AGG_MEAN; /* the score is a sum of the words' own */
    for (size_t w = 0; w < W; w++) {
        memcpy(rest, similarity, w * sizeof *rest);
        memcpy(rest + w, similarity + w + 1, (W - 1 - w) * sizeof *rest);
        if (parts)
            contribution_measure[w] = agg == AGG_MEAN ? similarity[w] / (float)W : similarity[w];
        else
            contribution_measure[w] =
                W > 1 ? all - session_pool_similarity(agg, lambda_lse, rest, W - 1) : all;
    }
    free(rest);
}

/* A caption without one of its words. */
struct shorter {
    float *words, *norm, *gram; /* (W - 1) x D, W - 1, (W - 1) x (W - 1) */
};

static int shorter_get(size_t W, size_t D, struct shorter *out, struct error *err)
{
    *out = (struct shorter){0};
    if (mem_alloc(&out->words, W * D, sizeof(float), "a caption", err) != 0 ||
        mem_alloc(&out->gram, W * W, sizeof(float), "a caption", err) != 0)
        return -1;
    out->norm = mem_new(W, sizeof *out->norm);
    return 0;
}

static void shorter_free(struct shorter *s)
{
    free(s->words);
    free(s->norm);
    free(s->gram);
}

static void leave_out(const struct query *query, size_t D, size_t word, struct shorter *s)
{
    size_t W = query->W, at = 0;
    for (size_t w = 0; w < W; w++) {
        if (w == word)
            continue;
        memcpy(s->words + at * D, query->emb + w * D, D * sizeof(float));
        s->norm[at] = query->norm[w];
        float *row = s->gram + at++ * (W - 1);
        memcpy(row, query->gram + w * W, word * sizeof(float));
        memcpy(row + word, query->gram + w * W + word + 1, (W - 1 - word) * sizeof(float));
    }
}

static int contributions_of_i2t(const struct session *session, size_t image,
                                const struct query *query, const struct attn_options *options,
                                float all, float *contribution_measure, struct error *err)
{
    size_t W = query->W, starts[2] = {0, W - 1}, gram_start[2] = {0};
    struct score_images images = session_images_at(session, image, 1);
    struct shorter s;
    int status = shorter_get(W, session->D, &s, err);
    for (size_t w = 0; w < W && status == 0; w++) {
        struct score_captions caption = {.C = 1,
                                         .D = session->D,
                                         .starts = starts,
                                         .words = s.words,
                                         .norm = s.norm,
                                         .gram = s.gram,
                                         .gram_start = gram_start};
        float rest = 0;
        leave_out(query, session->D, w, &s);
        if (W > 1)
            status = score_pair(options, &images, &caption, NULL, NULL, &rest, err);
        contribution_measure[w] = all - rest;
    }
    shorter_free(&s);
    return status;
}

int session_word_contributions(const struct session *session, size_t image,
                               const struct query *query, const struct attention *attention,
                               enum agg_func agg, float *contribution_measure, struct error *err)
{
    struct attn_options options = model_options(session->model)->attn;
    options.agg_func = agg;
    if (attention->t2i) {
        contributions_of_t2i(agg, options.lambda_lse, attention->similarity, query->W,
                             contribution_measure);
        return 0;
    }
    if (query->W > SESSION_CONTRIBUTION_WORDS)
        return error_set(err, "the caption has %zu words; what each adds is told up to %d",
                         query->W - 2, SESSION_CONTRIBUTION_WORDS - 2);
    float all =
        session_pool_similarity(agg, options.lambda_lse, attention->similarity, attention->R);
    return contributions_of_i2t(session, image, query, &options, all, contribution_measure, err);
}
