/* pickle_show.h: pickle values as text, for options and for `info`. */
#ifndef IO_TORCH_PICKLE_SHOW_H
#define IO_TORCH_PICKLE_SHOW_H

#include "base/str.h"
#include "io/torch/pickle.h"

/* Appends a value: text as it is (cleaned), numbers as Python prints them, containers with their
 * first items, anything else by its name in angle brackets; limited in length and depth. */
void pickle_show_value(struct str *out, const struct pickle_value *value);

#endif
