#include "analyse/contribution.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { VARIANTS = 96 }; /* captions scored at a time, unless one has more words */

double contribution_entropy(const float *weights, size_t n)
{
    double sum = 0, entropy = 0;
    for (size_t k = 0; k < n; k++)
        sum += weights[k];
    if (n < 2)
        return NAN;
    if (!(sum > 0))
        return 1;
    for (size_t k = 0; k < n; k++) {
        double p = weights[k] / sum;
        entropy -= p > 0 ? p * log(p) : 0;
    }
    return fmin(1, entropy / log((double)n));
}

/* ---- leave one out ---- */

/* Captions with their variants: with all words, without the first, without the second, ... */
struct batch {
    int32_t *ids;
    size_t *starts, count;
    size_t id_cap, start_cap;
};

/* Adds the caption without the word at `skip` (SIZE_MAX: with all words). */
static void add_variant(struct batch *b, const int32_t *ids, size_t W, size_t skip)
{
    size_t at = b->count ? b->starts[b->count] : 0;
    if (at + W > b->id_cap) {
        b->id_cap = 2 * (at + W);
        b->ids = mem_grow(b->ids, b->id_cap, sizeof *b->ids);
    }
    if (b->count + 2 > b->start_cap) {
        b->start_cap = 2 * (b->count + 2);
        b->starts = mem_grow(b->starts, b->start_cap, sizeof *b->starts);
    }
    b->starts[b->count] = at;
    for (size_t w = 0; w < W; w++)
        if (w != skip)
            b->ids[at++] = ids[w];
    b->starts[++b->count] = at;
}

static size_t caption_length(const struct session *session, size_t caption)
{
    return session->starts[caption + 1] - session->starts[caption];
}

static void add_caption(const struct session *session, struct batch *b, size_t caption)
{
    const int32_t *ids = session->ids + session->starts[caption];
    size_t W = caption_length(session, caption);
    add_variant(b, ids, W, SIZE_MAX);
    for (size_t w = 1; w + 1 < W; w++)
        add_variant(b, ids, W, w);
}

/* The rank, from 1, of the image in column `variant` of sims: I x n. */
static size_t column_rank(const float *sims, size_t I, size_t n, size_t variant, size_t image)
{
    struct ranked truth = {image, sims[image * n + variant]};
    size_t rank = 1;
    for (size_t i = 0; i < I; i++)
        rank += i != image && rank_better((struct ranked){i, sims[i * n + variant]}, truth);
    return rank;
}

static void read_caption(const struct session *session, const struct lexicon *lexicon,
                         const float *sims, size_t n, size_t first, size_t caption,
                         struct word_use *uses)
{
    size_t image = caption_map_image(&session->data->map, caption),
           words = caption_length(session, caption) - 2;
    float score = sims[image * n + first];
    size_t rank = column_rank(sims, session->I, n, first, image);
    for (size_t w = 0; w < words; w++)
        uses[w] = (struct word_use){.caption = caption,
                                    .place = w,
                                    .word = lexicon->words[lexicon->starts[caption] + w],
                                    .score = score,
                                    .without = sims[image * n + first + 1 + w],
                                    .rank = rank,
                                    .rank_without =
                                        column_rank(sims, session->I, n, first + 1 + w, image)};
}

/* ---- attention ---- */

static void read_word(const struct attention *a, size_t w, struct word_use *use)
{
    const float *weights = a->word_region + w * a->R;
    double sum = 0;
    use->region = 0;
    for (size_t r = 0; r < a->R; r++) {
        sum += weights[r];
        if (weights[r] > weights[use->region])
            use->region = r;
    }
    use->strongest = sum > 0 ? (float)(weights[use->region] / sum) : 0;
    use->entropy = (float)contribution_entropy(weights, a->R);
}

static int read_attention(const struct session *session, size_t caption, struct word_use *uses,
                          struct error *err)
{
    struct query *query = NULL;
    struct attention *attention = NULL;
    if (!session_shows(session)) {
        for (size_t w = 0; w + 2 < caption_length(session, caption); w++)
            uses[w].entropy = uses[w].strongest = NAN;
        return 0;
    }
    if (query_from_caption(session, caption, &query, err) != 0)
        return -1;
    int status = session_attention(session, caption_map_image(&session->data->map, caption), query,
                                   &attention, err);
    for (size_t w = 0; status == 0 && w + 2 < query->W; w++)
        read_word(attention, w + 1, &uses[w]);
    session_attention_free(attention);
    query_free(query);
    return status;
}

