/* sentences.h: where the sentences of a lower-case caption end, after the method of Punkt (Kiss and
 * Strunk, "Unsupervised Multilingual Sentence Boundary Detection", 2006) as NLTK applies it.
 *
 * A period, question or exclamation mark before a blank or a closing mark ends a sentence, but not
 * the period of an abbreviation (a short list of our own stands for the trained model), of an
 * ellipsis, or of a number or single letter that a lower-case word follows. */
#ifndef IO_TEXT_SENTENCES_H
#define IO_TEXT_SENTENCES_H

#include <stddef.h>

#include "io/text/pattern.h"

struct sentence {
    size_t from, to; /* bytes [from, to) of the text */
};

struct sentences {
    struct sentence *items;
    size_t count, cap;
};

/* `text`: valid UTF-8, lower case; its white space is ' ', tab for any other of ASCII and vertical
 * tab for any beyond, none of it at the end. Zero-initialise `out` the first time; sentences of an
 * earlier text are dropped. Time is linear in the length. */
void sentences_find(const char *text, size_t length, struct pattern_match *match,
                    struct sentences *out);
void sentences_done(struct sentences *sentences);

#endif
