/* tokenize.h: io/text reads captions, vocabularies and other text. Here: captions to words and ids,
 * as NLTK's word_tokenize does for the lower-cased caption: sentence split (Punkt), then the
 * Treebank rules (NLTKWordTokenizer), with PCRE2. */
#ifndef IO_TEXT_TOKENIZE_H
#define IO_TEXT_TOKENIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/text/vocab.h"

/* How the caption's text became the tokenizer's input when the model was trained. */
enum token_compat {
    TOKENS_STANDARD, /* str(caption).lower() */
    TOKENS_PY3BYTES, /* a careless Python 3 port: the text b'a man ...', quotes and all */
};

/* The caption's words: UTF-8, lower case. Any bytes are accepted; what is not UTF-8 is dropped, as
 * by the reference's decode('utf-8', 'ignore'). Free with str_list_done. */
void tokenize_words(const char *caption, enum token_compat compat, struct str_list *out);

/* The caption's ids: <start> w1 ... wn <end>; a word missing from the vocabulary becomes <unk>.
 * *ids_out is the caller's to free. `words_out` (NULL to skip) gets the words themselves, without
 * <start> and <end>. */
void tokenize_ids(const struct vocab *vocab, const char *caption, enum token_compat compat,
                  int32_t **ids_out, size_t *count_out, struct str_list *words_out);

#endif
