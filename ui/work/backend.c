#include "ui/work/backend.h"

#include <stdlib.h>

#include "base/mem.h"
#include "retrieve/score/rank.h"

void ask_words_add(struct ask_words *words, const char *text, bool known)
{
    words->text = mem_grow(words->text, words->count + 1, sizeof *words->text);
    words->known = mem_grow(words->known, words->count + 1, sizeof *words->known);
    words->text[words->count] = mem_strdup(text);
    words->known[words->count++] = known;
    words->unknown += !known;
}

void ask_words_done(struct ask_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->text[i]);
    free(words->text);
    free(words->known);
    *words = (struct ask_words){0};
}

void ranking_free(struct ranking *ranking)
{
    if (!ranking)
        return;
    free(ranking->places);
    ask_words_done(&ranking->words);
    free(ranking);
}

void look_free(struct look *look)
{
    if (!look)
        return;
    ask_words_done(&look->words);
    for (int way = 0; way < LOOK_WAYS; way++) {
        free(look->of[way].weights);
        free(look->of[way].similarity);
    }
    free(look->share);
    free(look->share_lse);
    free(look->share_avg);
    free(look->node);
    free(look->images);
    free(look->captions);
    free(look);
}

static int better_first(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    return rank_compare((struct ranked){x->index, x->score}, (struct ranked){y->index, y->score});
}

struct ranking *ranking_of_scores(const float *scores, size_t n)
{
    struct ranking *ranking = mem_new(1, sizeof *ranking);
    ranking->places = mem_new(n, sizeof *ranking->places);
    ranking->count = ranking->best_truth = n;
    for (size_t i = 0; i < n; i++)
        ranking->places[i] = (struct place){.index = i, .score = scores[i]};
    qsort(ranking->places, n, sizeof *ranking->places, better_first);
    return ranking;
}

void ranking_mark(struct ranking *ranking, size_t first, size_t n)
{
    for (size_t i = 0; i < ranking->count; i++) {
        struct place *place = &ranking->places[i];
        place->truth = place->truth || (place->index >= first && place->index - first < n);
        if (place->truth && i < ranking->best_truth)
            ranking->best_truth = i;
    }
}
