/* bfan_lanes.h: the pair of bfan.h for one vector unit; included by family_*.c after lanes.h.
 *
 * Each direction sees K context items and J columns, vectors of LANES queries of the pair: the
 * softmax runs down a column, so it needs no shuffles. The raw score of context item k and query q
 * is at x + k * ldx + q. */
#include <assert.h>

#include "model/kernels/bfan.h"
#include "model/kernels/gram_lanes.h"

struct bfan_job {
    const struct bfan_options *options;
    size_t K, Q, J, ldx;
    const float *x, *gram, *query_norm;
    float *scale;      /* K: the normalised score is scale * leaky(x) */
    float *weights;    /* K x COLUMNS x LANES: scores, then weights, of the columns at hand */
    float *similarity; /* J x LANES */
    float *attention;  /* Q x K, or NULL */
};

/* clipped_l2norm: per context item, over the queries. */
static void bfan_normalise(const struct bfan_job *job)
{
    for (size_t k = 0; k < job->K; k++) {
        vf sum = {0};
        for (size_t j = 0; j < job->J; j++) {
            vf y = leaky(load(job->x + k * job->ldx + j * LANES));
            sum += y * y;
        }
        job->scale[k] = job->options->lambda_softmax / (sqrtf(v_sum(sum)) + 1e-8f);
    }
}

/* The weight that an unnormalised e^z has to exceed: the largest is e^0 = 1, so that none is kept
 * if the threshold is 1 or more; then all are. With h = e^(z/2), a = h^2 and sqrt(a) = h up to one
 * factor: a_j sum h_i > sum h_i^3. */
LANES_INLINE vf bfan_threshold(vf weight, vf guard)
{
    vf threshold = weight / guard;
    return (vf)(((vi)threshold & ~(threshold >= 1.0f)) | ((vi)splat(-1.0f) & (threshold >= 1.0f)));
}

/* Columns j .. j+columns-1: the similarity of each query with what it attends to. In one piece, for
 * `columns` is a constant once inlined and the sums then stay in registers. */
LANES_INLINE void bfan_columns(const struct bfan_job *job, size_t j, int columns, int prob)
{
    struct gram_form form = {job->K, job->gram, job->weights};
    vf max[COLUMNS], sum[COLUMNS], guard[COLUMNS], along[COLUMNS], quadratic[COLUMNS];
    for (int c = 0; c < columns; c++) {
        max[c] = splat(-INFINITY);
        sum[c] = guard[c] = along[c] = quadratic[c] = splat(0);
    }
    const float *x = job->x + j * LANES;
    float *a = job->weights;
    for (size_t k = 0; k < job->K; k++, a += columns * LANES)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++) {
            vf z = leaky(load(x + k * job->ldx + (size_t)c * LANES)) * job->scale[k];
            max[c] = v_max(max[c], z);
            store(a + c * LANES, z);
        }
    a = job->weights;
    for (size_t k = 0; k < job->K; k++, a += columns * LANES)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++) {
            vf z = load(a + c * LANES) - max[c];
            vf h = exp_negative(prob ? z * 0.5f : z), e = prob ? h * h : h;
            sum[c] += prob ? e * h : e;
            guard[c] += prob ? h : splat(1);
            store(a + c * LANES, e);
        }
    for (int c = 0; c < columns; c++) {
        guard[c] = bfan_threshold(sum[c], guard[c]);
        sum[c] = splat(0);
    }
    a = job->weights;
    for (size_t k = 0; k < job->K; k++, a += columns * LANES)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++) {
            vf e = load(a + c * LANES);
            e = keep(e > guard[c], e);
            sum[c] += e;
            along[c] += e * load(x + k * job->ldx + (size_t)c * LANES);
            store(a + c * LANES, e);
        }
    gram_quadratic(&form, columns, false, quadratic);
    for (int c = 0; c < columns; c++) {
        size_t q = (j + (size_t)c) * LANES;
        vf length = v_sqrt(v_max(quadratic[c], splat(0))) / sum[c];
        vf norm = v_max(load(job->query_norm + q) * length, splat(1e-8f));
        store(job->similarity + q, along[c] / sum[c] / norm);
    }
    if (job->attention)
        gram_keep_attention(&form, j, columns, sum, job->Q, job->attention);
}

