/* embedded.h: a split embedded: what the encoders make, an index stores, a session holds and the
 * scoring engine reads. Shape letters as in model/model.h. */
#ifndef RETRIEVE_SCORE_EMBEDDED_H
#define RETRIEVE_SCORE_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/kind.h"

/* Images. Regions are floats, or halves of floats (base/bf16.h), which together lose nothing. The
 * arrays are owned after embedded_images_alloc; otherwise they are borrowed and only read. What
 * the kind of model does not hold (struct kind_holds) is NULL; if it holds no regions, R is 1 and
 * there are no counts.
 *
 * Image i has room for R regions, of which the first embedded_images_regions are real; behind them
 * and behind their dense Gram matrix all is zero, and nothing is computed from it. */
struct embedded_images {
    size_t I, R, D;
    const int32_t *count; /* I, borrowed: the real regions of each image; NULL: all have R */
    float *regions;       /* I x R x D, or NULL and ... */
    uint16_t *high, *low; /* ... both of these I x R x D */
    float *norm;          /* I x R: lengths of the regions */
    float *gram;          /* I x R x R: dot products of an image's n regions, n x n */
    float *loss;          /* with halves: I x R, bf16_rounding_loss of each region; may be NULL */
    float loss_max;       /* with halves: the largest of these in the split */
    float *global;        /* I x D: a vector for each image as a whole */
};

/* Captions, end to end. A part of them has the same arrays, but for `starts`, `gram_start` and
 * `global`. What the kind of model does not hold is NULL. */
struct embedded_captions {
    size_t C, D;
    const size_t *starts; /* C + 1, borrowed: words of caption c are starts[c] .. starts[c+1]-1 */
    float *words;         /* all words x D */
    float *norm;          /* all words: their lengths */
    float *gram;          /* W x W per caption, at gram_start[c] */
    size_t *gram_start;   /* C + 1 */
    float *global;        /* C x D: a vector for each caption as a whole */
    float loss_max;       /* the largest bf16_rounding_loss of a word; 0 if not known */
};

/* The real regions of image i. */
static inline size_t embedded_images_regions(const struct embedded_images *images, size_t i)
{
    return images->count ? (size_t)images->count[i] : images->R;
}

/* Zeroed room for what is held of I images of R regions, as halves or floats. Errors: too many
 * images, not enough memory. To be freed with embedded_images_free, also after an error. */
int embedded_images_alloc(size_t I, size_t R, size_t D, struct kind_holds holds, bool halves,
                          struct embedded_images *out, struct error *err) MUST_USE;

/* Frees the arrays and leaves zeros. */
void embedded_images_free(struct embedded_images *images);

/* A view of n images from `first` on, borrowed. */
struct embedded_images embedded_images_at(const struct embedded_images *images, size_t first,
                                          size_t n);

/* Fills in what follows from image i's embedding `regions` (R x D, zeros behind the real ones):
 * norm, gram, and with halves high, low and loss. Floats are at their place in images->regions
 * already. Nothing, if no regions are held; global vectors are the model's to fill in. */
void embedded_images_finish(const struct embedded_images *images, size_t i, const float *regions);

/* Sets loss_max from `loss`: NaN if any is. */
void embedded_images_max_loss(struct embedded_images *images);

/* The regions of images first .. first+n-1 as floats, n x R x D: in place, or from halves put
 * together in `room` of that size. */
const float *embedded_images_rows(const struct embedded_images *images, size_t first, size_t n,
                                  float *room);

/* The real regions of image i as floats to out: at most R x D. */
void embedded_images_copy(const struct embedded_images *images, size_t i, float *out);

/* Zeroed room for what is held of C captions of these words; `starts` is borrowed. Errors: not
 * enough memory. To be freed with embedded_captions_free, also after an error. */
int embedded_captions_alloc(size_t C, size_t D, const size_t *starts, struct kind_holds holds,
                            struct embedded_captions *out, struct error *err) MUST_USE;

/* The captions by length, shortest first, equals in their order: C, the caller's to free, also
 * after an error; and the words of the longest. Errors: not enough memory. */
int embedded_captions_order(const size_t *starts, size_t C, size_t *longest_out, size_t **order_out,
                            struct error *err) MUST_USE;

/* Frees the arrays, but not `starts`, and leaves zeros. */
void embedded_captions_free(struct embedded_captions *captions);

/* A view of n captions from `first` on, borrowed. */
struct embedded_captions embedded_captions_at(const struct embedded_captions *captions,
                                              size_t first, size_t n);

/* Fills in norm and gram of caption c from its words, if these are held. */
void embedded_captions_finish(const struct embedded_captions *captions, size_t c);

/* Whether there is anything in it: captions are encoded when they are first needed. */
static inline bool embedded_captions_ready(const struct embedded_captions *captions)
{
    return captions->words || captions->global;
}

/* The same as kinds of models take them, borrowed: regions must be floats. */
struct kind_images embedded_images_kind(const struct embedded_images *images);
struct kind_captions embedded_captions_kind(const struct embedded_captions *captions);

/* W, the words of caption c. */
static inline size_t embedded_captions_words(const struct embedded_captions *captions, size_t c)
{
    return captions->starts[c + 1] - captions->starts[c];
}

#endif
