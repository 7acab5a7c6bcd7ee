/* sweep.h: the pass that analyses start from (src/analyse/ finds out, from the scores of a split,
 * why a model fails).
 *
 * One pass over the scores of all images x captions that finds, for every query in both
 * directions, the rank of its truth, the best wrong answer and the best k answers, while holding no
 * more than a tile of scores.
 *
 * The split is cut into blocks of images with their own captions. A tile is one block's images with
 * one block's captions; those on the diagonal hold all truths and come first, so that every other
 * score can be compared at once and each pair is scored once. If the captions are not in the order
 * of the images, the truths are anywhere, and are noted in a pass of their own. */
#ifndef ANALYSE_SWEEP_H
#define ANALYSE_SWEEP_H

#include "analyse/scores.h"
#include "evaluate/evaluate.h"
#include "io/annotation/positives.h"

/* A query's result. Ranks are those of evaluate.h: from 0, equal scores by index, NaN last. */
struct sweep_query {
    size_t truth; /* the caption's image; the best of an image's captions (SIZE_MAX: it has
                   * none, and is no query) */
    float score;  /* of the truth */
    size_t rank;
    struct ranked wrong; /* the best answer that is not true; index SIZE_MAX, score NaN: none */
};

/* The results; free with sweep_done. */
struct sweep {
    size_t I, C;
    const struct caption_map *map;         /* the source's, borrowed */
    struct sweep_query *images, *captions; /* I queries i2t; C queries t2i */
    size_t image_k, caption_k;             /* how many answers are kept: k, or all if fewer */
    struct ranked *image_top;              /* I x image_k captions, best first */
    struct ranked *caption_top;            /* C x caption_k images, best first */
    uint64_t not_finite;                   /* scores that are NaN or infinite */
};

/* Sweeps over a source. `k`: answers to keep per query, may be 0. `tile`: scores at a time at most,
 * but at least an image with its captions; 0: four million (16 MB). Errors: no captions, no memory,
 * "interrupted", the source's. */
int sweep_run(const struct score_source *source, size_t k, size_t tile,
              const struct progress *progress, struct sweep *out, struct error *err) MUST_USE;
void sweep_done(struct sweep *sweep);

/* What became of one caption as a query, given its scores with all I images: as a pass does. */
void sweep_caption(const float *scores, size_t I, size_t truth, struct sweep_query *out);

/* Whether it has a truth: an image without captions is no query. And how many of n have. */
static inline bool sweep_is_query(const struct sweep_query *query)
{
    return query->truth != SIZE_MAX;
}

size_t sweep_count(const struct sweep_query *queries, size_t n);

/* The recalls of n queries (images without captions are none), the same as evaluate_i2t and
 * evaluate_t2i give for the whole matrix. */
void sweep_recalls(const struct sweep_query *queries, size_t n, struct recalls *out);

/* Recalls by an annotation of more right answers (ECCV Caption, CxC), over the queries that it has
 * any for. */
struct positive_recalls {
    /* per cent of queries with a right answer among the first 1, 5, 10: by the annotation, and by
     * the split alone */
    double annotated[3], original[3];
    double per_query; /* right answers per query, mean */
};

/* Computes them. `queries`: positives->queries of a sweep; `top`: queries x k of the same, best
 * first, with k at least 10 or all answers there are. */
void sweep_positive_recalls(const struct positives *positives, const struct sweep_query *queries,
                            const struct ranked *top, size_t k, struct positive_recalls *out);

#endif
