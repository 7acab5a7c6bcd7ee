/* features.h: one pass over a split's features. */
#ifndef VALIDATE_FEATURES_H
#define VALIDATE_FEATURES_H

#include "validate/subject.h"

/* Looks at every row, and keeps the images' hashes. Errors: no memory. */
int features_check(struct subject *s, struct error *err) MUST_USE;

/* Images of two splits, or of one if `b` is NULL, that have the same features: equal hashes, then
 * equal numbers. Places are "image 3 and image 7". Errors: a file that cannot be read; no memory.
 */
int features_same(const struct kept_split *a, const struct kept_split *b,
                  struct findings_tally *same, struct error *err) MUST_USE;

#endif
