/* treebank.h: one sentence to tokens by the Penn Treebank conventions, as NLTK 3.8's
 * NLTKWordTokenizer follows them: quotes, punctuation, brackets and double dashes set apart,
 * contractions taken in two. */
#ifndef IO_TEXT_TREEBANK_H
#define IO_TEXT_TREEBANK_H

#include <stddef.h>

#include "base/str.h"
#include "io/text/pattern.h"

/* Puts `sentence` (valid UTF-8, lower case, white space as in sentences.h, not terminated) into
 * `text` with a blank or more between tokens. `spare` is scratch. Time is linear in the length. */
void treebank_split(const char *sentence, size_t length, struct pattern_match *match,
                    struct str *text, struct str *spare);

#endif
