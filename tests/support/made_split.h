/* made_split.h: a made-up split, embedded, for tests of scoring. */
#ifndef TESTS_SUPPORT_MADE_SPLIT_H
#define TESTS_SUPPORT_MADE_SPLIT_H

#include "retrieve/score/score.h"

struct split {
    struct score_images images;
    struct score_captions captions;
    float *regions, *gram, *norm, *words, *word_norm, *word_gram;
    uint16_t *high, *low;
    size_t *starts, *gram_start;
};

/* I images of R unit vectors of length D; C captions of up to `longest` words, one of them so long.
 */
void split_init(struct split *s, uint64_t seed, size_t I, size_t R, size_t D, size_t C,
                size_t longest);
void split_done(struct split *s);

/* After regions or words were changed: makes all else of them. */
void split_finish(struct split *s);

/* The images as halves of floats. */
struct score_images split_halves(const struct split *s);

/* One of them. */
struct score_images image_of(const struct split *s, size_t i);
struct score_captions caption_of(const struct split *s, size_t c);

#endif
