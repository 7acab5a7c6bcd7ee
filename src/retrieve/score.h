/* score.h: the scoring engine: images against captions, each of them embedded already.
 *
 * Shape letters as in model.h. Nothing of size I x R x C x W is ever stored: tiles of raw scores
 * stay in the L2 cache from the GEMM to the pair's score (xattn.h). */
#ifndef RETRIEVE_SCORE_H
#define RETRIEVE_SCORE_H

#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"
#include "model/xattn.h"

/* Embedded images; the arrays are borrowed. */
struct score_images {
    size_t I, R, D;
    const float *regions; /* I x R x D */
    const float *gram;    /* I x R x R for t2i; unused for i2t */
    const float *norm;    /* I x R */
};

/* Embedded captions; the arrays are borrowed. A part of them is the same with `starts` and
 * `gram_start` moved. */
struct score_captions {
    size_t C, D;
    const size_t *starts;     /* C + 1: words of caption c are starts[c] .. starts[c+1]-1 */
    const float *words;       /* total words x D */
    const float *norm;        /* total words */
    const float *gram;        /* i2t: W x W a caption, at gram_start[c]; unused for t2i */
    const size_t *gram_start; /* C + 1 */
};

/* All pairs: sims I x C. Threads over tiles; progress counts pairs. Errors: no memory,
 * "interrupted". */
int score_all(const struct attn_options *options, const struct score_images *images,
              const struct score_captions *captions, float *sims, const struct progress *progress,
              struct error *err) MUST_USE;

/* One caption (captions->C == 1) against all images: scores I. The regions are read once, as they
 * lie. */
int score_images(const struct attn_options *options, const struct score_images *images,
                 const struct score_captions *caption, float *scores,
                 const struct progress *progress, struct error *err) MUST_USE;

/* One image (images->I == 1) against all captions: scores C. */
int score_captions(const struct attn_options *options, const struct score_images *image,
                   const struct score_captions *captions, float *scores,
                   const struct progress *progress, struct error *err) MUST_USE;

/* One image and one caption; attention and similarity as in xattn_naive, NULL where not wanted. */
int score_pair(const struct attn_options *options, const struct score_images *image,
               const struct score_captions *caption, float *attention, float *similarity,
               float *score_out, struct error *err) MUST_USE;

#endif
