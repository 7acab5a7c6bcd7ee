/* sgraf_private.h: the two halves of sgraf_train: global vectors, and pairs. */
#ifndef MODEL_SGRAF_PRIVATE_H
#define MODEL_SGRAF_PRIVATE_H

#include "model/sgraf_train.h"

/* Global vectors in training: of images or of captions. */
struct sgraf_global_side {
    const struct sgraf_layout *layout;
    const struct sgraf_attention *attention;
    bool image;
    const float *block, *rows; /* rows x D */
    const size_t *starts;      /* items + 1 */
    size_t items;
    const float *local_mask, *global_mask; /* dropout, or NULL */
};

void sgraf_global_carve(const struct sgraf_global_side *side, struct arena *arena,
                        struct sgraf_global_acts *out);
void sgraf_global_forward(const struct sgraf_global_side *side, float *statistics,
                          struct sgraf_global_acts *acts);

/* dout: items x D. Adds to gradients and to drows. */
void sgraf_global_backward(const struct sgraf_global_side *side, const float *dout,
                           struct sgraf_global_acts *acts, float *gradients, float *drows);

/* Batch norm's running statistics of one channel: n numbers of this mean and (biased) variance. */
void sgraf_track(float *running_mean, float *running_var, double mean, double var, double n);

/* Some pairs, with what their forward pass leaves. P pairs, N words, N + P nodes; a pair's nodes
 * are its global one, then its words. */
struct sgraf_chunk {
    size_t P, N, M, ld;             /* M = N + P; ld: regions, padded */
    size_t *image, *caption;        /* P */
    size_t *word, *node, *edge;     /* P + 1: where its words, nodes and edges begin */
    float *s, *a, *norm;            /* N x ld, N x ld, P x ld */
    float *u, *q, *length;          /* N x D: attended and normalised; (u - e)^2; N: |att| */
    float *gq;                      /* P x D: (x - y)^2 of the global vectors */
    float *node_length;             /* M */
    float *x[SGRAF_MOST_STEPS + 1]; /* M x S: nodes of each round */
    float *query[SGRAF_MOST_STEPS], *key[SGRAF_MOST_STEPS], *mixed[SGRAF_MOST_STEPS]; /* M x S */
    float *edges[SGRAF_MOST_STEPS];     /* n x n of each pair */
    float *logit, *gate, *weight;       /* M: SAF: normalised, its sigmoid, its share */
    float inverse;                      /* SAF: 1 / sqrt(var + eps) */
    float *total, *vector_length;       /* P: SAF */
    float *vector, *score;              /* P x S, P */
    float *dx, *dquery, *dkey, *dmixed; /* M x S */
    float *dedges;                      /* n x n of each pair */
    float *du, *dgq, *da;               /* N x D, P x D, N x ld */
    float *dvector;                     /* P x S */
};

void sgraf_chunk_carve(const struct sgraf_layout *layout, size_t ld, size_t P, size_t N,
                       size_t edges, struct arena *arena, struct sgraf_chunk *out);
void sgraf_chunk_forward(const struct sgraf_layout *layout, const float *block,
                         const struct sgraf_shape *shape, const float *v, const float *e,
                         const float *image_globals, const float *text_globals, float *statistics,
                         struct sgraf_chunk *chunk);

/* dscore: P. Adds to gradients, dv, de, dimage (I x D) and dtext (C x D). */
void sgraf_chunk_backward(const struct sgraf_layout *layout, const float *block,
                          const struct sgraf_shape *shape, const float *v, const float *e,
                          const float *image_globals, const float *text_globals,
                          const float *dscore, struct sgraf_chunk *chunk, float *gradients,
                          float *dv, float *de, float *dimage, float *dtext);

#endif
