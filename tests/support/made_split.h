/* made_split.h: a made-up embedded split, for tests of scoring. */
#ifndef TESTS_SUPPORT_MADE_SPLIT_H
#define TESTS_SUPPORT_MADE_SPLIT_H

#include "retrieve/score/score.h"

/* What any variant of SCAN needs. */
static const struct kind_holds made_split_holds = {
    .regions = true, .words = true, .region_gram = true, .word_gram = true};

struct split {
    struct embedded_images images, halves; /* the same images; halves: of floats */
    struct embedded_captions captions;
    size_t *starts;
};

/* I images of R unit vectors of length D; C captions of up to `longest` words, one of exactly that
 * many. */
void split_init(struct split *s, uint64_t seed, size_t I, size_t R, size_t D, size_t C,
                size_t longest);
void split_done(struct split *s);

/* After images.regions or captions.words were changed: recomputes the rest from them. */
void split_finish(struct split *s);

#endif
