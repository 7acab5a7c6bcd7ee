/* region_sizes.h: the sizes of photographs, for features that lack them, and boxes in pixels. */
#ifndef IO_DATASET_REGION_SIZES_H
#define IO_DATASET_REGION_SIZES_H

#include "base/error.h"
#include "io/dataset/bottomup.h"

struct region_sizes;

/* Takes them from a file with lines ID WIDTH HEIGHT, from a folder of photographs, or both; either
 * may be NULL. Errors: a file that cannot be read, a line of another form, an id given twice. */
int region_sizes_open(const char *list, const char *photos, struct region_sizes **out,
                      struct error *err) MUST_USE;

/* Frees it; NULL is allowed. */
void region_sizes_free(struct region_sizes *sizes);

/* Gives an image its size if it has none, and boxes in pixels if they are fractions; incidental
 * boxes are dropped if the size is missing. Errors: a photograph that is missing or cannot be read;
 * boxes that are fractions of an unknown size. */
int region_sizes_apply(const struct region_sizes *sizes, struct bottomup_image *image,
                       struct error *err) MUST_USE;

#endif
