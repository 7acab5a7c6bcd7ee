/* duplicates.h: pairs of images, or of captions, of a split that are nearly the same. */
#ifndef ANALYSE_DUPLICATES_H
#define ANALYSE_DUPLICATES_H

#include "analyse/lexicon.h"
#include "base/progress.h"
#include "retrieve/session/session.h"

/* A pair, by number in the split. */
struct twin {
    size_t a, b;      /* a < b */
    float similarity; /* of captions: the overlap; of images: the cosine */
};

/* Pairs, the most similar first; at most `limit` are kept, `total` counts all. Free with
 * duplicates_done. */
struct twins {
    struct twin *pairs;
    size_t count, limit, total;
};
void duplicates_done(struct twins *twins);

/* Finds captions whose sets of words are alike: an overlap of at least `least` (0 < least <= 1).
 * Only pairs that share one of their rarest words are compared, which finds all (prefix filter:
 * Bayardo et al., WWW 2007). Captions without words are omitted. */
void duplicates_of_captions(const struct lexicon *lexicon, double least, size_t limit,
                            struct twins *out);

/* The overlap of two captions' sets of words: |A and B| / |A or B| (Jaccard), 0..1. */
double duplicates_overlap(const struct lexicon *lexicon, size_t a, size_t b);

/* Computes each image's mean region embedding; means: I x D, the caller's. Images are compared by
 * the cosine of these minus the mean of all images, as what all have in common says nothing. */
void duplicates_image_means(const struct session *session, float *means);

/* Subtracts the mean of all from n vectors (n x D) and scales each to length 1 (or 0), in place. */
void duplicates_centre(float *vectors, size_t n, size_t D);

/* Finds the pairs among n vectors of length 1 (n x D) whose product is at least `least`. Errors: no
 * memory, "interrupted"; call duplicates_done even then. */
int duplicates_of_vectors(const float *vectors, size_t n, size_t D, double least, size_t limit,
                          const struct progress *progress, struct twins *out,
                          struct error *err) MUST_USE;

#endif
