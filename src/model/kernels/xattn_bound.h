/* xattn_bound.h: how far a score can be from that of slightly different raw scores; a part of
 * xattn_lanes.h, which defines the vector type.
 *
 * Given: each raw score s~[k,q] at hand is off from the true s[k,q] by at most E |k| |q|, where
 * E = `error`, and |k| and |q| are the lengths of the context item and the query. Gram matrix and
 * lengths are the same on both sides. Wanted: a B with |score - score~| <= B. Nothing is assumed
 * about how the errors are spread, so B holds in the worst case.
 *
 * Step 1, normalised scores: z = lambda y / n, y = shape(s), |dy| <= E |k| |q|, a tenth of that if
 * the leaky slope certainly applies.
 *
 * - n a norm over the queries: |dn| <= r, the norm of the dy. With x = r / n~ < 1/2,
 *   |dz| <= (lambda |dy| / n~ + x |z~|) / (1 - x) = steady |dy| + swing |z~| =: t.
 * - No norm: steady = lambda, swing = 0.
 * - Softmax over the queries: log y is off by at most 2 E |k| max|q| =: d, so steady = 0,
 *   swing = e^d - 1.
 *
 * Step 2, weights: a_k is in proportion to a~_k (1 + eps_k), |eps_k| <= e^t - 1 =: T_k.
 *
 * Step 3, cosine: c~ = sum_k a~_k v_k of length C, c = c~ + w, w = sum_k a~_k eps_k v_k,
 * g_k = v_k . c~ / C = (G a~)_k / C, s^_k = s_k / |q|.
 *
 * - With w along c~: |w_along| <= P = sum a~_k T_k |g_k|.
 * - By Cauchy-Schwarz |w_across|^2 <= Y = (sum a~_k T_k^2) (sum a~_k (|k|^2 - g_k^2)).
 * - As C + w_along <= |c| <= C + w_along + |w_across|^2 / (2 (C - P)),
 *   |cos(q, c) - cos(q, c~)| <=
 *   (sum a~_k T_k |s^_k - cos(q, c~) g_k| + |cos| Y / (2 (C - P))) / (C - P).
 * - In addition, cos~ itself uses the s~ instead of s: off by e = E sum a~_k |k| / C. And s^, cos
 *   above are the true ones: off by E |k| and e. The sum of all this is b.
 * - No cosine exceeds 1: the interval is cut there.
 *
 * Step 4: the aggregations grow with each similarity, so the score is between agg(sim~ - b) and
 * agg(sim~ + b).
 *
 * What float rounding adds on both sides (sums of K or Q terms, exp to 3 ulp) is added to t, b and
 * B. If t > 4, P > C / 2 or |q| C is next to nothing, b is infinite. */

/* e^t - 1 for 0 <= t <= 4, rounded up: t + t^2 + t^4 / 6. */
LANES_INLINE vf growth(vf t)
{
    return t + t * t * (t * t * (1.0f / 6) + 1.0f);
}

static const float bound_ulp = 6e-8f, bound_far = 1e30f, bound_most = 4.0f;

LANES_INLINE vf choose(vi mask, vf a, vf b)
{
    return (vf)(((vi)a & mask) | ((vi)b & ~mask));
}

LANES_INLINE vf query_length(const struct job *job, size_t j)
{
    return job->splat_norm ? splat(job->query_norm[j]) : load(job->query_norm + j * LANES);
}

LANES_INLINE vf v_min(vf a, vf b)
{
    return -v_max(-a, -b);
}

/* The longest query. */
static vf longest_query(const struct job *job)
{
    vf max = {0};
    for (size_t j = 0; j < job->J; j++)
        max = v_max(max, query_length(job, j));
    return job->across ? splat(lane_max(max)) : max;
}

/* |dy| for a raw score that may be off by `off`. */
LANES_INLINE vf shape_off(enum raw_shape kind, vf raw, vf off)
{
    return kind == SHAPE_LEAKY ? choose(raw + off > splat(0), off, off * 0.1f) : off;
}

