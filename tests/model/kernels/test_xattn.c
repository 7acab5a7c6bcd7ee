/* test_xattn.c: every fused kernel that runs here against the naive one in double, on odd shapes;
 * and properties that need no reference. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/kernels/xattn.h"

static const struct shape {
    size_t R, W, D;
} shapes[] = {{36, 14, 64},  {1, 1, 1},    {1, 1, 7},   {1, 5, 3},  {5, 1, 16},
              {3, 2, 17},    {36, 16, 33}, {36, 17, 8}, {7, 33, 5}, {10, 70, 9},
              {100, 40, 20}, {37, 64, 12}, {15, 15, 15}};

enum { CAPTIONS = 21 };

struct scene {
    size_t R, D, C;
    float *v, *gram, *norm;
    size_t W[CAPTIONS], longest;
    float *e[CAPTIONS];
};

static float *random_rows(struct rng *rng, size_t n, size_t D, bool unit)
{
    float *rows = mem_new(n * D, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t d = 0; d < D; d++) {
            rows[i * D + d] = (float)rng_normal(rng);
            sum += (double)rows[i * D + d] * rows[i * D + d];
        }
        for (size_t d = 0; unit && d < D; d++)
            rows[i * D + d] /= (float)sqrt(sum);
    }
    return rows;
}

static void scene_init(struct scene *s, struct rng *rng, size_t R, size_t W, size_t D, size_t C,
                       bool unit)
{
    *s = (struct scene){.R = R, .D = D, .C = C, .longest = W};
    s->v = random_rows(rng, R, D, unit);
    s->gram = mem_new(R * R, sizeof(float));
    s->norm = mem_new(R, sizeof(float));
    xattn_gram(s->v, R, D, s->gram);
    xattn_norms(s->v, R, D, s->norm);
    for (size_t c = 0; c < C; c++) {
        s->W[c] = c == 0 ? W : 1 + rng_below(rng, W);
        s->e[c] = random_rows(rng, s->W[c], D, unit);
    }
}

static void scene_done(struct scene *s)
{
    for (size_t c = 0; c < s->C; c++)
        free(s->e[c]);
    free(s->v);
    free(s->gram);
    free(s->norm);
}

static float dot(const float *a, const float *b, size_t D)
{
    double sum = 0;
    for (size_t d = 0; d < D; d++)
        sum += (double)a[d] * b[d];
    return (float)sum;
}

/* What is compared: a score of agg Sum grows with the queries. */
static void assert_close(double fast, double naive, double tolerance, const char *what, size_t R,
                         size_t W)
{
    if (!(fabs(fast - naive) <= tolerance))
        fail_msg("%s, R %zu, W %zu: %.9g, naive %.9g", what, R, W, fast, naive);
}

/* If the attended vector all but vanishes, its direction is noise in any float arithmetic: such a
 * pair (one-dimensional embeddings of both signs) is compared as far as possible. */
static double tolerance_of(const struct attn_options *o, size_t D, size_t queries)
{
    double one = D < 4 ? 2e-4 : 5e-6;
    return o->agg_func == AGG_SUM ? one * (double)queries : one;
}

static float pair_by_kernel(const struct attn_options *o, const struct xattn_kernel *k,
                            const struct scene *s, size_t c, float *attention, float *similarity)
{
    bool t2i = o->cross_attn == CROSS_T2I;
    size_t R = s->R, W = s->W[c], K = t2i ? R : W, Q = t2i ? W : R, ldx = xattn_padded(k, Q);
    float *x = mem_new(K * ldx, sizeof *x), *gram = mem_new(W * W, sizeof *gram);
    float *norm = mem_new(W, sizeof *norm),
          *packed = mem_new(k->packed_size(W, s->D), sizeof *packed);
    float *scratch = mem_new(k->pair_scratch(K, Q), sizeof *scratch);
    xattn_gram(s->e[c], W, s->D, gram);
    xattn_norms(s->e[c], W, s->D, norm);
    k->pack(s->e[c], W, s->D, packed);
    k->dots(s->v, R, packed, W, s->D, x, t2i ? ldx : 1, t2i ? 1 : ldx);
    struct xattn_pair pair = {.K = K,
                              .Q = Q,
                              .ldx = ldx,
                              .x = x,
                              .gram = t2i ? s->gram : gram,
                              .query_norm = t2i ? norm : s->norm,
                              .attention = attention,
                              .similarity = similarity};
    float score = k->pair(o, &pair, scratch);
    free(x);
    free(gram);
    free(norm);
    free(packed);
    free(scratch);
    return score;
}

