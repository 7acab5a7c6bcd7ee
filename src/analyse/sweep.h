/* sweep.h: one pass over the scores of all images x captions that keeps, of every query in both
 * directions, the rank of its truth, the best wrong answer and the best k answers; never more than
 * a tile of scores at once.
 *
 * The split is cut into blocks of images with their own captions. A tile is one block's images with
 * one block's captions; those on the diagonal hold all truths and come first, so that every other
 * score can be compared as it comes and each pair is scored once. */
#ifndef ANALYSE_SWEEP_H
#define ANALYSE_SWEEP_H

#include "analyse/scores.h"
#include "evaluate/evaluate.h"

/* What became of a query. Ranks as in evaluate.h: 0 is best, equal scores by index, NaN last. */
struct sweep_query {
    size_t truth; /* the caption's image; of an image the best of its captions (SIZE_MAX: none) */
    float score;  /* of the truth */
    size_t rank;
    struct ranked wrong; /* the best answer that is not true; index SIZE_MAX where there is none */
};

struct sweep {
    size_t I, C, per_image;
    struct sweep_query *images, *captions; /* I queries i2t; C queries t2i */
    size_t image_k, caption_k;             /* how many answers are kept: k, or all that there are */
    struct ranked *image_top;              /* I x image_k captions, best first */
    struct ranked *caption_top;            /* C x caption_k images, best first */
    uint64_t not_finite;                   /* scores that are NaN or infinite */
};

/* `k`: answers to keep of each query, 0 or more. `tile`: at most so many scores at a time, 0: four
 * million (16 MB); a block is at least an image with its captions. Errors: no captions, no memory,
 * the source's. */
int sweep_run(const struct score_source *source, size_t k, size_t tile,
              const struct progress *progress, struct sweep *out, struct error *err) MUST_USE;
void sweep_done(struct sweep *sweep);

/* Recalls of a pass, the same as evaluate_i2t and evaluate_t2i give for the matrix. */
void sweep_recalls(const struct sweep_query *queries, size_t n, struct recalls *out);

#endif
