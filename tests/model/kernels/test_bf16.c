/* test_bf16.c: bfloat16 halves, dot products and tiles against double, and the bound on how
 * much other raw scores change a score. The plain kernel runs anywhere, the CPU's own if it has
 * one. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/bf16.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/kernels/bf16.h"
#include "model/kernels/xattn.h"

/* ---- halves ---- */

static void test_halves(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1);
    const float edges[] = {0,       -0.0f,  1,       -1,       1.0f / 3,
                           3.4e38f, 1e-40f, -1e-45f, INFINITY, 0.99999994f};
    for (size_t k = 0; k < 100000; k++) {
        float x = k < 10 ? edges[k] : bf16_float_of_bits((uint32_t)rng_u64(&rng));
        uint16_t high = bf16_round(x), low = bf16_low(x);
        float back = bf16_join(high, low), rounded = bf16_float(high);
        assert_memory_equal(&back, &x, sizeof x);
        if (isfinite(x) && isfinite(rounded) && fabsf(x) > 1e-37f)
            assert_true(fabsf(x - rounded) <= bf16_unit * fabsf(x));
    }
}

/* The nearest, up or down. */
static void test_nearest(void **state)
{
    (void)state;
    assert_true(bf16_float(bf16_round(1 + 1.0f / 512)) == 1);
    assert_true(bf16_float(bf16_round(1 + 1.01f / 256)) == 1 + 1.0f / 128);
    assert_true(bf16_float(bf16_round(-1 - 1.01f / 256)) == -1 - 1.0f / 128);
    const float row[] = {1, 1 + 1.0f / 256};
    assert_true(fabsf(bf16_rounding_loss(row, 2) - 1.0f / 256 / 1.4142f) < 1e-5f);
}

/* ---- kernels ---- */

typedef void (*kernel_check)(const struct bf16_kernel *kernel, struct rng *rng);

/* With the plain kernel, and with the machine's own. */
static void for_kernels(kernel_check check)
{
    const char *why = NULL;
    struct rng rng;
    rng_seed(&rng, 2);
    check(&bf16_plain, &rng);
    const struct bf16_kernel *kernel = bf16_kernel(&why);
    if (!kernel) {
        fprintf(stderr, "# skipped: the CPU's kernel: %s\n", why);
        skip();
    }
    check(kernel, &rng);
}

static float *normals(struct rng *rng, size_t n)
{
    float *x = mem_new(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)rng_normal(rng);
    return x;
}

static uint16_t *rounded(const float *x, size_t n)
{
    uint16_t *h = mem_new(n, sizeof *h);
    for (size_t i = 0; i < n; i++)
        h[i] = bf16_round(x[i]);
    return h;
}

/* a . bf16(b) in double, and the product of their lengths. */
static double dot(const uint16_t *a, const float *b, size_t D, double *lengths_out)
{
    double sum = 0, aa = 0, bb = 0;
    for (size_t d = 0; d < D; d++) {
        double x = (double)bf16_float(a[d]), y = (double)bf16_float(bf16_round(b[d]));
        sum += x * y;
        aa += x * x;
        bb += y * y;
    }
    *lengths_out = sqrt(aa * bb);
    return sum;
}

static void check_dots_shape(const struct bf16_kernel *k, struct rng *rng, size_t n, size_t m,
                             size_t D)
{
    float *af = normals(rng, n * D), *b = normals(rng, m * D);
    uint16_t *a = rounded(af, n * D), *packed = mem_new(k->packed_size(m, D), sizeof *packed);
    float *s = mem_new(n * (m + 3), sizeof *s), *turned = mem_new(m * n, sizeof *turned);
    k->pack(b, m, D, packed);
    k->dots(a, n, packed, m, D, s, m + 3, 1);
    k->dots(a, n, packed, m, D, turned, 1, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            double lengths, wanted = dot(a + i * D, b + j * D, D, &lengths);
            double most = lengths * 6e-8 * ((double)D / 4 + 32);
            if (!(fabs((double)s[i * (m + 3) + j] - wanted) <= most))
                fail_msg("%s, %zu x %zu x %zu: %.9g, wanted %.9g", k->name, n, m, D,
                         (double)s[i * (m + 3) + j], wanted);
            assert_true(turned[j * n + i] == s[i * (m + 3) + j]);
        }
    free(af);
    free(b);
    free(a);
    free(packed);
    free(s);
    free(turned);
}