/* ---- many captions ---- */

/* Scores the batch, which holds captions first .. end-1 of the list; appends to `uses`. */
static int do_batch(const struct session *session, const struct lexicon *lexicon,
                    const size_t *captions, size_t first, size_t end, const struct batch *b,
                    struct word_use *uses, size_t *count, struct error *err)
{
    float *sims = NULL;
    size_t at = 0;
    int status = mem_alloc(&sims, session->I * b->count, sizeof *sims, "variants' scores", err);
    if (status == 0)
        status = session_score_ids(session, b->ids, b->starts, b->count, sims, NULL, err);
    for (size_t k = first; k < end && status == 0; k++) {
        size_t words = caption_length(session, captions[k]) - 2;
        if (words < 2)
            continue;
        read_caption(session, lexicon, sims, b->count, at, captions[k], uses + *count);
        status = read_attention(session, captions[k], uses + *count, err);
        at += words + 1;
        *count += words;
    }
    free(sims);
    return status;
}

static size_t count_words(const struct session *session, const size_t *captions, size_t n)
{
    size_t words = 0;
    for (size_t k = 0; k < n; k++)
        words += caption_length(session, captions[k]);
    return words;
}

int contribution_measure(const struct session *session, const struct lexicon *lexicon,
                         const size_t *captions, size_t n, const struct progress *progress,
                         struct word_use **out, size_t *count_out, struct error *err)
{
    struct batch batch = {0};
    struct word_use *uses = mem_new(count_words(session, captions, n), sizeof *uses);
    size_t count = 0;
    int status = 0;
    for (size_t first = 0, end; first < n && status == 0; first = end) {
        batch.count = 0;
        for (end = first; end < n && batch.count < VARIANTS; end++)
            if (caption_length(session, captions[end]) > 3)
                add_caption(session, &batch, captions[end]);
        if (batch.count > 0)
            status = do_batch(session, lexicon, captions, first, end, &batch, uses, &count, err);
        if (status == 0 && !progress_step(progress, end, n))
            status = error_set(err, "interrupted");
    }
    free(batch.ids);
    free(batch.starts);
    if (status != 0) {
        free(uses);
        return -1;
    }
    *out = uses;
    *count_out = count;
    return 0;
}

/* ---- by word ---- */

static int by_word(const void *a, const void *b)
{
    const struct word_use *x = *(const struct word_use *const *)a,
                          *y = *(const struct word_use *const *)b;
    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return (x > y) - (x < y);
}

static int by_change(const void *a, const void *b)
{
    const struct word_summary *x = a, *y = b;
    if (x->change != y->change)
        return x->change > y->change ? -1 : 1;
    return (x->word > y->word) - (x->word < y->word);
}

static struct word_summary summarise(const struct word_use *const *uses, size_t n, double nowhere)
{
    struct word_summary s = {.word = uses[0]->word, .uses = n};
    double share = 1 / (double)n;
    for (size_t k = 0; k < n; k++) {
        const struct word_use *use = uses[k];
        s.change += share * ((double)use->score - (double)use->without);
        s.helps += share * (use->rank_without > use->rank);
        s.hurts += share * (use->rank_without < use->rank);
        s.rank_change += share * log((double)use->rank_without / (double)use->rank);
        s.entropy += share * (double)use->entropy;
        s.nowhere += share * (isnan(use->strongest) ? NAN : (double)use->entropy >= nowhere);
    }
    return s;
}

size_t contribution_by_word(const struct word_use *uses, size_t count, double nowhere,
                            struct word_summary **out)
{
    const struct word_use **sorted = mem_new(count, sizeof *sorted);
    struct word_summary *summaries = mem_new(count, sizeof *summaries);
    size_t words = 0;
    for (size_t k = 0; k < count; k++)
        sorted[k] = &uses[k];
    qsort(sorted, count, sizeof *sorted, by_word);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && sorted[end]->word == sorted[first]->word;)
            end++;
        summaries[words++] = summarise(sorted + first, end - first, nowhere);
    }
    qsort(summaries, words, sizeof *summaries, by_change);
    free(sorted);
    *out = summaries;
    return words;
}
