/* pickle_numpy.h: numpy's arrays and scalars in a pickle. */
#ifndef IO_TORCH_PICKLE_NUMPY_H
#define IO_TORCH_PICKLE_NUMPY_H

#include "io/array/array.h"
#include "io/torch/pickle.h"

/* 1: `value` is an array, and the view (data in the pickle's bytes) is filled and checked; an array
 * of objects has type ELEM_OBJECT, no data, and its items from pickle_numpy_items. 0: it is
 * something else. -1: it is malformed. Errors begin with `what`. */
int pickle_numpy_array(const struct pickle_value *value, const char *what, struct array_view *out,
                       struct error *err) MUST_USE;

/* The list of an object array's items in C order; NULL if it is not one. */
const struct pickle_value *pickle_numpy_items(const struct pickle_value *value);

/* Gets a real number: bool, int, float, or numpy's scalar or array of one element; false for
 * anything else. */
bool pickle_numpy_number(const struct pickle_value *value, double *out);

/* The same if it is an integer that fits. */
bool pickle_numpy_integer(const struct pickle_value *value, int64_t *out);

#endif
