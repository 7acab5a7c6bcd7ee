/* loss.h: the hinge loss over a batch, in both directions (eqs. 14 and 15 of the paper). */
#ifndef MODEL_LOSS_H
#define MODEL_LOSS_H

#include <stdbool.h>
#include <stddef.h>

/* scores: n x n, score of image i and caption c; the diagonal are the true pairs. Returns the sum
 * over i of sum over c != i of max(0, margin + s_ic - s_ii) + max(0, margin + s_ci - s_ii), with
 * max_violation the largest of each sum's terms in the place of the sum. dscores (n x n) is
 * overwritten with the gradient; NULL: not wanted. */
double loss_hinge(const float *scores, size_t n, double margin, bool max_violation, float *dscores);

#endif
