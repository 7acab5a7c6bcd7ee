/* lexicon.h: the words of a split's captions, each a number, with how often each occurs. */
#ifndef ANALYSE_LEXICON_H
#define ANALYSE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"

struct lexicon {
    size_t count;    /* different words */
    char **text;     /* count: UTF-8, made safe by utf8_clean */
    bool *unknown;   /* count: the vocabulary lacks it */
    size_t *uses;    /* count: in the split's captions */
    size_t *learned; /* count: in other captions, as those of training; NULL until counted */
    size_t captions;
    size_t *starts;  /* captions + 1: words of caption c are words[starts[c]] .. */
    uint32_t *words; /* without <start> and <end> */
    void *numbers;   /* text -> number */
};

/* Of all captions of a split, tokenised as the model reads them. `vocab` NULL: no word counts as
 * unknown, and word ids (--token-ids) stand for themselves. Errors: no captions, too many words. */
int lexicon_build(const struct dataset *data, const struct vocab *vocab, enum token_compat compat,
                  struct lexicon *out, struct error *err) MUST_USE;
void lexicon_done(struct lexicon *lexicon);

/* Counts the words of another file of captions, one a line, into `learned`. */
int lexicon_count(struct lexicon *lexicon, const char *path, enum token_compat compat,
                  struct error *err) MUST_USE;

/* How often a word is met: as learned where that was counted, else in the split. */
size_t lexicon_frequency(const struct lexicon *lexicon, uint32_t word);

/* Of caption c: how many words; how many unknown; the frequency of its rarest word (0 where it has
 * none); its words with single blanks between, the caller's to free. */
size_t lexicon_length(const struct lexicon *lexicon, size_t c);
size_t lexicon_unknown(const struct lexicon *lexicon, size_t c);
size_t lexicon_rarest(const struct lexicon *lexicon, size_t c);
char *lexicon_join(const struct lexicon *lexicon, size_t c);

#endif
