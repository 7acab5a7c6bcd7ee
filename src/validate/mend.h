/* mend.h: what --fix does to a split's files. The old file stays as NAME.orig; features are never
 * changed. */
#ifndef VALIDATE_MEND_H
#define VALIDATE_MEND_H

#include "validate/findings.h"

/* Mends what is safe in a split, or (dry_run) reports what would be; each file is reported in
 * report->fixes. */
void mend_split(const struct validate_spec *spec, const char *split,
                struct validate_report *report);

#endif
