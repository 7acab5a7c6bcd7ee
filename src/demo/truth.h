/* truth.h: what a scene really holds, as JSON: for tests and analyses of attention, never for
 * features or models. */
#ifndef DEMO_TRUTH_H
#define DEMO_TRUTH_H

#include <jansson.h>

#include "demo/captions.h"

/* An entry of "images" of SPLIT_truth.json (scanscope-formats(5)); a new reference. */
json_t *truth_of(const char *id, const struct tableau *scene,
                 const struct caption captions[CAPTIONS]);

/* Kinds with their nouns, singular and plural: "kinds" of the file; a new reference. */
json_t *truth_kinds(void);

#endif
