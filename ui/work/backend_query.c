#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/work/backend_private.h"

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

int backend_query_get(struct real *real, const struct ask *ask, const struct query **out,
                      struct error *err)
{
    if (real->query && real->query_caption == ask->caption &&
        (ask->caption >= 0 || same_text(real->query_text, ask->text))) {
        *out = real->query;
        return 0;
    }
    struct query *query = NULL;
    int status = ask->caption >= 0
                     ? query_from_caption(real->session, (size_t)ask->caption, &query, err)
                     : query_from_text(real->session, ask->text, &query, err);
    if (status != 0)
        return -1;
    query_free(real->query);
    free(real->query_text);
    real->query = query;
    real->query_caption = ask->caption;
    real->query_text = mem_strdup(ask->text);
    *out = query;
    return 0;
}

/* Word w of a query is at position w + 1 of its ids, after <start>. */
void backend_query_words(const struct real *real, const struct query *query, struct ask_words *out)
{
    const struct vocab *vocab = real->session->vocab;
    for (size_t w = 0; w + 2 < query->W; w++) {
        int32_t id = query->ids[w + 1];
        const char *text = w < query->words.count ? query->words.items[w] : NULL;
        if (!text && vocab)
            text = vocab_word(vocab, id);
        char number[24];
        snprintf(number, sizeof number, "#%d", (int)id);
        ask_words_add(out, text ? text : number, !vocab || id != vocab_unk(vocab));
    }
}
