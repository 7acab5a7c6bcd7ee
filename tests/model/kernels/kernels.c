/* kernels: runs each inner kernel once, on made-up data of fixed size and on one thread, for
 * tests/bench/count-kernels to count instructions under callgrind: those inside the functions
 * measured_*, except BLAS's.
 *
 * Prints how it was compiled, as far as that decides the counts. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/adam.h"
#include "model/fc.h"
#include "model/gru.h"
#include "model/kernels/gemm.h"
#include "model/kernels/xattn_private.h"
#include "model/loss.h"
#include "model/xattn_train.h"
#include "tests/support/even_starts.h"

enum { R = 36, W = 12, LANES = 16, D = 256, PAIRS = 8, IN = 48, VALUES = 20000 };

static const struct attn_options t2i = {CROSS_T2I, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 9,
                                        6,         FOCAL_NONE};
static const struct attn_options i2t = {CROSS_I2T, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 4,
                                        5,         FOCAL_NONE};

static float *made(size_t n)
{
    static uint64_t seed;
    struct rng rng;
    float *x = mem_new(n, sizeof *x);
    rng_seed(&rng, ++seed);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)rng_range(&rng, -1, 1) * 0.1f;
    return x;
}

static void *arena_of(size_t used)
{
    return mem_new(used, 1);
}

/* ---- scoring ---- */

/* Of one vector unit. */
struct unit {
    const struct xattn_kernel *kernel;
    struct xattn_pair pair_t2i, pair_i2t;
    struct xattn_group group;
    float *packed, *scratch;
};

static struct {
    float *regions, *words, *raw, *region_gram, *word_gram, *lane_gram, *norm, *counts, *out;
    struct unit avx2, plain;
} s;

static struct xattn_pair make_pair(const struct xattn_kernel *k, size_t K, size_t Q,
                                   const float *gram)
{
    struct xattn_pair pair = {
        .K = K, .Q = Q, .ldx = xattn_padded(k, Q), .gram = gram, .query_norm = s.norm};
    float *x = made(K * pair.ldx);
    for (size_t i = 0; i < K * pair.ldx; i++)
        x[i] = i % pair.ldx < Q ? x[i] : 0;
    pair.x = x;
    return pair;
}

static size_t largest(size_t a, size_t b, size_t c)
{
    size_t two = a > b ? a : b;
    return two > c ? two : c;
}

static void make_unit(const char *name, struct unit *out)
{
    const struct xattn_kernel *k = NULL;
    for (size_t i = 0; xattn_kernel_at(i); i++)
        if (strcmp(xattn_kernel_at(i)->name, name) == 0)
            k = xattn_kernel_at(i);
    if (!k)
        return;
    out->kernel = k;
    out->pair_t2i = make_pair(k, R, W, s.region_gram);
    out->pair_i2t = make_pair(k, W, R, s.word_gram);
    out->group =
        (struct xattn_group){.W = W, .norm = s.norm, .gram = s.lane_gram, .counts = s.counts};
    out->packed = mem_new(k->packed_size(W, D), sizeof(float));
    out->scratch =
        mem_new(largest(k->pair_scratch(R, W), k->pair_scratch(W, R), k->group_scratch(R, W)),
                sizeof(float));
}

static void make_scoring(void)
{
    s.regions = made(R * D);
    s.words = made(W * D);
    s.raw = made(R * W * LANES);
    s.region_gram = made(R * R);
    s.word_gram = made(W * W);
    s.lane_gram = made(W * W * LANES);
    s.norm = made(R * LANES);
    s.counts = made(LANES);
    s.out = made(R * W * LANES);
    for (size_t l = 0; l < LANES; l++)
        s.counts[l] = W;
    xattn_gram(s.regions, R, D, s.region_gram);
    xattn_gram(s.words, W, D, s.word_gram);
    make_unit("AVX2", &s.avx2);
    make_unit("plain", &s.plain);
}

#define MEASURED(name, call)                                                                       \
    void measured_##name(void);                                                                    \
    __attribute__((noinline)) void measured_##name(void)                                           \
    {                                                                                              \
        call;                                                                                      \
    }

