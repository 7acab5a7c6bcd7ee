/* sgraf.h: SGRAF (Diao et al., "Similarity Reasoning and Filtration for Image-Text Matching", AAAI
 * 2021, arXiv 2101.01368): what it adds to SCAN's two encoders, in evaluation mode.
 *
 * Each image has a global vector beside its regions, each caption one beside its words
 * (self-attention gated by the mean, Sec. 3.1). A pair has one similarity vector per word (the word
 * against the regions it attends to, as in SCAN t2i with lambda 9 and clipped l2 norm, the attended
 * vector normalised) and one of the two global vectors: W (x - y)^2 + b, l2-normalised (Sec. 3.2).
 * These W + 1 nodes are reasoned over by a graph (SGR) or filtered by attention (SAF) (Sec. 3.3),
 * and a linear layer and a sigmoid make the score.
 *
 * D embedding size, S size of a similarity vector, R regions of an image: 36, or as many as the
 * batch norm over regions has; an image with fewer uses the first of them, one with more is beyond
 * the model. W words of a caption, N of all. */
#ifndef MODEL_SGRAF_H
#define MODEL_SGRAF_H

#include <stdbool.h>
#include <stddef.h>

#include "model/kernels/gemm.h"
#include "model/sgraf_options.h"

/* ---- parameters ---- */

/* Where the tensors are within a block of floats (or, in the naive version, doubles). Weights are
 * out x in. */
struct sgraf_linear {
    size_t w, b;
};

struct sgraf_norm {
    size_t weight, bias, mean, var, counter;
};

struct sgraf_attention {
    struct sgraf_linear local, global, common; /* D x D, D x D, 1 x D */
    struct sgraf_norm local_norm, global_norm; /* R and D; of images only */
};

struct sgraf_layout {
    struct sgraf_options options;
    struct sgraf_attention image, text;
    struct sgraf_linear loc, glo, eval; /* S x D, S x D, 1 x S */
    struct sgraf_linear query[SGRAF_MOST_STEPS], key[SGRAF_MOST_STEPS],
        graph[SGRAF_MOST_STEPS];                     /* SGR: S x S */
    struct sgraf_linear filter;                      /* SAF: 1 x S */
    struct sgraf_norm filter_norm;                   /* 1 */
    struct sgraf_tensor tensors[SGRAF_MOST_TENSORS]; /* in the order of the state dict */
    size_t tensor_count;
    size_t count; /* floats in a block; offsets are multiples of 16 */
};

void sgraf_layout_init(const struct sgraf_options *options, struct sgraf_layout *out);

/* ---- evaluation ---- */

/* A model made ready: batch norms folded, and what follows from the weights alone. */
struct sgraf_model {
    const struct sgraf_layout *layout;
    const float *block;                 /* the parameters, borrowed */
    float *region_scale, *region_shift; /* R */
    float *global_scale, *global_shift; /* D */
    float filter_scale, filter_shift;
    float *step[SGRAF_MOST_STEPS];      /* 2S x S: key' query, then graph (sgraf_score.c) */
    float *edge_bias[SGRAF_MOST_STEPS]; /* S: key' b_query */
    struct gemm_factor loc, glo;
    struct gemm_factor steps[SGRAF_MOST_STEPS]; /* of all rounds but the last */
    struct gemm_factor last_edge, last_graph;
};

/* Floats of room that a model takes made ready; the room must be 64-byte aligned and, like layout
 * and block, outlive it. To be done again when the parameters change. */
size_t sgraf_model_size(const struct sgraf_layout *layout);
void sgraf_model_init(const struct sgraf_layout *layout, const float *block, float *room,
                      struct sgraf_model *out);

/* Global vectors out (I x D) of images v (region_starts[i] .. region_starts[i+1]-1 are the rows of
 * image i, each of D), and out (C x D) of captions e likewise. room: sgraf_global_size floats. */
size_t sgraf_global_size(const struct sgraf_layout *layout, size_t items, size_t rows);
void sgraf_global_images(const struct sgraf_model *model, const float *v,
                         const size_t *region_starts, size_t I, float *room, float *out);
void sgraf_global_captions(const struct sgraf_model *model, const float *e, const size_t *starts,
                           size_t C, float *room, float *out);

/* Some captions, end to end: words starts[c] - starts[0] .. of `words`, and their global vectors.
 */
struct sgraf_captions {
    size_t C;
    const size_t *starts; /* C + 1 */
    const float *words;   /* N x D */
    const float *globals; /* C x D */
};

/* One image: its regions and global vector, and its regions as factors of products. */
struct sgraf_image {
    size_t R;
    const float *global;           /* D */
    struct gemm_factor by_word;    /* the regions' transpose: words to raw scores */
    struct gemm_factor by_weights; /* the regions: weights to attended vectors */
};

/* Makes an image (regions R x D) ready to be scored with any number of captions; regions, global
 * and room (sgraf_image_size floats, 64-byte aligned, NULL if that is 0) must outlive it. */
size_t sgraf_image_size(const struct sgraf_layout *layout, size_t R);
void sgraf_image_init(const struct sgraf_layout *layout, const float *regions, size_t R,
                      const float *global, float *room, struct sgraf_image *out);

/* Captions to score in one call: as many as make good use of the caches. */
enum { SGRAF_AT_ONCE = 16 };

/* Whether a caption's score has the same bits alone and among others: if our own kernels multiply
 * (gemm_rows_alike). BLAS rounds by the shape of the matrix; then the same call gives the same
 * bits, and others differ by some 1e-7. */
bool sgraf_same_bits(void);

/* What a pair can show; NULL to skip. */
struct sgraf_shown {
    float *attention;  /* N x R: each word over the regions */
    float *similarity; /* N: cosine of each word and what it attends to */
    float *nodes; /* N + C: weight of each caption's global node, then of its words (SAF: what the
                     filter gives them; SGR: the last round's edges from the global node) */
};

/* Scores of one image with some captions, on the calling thread or, outside parallel regions, with
 * products on all cores. scratch: sgraf_scratch floats (W: words of the longest
 * caption; all may be upper limits), 64-byte aligned. scores: C.
 * See
 * sgraf_same_bits. */
size_t sgraf_scratch(const struct sgraf_layout *layout, size_t R, size_t N, size_t C, size_t W);
void sgraf_score(const struct sgraf_model *model, const struct sgraf_image *image,
                 const struct sgraf_captions *captions, float *scratch,
                 const struct sgraf_shown *shown, float *scores);

#endif
