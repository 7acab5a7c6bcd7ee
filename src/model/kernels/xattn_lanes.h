/* xattn_lanes.h: the fused cross attention for one vector unit; included by xattn_*.c after lanes.h
 * and with the sizes of the blocks of raw scores. LANES_KERNEL names the table it defines.
 *
 * Every function sees K context items and J columns of queries. A column is a vector: LANES queries
 * of one pair (pair), or the same query of LANES captions (group). The softmax runs down a column,
 * so it needs no shuffles. The raw score of context item k and column j is at x + k * x_context + j
 * * x_column. */
#include <assert.h>

#include "model/kernels/gram_lanes.h"
#include "model/kernels/xattn.h"

enum raw_shape { SHAPE_LINEAR, SHAPE_LEAKY, SHAPE_EXP };

struct job {
    const struct attn_options *options;
    size_t K, J, x_context, x_column;
    const float *x;
    const float *gram;                        /* K x K, or K x K x LANES if lane_gram */
    const float *query_norm;                  /* J x LANES, or J if splat_norm */
    const int32_t *query_mask, *context_mask; /* J or K x LANES; NULL: no padding */
    const float *counts;                      /* LANES: queries of each lane, for the mean */
    bool lane_gram, splat_norm;
    bool across;          /* the lanes are queries of one pair, not captions */
    float *scale, *shift; /* K x LANES: the normalised score is scale * shape(x - shift) */
    float *weights;       /* K x COLUMNS x LANES: scores, then weights, of the columns at hand */
    float *similarity;    /* J x LANES */
    float *attention;     /* Q x K or NULL; only with `across` */
    size_t Q;
    float error;           /* of the raw scores, if a bound is wanted; see xattn_bound.h */
    float *bound;          /* LANES, or NULL */
    float *size;           /* K x LANES: lengths of the context items */
    float *steady, *swing; /* K x LANES: how far a normalised score can be off */
    float *pull, *reach;   /* K x COLUMNS x LANES */
    float *upper, *lower;  /* J x LANES: the most and the least that a similarity can be */
};

LANES_INLINE vi load_mask(const int32_t *mask)
{
    vi m;
    memcpy(&m, mask, sizeof m);
    return m;
}

/* v where the mask is set, -infinity elsewhere. */
LANES_INLINE vf keep_or_lowest(const int32_t *mask, vf v)
{
    vi m = load_mask(mask);
    return (vf)(((vi)v & m) | ((vi)splat(-INFINITY) & ~m));
}

LANES_INLINE float lane_max(vf v)
{
    float max = v[0];
    for (int l = 1; l < LANES; l++)
        max = v[l] > max ? v[l] : max;
    return max;
}

LANES_INLINE vf shape(enum raw_shape kind, vf x, vf shift)
{
    if (kind == SHAPE_LEAKY)
        return leaky(x);
    return kind == SHAPE_EXP ? exp_negative(x - shift) : x;
}

LANES_INLINE vf absolute(vf x)
{
    return (vf)((vi)x & 0x7fffffff);
}

/* ---- raw_feature_norm: per context item a scale (softmax: and a shift), over the queries ---- */

enum { NORM_BLOCK = 4 };

LANES_INLINE void norm_sums(const struct job *job, size_t k0, int n, enum raw_shape kind, bool l2)
{
    vf sum[NORM_BLOCK] = {{0}};
    for (size_t j = 0; j < job->J; j++)
#pragma GCC unroll 4
        for (int k = 0; k < n; k++) {
            vf y =
                shape(kind, load(job->x + (k0 + k) * job->x_context + j * job->x_column), splat(0));
            sum[k] += l2 ? y * y : absolute(y);
        }
    for (int k = 0; k < n; k++) {
        vf s = job->across ? splat(v_sum(sum[k])) : sum[k];
        vf norm = (l2 ? v_sqrt(s) : s) + 1e-8f;
        store(job->scale + (k0 + k) * LANES, job->options->lambda_softmax / norm);
    }
}

LANES_INLINE void norm_scales(const struct job *job, enum raw_shape kind, bool l2)
{
    size_t k = 0;
    for (; k + NORM_BLOCK <= job->K; k += NORM_BLOCK)
        norm_sums(job, k, NORM_BLOCK, kind, l2);
    for (; k < job->K; k++)
        norm_sums(job, k, 1, kind, l2);
}

