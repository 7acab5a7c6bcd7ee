/* What a pair shows: attention in one direction or both, or what there is without. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/session/session_contributions.h"
#include "ui/work/backend_private.h"

static struct look_attention *attention_room(struct look *look, enum look_way way)
{
    struct look_attention *out = &look->of[way];
    out->weights = mem_new(look->words.count * look->R, sizeof *out->weights);
    out->similarity = mem_new(look->words.count, sizeof *out->similarity);
    return out;
}

/* Word by word, without <start> and <end>. */
static void take_words_side(const struct attention *attention, struct look *look)
{
    bool words = attention->shows & KIND_WORDS_ON_REGIONS;
    struct look_attention *out = attention_room(look, words ? LOOK_WORDS : LOOK_REGIONS);
    size_t n = look->words.count, R = look->R;
    memcpy(out->weights, attention->word_region + R, n * R * sizeof(float));
    memcpy(out->similarity, attention->word_similarity + 1, n * sizeof(float));
}

/* The regions' attention, seen from a word: how much each attends to it, and the mean of their
 * similarities so weighted. */
static void take_regions_side(const struct attention *attention, struct look *look)
{
    struct look_attention *out = attention_room(look, LOOK_REGIONS);
    size_t R = look->R;
    for (size_t w = 0; w < look->words.count; w++) {
        double sum = 0, total = 0;
        for (size_t r = 0; r < R; r++) {
            float weight = attention->region_word[r * attention->W + w + 1];
            out->weights[w * R + r] = weight;
            sum += (double)weight * (double)attention->region_similarity[r];
            total += (double)weight;
        }
        out->similarity[w] = total > 0 ? (float)(sum / total) : 0;
    }
}

static void take_look(const struct attention *attention, struct look *look)
{
    const unsigned both = KIND_WORDS_ON_REGIONS | KIND_REGIONS_ON_WORDS;
    look->R = attention->R;
    look->score = attention->score;
    take_words_side(attention, look);
    if ((attention->shows & both) == both)
        take_regions_side(attention, look);
    if (!attention->nodes)
        return;
    look->node = mem_new(look->words.count, sizeof *look->node);
    memcpy(look->node, attention->nodes + 2, look->words.count * sizeof *look->node);
    look->whole = attention->nodes[0];
}

/* The words' contributions, without <start> and <end>; NULL if they are not available (a long
 * caption in i2t). */
static float *shares_of(const struct real *real, size_t image, const struct query *query,
                        const struct attention *attention, enum agg_func agg)
{
    struct error err;
    float *all = mem_new(query->W, sizeof *all), *out = NULL;
    if (session_word_contributions(real->session, image, query, attention, agg, all, &err) == 0) {
        out = mem_new(query->W - 2, sizeof *out);
        memcpy(out, all + 1, (query->W - 2) * sizeof *out);
    }
    free(all);
    return out;
}

/* Those of another kind of model than SCAN depend on no pooling, nor on attention. */
static void take_shares(const struct real *real, size_t image, const struct query *query,
                        const struct attention *attention, struct look *look)
{
    if (real->session->matrix)
        return;
    if (model_kind(real->session->model)) {
        look->share = shares_of(real, image, query, NULL, AGG_MEAN);
        return;
    }
    enum agg_func own = model_options(real->session->model)->attn.agg_func;
    look->share_lse = shares_of(real, image, query, attention, AGG_LOGSUMEXP);
    look->share_avg = shares_of(real, image, query, attention, AGG_MEAN);
    look->share = shares_of(real, image, query, attention, own);
}

/* ---- a model without attention ---- */

/* The best of n scores but that of `but` (SIZE_MAX: of all); the caller's to free. */
static struct place *best_places(const float *scores, size_t n, size_t but, size_t *count_out)
{
    struct ranking *ranking = ranking_of_scores(scores, n);
    struct place *best = mem_new(LOOK_NEAREST, sizeof *best);
    size_t count = 0;
    for (size_t i = 0; i < n && count < LOOK_NEAREST; i++)
        if (ranking->places[i].index != but)
            best[count++] = ranking->places[i];
    ranking_free(ranking);
    *count_out = count;
    return best;
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (double)a[k] * (double)b[k];
    return sum;
}

/* The images whose vectors have the largest cosine with this one's. */
static void take_nearest_images(const struct session *session, size_t image, struct look *look)
{
    const float *global = session->images.global, *own = global + image * session->D;
    float *cosines = mem_new(session->I, sizeof *cosines);
    double length = sqrt(dot(own, own, session->D));
    for (size_t i = 0; i < session->I; i++) {
        const float *other = global + i * session->D;
        double both = length * sqrt(dot(other, other, session->D));
        cosines[i] = both > 0 ? (float)(dot(own, other, session->D) / both) : 0;
    }
    look->images = best_places(cosines, session->I, image, &look->image_count);
    free(cosines);
}

/* The image's best captions, if they are encoded: that takes too long for a look. */
static int take_best_captions(const struct session *session, size_t image, struct look *look,
                              struct error *err)
{
    if (!session->matrix && !embedded_captions_ready(&session->captions))
        return 0;
    float *scores = mem_new(session->C, sizeof *scores);
    int status = session_score_captions(session, image, scores, NULL, err);
    if (status == 0)
        look->captions = best_places(scores, session->C, SIZE_MAX, &look->caption_count);
    for (size_t i = 0; i < look->caption_count; i++)
        look->captions[i].truth =
            caption_map_has(&session->data->map, image, look->captions[i].index);
    free(scores);
    return status;
}

static int look_at_wholes(const struct real *real, size_t image, const struct query *query,
                          struct look **out, struct error *err)
{
    struct look *look = mem_new(1, sizeof *look);
    int status = session_score_pair(real->session, image, query, &look->score, err);
    if (status == 0)
        status = take_best_captions(real->session, image, look, err);
    if (status != 0) {
        look_free(look);
        return -1;
    }
    backend_query_words(real, query, &look->words);
    take_shares(real, image, query, NULL, look);
    if (real->session->images.global)
        take_nearest_images(real->session, image, look);
    *out = look;
    return 0;
}

int backend_look_take(struct backend *backend, size_t image, const struct ask *ask,
                      struct look **out, struct error *err)
{
    struct real *real = real_of(backend);
    struct attention *attention = NULL;
    const struct query *query;
    if (backend_query_get(real, ask, &query, err) != 0)
        return -1;
    if (!session_shows(real->session))
        return look_at_wholes(real, image, query, out, err);
    if (session_attention(real->session, image, query, &attention, err) != 0)
        return -1;
    struct look *look = mem_new(1, sizeof *look);
    backend_query_words(real, query, &look->words);
    take_look(attention, look);
    take_shares(real, image, query, attention, look);
    session_attention_free(attention);
    *out = look;
    return 0;
}
