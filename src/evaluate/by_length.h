/* by_length.h: recalls of captions by their number of words. */
#ifndef EVALUATE_BY_LENGTH_H
#define EVALUATE_BY_LENGTH_H

#include "evaluate/evaluate.h"

/* Captions of `from` to `to` words, text to image. */
struct by_length {
    size_t from, to, captions;
    struct recalls t2i;
};

/* Groups n captions of words[c] words, whose images have ranks[c] (0 = best): neighbouring lengths
 * go together until they hold an eighth of the captions. Returns how many groups; *out is the
 * caller's to free. */
size_t by_length_group(const size_t *words, const size_t *ranks, size_t n, struct by_length **out);

#endif
