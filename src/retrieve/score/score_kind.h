/* score_kind.h: scores of the kinds of models that bring their own arithmetic (model/kind.h): what
 * score.h does for SCAN, and passes on to. A pair's own score is what the kind's tile gives; where
 * it has the same bits in every tile (model_kind.same_bits) no bounds are needed, elsewhere
 * model_kind.bounds says how far off a tile is. Where nothing is proven the bounds are 0 all the
 * same, and session_open remarks on it.
 *
 * Errors of all: not enough memory; "interrupted" if progress stops them. */
#ifndef RETRIEVE_SCORE_SCORE_KIND_H
#define RETRIEVE_SCORE_SCORE_KIND_H

#include "base/error.h"
#include "base/progress.h"
#include "model/kind.h"
#include "retrieve/score/score.h"

/* All pairs, sims I x C; also one caption with all images, or one image with all captions. Threads
 * share the tiles; progress counts pairs. */
int score_kind_all(const struct kind_model *model, const struct kind_images *images,
                   const struct kind_captions *captions, float *sims,
                   const struct progress *progress, struct error *err) MUST_USE;

/* The same with bounds I x C: 0, or what the kind has proven; the scores may be other ones then,
 * had sooner (model_kind.near). bounds NULL: as score_kind_all. */
int score_kind_approx(const struct kind_model *model, const struct kind_images *images,
                      const struct kind_captions *captions, float *sims, float *bounds,
                      const struct progress *progress, struct error *err) MUST_USE;

/* Some pairs: their own scores in the order of the list. progress counts pairs. */
int score_kind_pairs(const struct kind_model *model, const struct kind_images *images,
                     const struct kind_captions *captions, const struct score_list *list,
                     float *scores, const struct progress *progress, struct error *err) MUST_USE;

/* One caption against n of the images: sets scores[list[k]]. progress counts images. */
int score_kind_subset(const struct kind_model *model, const struct kind_images *images,
                      const struct kind_captions *caption, const uint32_t *list, size_t n,
                      float *scores, const struct progress *progress, struct error *err) MUST_USE;

/* What one image and one caption show: the kind must show something (model_kind.shows). Errors: not
 * enough memory. */
int score_kind_show(const struct kind_model *model, const struct kind_images *image,
                    const struct kind_captions *caption, const struct kind_shown *out,
                    struct error *err) MUST_USE;

/* A view of n images or captions from `first` on, borrowed. */
struct kind_images kind_images_at(const struct kind_model *model, const struct kind_images *images,
                                  size_t first, size_t n);
struct kind_captions kind_captions_at(const struct kind_model *model,
                                      const struct kind_captions *captions, size_t first, size_t n);

#endif
