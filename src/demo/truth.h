/* truth.h: what a scene really shows, as trees of jansson's: for tests and analyses of attention,
 * never for features or models. */
#ifndef DEMO_TRUTH_H
#define DEMO_TRUTH_H

#include "demo/captions.h"

struct json_t; /* jansson's */

/* The scene's entry of "images" in SPLIT_truth.json (scanscope-formats(5)); the reference is the
 * caller's. */
struct json_t *truth_of(const char *id, const struct tableau *scene,
                        const struct caption captions[CAPTIONS]);

/* "kinds" of that file: each kind's nouns, singular and plural; the reference is the caller's. */
struct json_t *truth_kinds(void);

#endif
