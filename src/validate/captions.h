/* captions.h: a split's captions: which are of no use, and whether they are captions at all. */
#ifndef VALIDATE_CAPTIONS_H
#define VALIDATE_CAPTIONS_H

#include "validate/subject.h"

/* Looks at the captions that were read. */
void captions_check(struct subject *s);

#endif
