/* across.h: splits against each other. */
#ifndef VALIDATE_ACROSS_H
#define VALIDATE_ACROSS_H

#include "validate/subject.h"

/* Images that two splits share, and features that are not of one kind. Errors: no memory, a
 * features file that is gone. */
int across_check(const struct kept_split *kept, size_t count, struct validate_report *report,
                 struct error *err) MUST_USE;

#endif