static void check_dots(const struct bf16_kernel *k, struct rng *rng)
{
    const size_t shapes[][3] = {{36, 12, 1024}, {1, 1, 1},  {5, 7, 31},  {3, 13, 32},
                                {4, 6, 33},     {9, 5, 95}, {36, 20, 8}, {2, 70, 40}};
    for (size_t i = 0; i < COUNTOF(shapes); i++)
        check_dots_shape(k, rng, shapes[i][0], shapes[i][1], shapes[i][2]);
}

static void test_dots(void **state)
{
    (void)state;
    for_kernels(check_dots);
}

static void *aligned(size_t bytes)
{
    void *p = NULL;
    assert_int_equal(posix_memalign(&p, 64, bytes + 64), 0);
    return p;
}

static void check_product(const struct bf16_kernel *k, struct bf16_product *product,
                          struct rng *rng, const size_t shape[3], size_t D)
{
    size_t M = shape[0], N = shape[1], ldc = shape[2];
    float *af = normals(rng, M * D), *bf = normals(rng, N * D), *c = mem_new(M * ldc, sizeof *c);
    uint16_t *a = rounded(af, M * D), *b = rounded(bf, N * D);
    void *packed = aligned(k->product_packed(product)),
         *scratch = aligned(k->product_scratch(product));
    assert_int_equal(k->product_pack(product, N, b, packed, scratch), 0);
    assert_int_equal(k->product_run(product, M, N, a, packed, c, ldc, scratch), 0);
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++) {
            double lengths, wanted = dot(a + i * D, bf + j * D, D, &lengths);
            assert_true(fabs((double)c[i * ldc + j] - wanted) <= 6e-8 * (double)D * lengths);
        }
    free(af);
    free(bf);
    free(a);
    free(b);
    free(c);
    free(packed);
    free(scratch);
}

static void check_products(const struct bf16_kernel *k, struct rng *rng)
{
    const size_t shapes[][3] = {{72, 48, 48}, {36, 48, 48}, {36, 16, 32}, {7, 1, 5}, {1, 33, 40}};
    const size_t lengths[] = {64, 1, 37, 129};
    struct error err;
    for (size_t d = 0; d < 4; d++) {
        struct bf16_product *product = NULL;
        assert_done(k->product_new(lengths[d], &product, &err), err);
        for (size_t i = 0; i < 5; i++)
            assert_done(k->product_add(product, shapes[i][0], shapes[i][1], shapes[i][2], &err),
                        err);
        for (size_t i = 0; i < 5; i++)
            check_product(k, product, rng, shapes[i], lengths[d]);
        k->product_free(product);
    }
}

static void test_products(void **state)
{
    (void)state;
    for_kernels(check_products);
}

/* ---- the bound ---- */

enum { MOST_R = 12, MOST_W = 9, D = 24 };

/* A pair whose raw scores can be moved. `alike`: the regions have something in common, and the
 * words something with them, as in a trained model. */
struct pair {
    size_t R, W;
    float v[MOST_R * D], e[MOST_W * D], s[MOST_R * MOST_W];
    float gram_v[MOST_R * MOST_R], gram_e[MOST_W * MOST_W], norm_v[MOST_R], norm_e[MOST_W];
};

static void pair_init(struct pair *p, struct rng *rng, size_t R, size_t W, double alike)
{
    float common[D];
    *p = (struct pair){.R = R, .W = W};
    for (size_t d = 0; d < D; d++)
        common[d] = (float)(alike * rng_normal(rng));
    for (size_t k = 0; k < R * D; k++)
        p->v[k] = (common[k % D] + (float)rng_normal(rng)) * 0.2f;
    for (size_t k = 0; k < W * D; k++)
        p->e[k] = (common[k % D] + (float)rng_normal(rng)) * 0.2f;
    xattn_gram(p->v, R, D, p->gram_v);
    xattn_gram(p->e, W, D, p->gram_e);
    xattn_norms(p->v, R, D, p->norm_v);
    xattn_norms(p->e, W, D, p->norm_e);
    for (size_t r = 0; r < R; r++)
        for (size_t w = 0; w < W; w++)
            for (size_t d = 0; d < D; d++)
                p->s[r * W + w] += p->v[r * D + d] * p->e[w * D + d];
}

