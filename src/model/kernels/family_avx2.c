/* family_avx2.c: bfan_lanes.h and order_lanes.h for AVX2 with FMA. */
#include "model/kernels/family_private.h"

#ifdef XATTN_X86
#pragma GCC target("arch=x86-64-v3")
#include "model/kernels/lanes_avx2.h"

#include "model/kernels/lanes.h"

#include "model/kernels/bfan_lanes.h"
#include "model/kernels/order_lanes.h"

const struct family_kernel family_avx2 = {
    .name = LANES_NAME,
    .lanes = LANES,
    .bfan_scratch = bfan_scratch,
    .bfan_pair = bfan_pair_score,
    .order = order_tile,
    .order_near = order_near_tile,
};
#endif
