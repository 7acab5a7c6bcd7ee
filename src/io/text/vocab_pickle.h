/* vocab_pickle.h: a vocabulary as Python pickled it: the class Vocabulary (of any module) of VSE++
 * and its descendants, or a dict with the same members. Nothing of it is executed. */
#ifndef IO_TEXT_VOCAB_PICKLE_H
#define IO_TEXT_VOCAB_PICKLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct json_t; /* jansson's */

/* Whether the file begins like a pickle; whether it begins like one of a vocabulary. */
bool vocab_pickle_begins(const void *data, size_t size);
bool vocab_pickle_is(const void *data, size_t size);

/* Reads word2idx, idx2word and idx, which may each be missing, as the tree that the same vocabulary
 * saved as JSON has; the reference is the caller's. Texts that are not UTF-8 are Latin-1, as Python
 * 2 wrote them. Errors, beginning with `path`: those of pickle_parse, any class or function but
 * Vocabulary (named), a word twice. */
int vocab_pickle_read(const char *path, const void *data, size_t size, struct json_t **out,
                      struct error *err) MUST_USE;

#endif
