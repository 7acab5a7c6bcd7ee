/* sgraf_train.h: SGRAF's similarity module (sgraf.h) on a batch, all images against all captions,
 * in training mode, forward and backward: batch norms use the batch's own statistics, dropout's
 * masks are given.
 *
 * Statistics: image regions, per region over the batch's images (those that have it) and D; image
 * means, per element over the images; SAF's filter, per caption over all images and the W + 1
 * nodes, as the published code does by going through captions one by one.
 *
 * I images, C captions, N words of all, V regions of all, D and S as in sgraf.h. */
#ifndef MODEL_SGRAF_TRAIN_H
#define MODEL_SGRAF_TRAIN_H

#include "base/arena.h"
#include "model/sgraf.h"

struct sgraf_shape {
    size_t I, C;
    const size_t
        *regions;        /* I + 1: image i has rows regions[i] .. regions[i+1]-1; regions[0] = 0 */
    const size_t *words; /* C + 1, likewise */
};

/* Factors of dropout, 0 or 1 / (1 - p), after each tanh of the global vectors; NULL for none. */
struct sgraf_dropout {
    const float *image_local, *image_global; /* V x D, I x D */
    const float *text_local, *text_global;   /* N x D, C x D */
};

/* What the forward pass leaves for the backward pass, borrowed from an arena. */
struct sgraf_global_acts {
    float *mean;                   /* items x D */
    float *local, *global;         /* rows x D, items x D: normalised by the batch, before tanh */
    float *local_out, *global_out; /* the same after tanh and dropout */
    float *local_inverse, *global_inverse; /* R and D: 1 / sqrt(var + eps); images only */
    float *weights;                        /* rows */
    float *out, *length; /* items x D, items: the global vectors; their lengths before */
    float *dlocal, *dglobal, *dmean; /* backward */
};

struct sgraf_acts {
    struct sgraf_global_acts image, text;
    float *dimage, *dtext; /* I x D, C x D: gradients of the global vectors */
    size_t *pair_image, *pair_caption, *word_begin, *node_begin, *edge_begin; /* a chunk's pairs */
    float *dscore;                                                            /* of these */
    size_t room_size;
    char *room; /* what a chunk of at most I pairs leaves */
    /* SGR, forward: */
    size_t threads, scratch_size, scratch_score;
    float *model_room, *scratch; /* threads pieces of scratch_size floats */
};

/* Takes room for such a batch. threads: the most that will run it. */
void sgraf_acts_carve(const struct sgraf_layout *layout, const struct sgraf_shape *shape,
                      size_t threads, struct arena *arena, struct sgraf_acts *out);

/* Scores I x C. v: V x D, e: N x D, as the encoders give them. statistics: the block whose running
 * means and variances are updated (momentum 0.1, as torch does it), normally `block` itself;
 * NULL to leave them. */
void sgraf_train_forward(const struct sgraf_layout *layout, const float *block,
                         const struct sgraf_shape *shape, const float *v, const float *e,
                         const struct sgraf_dropout *dropout, float *statistics,
                         struct sgraf_acts *acts, float *scores);

/* After sgraf_train_forward of the same batch. dscores: I x C; pairs whose dscore is 0 cost nothing
 * in SGR, and in SAF captions that have no others. Adds to `gradients`, a block of the same layout;
 * dv (V x D) and de (N x D) are overwritten. */
void sgraf_train_backward(const struct sgraf_layout *layout, const float *block,
                          const struct sgraf_shape *shape, const float *v, const float *e,
                          const struct sgraf_dropout *dropout, const float *dscores,
                          struct sgraf_acts *acts, float *gradients, float *dv, float *de);

#endif
