/* session_attention.c: what a pair shows. */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "retrieve/score/score_kind.h"
#include "retrieve/session/session_private.h"

unsigned session_shows(const struct session *session)
{
    if (session->matrix)
        return 0;
    const struct kind_model *kind = session_kind(session);
    if (kind)
        return kind->options.kind->shows;
    return session_attn(session)->cross_attn == CROSS_T2I ? KIND_WORDS_ON_REGIONS
                                                          : KIND_REGIONS_ON_WORDS;
}

void session_attention_free(struct attention *attention)
{
    if (!attention)
        return;
    free(attention->word_region);
    free(attention->word_similarity);
    free(attention->region_word);
    free(attention->region_similarity);
    free(attention->nodes);
    free(attention);
}

static struct attention *attention_new(unsigned shows, size_t R, size_t W)
{
    struct attention *a = mem_new(1, sizeof *a);
    *a = (struct attention){.shows = shows, .R = R, .W = W};
    a->word_region = mem_new(R * W, sizeof *a->word_region);
    a->word_similarity = mem_new(W, sizeof *a->word_similarity);
    if (shows & KIND_REGIONS_ON_WORDS) {
        a->region_word = mem_new(R * W, sizeof *a->region_word);
        a->region_similarity = mem_new(R, sizeof *a->region_similarity);
    }
    if (shows & KIND_NODES)
        a->nodes = mem_new(1 + W, sizeof *a->nodes);
    return a;
}

/* A word is seen by the regions that attend to it; its similarity is theirs, weighted by their
 * attention. */
void session_attention_turn(struct attention *a)
{
    assert(a->region_word);
    for (size_t w = 0; w < a->W; w++) {
        double sum = 0, weight = 0;
        for (size_t r = 0; r < a->R; r++) {
            float look = a->region_word[r * a->W + w];
            a->word_region[w * a->R + r] = look;
            sum += (double)look * a->region_similarity[r];
            weight += look;
        }
        a->word_similarity[w] = weight > 0 ? (float)(sum / weight) : 0;
    }
}

static int show_scan(const struct session *session, const struct embedded_images *image,
                     const struct embedded_captions *caption, struct attention *a,
                     struct error *err)
{
    struct scoring scoring = session_scoring(session);
    bool words = a->shows & KIND_WORDS_ON_REGIONS;
    if (score_pair(&scoring, image, caption, words ? a->word_region : a->region_word,
                   words ? a->word_similarity : a->region_similarity, &a->score, err) != 0)
        return -1;
    if (!words)
        session_attention_turn(a);
    return 0;
}

static int show_kind(const struct kind_model *kind, const struct embedded_images *image,
                     const struct embedded_captions *caption, struct attention *a,
                     struct error *err)
{
    struct kind_images v = embedded_images_kind(image);
    struct kind_captions e = embedded_captions_kind(caption);
    struct kind_shown shown = {a->word_region, a->region_word, a->word_similarity,
                               a->region_similarity, a->nodes};
    return score_kind_show(kind, &v, &e, &shown, err);
}

int session_attention(const struct session *session, size_t image, const struct query *query,
                      struct attention **out, struct error *err)
{
    const struct kind_model *kind = session_kind(session);
    unsigned shows = session_shows(session);
    if (session->matrix)
        return error_set(err, "%s is a matrix of similarities: there is no attention to show",
                         session->name);
    size_t starts[2] = {0, query->W};
    if (shows == 0)
        return error_set(err,
                         "%s compares whole images with whole captions: there is no "
                         "attention to show",
                         kind->options.kind->name);
    struct embedded_images one = embedded_images_at(&session->images, image, 1);
    struct embedded_captions caption = query_caption(query, session->D, starts);
    struct attention *a = attention_new(shows, embedded_images_regions(&one, 0), query->W);
    if ((kind ? show_kind(kind, &one, &caption, a, err)
              : show_scan(session, &one, &caption, a, err)) != 0 ||
        (kind && session_score_pair(session, image, query, &a->score, err) != 0)) {
        session_attention_free(a);
        return -1;
    }
    *out = a;
    return 0;
}
