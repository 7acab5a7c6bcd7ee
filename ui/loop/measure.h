/* measure.h: how fast the explorer draws a key while the worker has all cores busy, and a ranking;
 * for `bench`. */
#ifndef UI_LOOP_MEASURE_H
#define UI_LOOP_MEASURE_H

#include <stddef.h>

#include "base/error.h"
#include "model/options.h"

struct ui_times {
    size_t keys;
    double median, slowest; /* seconds from a key to its drawn screen */
};

/* Plays keys on a made-up split of 1000 images and 5000 captions, 120 x 40 cells, without a
 * terminal, while every caption is being ranked. */
int ui_measure(struct ui_times *out, struct error *err) MUST_USE;

/* From Enter behind a typed caption to the drawn ranking: 20 captions of 8 to 20 words,
 * `seconds_out` sorted, through loop, worker and the real backend with a model of the paper's size
 * (embeddings 1024, bidirectional GRU) on 1000 made-up images of 36 regions, 120 x 40 cells.
 * Errors: no memory (some 200 MB). */
enum { UI_RANKED = 20 };
int ui_measure_ranking(enum cross_attn cross_attn, double seconds_out[UI_RANKED],
                       struct error *err) MUST_USE;

#endif