#define SCORING(unit)                                                                              \
    MEASURED(pair_t2i_##unit,                                                                      \
             s.out[0] = s.unit.kernel->pair(&t2i, &s.unit.pair_t2i, s.unit.scratch))               \
    MEASURED(pair_i2t_##unit,                                                                      \
             s.out[0] = s.unit.kernel->pair(&i2t, &s.unit.pair_i2t, s.unit.scratch))               \
    MEASURED(group_t2i_##unit,                                                                     \
             s.unit.kernel->group(&t2i, &s.unit.group, s.raw, W *s.unit.kernel->lanes, R,          \
                                  s.region_gram, s.norm, s.out, s.unit.scratch))                   \
    MEASURED(group_i2t_##unit,                                                                     \
             s.unit.kernel->group(&i2t, &s.unit.group, s.raw, W *s.unit.kernel->lanes, R,          \
                                  s.region_gram, s.norm, s.out, s.unit.scratch))                   \
    MEASURED(pack_##unit, s.unit.kernel->pack(s.words, W, D, s.unit.packed))                       \
    MEASURED(dots_##unit, s.unit.kernel->dots(s.regions, R, s.unit.packed, W, D, s.out, W, 1))

SCORING(avx2)
SCORING(plain)
MEASURED(gram, xattn_gram(s.regions, R, D, s.region_gram))
MEASURED(norms, xattn_norms(s.regions, R, D, s.norm))

/* ---- training ---- */

/* A batch of the attention. */
struct attention {
    struct xattn_shape shape;
    struct xattn_acts acts;
    float *v, *e, *dv, *de, *scores, *dscores;
};

static struct {
    size_t starts[PAIRS + 1], region_starts[PAIRS + 1];
    struct attention t2i, i2t;
    struct packing packing;
    struct gru_layer layer;
    struct gru_weights weights, gradients;
    float *x, *dx, *dout, *previous, *values, *moments[2], *bias;
} t;

static void make_attention(const struct attn_options *options, struct attention *out)
{
    size_t words = t.starts[PAIRS];
    struct arena arena = {0};
    out->shape =
        (struct xattn_shape){PAIRS, PAIRS, D, even_starts(PAIRS, R, t.region_starts), t.starts};
    xattn_acts_carve(options, &out->shape, true, 1, &arena, &out->acts);
    arena = (struct arena){arena_of(arena.used), 0};
    xattn_acts_carve(options, &out->shape, true, 1, &arena, &out->acts);
    out->v = made(PAIRS * R * D);
    out->e = made(words * D);
    out->dv = made(PAIRS * R * D);
    out->de = made(words * D);
    out->scores = made(PAIRS * PAIRS);
    out->dscores = mem_new(PAIRS * PAIRS, sizeof(float));
    for (size_t i = 0; i < PAIRS; i++) /* hard negatives: few pairs carry gradient */
        out->dscores[i * PAIRS + i] = -1;
}

static struct gru_weights make_weights(void)
{
    return (struct gru_weights){made(3 * D * IN), made(3 * D * D), made(3 * D), made(3 * D)};
}

static void make_gru(void)
{
    size_t words = t.starts[PAIRS];
    gru_packing_fill(t.starts, PAIRS, mem_new(gru_packing_size(PAIRS, words), sizeof(size_t)),
                     &t.packing);
    t.weights = make_weights();
    t.gradients = make_weights();
    t.layer = (struct gru_layer){.in = IN, .D = D, .directions = 1, .weights = &t.weights};
    t.layer.x = t.x = made(words * IN);
    t.layer.gates[0] = made(words * 3 * D);
    t.layer.hidden[0] = made(words * D);
    t.layer.out = made(words * D);
    t.layer.packed[0] = made(gru_whh_packed_size(D));
    t.dx = made(words * IN);
    t.dout = made(words * D);
    t.previous = made(words * D);
}

static void make_training(void)
{
    for (size_t c = 0; c < PAIRS; c++)
        t.starts[c + 1] = t.starts[c] + 8 + c;
    make_attention(&t2i, &t.t2i);
    make_attention(&i2t, &t.i2t);
    make_gru();
    t.values = made(VALUES);
    t.bias = made(D);
    for (size_t i = 0; i < 2; i++)
        t.moments[i] = mem_new(VALUES, sizeof(float));
}

#define FORWARD(a, o) xattn_forward(&o, &t.a.shape, t.a.v, t.a.e, &t.a.acts, t.a.scores)
#define BACKWARD(a, o)                                                                             \
    xattn_backward(&o, &t.a.shape, t.a.v, t.a.e, t.a.dscores, &t.a.acts, t.a.dv, t.a.de)

MEASURED(attention_t2i, FORWARD(t2i, t2i))
MEASURED(attention_t2i_back, BACKWARD(t2i, t2i))
MEASURED(attention_i2t, FORWARD(i2t, i2t))
MEASURED(attention_i2t_back, BACKWARD(i2t, i2t))
MEASURED(gru, gru_forward(&t.packing, &t.layer))
MEASURED(gru_back, gru_backward(&t.packing, &t.layer, t.dout, &t.gradients, t.dx, t.previous))
MEASURED(l2norm, fc_l2norm_forward(t.values, VALUES / D, D, t.dx))
MEASURED(l2norm_back, fc_l2norm_backward(t.values, t.dx, VALUES / D, D, t.moments[0]))
MEASURED(fc_sum_rows, fc_sum_rows(t.values, VALUES / D, D, D, t.bias))
MEASURED(hinge, t.dx[0] = (float)loss_hinge(t.t2i.scores, PAIRS, NULL, 0.2, true, t.t2i.dscores))
MEASURED(adam_gradient_norm, t.dx[0] = (float)adam_gradient_norm(t.values, VALUES))
MEASURED(adam, adam_step(t.values, t.values, &(struct adam){t.moments[0], t.moments[1]}, VALUES, 1,
                         1e-3, 1))

/* Backwards follow their forwards; `unit` is NULL if the kernel needs none. */
static const struct {
    void (*run)(void);
    const struct unit *unit;
} kernels[] = {
    {measured_pair_t2i_avx2, &s.avx2},
    {measured_pair_i2t_avx2, &s.avx2},
    {measured_group_t2i_avx2, &s.avx2},
    {measured_group_i2t_avx2, &s.avx2},
    {measured_pack_avx2, &s.avx2},
    {measured_dots_avx2, &s.avx2},
    {measured_pair_t2i_plain, &s.plain},
    {measured_pair_i2t_plain, &s.plain},
    {measured_group_t2i_plain, &s.plain},
    {measured_group_i2t_plain, &s.plain},
    {measured_pack_plain, &s.plain},
    {measured_dots_plain, &s.plain},
    {measured_gram, NULL},
    {measured_norms, NULL},
    {measured_attention_t2i, NULL},
    {measured_attention_t2i_back, NULL},
    {measured_attention_i2t, NULL},
    {measured_attention_i2t_back, NULL},
    {measured_gru, NULL},
    {measured_gru_back, NULL},
    {measured_l2norm, NULL},
    {measured_l2norm_back, NULL},
    {measured_fc_sum_rows, NULL},
    {measured_hinge, NULL},
    {measured_adam_gradient_norm, NULL},
    {measured_adam, NULL},
};

int main(void)
{
    omp_set_num_threads(1);
    make_scoring();
    make_training();
    for (size_t i = 0; i < COUNTOF(kernels); i++)
        if (!kernels[i].unit || kernels[i].unit->kernel)
            kernels[i].run();
#ifdef SCANSCOPE_SANITIZED
    const char *sanitized = ", sanitized";
#else
    const char *sanitized = "";
#endif
    printf("compiler %s, %s%s, %s\n", __VERSION__, KERNELS_CFLAGS, sanitized,
           s.avx2.kernel ? "AVX2" : "no AVX2");
    return 0;
}
