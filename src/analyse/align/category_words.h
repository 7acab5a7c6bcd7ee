/* category_words.h: which words of a caption name a category of objects: its name, the plural of
 * its last word, and for COCO's 80 categories a small table of synonyms (in category_words.c and
 * scanscope-formats(5)). The longest name that begins at a word counts: "hot dog" is no dog. */
#ifndef ANALYSE_ALIGN_CATEGORY_WORDS_H
#define ANALYSE_ALIGN_CATEGORY_WORDS_H

#include <stddef.h>

#include "io/text/tokenize.h"

struct category_words;

/* names: `count` of them, words between blanks, any case; they need not be COCO's. */
struct category_words *category_words_new(char *const *names, size_t count);
void category_words_free(struct category_words *table);

/* The category that the words from `at` on name: how many words that is (0: none), and which. */
size_t category_words_match(const struct category_words *table, const struct str_list *words,
                            size_t at, size_t *category_out);

/* The plural of an English noun by the regular rules and a short list ("person": "people"); the
 * caller's to free. */
char *category_words_plural(const char *noun);

#endif