LANES_INLINE void bfan_all_columns(const struct bfan_job *job, int prob)
{
    size_t j = 0;
    for (; j + COLUMNS <= job->J; j += COLUMNS)
        bfan_columns(job, j, COLUMNS, prob);
    for (; j < job->J; j++)
        bfan_columns(job, j, 1, prob);
}

/* One function each, so that the compiler sees constants. */
static void bfan_columns_equal(const struct bfan_job *job)
{
    bfan_all_columns(job, 0);
}

static void bfan_columns_prob(const struct bfan_job *job)
{
    bfan_all_columns(job, 1);
}

/* The mean similarity of a direction's queries. */
static float bfan_direction(const struct bfan_job *job)
{
    bfan_normalise(job);
    if (job->options->focal == BFAN_PROB)
        bfan_columns_prob(job);
    else
        bfan_columns_equal(job);
    for (size_t q = job->Q; q < job->J * LANES; q++)
        job->similarity[q] = 0;
    vf sum = {0};
    for (size_t j = 0; j < job->J; j++)
        sum += load(job->similarity + j * LANES);
    return v_sum(sum) / (float)job->Q;
}

static size_t bfan_padded(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

static size_t bfan_scratch(size_t R, size_t W)
{
    size_t K = R > W ? R : W, Q = bfan_padded(K);
    return bfan_padded(K) + K * COLUMNS * LANES + 2 * Q + W * bfan_padded(R);
}

static void bfan_carve(struct bfan_job *job, const float *norm, float *scratch)
{
    job->J = bfan_padded(job->Q) / LANES;
    job->scale = scratch;
    job->weights = job->scale + bfan_padded(job->K);
    job->similarity = job->weights + job->K * COLUMNS * LANES;
    float *query_norm = job->similarity + job->J * LANES;
    for (size_t q = 0; q < job->J * LANES; q++)
        query_norm[q] = q < job->Q ? norm[q] : 0;
    job->query_norm = query_norm;
}

/* to (W x ldt) = s' (R x lds), zero beyond R. */
static void bfan_transpose(const struct bfan_pair *pair, float *to, size_t ldt)
{
    for (size_t w = 0; w < pair->W; w++) {
        for (size_t r = 0; r < pair->R; r++)
            to[w * ldt + r] = pair->s[r * pair->lds + w];
        for (size_t r = pair->R; r < ldt; r++)
            to[w * ldt + r] = 0;
    }
}

static float bfan_pair_score(const struct bfan_options *options, const struct bfan_pair *pair,
                             float *scratch)
{
    size_t R = pair->R, W = pair->W, ldt = bfan_padded(R);
    float *transposed = scratch, *rest = scratch + W * ldt;
    assert(pair->lds % LANES == 0 && pair->lds >= W);
    struct bfan_job words = {.options = options,
                             .K = R,
                             .Q = W,
                             .ldx = pair->lds,
                             .x = pair->s,
                             .gram = pair->region_gram,
                             .attention = pair->word_attention};
    bfan_carve(&words, pair->word_norm, rest);
    float score = bfan_direction(&words);
    if (pair->word_similarity)
        memcpy(pair->word_similarity, words.similarity, W * sizeof(float));
    bfan_transpose(pair, transposed, ldt);
    struct bfan_job regions = {.options = options,
                               .K = W,
                               .Q = R,
                               .ldx = ldt,
                               .x = transposed,
                               .gram = pair->word_gram,
                               .attention = pair->region_attention};
    bfan_carve(&regions, pair->region_norm, rest);
    score += bfan_direction(&regions);
    if (pair->region_similarity)
        memcpy(pair->region_similarity, regions.similarity, R * sizeof(float));
    return score;
}
