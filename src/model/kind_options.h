/* kind_options.h: what a model of another kind than SCAN computes (kind.h), beside its encoders. */
#ifndef MODEL_KIND_OPTIONS_H
#define MODEL_KIND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/kernels/bfan.h"
#include "model/sgraf_options.h"
#include "model/vse.h"

struct model_kind; /* kind.h */

/* What a model's function depends on beside its encoders. Of a kind's own fields only. */
struct kind_options {
    const struct model_kind *kind;
    size_t D;
    enum vse_measure measure;
    bool use_abs;
    struct bfan_options bfan;
    struct sgraf_options sgraf;
};

#endif
