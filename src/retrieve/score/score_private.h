/* score_private.h: what score.c and score_all.c share. */
#ifndef RETRIEVE_SCORE_SCORE_PRIVATE_H
#define RETRIEVE_SCORE_SCORE_PRIVATE_H

#include "retrieve/score/score.h"

/* How far a raw score can be from that of the pair by itself, in units of |region| |word|: the
 * roundings of both sides, given as relative lengths (Cauchy-Schwarz on either remainder), and what
 * two sums in float32 lose: `terms` roundings deep there, and D / 4 + 8 here, since the pair's own
 * sum is done in vectors of at least 4. */
static inline float score_error(size_t D, float region_loss, float word_loss, size_t terms)
{
    const float unit = 6e-8f;
    float rounded = region_loss + word_loss * (1 + region_loss);
    float sums = ((float)terms * (1 + rounded) * (1 + rounded) + (float)D / 4 + 8) * unit;
    return (rounded + sums) * 1.001f;
}

#endif
