/* unknown_words.h: how many words of a split's captions the vocabulary lacks: if many, the two do
 * not belong together and what is scored is mostly <unk>. */
#ifndef IO_TEXT_UNKNOWN_WORDS_H
#define IO_TEXT_UNKNOWN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"

/* Zero to start. Words are counted without <start> and <end>. */
struct unknown_words {
    size_t captions, words;
    size_t unknown; /* words that are <unk> */
    size_t lost;    /* captions with unknown words and no other */
};

/* Counts a caption's n ids, <start> and <end> included. */
void unknown_words_add(struct unknown_words *counts, const struct vocab *vocab, const int32_t *ids,
                       size_t n);

/* The same of captions as text. */
void unknown_words_count(const struct vocab *vocab, const char *const *captions, size_t count,
                         enum token_compat compat, struct unknown_words *out);

/* The share of words, 0 to 1; 0 if there are none. */
double unknown_words_share(const struct unknown_words *counts);

/* Whether it is larger than with any vocabulary that belongs to its captions. */
bool unknown_words_too_many(const struct unknown_words *counts);

/* "2.41 % of the captions' words are unknown (1268 of 52612)"; the caller's to free. */
char *unknown_words_text(const struct unknown_words *counts);

/* Adds what is doubtful: too many unknown words, with the most frequent of them; captions that have
 * no known word; a vocabulary that was made by the other tokens (see enum token_compat) than
 * `compat`. `what` names the captions: "split test". captions NULL: given as ids. */
void unknown_words_notes(const struct vocab *vocab, const char *const *captions, size_t count,
                         enum token_compat compat, const char *what,
                         const struct unknown_words *counts, struct notes *notes);

#endif
