/* nearest.h: the name that a mistyped word was probably meant to be. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* The best so far; all texts are borrowed. */
struct nearest {
    const char *word, *best; /* best: NULL, nothing is near enough */
    size_t changes;          /* between them */
};

static inline struct nearest nearest_to(const char *word)
{
    return (struct nearest){.word = word};
}

/* Offers a name. It is near enough if at most one letter in three is to be changed (inserted, left
 * out, replaced or swapped with its neighbour; upper and lower case are the same, and so are
 * hyphens and underscores), or if one of the two, three letters or more, begins the other. Of
 * equals the first is kept. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
