/* boxes.h: a split's boxes and image sizes. */
#ifndef VALIDATE_BOXES_H
#define VALIDATE_BOXES_H

#include "validate/subject.h"

/* Reports what dataset_open counted in the boxes, with places. Errors: no memory. */
int boxes_check(struct subject *s, struct error *err) MUST_USE;

#endif
