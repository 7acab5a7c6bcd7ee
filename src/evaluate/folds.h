/* folds.h: a split's matrix of images x captions cut into folds, each of which is ranked by itself.
 *
 * A matrix in folds holds one fold after another: count x images x its captions, only the blocks of
 * images with their own captions (if images have different numbers of these, so have folds). Lists
 * of queries are in the split's order: images fold after fold, captions likewise. */
#ifndef EVALUATE_FOLDS_H
#define EVALUATE_FOLDS_H

#include "evaluate/evaluate.h"
#include "evaluate/metrics.h"

/* How to cut a split. All zero: not at all. */
struct folds_spec {
    size_t count; /* folds; 0: as many as there are of `size` images */
    size_t size;  /* images per fold; 0: an equal share */
};

struct folds {
    size_t I, C;              /* of the split */
    struct caption_map map;   /* of the split; owned */
    struct caption_map *maps; /* of each fold, its images and captions numbered from 0; owned */
    size_t *starts;           /* count + 1: captions of the folds before; owned */
    size_t count, images;     /* how many folds; images of each */
};

/* The captions of a fold. */
static inline size_t folds_captions_of(const struct folds *f, size_t fold)
{
    return f->starts[fold + 1] - f->starts[fold];
}

/* The pairs of a fold, and where they begin in a matrix in folds: the pairs of those before, or of
 * all for fold = count. */
static inline size_t folds_pairs(const struct folds *f, size_t fold)
{
    return f->images * folds_captions_of(f, fold);
}

static inline size_t folds_first_pair(const struct folds *f, size_t fold)
{
    return f->images * f->starts[fold];
}

/* The images of all folds: those left over at the end of the split are in none. */
static inline size_t folds_images(const struct folds *f)
{
    return f->count * f->images;
}

/* The captions of all folds. */
static inline size_t folds_captions(const struct folds *f)
{
    return f->starts[f->count];
}

/* Cuts a split; `out` is empty or was freed. Errors: no images or captions, fewer images than the
 * folds need, captions that are not in the order of the images (but if the split is not cut), a
 * fold without captions, more pairs than can be counted, no memory. */
int folds_cut(const struct folds_spec *spec, const struct caption_map *map, struct folds *out,
              struct error *err) MUST_USE;

/* Frees what it holds, and zeroes it. */
void folds_done(struct folds *folds);

/* Ranks (0 = best) of the truths: of each image's best caption, of each caption's image. */
struct folds_ranks {
    size_t *i2t, *t2i; /* folds_images, folds_captions of them; owned */
};

/* Ranks a matrix in folds. each_out: an evaluation per fold; NULL to skip. The ranks are the
 * caller's to free with folds_ranks_done. */
void folds_rank(const struct folds *folds, const float *sims, struct evaluation *each_out,
                struct folds_ranks *ranks_out);

/* Frees what it holds, and zeroes it. */
void folds_ranks_done(struct folds_ranks *ranks);

/* Computes the measures for several relevant items, averaged over the queries of all folds, or over
 * `complete` queries (metrics_mean; NULL: those that have a relevant item). relevance, complete,
 * out: [0] text to image, [1] image to text. Errors: no memory. */
int folds_metrics(const struct folds *folds, const float *sims, const struct relevance relevance[2],
                  const size_t complete[2], struct metrics out[2], struct error *err) MUST_USE;

#endif
