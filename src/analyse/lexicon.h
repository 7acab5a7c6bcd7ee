/* lexicon.h: the words of a split's captions as numbers, and how often each occurs. */
#ifndef ANALYSE_LEXICON_H
#define ANALYSE_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/dataset/dataset.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"

/* Owns all its arrays. */
struct lexicon {
    size_t count;    /* distinct words */
    char **text;     /* count: UTF-8, made safe by utf8_clean */
    bool *unknown;   /* count: not in the vocabulary */
    size_t *uses;    /* count: occurrences in the split's captions */
    size_t *learned; /* count: occurrences in other captions (of training); NULL until counted */
    size_t captions;
    size_t *starts;  /* captions + 1: words of caption c are words[starts[c]] .. */
    uint32_t *words; /* without <start> and <end> */
    void *numbers;   /* GHashTable: text -> number */
};

/* Reads all captions of a split, tokenised as the model does; free with lexicon_done, also after an
 * error. `vocab` NULL: no word is unknown, and word ids (--token-ids) become words themselves.
 * Errors: the split has no captions. */
int lexicon_build(const struct dataset *data, const struct vocab *vocab, enum token_compat compat,
                  struct lexicon *out, struct error *err) MUST_USE;
void lexicon_done(struct lexicon *lexicon);

/* The same, with the words also counted in the captions of the file `counts` or, if it is NULL, in
 * the data folder's train_caps.txt if there is one. Free with lexicon_done, even after an error.
 * Errors: those of lexicon_build and of that file. */
int lexicon_read(const struct dataset *data, const struct vocab *vocab, enum token_compat compat,
                 const char *counts, struct lexicon *out, struct error *err) MUST_USE;

/* Counts into `learned` the words of another file of captions, one per line. Errors: the file
 * cannot be read. */
int lexicon_count(struct lexicon *lexicon, const char *path, enum token_compat compat,
                  struct error *err) MUST_USE;

/* How often a word occurs: in the captions counted by lexicon_count, else in the split's. */
size_t lexicon_frequency(const struct lexicon *lexicon, uint32_t word);

/* The number of words of caption c, and how many of them are unknown. */
size_t lexicon_length(const struct lexicon *lexicon, size_t c);
size_t lexicon_unknown(const struct lexicon *lexicon, size_t c);

/* The frequency (lexicon_frequency) of the rarest word of caption c; 0 if it has no words. */
size_t lexicon_rarest(const struct lexicon *lexicon, size_t c);

/* The words of caption c with single blanks between; the caller's to free. */
char *lexicon_join(const struct lexicon *lexicon, size_t c);

#endif
