/* confidence.h: how sure recalls are, and their differences between models.
 *
 * Images are the units that are resampled: captions of one image are not independent samples. */
#ifndef EVALUATE_CONFIDENCE_H
#define EVALUATE_CONFIDENCE_H

#include "evaluate/folds.h"
#include "evaluate/stats.h"

enum { CONFIDENCE_RECALLS = 3 };

/* Recall is measured at 1, 5 and 10. */
extern const size_t confidence_at[CONFIDENCE_RECALLS];

/* Computes recalls in per cent with their bootstrap intervals: [0] text to image, [1] image to
 * text. Errors: no memory. */
int confidence_recalls(const struct folds *folds, const struct folds_ranks *ranks,
                       const struct bootstrap *how, struct interval out[2][CONFIDENCE_RECALLS],
                       struct error *err) MUST_USE;

/* The sum of the six recalls, in per cent, with its interval: an image is drawn with what it adds
 * to all six. Errors: no memory. */
int confidence_rsum(const struct folds *folds, const struct folds_ranks *ranks,
                    const struct bootstrap *how, struct interval *out, struct error *err) MUST_USE;

/* The sum of a minus that of b; paired bootstrap. Errors: no memory. */
int confidence_compare_rsum(const struct folds *folds, const struct folds_ranks *a,
                            const struct folds_ranks *b, const struct bootstrap *how,
                            struct paired *out, struct error *err) MUST_USE;

/* How the recalls at k of a and b differ in one direction, on the same queries, a - b: paired
 * bootstrap over images, in per cent, and McNemar's test over queries. */
struct confidence_difference {
    struct paired paired;
    struct mcnemar mcnemar;
};

/* Compares them. Errors: no memory. */
int confidence_compare(const struct folds *folds, const struct folds_ranks *a,
                       const struct folds_ranks *b, bool i2t, size_t k, const struct bootstrap *how,
                       struct confidence_difference *out, struct error *err) MUST_USE;

#endif
