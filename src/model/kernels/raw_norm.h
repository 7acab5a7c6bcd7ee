/* raw_norm.h: `raw_feature_norm`, the normalisation of raw scores along the query axis (Sec. 3.1
 * and 3.2 of the paper; the further modes are the reference's), forward and backward.
 *
 * A tile of raw scores is K x n: a row a context vector, a column a query. The columns fall into
 * segments, one an item (t2i: the words of a caption, i2t: the regions of an image); each row of a
 * segment is normalised alone. */
#ifndef MODEL_KERNELS_RAW_NORM_H
#define MODEL_KERNELS_RAW_NORM_H

#include <stddef.h>

#include "model/options.h"

/* Columns of a segment are a multiple of this: the kernels' loops then have no remainders. */
enum { SEGMENT_STEP = 16 };

/* Segment i is columns begin[i] .. begin[i+1]-1, of which the first length[i] count; the others pad
 * it, with s = 0. begin has count + 1 entries, all multiples of SEGMENT_STEP. */
struct segments {
    const size_t *begin, *length;
    size_t count;
};

static inline size_t segment_width(size_t length)
{
    return (length + SEGMENT_STEP - 1) / SEGMENT_STEP * SEGMENT_STEP;
}

/* x (K x n) from s (K x n). Padding becomes 0. */
void raw_norm_forward(enum raw_norm mode, size_t K, size_t n, const struct segments *segments,
                      const float *s, float *x);

/* s and x as above; dx (K x n), 0 in the padding, is overwritten with ds. Where a norm is 0, so is
 * the gradient. */
void raw_norm_backward(enum raw_norm mode, size_t K, size_t n, const struct segments *segments,
                       const float *s, const float *x, float *dx);

#endif
