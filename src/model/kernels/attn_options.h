/* attn_options.h: what the cross attention depends on (Sec. 3 of the paper). */
#ifndef MODEL_KERNELS_ATTN_OPTIONS_H
#define MODEL_KERNELS_ATTN_OPTIONS_H

enum cross_attn { CROSS_T2I, CROSS_I2T };
enum agg_func { AGG_LOGSUMEXP, AGG_MEAN, AGG_MAX, AGG_SUM };
enum raw_norm {
    RAW_SOFTMAX,
    RAW_L2NORM,
    RAW_CLIPPED_L2NORM,
    RAW_L1NORM,
    RAW_CLIPPED_L1NORM,
    RAW_CLIPPED,
    RAW_NO_NORM
};

/* BFAN's focal step after the softmax (bfan.h). */
enum focal_step { FOCAL_NONE, FOCAL_EQUAL, FOCAL_PROB };

struct attn_options {
    enum cross_attn cross_attn;
    enum agg_func agg_func;
    enum raw_norm raw_feature_norm;
    float lambda_softmax, lambda_lse; /* inverse temperatures */
    enum focal_step
        focal; /* in training (xattn_tile.h); where BFAN scores it has its own kernels */
};

#endif
