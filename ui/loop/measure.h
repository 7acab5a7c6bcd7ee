/* measure.h: how fast the explorer responds, for `bench`. */
#ifndef UI_LOOP_MEASURE_H
#define UI_LOOP_MEASURE_H

#include <stddef.h>

#include "base/error.h"
#include "model/options.h"

struct measure_times {
    size_t keys;
    double median, slowest; /* seconds from a key to its drawn screen */
};

/* Times keys on a made-up split of 1000 images and 5000 captions, without a terminal (120 x 40
 * cells), while the worker ranks every caption on all cores. Errors: no memory. */
int measure_keys(struct measure_times *out, struct error *err) MUST_USE;

enum { MEASURE_RANKED = 20 };

/* Times typed captions, from Enter to the drawn ranking, without a terminal (120 x 40 cells): 20
 * captions of 8 to 20 words, through loop, worker and the real backend with a model of the paper's
 * size (embeddings of 1024, bidirectional GRU) on 1000 made-up images of 36 regions. `seconds_out`
 * is sorted. Errors: no memory (some 200 MB). */
int measure_ranking(enum cross_attn cross_attn, double seconds_out[MEASURE_RANKED],
                    struct error *err) MUST_USE;

#endif
