/* query.c: a caption made ready to score. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "retrieve/session/session_private.h"

void query_free(struct query *query)
{
    if (!query)
        return;
    str_list_done(&query->words);
    free(query->text);
    free(query->ids);
    free(query->emb);
    free(query->gram);
    free(query->norm);
    free(query->global);
    free(query);
}

/* Embeds the query's ids. */
static int encode_query(const struct session *session, struct query *query, struct error *err)
{
    size_t W = query->W, D = session->D, starts[2] = {0, W};
    struct kind_holds holds = session_holds(session);
    if (W > SESSION_WORDS)
        return error_set(err, "the caption has %zu words; at most %d are supported", W - 2,
                         SESSION_WORDS - 2);
    query->global = holds.global ? mem_new(D, sizeof *query->global) : NULL;
    if (mem_alloc(&query->emb, W * D, sizeof(float), "the caption", err) != 0 ||
        session_encode_words(session, query->ids, starts, 1, query->emb, query->global, err) != 0)
        return -1;
    query->norm = mem_new(W, sizeof *query->norm);
    xattn_norms(query->emb, W, D, query->norm);
    if (!holds.word_gram)
        return 0;
    query->gram = mem_new(W * W, sizeof *query->gram);
    xattn_gram(query->emb, W, D, query->gram);
    return 0;
}

static int finish_query(const struct session *session, struct query *query, struct query **out,
                        struct error *err)
{
    for (size_t w = 1; session->vocab && w + 1 < query->W; w++)
        query->unknown += query->ids[w] == vocab_unk(session->vocab);
    if (!session->matrix && encode_query(session, query, err) != 0) {
        query_free(query);
        return -1;
    }
    *out = query;
    return 0;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n\v\f")] == '\0';
}

int query_from_text(const struct session *session, const char *caption, struct query **out,
                    struct error *err)
{
    size_t known;
    if (session->matrix)
        return session_matrix_caption(session, caption, &known, err) == 0
                   ? query_from_caption(session, known, out, err)
                   : -1;
    if (!session->vocab)
        return error_set(err, "no vocabulary to look words up in: give one with --vocab FILE");
    if (is_blank(caption))
        return error_set(err, "the caption is empty");
    struct query *query = mem_new(1, sizeof *query);
    query->text = mem_strdup(caption);
    query->caption = SIZE_MAX;
    tokenize_ids(session->vocab, caption, session->compat, &query->ids, &query->W, &query->words);
    if (query->W <= 2) {
        query_free(query);
        return error_set(err, "the caption has no words");
    }
    return finish_query(session, query, out, err);
}

/* The words of ids, without <start> and <end>; an id not in the vocabulary is shown as a number. */
static void words_of_ids(const struct session *session, struct query *query)
{
    size_t n = query->W > 2 ? query->W - 2 : 0;
    query->words = (struct str_list){.items = mem_new(n, sizeof *query->words.items), .count = n};
    for (size_t w = 0; w < n; w++) {
        int32_t id = query->ids[w + 1];
        const char *word = session->vocab ? vocab_word(session->vocab, id) : NULL;
        query->words.items[w] = word ? mem_strdup(word) : mem_printf("%ld", (long)id);
    }
}

static char *join_words(const struct str_list *words)
{
    size_t length = 1;
    for (size_t w = 0; w < words->count; w++)
        length += strlen(words->items[w]) + 1;
    char *text = mem_new(length, 1), *end = text;
    for (size_t w = 0; w < words->count; w++)
        end = stpcpy(stpcpy(end, w ? " " : ""), words->items[w]);
    return text;
}

int query_from_caption(const struct session *session, size_t caption, struct query **out,
                       struct error *err)
{
    if (session->C == 0)
        return error_set(err, "the split has no captions: give them with --captions FILE");
    if (caption >= session->C)
        return error_set(err, "no caption %zu: the split has %zu, counted from 0", caption,
                         session->C);
    const char *text = session->data->caption ? session->data->caption[caption] : NULL;
    size_t start = session->starts[caption];
    struct query *query = mem_new(1, sizeof *query);
    query->W = session->starts[caption + 1] - start;
    query->caption = caption;
    query->ids = mem_new(query->W, sizeof *query->ids);
    memcpy(query->ids, session->ids + start, query->W * sizeof *query->ids);
    if (text && !session->data->tokens)
        tokenize_words(text, session->compat, &query->words);
    else
        words_of_ids(session, query);
    query->text = text ? mem_strdup(text) : join_words(&query->words);
    return finish_query(session, query, out, err);
}

struct embedded_captions query_caption(const struct query *query, size_t D, const size_t starts[2])
{
    static size_t gram_start[2];
    assert(starts[0] == 0 && starts[1] == query->W);
    return (struct embedded_captions){.C = 1,
                                      .D = D,
                                      .starts = starts,
                                      .words = query->emb,
                                      .norm = query->norm,
                                      .gram = query->gram,
                                      .gram_start = gram_start,
                                      .global = query->global};
}
