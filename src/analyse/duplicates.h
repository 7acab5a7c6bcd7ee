/* duplicates.h: images and captions of a split that are nearly the same. */
#ifndef ANALYSE_DUPLICATES_H
#define ANALYSE_DUPLICATES_H

#include "analyse/lexicon.h"
#include "base/progress.h"
#include "retrieve/session/session.h"

struct twin {
    size_t a, b; /* a < b */
    float similarity;
};

/* Pairs, the most similar first; at most `limit` are kept, `total` counts all. */
struct twins {
    struct twin *pairs;
    size_t count, limit, total;
};
void duplicates_done(struct twins *twins);

/* Captions whose sets of words are alike: |A and B| / |A or B| at least `least` (0 < least <= 1).
 * Only pairs that share one of their rarest words are compared (prefix filter: Bayardo et al., WWW
 * 2007), which finds all. Captions without words are left out. */
void duplicates_of_captions(const struct lexicon *lexicon, double least, size_t limit,
                            struct twins *out);

/* The measure itself, of two captions. */
double duplicates_overlap(const struct lexicon *lexicon, size_t a, size_t b);

/* Images are compared by the cosine of their mean region embeddings less the mean of all images:
 * what all have in common tells nothing. means: I x D. */
void duplicates_image_means(const struct session *session, float *means);

/* n vectors of D, in place: less their mean, of length 1 (or 0). */
void duplicates_centre(float *vectors, size_t n, size_t D);

/* Pairs of n vectors of length 1 whose product is at least `least`. Errors: no memory,
 * "interrupted"; duplicates_done also then. */
int duplicates_of_vectors(const float *vectors, size_t n, size_t D, double least, size_t limit,
                          const struct progress *progress, struct twins *out,
                          struct error *err) MUST_USE;

#endif