static void softmax_scale(const struct job *job, size_t k)
{
    const float *x = job->x + k * job->x_context;
    vf max = splat(-INFINITY), sum = {0};
    for (size_t j = 0; j < job->J; j++) {
        vf s = load(x + j * job->x_column);
        max = v_max(max, job->query_mask ? keep_or_lowest(job->query_mask + j * LANES, s) : s);
    }
    if (job->across)
        max = splat(lane_max(max));
    for (size_t j = 0; j < job->J; j++) {
        vf e = exp_negative(load(x + j * job->x_column) - max);
        sum += job->query_mask ? keep(load_mask(job->query_mask + j * LANES), e) : e;
    }
    if (job->across)
        sum = splat(v_sum(sum));
    store(job->shift + k * LANES, max);
    store(job->scale + k * LANES, job->options->lambda_softmax / sum);
}

static enum raw_shape normalise(const struct job *job)
{
    switch (job->options->raw_feature_norm) {
    case RAW_SOFTMAX:
        for (size_t k = 0; k < job->K; k++)
            softmax_scale(job, k);
        return SHAPE_EXP;
    case RAW_L2NORM:
        norm_scales(job, SHAPE_LINEAR, true);
        return SHAPE_LINEAR;
    case RAW_CLIPPED_L2NORM:
        norm_scales(job, SHAPE_LEAKY, true);
        return SHAPE_LEAKY;
    case RAW_L1NORM:
        norm_scales(job, SHAPE_LINEAR, false);
        return SHAPE_LINEAR;
    case RAW_CLIPPED_L1NORM:
        norm_scales(job, SHAPE_LEAKY, false);
        return SHAPE_LEAKY;
    case RAW_CLIPPED:
    case RAW_NO_NORM:
        break;
    }
    for (size_t k = 0; k < job->K; k++)
        store(job->scale + k * LANES, splat(job->options->lambda_softmax));
    return job->options->raw_feature_norm == RAW_CLIPPED ? SHAPE_LEAKY : SHAPE_LINEAR;
}

/* ---- softmax down the columns, and the cosine by the Gram identity ---- */

LANES_INLINE struct gram_form form_of(const struct job *job)
{
    return (struct gram_form){job->K, job->gram, job->weights};
}

#include "model/kernels/xattn_bound.h"

/* Columns j .. j+columns-1: the query similarities R(q, attended) of eqs. 3 and 6. In one piece,
 * for `columns` is a constant once inlined and max, sum, along and quadratic then stay in
 * registers. */
LANES_INLINE void columns_block(const struct job *job, size_t j, int columns, enum raw_shape kind,
                                bool lane_gram)
{
    struct gram_form form = form_of(job);
    vf max[COLUMNS], sum[COLUMNS], along[COLUMNS], quadratic[COLUMNS];
    for (int c = 0; c < columns; c++) {
        max[c] = splat(-INFINITY);
        sum[c] = along[c] = quadratic[c] = splat(0);
    }
    const float *x = job->x + j * job->x_column;
    float *a = job->weights;
    for (size_t k = 0; k < job->K; k++, a += columns * LANES) {
        vf scale = load(job->scale + k * LANES), shift = load(job->shift + k * LANES);
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++) {
            vf s = load(x + k * job->x_context + (size_t)c * job->x_column);
            vf z = shape(kind, s, shift) * scale;
            if (job->context_mask)
                z = keep_or_lowest(job->context_mask + k * LANES, z);
            max[c] = v_max(max[c], z);
            store(a + c * LANES, z);
        }
    }
    a = job->weights;
    for (size_t k = 0; k < job->K; k++, a += columns * LANES)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++) {
            vf e = exp_negative(load(a + c * LANES) - max[c]);
            if (job->context_mask)
                e = keep(load_mask(job->context_mask + k * LANES), e);
            sum[c] += e;
            along[c] += e * load(x + k * job->x_context + (size_t)c * job->x_column);
            store(a + c * LANES, e);
        }
    if (job->bound)
        bound_pull(job, columns, lane_gram, quadratic);
    else
        gram_quadratic(&form, columns, lane_gram, quadratic);
    for (int c = 0; c < columns; c++) {
        size_t q = j + (size_t)c;
        vf norm = job->splat_norm ? splat(job->query_norm[q]) : load(job->query_norm + q * LANES);
        vf length = v_sqrt(v_max(quadratic[c], splat(0))) / sum[c];
        store(job->similarity + q * LANES, along[c] / sum[c] / v_max(norm * length, splat(1e-8f)));
    }
    if (job->attention)
        gram_keep_attention(&form, j, columns, sum, job->Q, job->attention);
    if (job->bound)
        bound_columns(job, j, columns, kind, max, sum);
}

