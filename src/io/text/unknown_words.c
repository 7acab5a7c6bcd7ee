#include "io/text/unknown_words.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Measured on the captions of Flickr8k, Flickr30k, COCO and drawn scenes. A vocabulary made of the
 * same data set lacks 0.4 to 1.0 % of the words if it is large, 5.7 % if of 1,000 words; one of
 * 8,000 words made of another data set 0.2 to 1.8 %, but the 1,000 words of Flickr8k 12 to 17 % of
 * Flickr30k and COCO; another language, or columns and names read as words, 20 % and more. */
static const double too_many = 0.1;

enum {
    SHOWN = 5,
    SCANNED = 5000,  /* captions, for the most frequent words */
    BYTES_WORDS = 3, /* words that begin with b' and tell the vocabulary */
};

static void add_counts(struct unknown_words *to, const struct unknown_words *from)
{
    to->captions += from->captions;
    to->words += from->words;
    to->unknown += from->unknown;
    to->lost += from->lost;
}

void unknown_words_add(struct unknown_words *counts, const struct vocab *vocab, const int32_t *ids,
                       size_t n)
{
    size_t words = n > 2 ? n - 2 : 0, unknown = 0;
    for (size_t i = 1; i <= words; i++)
        unknown += ids[i] == vocab_unk(vocab);
    add_counts(counts, &(struct unknown_words){.captions = 1,
                                               .words = words,
                                               .unknown = unknown,
                                               .lost = words > 0 && unknown == words});
}

void unknown_words_count(const struct vocab *vocab, const char *const *captions, size_t count,
                         enum token_compat compat, struct unknown_words *out)
{
    *out = (struct unknown_words){0};
#pragma omp parallel
    {
        struct unknown_words mine = {0};
#pragma omp for schedule(dynamic, 64)
        for (size_t c = 0; c < count; c++) {
            int32_t *ids;
            size_t n;
            tokenize_ids(vocab, captions[c], compat, &ids, &n, NULL);
            unknown_words_add(&mine, vocab, ids, n);
            free(ids);
        }
#pragma omp critical
        add_counts(out, &mine);
    }
}

double unknown_words_share(const struct unknown_words *counts)
{
    return counts->words > 0 ? (double)counts->unknown / (double)counts->words : 0;
}

bool unknown_words_too_many(const struct unknown_words *counts)
{
    return unknown_words_share(counts) > too_many;
}

char *unknown_words_text(const struct unknown_words *counts)
{
    return mem_printf("%.2f %% of the captions' words are unknown (%zu of %zu)",
                      100 * unknown_words_share(counts), counts->unknown, counts->words);
}

/* ---- which they are ---- */

struct word_count {
    const char *word;
    size_t times;
};

static int more_frequent(const void *a, const void *b)
{
    const struct word_count *x = a, *y = b;
    return x->times != y->times ? (x->times < y->times) - (x->times > y->times)
                                : strcmp(x->word, y->word);
}

/* The unknown words of the first captions, with how often each occurs; keys are owned. */
static GHashTable *count_each(const struct vocab *vocab, const char *const *captions, size_t count,
                              enum token_compat compat)
{
    GHashTable *times = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t c = 0; c < count && c < SCANNED; c++) {
        struct str_list words;
        tokenize_words(captions[c], compat, &words);
        for (size_t w = 0; w < words.count; w++) {
            const char *word = words.items[w];
            size_t before = GPOINTER_TO_SIZE(g_hash_table_lookup(times, word));
            if (vocab_id(vocab, word) < 0)
                g_hash_table_replace(times, g_strdup(word), GSIZE_TO_POINTER(before + 1));
        }
        str_list_done(&words);
    }
    return times;
}

/* "'gato', 'un', 'una'"; the caller's to free. */
static char *most_frequent(const struct vocab *vocab, const char *const *captions, size_t count,
                           enum token_compat compat)
{
    GHashTable *times = count_each(vocab, captions, count, compat);
    size_t n = g_hash_table_size(times), at = 0;
    struct word_count *words = mem_new(n, sizeof *words);
    GHashTableIter iter;
    gpointer word, value;
    struct str text = {0};
    g_hash_table_iter_init(&iter, times);
    while (g_hash_table_iter_next(&iter, &word, &value))
        words[at++] = (struct word_count){word, GPOINTER_TO_SIZE(value)};
    if (n > 0)
        qsort(words, n, sizeof *words, more_frequent);
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        char *clean = utf8_clean(words[i].word, strlen(words[i].word));
        str_addf(&text, "%s'%.40s'", i ? ", " : "", clean);
        free(clean);
    }
    free(words);
    g_hash_table_destroy(times);
    return str_take(&text);
}

/* ---- remarks ---- */

static void note_share(const struct vocab *vocab, const char *const *captions, size_t count,
                       enum token_compat compat, const char *what,
                       const struct unknown_words *counts, struct notes *notes)
{
    char *share = unknown_words_text(counts);
    char *words = captions ? most_frequent(vocab, captions, count, compat) : NULL;
    notes_add(notes,
              "%s: %s%s%s: %s is of other captions, or made with too high a --threshold for so few",
              what, share, words && *words ? ", most often " : "", words ? words : "",
              vocab_path(vocab));
    free(share);
    free(words);
}

/* Captions printed as bytes begin with b'; few words do so otherwise. */
static size_t count_bytes_words(const struct vocab *vocab)
{
    int32_t ids[BYTES_WORDS];
    return vocab_complete(vocab, "b'", BYTES_WORDS, ids);
}

static void note_compat(const struct vocab *vocab, enum token_compat compat, struct notes *notes)
{
    size_t found = count_bytes_words(vocab);
    if (compat == TOKENS_STANDARD && found == BYTES_WORDS)
        notes_add(notes,
                  "%s has words that begin with b', as of captions that Python 3 printed as bytes: "
                  "its models want --token-compat py3bytes",
                  vocab_path(vocab));
    if (compat == TOKENS_PY3BYTES && found == 0)
        notes_add(notes,
                  "%s has no word that begins with b': it was not made of captions printed as "
                  "bytes, and its models do not want --token-compat py3bytes",
                  vocab_path(vocab));
}

void unknown_words_notes(const struct vocab *vocab, const char *const *captions, size_t count,
                         enum token_compat compat, const char *what,
                         const struct unknown_words *counts, struct notes *notes)
{
    if (unknown_words_too_many(counts))
        note_share(vocab, captions, count, compat, what, counts, notes);
    else if (counts->lost > 0)
        notes_add(notes, "%s: %zu of %zu captions have no word that is in the vocabulary", what,
                  counts->lost, counts->captions);
    if (captions)
        note_compat(vocab, compat, notes);
}