/* The score of raw scores s by a kernel's `pair`; bound_out NULL to skip. */
static float by_pair(const struct xattn_kernel *k, const struct attn_options *o,
                     const struct pair *p, const float *s, float error, float *bound_out)
{
    bool t2i = o->cross_attn == CROSS_T2I;
    size_t K = t2i ? p->R : p->W, Q = t2i ? p->W : p->R, ldx = xattn_padded(k, Q);
    float *x = mem_new(K * ldx, sizeof *x),
          *scratch = mem_new(k->pair_scratch(K, Q), sizeof *scratch);
    for (size_t c = 0; c < K; c++)
        for (size_t q = 0; q < Q; q++)
            x[c * ldx + q] = t2i ? s[c * p->W + q] : s[q * p->W + c];
    struct xattn_pair pair = {.K = K,
                              .Q = Q,
                              .ldx = ldx,
                              .x = x,
                              .gram = t2i ? p->gram_v : p->gram_e,
                              .query_norm = t2i ? p->norm_e : p->norm_v,
                              .error = error,
                              .bound = bound_out};
    float score = k->pair(o, &pair, scratch);
    free(x);
    free(scratch);
    return score;
}

/* The same by `group`: the pair in lane 1, a shorter caption in lane 0, none in the others. */
static float by_group(const struct xattn_kernel *k, const struct attn_options *o,
                      const struct pair *p, const float *s, float error, float *bound_out)
{
    size_t L = k->lanes, W = p->W, R = p->R;
    float *x = mem_new(R * W * L, sizeof *x), *gram = mem_new(W * W * L, sizeof *gram);
    float *norm = mem_new(W * L, sizeof *norm), *counts = mem_new(L, sizeof *counts);
    int32_t *mask = mem_new(W * L, sizeof *mask);
    float *scratch = mem_new(k->group_scratch(R, W), sizeof *scratch), out[64], bounds[64];
    for (size_t l = 0; l < 2; l++) {
        size_t words = l == 1 ? W : (W + 1) / 2;
        counts[l] = (float)words;
        for (size_t w = 0; w < words; w++) {
            mask[w * L + l] = -1;
            norm[w * L + l] = p->norm_e[w];
            for (size_t u = 0; u < words; u++)
                gram[(w * W + u) * L + l] = p->gram_e[w * W + u];
            for (size_t r = 0; r < R; r++)
                x[(r * W + w) * L + l] = s[r * W + w];
        }
    }
    struct xattn_group group = {.W = W,
                                .norm = norm,
                                .gram = gram,
                                .mask = mask,
                                .counts = counts,
                                .error = error,
                                .bound = bound_out ? bounds : NULL};
    k->group(o, &group, x, W * L, R, p->gram_v, p->norm_v, out, scratch);
    if (bound_out)
        *bound_out = bounds[1];
    free(x);
    free(gram);
    free(norm);
    free(counts);
    free(mask);
    free(scratch);
    return out[1];
}

/* Which way each raw score moves the score up. */
static void directions(const struct xattn_kernel *k, const struct attn_options *o,
                       const struct pair *p, float *signs)
{
    float moved[MOST_R * MOST_W], base = by_pair(k, o, p, p->s, 0, NULL);
    for (size_t n = 0; n < p->R * p->W; n++) {
        memcpy(moved, p->s, sizeof moved);
        moved[n] += 1e-3f;
        signs[n] = by_pair(k, o, p, moved, 0, NULL) > base ? 1 : -1;
    }
}

struct tightness {
    double worst;      /* the largest change as a share of its bound */
    size_t all, known; /* bounds; those that are less than 0.5 */
};

