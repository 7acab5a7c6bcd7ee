/* plausible.h: whether numbers can be region features, or are other bytes taken for float32:
 * float16, float64, integers, bfloat16, another byte order.
 *
 * A finite number that is not zero counts as odd if its size is not within 1e-10 to 1e10. Measured
 * on every real set at hand (Faster R-CNN and Mask R-CNN features of Flickr8K, of COCO, drawn ones;
 * 25 million numbers): from 2.3e-8 to 37, none odd. The same features as other bytes: float16 52 %,
 * of normal deviates 8 %; float64 28 %; byte order 74 % to 100 %; bfloat16 25 %; int32 100 %. */
#ifndef IO_ARRAY_PLAUSIBLE_H
#define IO_ARRAY_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "io/array/npy.h"

/* If a larger share of the numbers is odd, they are no features. */
#define PLAUSIBLE_ODD_SHARE 0.05

/* No feature is larger. */
#define PLAUSIBLE_MOST 1e10F

/* Zero-initialise to start. */
struct plausible {
    size_t numbers, odd; /* that are not zero; of these, odd */
    float largest;       /* of the absolute values */
};

/* Counts n values. */
void plausible_add(struct plausible *p, const float *values, size_t n);

/* False if they are certainly no features. */
bool plausible_is(const struct plausible *p);

/* The same for a sample of the rows of an array of numbers, spread over all of it; counts: NULL, or
 * how many entries of the second axis are meant of each `step` rows. Errors: they are no features;
 * no memory. */
int plausible_check(const struct npy *features, const int32_t *counts, size_t step,
                    struct error *err) MUST_USE;

/* Why they are none, for messages: "52 % of the numbers are ...". */
#define PLAUSIBLE_WHY                                                                              \
    "%.0f %% of the numbers are below 1e-10 or above 1e10, so they are no features: float16, "     \
    "float64, integers or another byte order taken for float32?"
double plausible_percent(const struct plausible *p);

#endif
