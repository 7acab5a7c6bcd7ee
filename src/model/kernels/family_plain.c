/* family_plain.c: bfan_lanes.h and order_lanes.h for any CPU with vectors of 4 floats. */
#include "model/kernels/family_private.h"

#include "model/kernels/lanes_plain.h"

#include "model/kernels/lanes.h"

#include "model/kernels/bfan_lanes.h"
#include "model/kernels/order_lanes.h"

const struct family_kernel family_plain = {
    .name = LANES_NAME,
    .lanes = LANES,
    .bfan_scratch = bfan_scratch,
    .bfan_pair = bfan_pair_score,
    .order = order_tile,
};