/* r of step 1 for one context item; off: E |k|. */
static vf norm_off(const struct job *job, size_t k, vf off, enum raw_shape kind, bool l2)
{
    vf sum = {0};
    for (size_t j = 0; j < job->J; j++) {
        vf raw = load(job->x + k * job->x_context + j * job->x_column);
        vf dy = shape_off(kind, raw, off * query_length(job, j));
        sum += l2 ? dy * dy : dy;
    }
    sum = job->across ? splat(v_sum(sum)) : sum;
    return l2 ? v_sqrt(sum) : sum;
}

static void bound_context(const struct job *job, size_t k, enum raw_shape kind, vf longest)
{
    enum raw_norm norm = job->options->raw_feature_norm;
    float lambda = job->options->lambda_softmax;
    struct gram_form form = form_of(job);
    vf size = v_sqrt(v_max(gram_at(&form, k, k, job->lane_gram), splat(0)));
    vf off = size * job->error, scale = load(job->scale + k * LANES);
    vf steady = splat(lambda), swing = splat(0);
    if (norm == RAW_SOFTMAX) {
        vf d = 2 * off * longest;
        steady = splat(0);
        swing = choose(d < splat(bound_most), growth(d), splat(bound_far));
    } else if (norm != RAW_CLIPPED && norm != RAW_NO_NORM) {
        bool l2 = norm == RAW_L2NORM || norm == RAW_CLIPPED_L2NORM;
        vf x = norm_off(job, k, off, kind, l2) * scale * (1 / lambda), rest = 1 / (1 - x);
        vi sure = x < splat(0.5f);
        steady = choose(sure, scale * rest, splat(bound_far));
        swing = choose(sure, x * rest, splat(0));
    }
    store(job->size + k * LANES, size);
    store(job->steady + k * LANES, steady);
    store(job->swing + k * LANES, swing);
}

static void bound_prepare(const struct job *job, enum raw_shape kind)
{
    vf longest = longest_query(job);
    for (size_t k = 0; k < job->K; k++)
        bound_context(job, k, kind, longest);
}

/* Rows r0 .. r0+n-1 of pull = G times the weights, of all columns, and their share of a'Ga. */
LANES_INLINE void pull_rows(const struct job *job, size_t r0, int n, int columns, bool lane_gram,
                            vf *quadratic)
{
    struct gram_form form = form_of(job);
    gram_block sum = {{{0}}};
    size_t at = r0 * (size_t)columns * LANES;
    gram_times(&form, r0, n, columns, lane_gram, 0, job->K, sum);
#pragma GCC unroll 12
    for (int r = 0; r < n; r++)
#pragma GCC unroll 8
        for (int c = 0; c < columns; c++, at += LANES) {
            store(job->pull + at, sum[r][c]);
            quadratic[c] += sum[r][c] * load(job->weights + at);
        }
}

LANES_INLINE void bound_pull(const struct job *job, int columns, bool lane_gram, vf *quadratic)
{
    size_t r = 0;
    for (; columns == 1 && r + GRAM_ALONE <= job->K; r += GRAM_ALONE)
        pull_rows(job, r, GRAM_ALONE, columns, lane_gram, quadratic);
    for (; r + GRAM_ROWS <= job->K; r += GRAM_ROWS)
        pull_rows(job, r, GRAM_ROWS, columns, lane_gram, quadratic);
    for (; r < job->K; r++)
        pull_rows(job, r, 1, columns, lane_gram, quadratic);
}

/* Sums over the context of one column, weights not yet divided by their sum. */
struct bound_sums {
    vf length, squares;    /* of a |k|, a |k|^2 */
    vf quadratic, pulls;   /* of a (Ga), a (Ga)^2 */
    vf along, square, far; /* of aT |Ga|, aT^2, aT |k| */
    vf most;               /* the largest t */
};

