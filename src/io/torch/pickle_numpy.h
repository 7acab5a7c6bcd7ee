/* pickle_numpy.h: numpy's arrays and scalars inside a pickle. */
#ifndef IO_TORCH_PICKLE_NUMPY_H
#define IO_TORCH_PICKLE_NUMPY_H

#include "io/array/array.h"
#include "io/torch/pickle.h"

/* 1: `value` is an array of numbers, and the view (data in the pickle's bytes) is filled and
 * checked. 0: it is something else. -1: a malformed array. An array of objects gives type
 * ELEM_OBJECT, no data, and its items through pickle_numpy_items. `what` begins the error's line.
 */
int pickle_numpy_array(const struct pickle_value *value, const char *what, struct array_view *out,
                       struct error *err) MUST_USE;

/* The list of an object array's items in C order; NULL where it is none. */
const struct pickle_value *pickle_numpy_items(const struct pickle_value *value);

/* A number as a pickle may have it: bool, int, float or numpy's scalar or array of no dimensions.
 */
bool pickle_numpy_number(const struct pickle_value *value, double *out);

/* The same where it is whole and fits. */
bool pickle_numpy_integer(const struct pickle_value *value, int64_t *out);

#endif
