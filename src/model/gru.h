/* gru.h: one layer of PyTorch's GRU over captions of different lengths, in one or two directions,
 * forward and backward (eq. 10 of the paper):
 *
 * r, z = sigmoid(W x + b + W h + b), n = tanh(W x + b + r (W h + b)), h' = n + z (h - n).
 *
 * The captions are packed as by pack_padded_sequence: sorted by length, longest first, and laid out
 * by time, so that step t works on the first n_t captions, one contiguous block of rows. The
 * reverse direction begins at each caption's own last word and walks the same rows backwards. There
 * is no padding.
 *
 * N words of all captions, T steps (the longest caption), D hidden size, K directions (1 or 2). */
#ifndef MODEL_GRU_H
#define MODEL_GRU_H

#include <stddef.h>

#include "model/params.h"

/* Where each word goes. */
struct packing {
    size_t captions, words, steps;
    size_t *offset; /* steps + 1: step t is rows offset[t] .. offset[t+1]-1 */
    size_t *word;   /* words: row -> index of the word in the captions as given */
};

/* Number of size_t that gru_packing_fill needs for that many captions and words. */
size_t gru_packing_size(size_t captions, size_t words);

/* Packs captions whose words are starts[c] .. starts[c+1]-1 (each has at least one) into `room`,
 * which stays the caller's and must outlive the packing. */
void gru_packing_fill(const size_t *starts, size_t captions, size_t *room, struct packing *out);

/* What one layer's forward leaves for its backward. */
struct gru_layer {
    size_t in, D, directions;
    const struct gru_weights *weights; /* one per direction, borrowed */
    /* Inputs. which NULL: x is N x in, one row per word. Otherwise x is U x in and packed row i has
     * the input which[i]: a word that occurs often in a batch is multiplied by w_ih once. */
    const float *x;
    size_t U;
    const size_t *which;
    float *projected; /* U x 3D, scratch, if which is not NULL */
    float
        *gates[2]; /* N x 3D: activated r, z, n; after the backward the gradients of their inputs */
    float *hidden[2]; /* N x D: W_hn h + b_hn; after the backward its gradient */
    float *out;       /* N x (K D): the directions side by side */
    float *packed[2]; /* gru_whh_packed_size(D) floats, scratch: W_hh packed for the steps */
};

/* Floats of one direction's W_hh packed for the products of all steps; may be 0. */
size_t gru_whh_packed_size(size_t D);

/* Sets gates, hidden and out (N x (K D), packed rows) from x. */
void gru_forward(const struct packing *packing, struct gru_layer *layer);

/* After gru_forward. dout: N x (K D), destroyed. Adds to the gradients of each direction's weights,
 * and overwrites dx, of the shape of x. previous: scratch, K x N x D. */
void gru_backward(const struct packing *packing, struct gru_layer *layer, float *dout,
                  const struct gru_weights *gradients, float *dx, float *previous);

#endif