static void check_pair(const struct attn_options *o, const struct xattn_kernel *k,
                       const struct scene *s)
{
    size_t R = s->R, W = s->W[0], Q = o->cross_attn == CROSS_T2I ? W : R;
    double *attention = mem_new(R * W, sizeof *attention),
           *similarity = mem_new(Q, sizeof *similarity);
    float *fast = mem_new(R * W, sizeof *fast),
          *fast_similarity = mem_new(Q, sizeof *fast_similarity);
    double naive = xattn_naive(o, s->v, R, s->e[0], W, s->D, attention, similarity);
    float score = pair_by_kernel(o, k, s, 0, fast, fast_similarity);
    double tolerance = tolerance_of(o, s->D, Q);
    assert_close(score, naive, tolerance, k->name, R, W);
    for (size_t i = 0; i < R * W; i++)
        assert_close(fast[i], attention[i], 5e-6, "attention", R, W);
    for (size_t q = 0; q < Q; q++)
        assert_close(fast_similarity[q], similarity[q], s->D < 4 ? 2e-4 : 5e-6, "similarity", R, W);
    free(attention);
    free(similarity);
    free(fast);
    free(fast_similarity);
}

/* The scene's captions from `first` on, one per lane, scored against its image. */
static void group_by_kernel(const struct attn_options *o, const struct xattn_kernel *k,
                            const struct scene *s, size_t first, float *out)
{
    size_t L = k->lanes, R = s->R, W = 0, n = s->C - first < L ? s->C - first : L;
    for (size_t l = 0; l < n; l++)
        W = s->W[first + l] > W ? s->W[first + l] : W;
    float *x = mem_new(R * W * L, sizeof *x), *gram = mem_new(W * W * L, sizeof *gram);
    float *norm = mem_new(W * L, sizeof *norm), *counts = mem_new(L, sizeof *counts);
    int32_t *mask = mem_new(W * L, sizeof *mask);
    float *scratch = mem_new(k->group_scratch(R, W), sizeof *scratch);
    for (size_t l = 0; l < n; l++) {
        const float *e = s->e[first + l];
        size_t words = s->W[first + l];
        counts[l] = (float)words;
        for (size_t w = 0; w < words; w++) {
            mask[w * L + l] = -1;
            norm[w * L + l] = sqrtf(dot(e + w * s->D, e + w * s->D, s->D));
            for (size_t u = 0; u < words; u++)
                gram[(w * W + u) * L + l] = dot(e + w * s->D, e + u * s->D, s->D);
            for (size_t r = 0; r < R; r++)
                x[(r * W + w) * L + l] = dot(s->v + r * s->D, e + w * s->D, s->D);
        }
    }
    struct xattn_group group = {.W = W, .norm = norm, .gram = gram, .mask = mask, .counts = counts};
    k->group(o, &group, x, W * L, R, s->gram, s->norm, out, scratch);
    free(x);
    free(gram);
    free(norm);
    free(counts);
    free(mask);
    free(scratch);
}

static void check_group(const struct attn_options *o, const struct xattn_kernel *k,
                        const struct scene *s)
{
    float out[64];
    for (size_t first = 0; first < s->C; first += k->lanes) {
        group_by_kernel(o, k, s, first, out);
        for (size_t c = first; c < s->C && c < first + k->lanes; c++) {
            size_t Q = o->cross_attn == CROSS_T2I ? s->W[c] : s->R;
            double naive = xattn_naive(o, s->v, s->R, s->e[c], s->W[c], s->D, NULL, NULL);
            assert_close(out[c - first], naive, tolerance_of(o, s->D, Q), "group", s->R, s->W[c]);
        }
    }
}

/* The lambdas of the paper if the raw scores are bounded, small ones if not. */
static struct attn_options options_of(int cross, int agg, int raw)
{
    bool bounded = raw != RAW_NO_NORM && raw != RAW_CLIPPED;
    return (struct attn_options){.cross_attn = (enum cross_attn)cross,
                                 .agg_func = (enum agg_func)agg,
                                 .raw_feature_norm = (enum raw_norm)raw,
                                 .lambda_softmax = bounded ? 9 : 1.5f,
                                 .lambda_lse = 6};
}

typedef void (*checker)(const struct attn_options *, const struct xattn_kernel *,
                        const struct scene *);

