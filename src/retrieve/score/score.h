/* score.h: the scoring engine: images against captions, each of them embedded already.
 *
 * Shape letters as in model.h. Nothing of size I x R x C x W is ever stored: tiles of raw scores
 * stay in the L2 cache from the GEMM to the pair's score (xattn.h). */
#ifndef RETRIEVE_SCORE_SCORE_H
#define RETRIEVE_SCORE_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "model/kernels/bf16.h"
#include "model/kernels/xattn.h"
#include "retrieve/score/embedded.h"

/* What ranks are made of is the score of a pair by itself: score_images, score_captions,
 * score_pairs and score_pair give it, the same bits each. Tiles (score_all) are faster and round in
 * another order; score_all_approx says how far they can be off, so that one can go back to the
 * pairs where that matters (exact.h). */

/* All pairs: sims I x C. Threads over tiles; progress counts pairs. Errors: no memory,
 * "interrupted". */
int score_all(const struct attn_options *options, const struct embedded_images *images,
              const struct embedded_captions *captions, float *sims,
              const struct progress *progress, struct error *err) MUST_USE;

/* The same with bounds I x C (NULL: not wanted): the pair's own score is within them; NaN or
 * infinite where nothing is known. half: in bfloat16 (images->high is there); NULL: in float32.
 * Errors also: oneDNN refuses. */
int score_all_approx(const struct attn_options *options, const struct embedded_images *images,
                     const struct embedded_captions *captions, const struct bf16_kernel *half,
                     float *sims, float *bounds, const struct progress *progress,
                     struct error *err) MUST_USE;

/* One caption (captions->C == 1) against all images: scores I. The regions are read once, as they
 * lie. */
int score_images(const struct attn_options *options, const struct embedded_images *images,
                 const struct embedded_captions *caption, float *scores,
                 const struct progress *progress, struct error *err) MUST_USE;

/* The same from images->high alone, which is half to read: scores near the pairs' own, bounds[I] as
 * above. */
int score_images_approx(const struct attn_options *options, const struct embedded_images *images,
                        const struct embedded_captions *caption, const struct bf16_kernel *half,
                        float *scores, float *bounds, const struct progress *progress,
                        struct error *err) MUST_USE;

/* The same caption against n of the images: scores[list[k]]. */
int score_image_subset(const struct attn_options *options, const struct embedded_images *images,
                       const struct embedded_captions *caption, const uint32_t *list, size_t n,
                       float *scores, const struct progress *progress, struct error *err) MUST_USE;

/* Some pairs: image i with the captions list[starts[i]] .. list[starts[i+1]-1]; scores as they
 * stand in the list. progress counts pairs. */
struct score_list {
    const size_t *starts; /* I + 1 */
    const uint32_t *captions;
};

int score_pairs(const struct attn_options *options, const struct embedded_images *images,
                const struct embedded_captions *captions, const struct score_list *list,
                float *scores, const struct progress *progress, struct error *err) MUST_USE;

/* One image (images->I == 1) against all captions: scores C. */
int score_captions(const struct attn_options *options, const struct embedded_images *image,
                   const struct embedded_captions *captions, float *scores,
                   const struct progress *progress, struct error *err) MUST_USE;

/* One image and one caption; attention and similarity as in xattn_naive, NULL where not wanted. */
int score_pair(const struct attn_options *options, const struct embedded_images *image,
               const struct embedded_captions *caption, float *attention, float *similarity,
               float *score_out, struct error *err) MUST_USE;

#endif
