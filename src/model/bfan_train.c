#include "model/bfan_train.h"

#include "model/fc.h"

static struct attn_options direction(const struct bfan_options *options, enum cross_attn which)
{
    return (struct attn_options){.cross_attn = which,
                                 .agg_func = AGG_MEAN,
                                 .raw_feature_norm = RAW_CLIPPED_L2NORM,
                                 .lambda_softmax = options->lambda_softmax,
                                 .focal = options->focal == BFAN_PROB ? FOCAL_PROB : FOCAL_EQUAL};
}

void bfan_acts_carve(const struct bfan_options *options, const struct xattn_shape *shape,
                     bool training, size_t threads, struct arena *arena, struct bfan_acts *out)
{
    struct attn_options words = direction(options, CROSS_T2I),
                        regions = direction(options, CROSS_I2T);
    size_t D = training ? shape->D : 0;
    xattn_acts_carve(&words, shape, training, threads, arena, &out->words);
    xattn_acts_carve(&regions, shape, training, threads, arena, &out->regions);
    out->scores = arena_take(arena, shape->I * shape->C, sizeof(float));
    out->dv = arena_take(arena, shape->region_starts[shape->I] * D, sizeof(float));
    out->de = arena_take(arena, shape->starts[shape->C] * D, sizeof(float));
}

void bfan_forward(const struct bfan_options *options, const struct xattn_shape *shape,
                  const float *v, const float *e, struct bfan_acts *acts, float *scores)
{
    struct attn_options words = direction(options, CROSS_T2I),
                        regions = direction(options, CROSS_I2T);
    xattn_forward(&words, shape, v, e, &acts->words, scores);
    xattn_forward(&regions, shape, v, e, &acts->regions, acts->scores);
    fc_add_row(acts->scores, shape->I * shape->C, scores);
}

void bfan_backward(const struct bfan_options *options, const struct xattn_shape *shape,
                   const float *v, const float *e, const float *dscores, struct bfan_acts *acts,
                   float *dv, float *de)
{
    struct attn_options words = direction(options, CROSS_T2I),
                        regions = direction(options, CROSS_I2T);
    xattn_backward(&words, shape, v, e, dscores, &acts->words, dv, de);
    xattn_backward(&regions, shape, v, e, dscores, &acts->regions, acts->dv, acts->de);
    fc_add_row(acts->dv, shape->region_starts[shape->I] * shape->D, dv);
    fc_add_row(acts->de, shape->starts[shape->C] * shape->D, de);
}
