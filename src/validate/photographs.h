/* photographs.h: whether a split's photographs are there, can be decoded, and are those that its
 * sizes and boxes are of. */
#ifndef VALIDATE_PHOTOGRAPHS_H
#define VALIDATE_PHOTOGRAPHS_H

#include "validate/subject.h"

/* Decodes every photograph. If all are there, and the split has no sizes, its boxes are read again
 * with those of the photographs. Errors: no memory. */
int photographs_check(struct subject *s, struct error *err) MUST_USE;

/* The sizes of all photographs (I x 2) from their headers, the caller's to free; NULL if one is
 * missing or cannot be read. */
int32_t *photographs_sizes(const struct dataset *d);

/* Photographs next to those that were found that belong to no split. */
void photographs_unused(const struct kept_split *kept, size_t count,
                        struct validate_report *report);

#endif