LANES_INLINE void all_columns(const struct job *job, enum raw_shape kind, bool lane_gram)
{
    size_t j = 0;
    for (; j + COLUMNS <= job->J; j += COLUMNS)
        columns_block(job, j, COLUMNS, kind, lane_gram);
    for (; j < job->J; j++)
        columns_block(job, j, 1, kind, lane_gram);
}

/* One function each, so that the compiler sees constants. */
#define COLUMNS_FUNCTION(name, kind, lane_gram)                                                    \
    static void name(const struct job *job)                                                        \
    {                                                                                              \
        all_columns(job, kind, lane_gram);                                                         \
    }
COLUMNS_FUNCTION(columns_linear, SHAPE_LINEAR, false)
COLUMNS_FUNCTION(columns_leaky, SHAPE_LEAKY, false)
COLUMNS_FUNCTION(columns_exp, SHAPE_EXP, false)
COLUMNS_FUNCTION(columns_linear_lanes, SHAPE_LINEAR, true)
COLUMNS_FUNCTION(columns_leaky_lanes, SHAPE_LEAKY, true)
COLUMNS_FUNCTION(columns_exp_lanes, SHAPE_EXP, true)

static void (*const column_functions[2][3])(const struct job *) = {
    {columns_linear, columns_leaky, columns_exp},
    {columns_linear_lanes, columns_leaky_lanes, columns_exp_lanes},
};

/* ---- aggregation over the queries (eqs. 4 and 7; Sec. 3.1) ---- */

LANES_INLINE vf similarity_of(const struct job *job, size_t j, float factor, bool lowest)
{
    vf x = load(job->similarity + j * LANES) * factor;
    if (!job->query_mask)
        return x;
    const int32_t *mask = job->query_mask + j * LANES;
    return lowest ? keep_or_lowest(mask, x) : keep(load_mask(mask), x);
}

static vf aggregate_max(const struct job *job, float factor)
{
    vf max = splat(-INFINITY);
    for (size_t j = 0; j < job->J; j++)
        max = v_max(max, similarity_of(job, j, factor, true));
    return job->across ? splat(lane_max(max)) : max;
}

static vf aggregate_sum(const struct job *job)
{
    vf sum = {0};
    for (size_t j = 0; j < job->J; j++)
        sum += similarity_of(job, j, 1, false);
    return job->across ? splat(v_sum(sum)) : sum;
}

static vf aggregate_lse(const struct job *job)
{
    float lambda = job->options->lambda_lse;
    vf max = aggregate_max(job, lambda), sum = {0};
    for (size_t j = 0; j < job->J; j++) {
        vf e = exp_negative(similarity_of(job, j, lambda, true) - max);
        sum += job->query_mask ? keep(load_mask(job->query_mask + j * LANES), e) : e;
    }
    if (job->across)
        sum = splat(v_sum(sum));
    float sums[LANES];
    store(sums, sum);
    for (int l = 0; l < (job->across ? 1 : LANES); l++)
        sums[l] = logf(sums[l]);
    return (max + load(sums)) / lambda;
}

static vf aggregate(const struct job *job)
{
    switch (job->options->agg_func) {
    case AGG_LOGSUMEXP:
        return aggregate_lse(job);
    case AGG_MEAN:
        return aggregate_sum(job) / load(job->counts);
    case AGG_MAX:
        return aggregate_max(job, 1);
    case AGG_SUM:
        break;
    }
    return aggregate_sum(job);
}

static vf run(const struct job *job)
{
    enum raw_shape kind = normalise(job);
    if (job->bound)
        bound_prepare(job, kind);
    column_functions[job->lane_gram][kind](job);
    vf score = aggregate(job);
    if (job->bound)
        store(job->bound, bound_score(job, score));
    return score;
}

