/* boxes.h: a split's boxes and image sizes. */
#ifndef VALIDATE_BOXES_H
#define VALIDATE_BOXES_H

#include "validate/subject.h"

/* Reports what dataset_open counted in the boxes, with places. Errors: no memory. */
int boxes_check(struct subject *s, struct error *err) MUST_USE;

/* Whether the boxes were taken for something else than corners. */
bool boxes_other_layout(const struct dataset_box_counts *counts);

#endif
