/* sentences.h: splits a lower-case caption into sentences by the Punkt method (Kiss and Strunk,
 * "Unsupervised Multilingual Sentence Boundary Detection", 2006) as NLTK applies it.
 *
 * A period, question mark or exclamation mark before a blank or a closing mark ends a sentence, but
 * not the period of an abbreviation (a short list of our own replaces the trained model), of an
 * ellipsis, or of a number or single letter followed by a lower-case word. */
#ifndef IO_TEXT_SENTENCES_H
#define IO_TEXT_SENTENCES_H

#include <stddef.h>

#include "io/text/pattern.h"

struct sentence {
    size_t from, to; /* bytes [from, to) of the text */
};

struct sentences {
    struct sentence *items; /* owned */
    size_t count, cap;
};

/* Finds the sentences of `text`: valid UTF-8 in lower case, with ' ' for a blank, tab for any other
 * ASCII white space and vertical tab for any beyond ASCII, and none at the end. Zero-initialise
 * `out` the first time; an earlier text's sentences are replaced. Takes time linear in the length.
 */
void sentences_find(const char *text, size_t length, struct pattern_match *match,
                    struct sentences *out);

/* Frees them. */
void sentences_done(struct sentences *sentences);

#endif