/* ---- the two uses ---- */

static size_t job_scratch(size_t K, size_t J)
{
    return (5 * K + 3 * COLUMNS * K + 3 * J) * LANES;
}

static float *carve_job(struct job *job, float *scratch)
{
    job->scale = scratch;
    job->shift = job->scale + job->K * LANES;
    job->weights = job->shift + job->K * LANES;
    job->similarity = job->weights + job->K * COLUMNS * LANES;
    job->size = job->similarity + job->J * LANES;
    job->steady = job->size + job->K * LANES;
    job->swing = job->steady + job->K * LANES;
    job->pull = job->swing + job->K * LANES;
    job->reach = job->pull + job->K * COLUMNS * LANES;
    job->upper = job->reach + job->K * COLUMNS * LANES;
    job->lower = job->upper + job->J * LANES;
    return job->lower + job->J * LANES;
}

static size_t pair_scratch(size_t K, size_t Q)
{
    size_t J = (Q + LANES - 1) / LANES;
    return job_scratch(K, J) + 2 * J * LANES;
}

static float pair_score(const struct attn_options *options, const struct xattn_pair *pair,
                        float *scratch)
{
    size_t J = (pair->Q + LANES - 1) / LANES;
    float counts[LANES] = {(float)pair->Q}, bound[LANES];
    struct job job = {.options = options,
                      .K = pair->K,
                      .J = J,
                      .Q = pair->Q,
                      .x = pair->x,
                      .x_context = pair->ldx,
                      .x_column = LANES,
                      .gram = pair->gram,
                      .counts = counts,
                      .across = true,
                      .error = pair->error,
                      .bound = pair->bound ? bound : NULL,
                      .attention = pair->attention};
    assert(pair->ldx % LANES == 0 && pair->ldx >= J * LANES);
    float *norm = carve_job(&job, scratch);
    int32_t *mask = (int32_t *)(norm + J * LANES);
    for (size_t q = 0; q < J * LANES; q++) {
        norm[q] = q < pair->Q ? pair->query_norm[q] : 0;
        mask[q] = q < pair->Q ? -1 : 0;
    }
    job.query_norm = norm;
    job.query_mask = mask;
    float score = run(&job)[0];
    if (pair->bound)
        *pair->bound = bound[0];
    if (pair->similarity)
        memcpy(pair->similarity, job.similarity, pair->Q * sizeof(float));
    return score;
}

static size_t group_scratch(size_t R, size_t W)
{
    return R > W ? job_scratch(R, R) : job_scratch(W, W);
}

static void group_scores(const struct attn_options *options, const struct xattn_group *group,
                         const float *s, size_t lds, size_t R, const float *image_gram,
                         const float *region_norm, float *out, float *scratch)
{
    float regions[LANES];
    assert(lds >= group->W * LANES &&
           (options->cross_attn == CROSS_T2I ? image_gram : group->gram));
    for (int l = 0; l < LANES; l++)
        regions[l] = (float)R;
    struct job t2i = {.options = options,
                      .K = R,
                      .J = group->W,
                      .x = s,
                      .x_context = lds,
                      .x_column = LANES,
                      .gram = image_gram,
                      .query_norm = group->norm,
                      .query_mask = group->mask,
                      .counts = group->counts,
                      .error = group->error,
                      .bound = group->bound};
    struct job i2t = {.options = options,
                      .K = group->W,
                      .J = R,
                      .x = s,
                      .x_context = LANES,
                      .x_column = lds,
                      .gram = group->gram,
                      .lane_gram = true,
                      .query_norm = region_norm,
                      .splat_norm = true,
                      .context_mask = group->mask,
                      .counts = regions,
                      .error = group->error,
                      .bound = group->bound};
    struct job *job = options->cross_attn == CROSS_T2I ? &t2i : &i2t;
    carve_job(job, scratch);
    store(out, run(job));
}

#include "model/kernels/xattn_dots.h"

const struct xattn_kernel LANES_KERNEL = {
    .name = LANES_NAME,
    .lanes = LANES,
    .pair_scratch = pair_scratch,
    .pair = pair_score,
    .group_scratch = group_scratch,
    .group = group_scores,
    .packed_size = packed_size,
    .pack = pack,
    .dots = dots,
};