static void for_all(checker check, size_t captions)
{
    struct rng rng;
    rng_seed(&rng, 7);
    for (size_t i = 0; i < COUNTOF(shapes); i++)
        for (int unit = 0; unit < 2; unit++) {
            struct scene s;
            if (shapes[i].D < 4 && !unit)
                continue;
            scene_init(&s, &rng, shapes[i].R, shapes[i].W, shapes[i].D, captions, unit);
            const struct xattn_kernel *k;
            for (size_t n = 0; (k = xattn_kernel_at(n)); n++)
                for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++)
                    for (int agg = AGG_LOGSUMEXP; agg <= AGG_SUM; agg++)
                        for (int raw = RAW_SOFTMAX; raw <= RAW_NO_NORM; raw++) {
                            struct attn_options o = options_of(cross, agg, raw);
                            check(&o, k, &s);
                        }
            scene_done(&s);
        }
}

static void test_pair_equals_naive(void **state)
{
    (void)state;
    for_all(check_pair, 1);
}

static void test_group_equals_naive(void **state)
{
    (void)state;
    for_all(check_group, CAPTIONS);
}

static void test_large_shapes(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 8);
    struct scene s;
    scene_init(&s, &rng, 1024, 70, 32, 2, true);
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++) {
        struct attn_options o = options_of(cross, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM);
        check_pair(&o, xattn_kernel(), &s);
        check_group(&o, xattn_kernel(), &s);
    }
    scene_done(&s);
}

static void test_attention_sums_to_one(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 10);
    struct scene s;
    scene_init(&s, &rng, 36, 13, 24, 1, true);
    float attention[36 * 13];
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++) {
        struct attn_options o = options_of(cross, AGG_SUM, RAW_CLIPPED_L2NORM);
        size_t K = cross == CROSS_T2I ? 36 : 13, Q = cross == CROSS_T2I ? 13 : 36;
        pair_by_kernel(&o, xattn_kernel(), &s, 0, attention, NULL);
        for (size_t q = 0; q < Q; q++) {
            double sum = 0;
            for (size_t k = 0; k < K; k++) {
                assert_true(attention[q * K + k] >= 0);
                sum += attention[q * K + k];
            }
            assert_close(sum, 1, 1e-5, "sum of attention", 36, 13);
        }
    }
    scene_done(&s);
}

/* Regions have no order: a permuted image scores the same. */
static void test_permuted_regions(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 11);
    struct scene s;
    scene_init(&s, &rng, 20, 9, 30, 1, true);
    size_t order[20];
    for (size_t i = 0; i < 20; i++)
        order[i] = i;
    rng_shuffle(&rng, order, 20);
    float *before = s.v;
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++) {
        struct attn_options o = options_of(cross, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM);
        float score = pair_by_kernel(&o, xattn_kernel(), &s, 0, NULL, NULL);
        s.v = mem_new(20 * 30, sizeof *s.v);
        for (size_t i = 0; i < 20; i++)
            memcpy(s.v + i * 30, before + order[i] * 30, 30 * sizeof *s.v);
        xattn_gram(s.v, 20, 30, s.gram);
        assert_close(pair_by_kernel(&o, xattn_kernel(), &s, 0, NULL, NULL), score, 2e-6, "permuted",
                     20, 9);
        free(s.v);
        s.v = before;
        xattn_gram(s.v, 20, 30, s.gram);
    }
    scene_done(&s);
}

/* Zero vectors (an image of padding) give numbers, not NaN: the product of norms is clamped. */
static void test_zero_embeddings(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 12);
    struct scene s;
    scene_init(&s, &rng, 6, 4, 8, 1, true);
    memset(s.v, 0, 6 * 8 * sizeof *s.v);
    xattn_gram(s.v, 6, 8, s.gram);
    xattn_norms(s.v, 6, 8, s.norm);
    for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++) {
        struct attn_options o = options_of(cross, AGG_SUM, RAW_CLIPPED_L2NORM);
        assert_true(pair_by_kernel(&o, xattn_kernel(), &s, 0, NULL, NULL) == 0);
    }
    scene_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pair_equals_naive), cmocka_unit_test(test_group_equals_naive),
        cmocka_unit_test(test_large_shapes),      cmocka_unit_test(test_attention_sums_to_one),
        cmocka_unit_test(test_permuted_regions),  cmocka_unit_test(test_zero_embeddings),
    };
    return cmocka_run_group_tests_name("xattn", tests, NULL, NULL);
}
