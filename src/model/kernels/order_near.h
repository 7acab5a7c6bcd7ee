/* order_near.h: order similarities -|max(0, e - v)| sooner than in float32, and how far they can be
 * from those: rows rounded to 16 bits, of which a vector holds twice as many.
 *
 * All rows are scaled by s and rounded to integers: v^ = round(s v) / s. max(0, .) and the length
 * of a vector change by no more than their argument (both are 1-Lipschitz), so
 * ||max(0, e - v)| - |max(0, e^ - v^)|| <= |e - e^| + |v - v^|, two lengths that are known for each
 * row. The integers' sum of squares is exact: s is small enough that no difference exceeds 15 bits
 * and no sum 31. What is left are the roundings of the float32 score and of this one's square root.
 *
 * I images, C captions, D embedding size. */
#ifndef MODEL_KERNELS_ORDER_NEAR_H
#define MODEL_KERNELS_ORDER_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order_near {
    size_t D;               /* padded */
    float rounding;         /* of a score, in units of its size */
    float unit;             /* 1 / s */
    uint16_t *v, *e;        /* I x D, C x D: the integers and 2^15 */
    float *v_loss, *e_loss; /* I, C: |v - v^|, |e - e^| */
};

/* Floats of room for all rows; 0 if this CPU has no kernel for it. */
size_t order_near_size(size_t I, size_t C, size_t D);

/* Rounds v (I x D) and e (C x D) into `room` (order_near_size floats, the caller's, 64-byte
 * aligned), on all cores. False if there is a row with values that are not finite, or nothing but
 * zeros: then float32 is what there is. */
bool order_near_init(const float *v, size_t I, const float *e, size_t C, size_t D, float *room,
                     struct order_near *out);

/* Scores of images i .. i + n - 1 with captions c .. c + m - 1, and bounds of their distance from
 * the float32 kernel's: n x m, rows ld apart. On the calling thread. */
void order_near_tile(const struct order_near *near, size_t i, size_t n, size_t c, size_t m,
                     float *scores, float *bounds, size_t ld);

#endif
