#include "analyse/lexicon.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/text/captions.h"

/* A lexicon under construction. */
struct builder {
    struct lexicon *lexicon;
    const struct vocab *vocab;
    size_t word_cap, text_cap;
};

static uint32_t number_of(struct builder *b, const char *word, bool unknown)
{
    struct lexicon *l = b->lexicon;
    gpointer found;
    if (g_hash_table_lookup_extended(l->numbers, word, NULL, &found))
        return GPOINTER_TO_UINT(found);
    if (l->count == b->text_cap) {
        b->text_cap = b->text_cap ? 2 * b->text_cap : 256;
        l->text = mem_grow(l->text, b->text_cap, sizeof *l->text);
        l->unknown = mem_grow(l->unknown, b->text_cap, sizeof *l->unknown);
        l->uses = mem_grow(l->uses, b->text_cap, sizeof *l->uses);
    }
    uint32_t number = (uint32_t)l->count++;
    l->text[number] = utf8_clean(word, strlen(word));
    l->unknown[number] = unknown;
    l->uses[number] = 0;
    g_hash_table_insert(l->numbers, g_strdup(word), GUINT_TO_POINTER(number));
    return number;
}

static void add_word(struct builder *b, const char *word, bool unknown)
{
    struct lexicon *l = b->lexicon;
    size_t at = l->starts[l->captions];
    MEM_ROOM(l->words, at, b->word_cap);
    uint32_t number = number_of(b, word, unknown);
    l->uses[number]++;
    l->words[at] = number;
    l->starts[l->captions]++;
}

static void add_text(struct builder *b, const char *caption, enum token_compat compat)
{
    struct str_list words;
    tokenize_words(caption, compat, &words);
    for (size_t w = 0; w < words.count; w++)
        add_word(b, words.items[w], b->vocab && vocab_id(b->vocab, words.items[w]) < 0);
    str_list_done(&words);
}

/* Adds the words of ids, the first and last of which are <start> and <end>. */
static void add_ids(struct builder *b, const int32_t *ids, size_t n)
{
    for (size_t w = 1; w + 1 < n; w++) {
        const char *word = b->vocab ? vocab_word(b->vocab, ids[w]) : NULL;
        char *number = mem_printf("%ld", (long)ids[w]);
        add_word(b, word ? word : number, b->vocab && ids[w] == vocab_unk(b->vocab));
        free(number);
    }
}

int lexicon_build(const struct dataset *data, const struct vocab *vocab, enum token_compat compat,
                  struct lexicon *out, struct error *err)
{
    *out = (struct lexicon){0};
    if (data->captions == 0 || (!data->caption && !data->tokens))
        return error_set(
            err, "there are no captions: give them with --captions FILE or --token-ids FILE");
    struct builder b = {.lexicon = out, .vocab = vocab};
    out->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    out->starts = mem_new(data->captions + 1, sizeof *out->starts);
    for (size_t c = 0; c < data->captions; c++) {
        out->captions = c + 1;
        out->starts[c + 1] = out->starts[c];
        if (data->tokens)
            add_ids(&b, data->tokens[c], data->token_count[c]);
        else
            add_text(&b, data->caption[c], compat);
    }
    return 0;
}

void lexicon_done(struct lexicon *lexicon)
{
    for (size_t w = 0; w < lexicon->count; w++)
        free(lexicon->text[w]);
    free(lexicon->text);
    free(lexicon->unknown);
    free(lexicon->uses);
    free(lexicon->learned);
    free(lexicon->starts);
    free(lexicon->words);
    if (lexicon->numbers)
        g_hash_table_destroy(lexicon->numbers);
    *lexicon = (struct lexicon){0};
}

int lexicon_count(struct lexicon *lexicon, const char *path, enum token_compat compat,
                  struct error *err)
{
    struct str_list lines;
    if (text_lines_load(path, &lines, err) != 0)
        return -1;
    free(lexicon->learned);
    lexicon->learned = mem_new(lexicon->count, sizeof *lexicon->learned);
    for (size_t i = 0; i < lines.count; i++) {
        struct str_list words;
        gpointer found;
        tokenize_words(lines.items[i], compat, &words);
        for (size_t w = 0; w < words.count; w++)
            if (g_hash_table_lookup_extended(lexicon->numbers, words.items[w], NULL, &found))
                lexicon->learned[GPOINTER_TO_UINT(found)]++;
        str_list_done(&words);
    }
    str_list_done(&lines);
    return 0;
}

int lexicon_read(const struct dataset *data, const struct vocab *vocab, enum token_compat compat,
                 const char *counts, struct lexicon *out, struct error *err)
{
    if (lexicon_build(data, vocab, compat, out, err) != 0)
        return -1;
    if (counts)
        return lexicon_count(out, counts, compat, err);
    char *train = file_join(data->folder, "train_caps.txt");
    int status = file_exists(train) ? lexicon_count(out, train, compat, err) : 0;
    free(train);
    return status;
}

/* ---- queries ---- */

size_t lexicon_frequency(const struct lexicon *lexicon, uint32_t word)
{
    return lexicon->learned ? lexicon->learned[word] : lexicon->uses[word];
}

size_t lexicon_length(const struct lexicon *lexicon, size_t c)
{
    return lexicon->starts[c + 1] - lexicon->starts[c];
}

size_t lexicon_unknown(const struct lexicon *lexicon, size_t c)
{
    size_t count = 0;
    for (size_t w = lexicon->starts[c]; w < lexicon->starts[c + 1]; w++)
        count += lexicon->unknown[lexicon->words[w]];
    return count;
}

size_t lexicon_rarest(const struct lexicon *lexicon, size_t c)
{
    size_t rarest = SIZE_MAX;
    for (size_t w = lexicon->starts[c]; w < lexicon->starts[c + 1]; w++) {
        size_t uses = lexicon_frequency(lexicon, lexicon->words[w]);
        rarest = uses < rarest ? uses : rarest;
    }
    return rarest == SIZE_MAX ? 0 : rarest;
}

char *lexicon_join(const struct lexicon *lexicon, size_t c)
{
    struct str text = {0};
    for (size_t w = lexicon->starts[c]; w < lexicon->starts[c + 1]; w++)
        str_addf(&text, "%s%s", w > lexicon->starts[c] ? " " : "",
                 lexicon->text[lexicon->words[w]]);
    return str_take(&text);
}
