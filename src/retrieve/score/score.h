/* score.h: the scoring engine: embedded images against embedded captions, by SCAN's attention
 * (model/kernels/xattn.h) or by what another kind of model does (score_kind.h).
 *
 * Shape letters as in model/model.h. Nothing of size I x R x C x W is ever stored: tiles of raw
 * scores stay in the L2 cache from the GEMM to the pair's score.
 *
 * Rankings are made of the score of each pair by itself: score_images, score_captions, score_pairs
 * and score_pair all compute it with the same bits. Tiles (score_all) are faster and round in
 * another order; score_all_approx says how far off they can be, so that one can go back to the
 * pairs if that matters (exact.h).
 *
 * Errors of all: not enough memory; "interrupted" if progress stops them. */
#ifndef RETRIEVE_SCORE_SCORE_H
#define RETRIEVE_SCORE_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "model/kernels/bf16.h"
#include "model/kernels/xattn.h"
#include "model/kind.h"
#include "retrieve/score/embedded.h"

/* How pairs are scored. Borrowed. */
struct scoring {
    const struct attn_options *attn; /* SCAN's */
    const struct kind_model *kind;   /* another kind of model; NULL: SCAN */
};

/* What images and captions have to hold for that. */
struct kind_holds score_holds(const struct scoring *scoring);

/* All pairs: sims I x C. Threads share the tiles; progress counts pairs. */
int score_all(const struct scoring *scoring, const struct embedded_images *images,
              const struct embedded_captions *captions, float *sims,
              const struct progress *progress, struct error *err) MUST_USE;

/* The same with bounds I x C (NULL to skip): the pair's own score is off by at most that; NaN or
 * infinite if nothing is known. half: in bfloat16 (images have halves); NULL: in float32. Errors
 * also: oneDNN fails. */
int score_all_approx(const struct scoring *scoring, const struct embedded_images *images,
                     const struct embedded_captions *captions, const struct bf16_kernel *half,
                     float *sims, float *bounds, const struct progress *progress,
                     struct error *err) MUST_USE;

/* One caption (caption->C == 1) against all images: scores I. The regions are read once, in place.
 * progress counts images. */
int score_images(const struct scoring *scoring, const struct embedded_images *images,
                 const struct embedded_captions *caption, float *scores,
                 const struct progress *progress, struct error *err) MUST_USE;

/* The same from images->high alone, half as much to read: scores near the pairs' own, bounds[I] as
 * above. */
int score_images_approx(const struct scoring *scoring, const struct embedded_images *images,
                        const struct embedded_captions *caption, const struct bf16_kernel *half,
                        float *scores, float *bounds, const struct progress *progress,
                        struct error *err) MUST_USE;

/* One caption against n of the images: sets scores[list[k]]. */
int score_image_subset(const struct scoring *scoring, const struct embedded_images *images,
                       const struct embedded_captions *caption, const uint32_t *list, size_t n,
                       float *scores, const struct progress *progress, struct error *err) MUST_USE;

/* Some pairs: image i with captions[starts[i]] .. captions[starts[i+1]-1]. */
struct score_list {
    const size_t *starts; /* I + 1 */
    const uint32_t *captions;
};

/* Those pairs: scores in the order of the list. progress counts pairs. */
int score_pairs(const struct scoring *scoring, const struct embedded_images *images,
                const struct embedded_captions *captions, const struct score_list *list,
                float *scores, const struct progress *progress, struct error *err) MUST_USE;

/* One image (image->I == 1) against all captions: scores C. progress counts captions. */
int score_captions(const struct scoring *scoring, const struct embedded_images *image,
                   const struct embedded_captions *captions, float *scores,
                   const struct progress *progress, struct error *err) MUST_USE;

/* One image and one caption; attention and similarity as in xattn_naive, NULL to skip; other kinds
 * than SCAN leave both alone (score_kind_show). */
int score_pair(const struct scoring *scoring, const struct embedded_images *image,
               const struct embedded_captions *caption, float *attention, float *similarity,
               float *score_out, struct error *err) MUST_USE;

#endif