/* However the raw scores are moved within the error, the score stays within both bounds. */
static void check_bound(const struct xattn_kernel *k, const struct attn_options *o,
                        const struct pair *p, struct rng *rng, float error, struct tightness *t)
{
    float signs[MOST_R * MOST_W], moved[MOST_R * MOST_W], bound, group_bound;
    float score = by_pair(k, o, p, p->s, error, &bound);
    float group_score = by_group(k, o, p, p->s, error, &group_bound);
    directions(k, o, p, signs);
    t->all++;
    t->known += bound < 0.5f;
    for (int way = 0; way < 8; way++) {
        for (size_t n = 0; n < p->R * p->W; n++) {
            float up = way == 0   ? signs[n]
                       : way == 1 ? -signs[n]
                       : way == 2 ? 1
                       : way == 3 ? -1
                       : way < 6  ? (float)rng_range(rng, -1, 1)
                                  : (rng_below(rng, 2) ? 1.0f : -1.0f);
            float size = p->norm_v[n / p->W] * p->norm_e[n % p->W];
            moved[n] = p->s[n] + 0.9999f * error * size * up;
        }
        float other = by_pair(k, o, p, moved, 0, NULL);
        float change = fabsf(other - score), group_change = fabsf(other - group_score);
        if (change > bound || group_change > group_bound)
            fail_msg("%s, cross %d, agg %d, raw %d, error %g, way %d: off by %g and %g, bounds %g "
                     "and %g",
                     k->name, (int)o->cross_attn, (int)o->agg_func, (int)o->raw_feature_norm,
                     (double)error, way, (double)change, (double)group_change, (double)bound,
                     (double)group_bound);
        if (change / bound > t->worst)
            t->worst = (double)(change / bound);
    }
}

static void check_options(const struct xattn_kernel *k, const struct attn_options *o,
                          struct rng *rng, struct tightness *t)
{
    const float errors[] = {0, 1e-5f, 2e-4f, 4e-3f, 3e-2f};
    for (int scene = 0; scene < 4; scene++) {
        struct pair p;
        pair_init(&p, rng, 1 + rng_below(rng, MOST_R), 1 + rng_below(rng, MOST_W),
                  scene % 2 ? 1.5 : 0);
        for (size_t e = 0; e < COUNTOF(errors); e++)
            check_bound(k, o, &p, rng, errors[e], t);
    }
}

static void test_bound(void **state)
{
    (void)state;
    struct rng rng;
    struct tightness t = {0};
    const struct xattn_kernel *k;
    rng_seed(&rng, 3);
    for (size_t n = 0; (k = xattn_kernel_at(n)); n++)
        for (int cross = CROSS_T2I; cross <= CROSS_I2T; cross++)
            for (int agg = AGG_LOGSUMEXP; agg <= AGG_SUM; agg++)
                for (int raw = RAW_SOFTMAX; raw <= RAW_NO_NORM; raw++) {
                    struct attn_options o = {.cross_attn = (enum cross_attn)cross,
                                             .agg_func = (enum agg_func)agg,
                                             .raw_feature_norm = (enum raw_norm)raw,
                                             .lambda_softmax = 9,
                                             .lambda_lse = 6};
                    check_options(k, &o, &rng, &t);
                }
    print_message("# changes reach %.2g of their bounds; %zu of %zu are below 0.5\n", t.worst,
                  t.known, t.all);
    assert_true(t.known > t.all / 2); /* a bound that says nothing would hold too */
    assert_true(t.worst > 0.1);
}

/* If the error says nothing, only the range of a cosine does; and NaN stays NaN. */
static void test_no_bound(void **state)
{
    (void)state;
    struct rng rng;
    struct pair p;
    float bound;
    struct attn_options o = {
        .raw_feature_norm = RAW_CLIPPED_L2NORM, .lambda_softmax = 9, .lambda_lse = 6};
    rng_seed(&rng, 4);
    pair_init(&p, &rng, 6, 5, 0);
    float score = by_pair(xattn_kernel(), &o, &p, p.s, NAN, &bound);
    assert_false(bound < 1 - score);
    by_pair(xattn_kernel(), &o, &p, p.s, 0.5f, &bound);
    assert_false(bound < 1 - score);
    p.s[3] = NAN;
    score = by_pair(xattn_kernel(), &o, &p, p.s, 1e-3f, &bound);
    assert_true(isnan(score));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_halves), cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_dots),   cmocka_unit_test(test_products),
        cmocka_unit_test(test_bound),  cmocka_unit_test(test_no_bound),
    };
    return cmocka_run_group_tests_name("bf16", tests, NULL, NULL);
}
