/* category_words.h: which words of a caption name a category of objects: its name, the plural of
 * its last word, and for COCO's 80 categories a small table of synonyms (in category_words.c and
 * scanscope-formats(5)). The longest name that begins at a word counts: a "hot dog" is not a dog.
 */
#ifndef ANALYSE_ALIGN_CATEGORY_WORDS_H
#define ANALYSE_ALIGN_CATEGORY_WORDS_H

#include <stddef.h>

#include "io/text/tokenize.h"

struct category_words;

/* Makes the table of `count` category names: words separated by blanks, in any case, not
 * necessarily COCO's. The caller's to free with category_words_free. */
struct category_words *category_words_new(char *const *names, size_t count);
void category_words_free(struct category_words *table);

/* Returns how many words, from the one at `at`, name a category (0: none), and which category. */
size_t category_words_match(const struct category_words *table, const struct str_list *words,
                            size_t at, size_t *category_out);

/* The plural of an English noun, by the regular rules and a short list of exceptions ("person":
 * "people"); the caller's to free. */
char *category_words_plural(const char *noun);

#endif
