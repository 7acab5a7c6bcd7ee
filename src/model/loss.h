/* loss.h: the hinge loss over a batch, in both directions (eqs. 14 and 15 of the paper). */
#ifndef MODEL_LOSS_H
#define MODEL_LOSS_H

#include <stdbool.h>
#include <stddef.h>

/* scores: n x n, of image i and caption c; the true pairs are on the diagonal. Returns the sum over
 * i of sum over c != i of max(0, margin + s_ic - s_ii) + max(0, margin + s_ci - s_ii); with
 * max_violation, of the largest term of each of the two instead of their sums. image (n): pairs of
 * the same image are no negatives of each other; NULL: all are, as in the reference. dscores (n x
 * n) is overwritten with the gradient; NULL to skip. */
double loss_hinge(const float *scores, size_t n, const size_t *image, double margin,
                  bool max_violation, float *dscores);

#endif