/* Steps 1 and 2: also leaves aT in `reach`. rough: a relative error of z by rounding. */
LANES_INLINE struct bound_sums bound_weights(const struct job *job, size_t j, size_t columns,
                                             size_t c, enum raw_shape kind, vf max)
{
    struct bound_sums s = {.most = splat(0)};
    const float *x = job->x + (j + c) * job->x_column;
    float rough = (float)(2 * job->J * (job->across ? LANES : 1) + 24) * bound_ulp;
    vf q = query_length(job, j + c), base = absolute(max) * (4 * bound_ulp) + 12 * bound_ulp;
    for (size_t k = 0; k < job->K; k++) {
        size_t at = (k * columns + c) * LANES;
        vf a = load(job->weights + at), pull = load(job->pull + at);
        vf size = load(job->size + k * LANES), raw = load(x + k * job->x_context);
        vf shift = kind == SHAPE_EXP ? load(job->shift + k * LANES) : splat(0);
        vf z = absolute(shape(kind, raw, shift) * load(job->scale + k * LANES));
        vf loose = load(job->swing + k * LANES) + rough;
        if (kind == SHAPE_EXP)
            loose += absolute(raw - shift) * (4 * bound_ulp);
        vf dy = shape_off(kind, raw, size * q * job->error);
        vf t = load(job->steady + k * LANES) * dy + loose * z + base, aT = a * growth(t);
        s.most = v_max(s.most, t);
        s.length += a * size;
        s.squares += a * size * size;
        s.quadratic += a * pull;
        s.pulls += a * pull * pull;
        s.along += aT * absolute(pull);
        s.square += aT * growth(t);
        s.far += aT * size;
        store(job->reach + at, aT);
    }
    return s;
}

/* Step 3 for one column: how far its similarity can be off, and how much of that is rounding. */
LANES_INLINE vf bound_column(const struct job *job, size_t j, size_t columns, size_t c,
                             const struct bound_sums *s, vf sum, vf *rounding_out)
{
    const float *x = job->x + (j + c) * job->x_column;
    vf q = query_length(job, j + c), cosine = load(job->similarity + (j + c) * LANES);
    vf one = 1 / sum, C = v_sqrt(v_max(s->quadratic, splat(0))) * one;
    vf g = one / C, per_q = 1 / q, offs = {0};
    for (size_t k = 0; k < job->K; k++) {
        size_t at = (k * columns + c) * LANES;
        vf off = load(x + k * job->x_context) * per_q - cosine * g * load(job->pull + at);
        offs += load(job->reach + at) * absolute(off);
    }
    vf length = s->length * one, direct = job->error * length / C;
    vf P = s->along * one * g, rest = C - P;
    vf spread = v_max((s->squares - s->pulls * g * g) * one, splat(0)) + 1e-5f * s->squares * one;
    vf across = s->square * one * spread;
    vf bound = offs * one + job->error * s->far * one + P * direct +
               (absolute(cosine) + direct) * across * 0.5f / rest;
    vf rounding = length * length / (C * C) * ((float)(4 * job->K + 48) * bound_ulp);
    vi sure = (rest > 0.5f * C) & (s->most < splat(bound_most)) & (q * C > splat(1e-6f));
    *rounding_out = rounding;
    return choose(sure, direct + bound / rest + rounding, splat(INFINITY));
}

LANES_INLINE void bound_columns(const struct job *job, size_t j, int columns, enum raw_shape kind,
                                const vf *max, const vf *sum)
{
    for (int c = 0; c < columns; c++) {
        size_t at = (j + (size_t)c) * LANES;
        struct bound_sums s = bound_weights(job, j, (size_t)columns, (size_t)c, kind, max[c]);
        vf rounding, b = bound_column(job, j, (size_t)columns, (size_t)c, &s, sum[c], &rounding);
        vf similarity = load(job->similarity + at);
        store(job->upper + at, v_min(1 + rounding, similarity + b));
        store(job->lower + at, v_max(-1 - rounding, similarity - b));
    }
}

static vf aggregate(const struct job *job);

static vf aggregate_of(const struct job *job, float *similarity)
{
    struct job other = *job;
    other.similarity = similarity;
    return aggregate(&other);
}

/* Step 4. */
static vf bound_score(const struct job *job, vf score)
{
    float queries = (float)(job->J * (job->across ? LANES : 1));
    float terms = job->options->agg_func == AGG_SUM ? queries : 1;
    vf more = aggregate_of(job, job->upper) - score, less = score - aggregate_of(job, job->lower);
    return v_max(more, less) * 1.001f + (queries + 16) * 4 * bound_ulp * terms;
}
