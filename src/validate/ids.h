/* ids.h: a split's image ids. */
#ifndef VALIDATE_IDS_H
#define VALIDATE_IDS_H

#include "validate/subject.h"

/* Looks at the ids, of which there may be more or fewer than images, and keeps them. */
void ids_check(struct subject *s);

/* Images that two splits share by their ids. */
void ids_same(const struct kept_split *a, const struct kept_split *b, struct findings_tally *same);

#endif
