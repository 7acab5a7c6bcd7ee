/* text_encoder.h: words to embeddings (eqs. 9-11 of the paper): word embedding, GRU layers, the
 * directions averaged, l2 normalisation; forward and backward.
 *
 * C captions, N words of all of them, V x E word embedding, D joint embedding size. */
#ifndef MODEL_TEXT_ENCODER_H
#define MODEL_TEXT_ENCODER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "model/gru.h"
#include "model/options.h"
#include "model/params.h"

/* What the forward pass leaves for the backward pass, borrowed from an arena. */
struct text_acts {
    struct packing packing;
    size_t *room; /* the packing's */
    int32_t
        *distinct;    /* the U different words among the N, ascending; with dropout all N, packed */
    size_t *which;    /* packed row -> its word in `distinct` */
    float *x;         /* U x E: their embeddings */
    float *mask;      /* N x E: dropout of the embeddings of each occurrence of a word, packed */
    struct rng *rng;  /* for the mask; to be set after carving; NULL: no dropout */
    float *projected; /* U x 3D, scratch; U is at most N */
    struct gru_layer *layers;
    float *norm;      /* N: |averaged state| of each word, in the order of the captions */
    float *dout, *dx; /* N x (K D or E, the larger), backward only: gradients of a layer's output
                         and input, swapped from layer to layer */
    float *previous;  /* K x N x D, backward only */
};

/* Takes room for that many captions and words. training false: forward only. dropout: with room
 * for a mask. */
void text_encoder_acts_carve(const struct model_options *options, size_t captions, size_t words,
                             bool training, bool dropout, struct arena *arena,
                             struct text_acts *out);

/* ids: N word ids, all in the vocabulary; starts: captions + 1, caption c is ids[starts[c] -
 * starts[0]] onwards. out: N x D, in the order of ids. */
void text_encoder_forward(const struct model_options *options, const struct params *params,
                          const int32_t *ids, const size_t *starts, size_t captions,
                          struct text_acts *acts, float *out);

/* After the forward pass, which left `out` (N x D). dout: N x D, its gradient, destroyed. Adds to
 * `gradients`. */
void text_encoder_backward(const struct model_options *options, struct text_acts *acts,
                           const float *out, float *dout, const struct params *gradients);

#endif
