/* tokenize.h: captions to words and ids as NLTK's word_tokenize gives them on the lower-cased
 * caption: sentence split (Punkt), then the Treebank rules (NLTKWordTokenizer), by PCRE2. */
#ifndef IO_TEXT_TOKENIZE_H
#define IO_TEXT_TOKENIZE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "io/text/vocab.h"

/* How the caption's text became the tokenizer's input when the model was trained. */
enum token_compat {
    TOKENS_STANDARD, /* str(caption).lower() */
    TOKENS_PY3BYTES, /* a careless Python 3 port: the text b'a man ...', quotes and all */
};

/* Never fails on any bytes: what is not UTF-8 is dropped, as the reference's decode('utf-8',
 * 'ignore'). */
void tokenize_words(const char *caption, enum token_compat compat, struct str_list *out);

/* <start> w1 ... wn <end>; a word that the vocabulary lacks becomes <unk>. `ids` is allocated for
 * the caller to free. `words_out` (NULL allowed) gets the words themselves, without <start> and
 * <end>. */
void tokenize_ids(const struct vocab *vocab, const char *caption, enum token_compat compat,
                  int32_t **ids_out, size_t *count_out, struct str_list *words_out);

#endif
