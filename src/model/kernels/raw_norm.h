/* raw_norm.h: `raw_feature_norm`, the normalisation of raw scores along the query axis (Sec. 3.1
 * and 3.2 of the paper; other modes than clipped_l2norm are the reference's), forward and backward.
 *
 * A tile of raw scores is K x n: one row per context vector, one column per query. The columns form
 * segments, one per item (t2i: the words of a caption, i2t: the regions of an image); each row of a
 * segment is normalised by itself. */
#ifndef MODEL_KERNELS_RAW_NORM_H
#define MODEL_KERNELS_RAW_NORM_H

#include <stddef.h>

#include "model/kernels/attn_options.h"

/* The width of a segment is a multiple of this, so that the kernels' loops have no remainders. */
enum { SEGMENT_STEP = 16 };

/* Segment i is columns begin[i] .. begin[i+1]-1: its length[i] scores, then padding with s = 0.
 * begin has count + 1 entries, all multiples of SEGMENT_STEP. */
struct segments {
    const size_t *begin, *length;
    size_t count;
};

/* Columns of a segment of `length` scores. */
static inline size_t segment_width(size_t length)
{
    return (length + SEGMENT_STEP - 1) / SEGMENT_STEP * SEGMENT_STEP;
}

/* x (K x n) from s (K x n). Padding becomes 0. */
void raw_norm_forward(enum raw_norm mode, size_t K, size_t n, const struct segments *segments,
                      const float *s, float *x);

/* s and x as above; dx (K x n), 0 in the padding, is overwritten with ds. If a norm is 0, so is the
 * gradient. */
void raw_norm_backward(enum raw_norm mode, size_t K, size_t n, const struct segments *segments,
                       const float *s, const float *x, float *dx);

#endif
