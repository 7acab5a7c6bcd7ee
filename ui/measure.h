/* measure.h: how fast the explorer draws a key while the worker has all cores busy; for `bench`. */
#ifndef UI_MEASURE_H
#define UI_MEASURE_H

#include <stddef.h>

#include "base/error.h"

struct ui_times {
    size_t keys;
    double median, slowest; /* seconds from a key to its drawn screen */
};

/* Plays keys on a made-up split of 1000 images and 5000 captions, 120 x 40 cells, without a terminal, while every
 * caption is being ranked. */
int ui_measure(struct ui_times *out, struct error *err) MUST_USE;

#endif
