/* naive_sgraf.h: SGRAF's similarity module again, in double, straight from the equations, one
 * number at a time: scores are checked against it, and gradients against its finite differences.
 * Slow, and shares nothing with src/model but the layout of the parameters. */
#ifndef TESTS_MODEL_NAIVE_SGRAF_H
#define TESTS_MODEL_NAIVE_SGRAF_H

#include "model/sgraf_train.h"

/* Scores I x C. block: the parameters; v, e: all rows x D. training: the batch's own statistics
 * instead of the running ones; masks as in sgraf_train.h, NULL for none. */
void naive_sgraf(const struct sgraf_layout *layout, const double *block, bool training,
                 const struct sgraf_shape *shape, const double *v, const double *e,
                 const struct sgraf_dropout *dropout, double *scores);

#endif
