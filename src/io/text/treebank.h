/* treebank.h: splits a sentence into tokens by the Penn Treebank conventions, as NLTK 3.8's
 * NLTKWordTokenizer does: quotes, punctuation, brackets and double dashes are separated,
 * contractions split in two. */
#ifndef IO_TEXT_TREEBANK_H
#define IO_TEXT_TREEBANK_H

#include <stddef.h>

#include "base/str.h"
#include "io/text/pattern.h"

/* Puts `sentence` (valid UTF-8, lower case, white space as in sentences.h, not terminated) into
 * `text` with one or more blanks between tokens. `spare` is scratch. Takes time linear in the
 * length. */
void treebank_split(const char *sentence, size_t length, struct pattern_match *match,
                    struct str *text, struct str *spare);

#endif
