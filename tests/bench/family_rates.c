/* family_rates: how fast the relatives of SCAN score made-up data, next to a matrix product of the
 * same shape; prints one JSON object. tests/bench/torch_sgraf.py is SGRAF's peer.
 *
 *   family_rates bfan|vse|sgraf [images] [captions] [seconds]
 *
 * On one thread seconds are the processor's, so that other work disturbs less. BFAN and SGRAF:
 * images of 36 regions, captions of 12 words, D 1024, S 256. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "model/fc.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/gemm.h"
#include "model/kernels/xattn.h"
#include "model/kind.h"
#include "retrieve/score/score_kind.h"

enum { R = 36, W = 12, D = 1024, S = 256, IMAGES_AT_ONCE = 16 };

static size_t images = 128, captions = 256;

static double now(void)
{
    struct timespec t;
    clock_gettime(omp_get_max_threads() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *made(size_t rows, size_t n)
{
    static uint64_t seed;
    struct rng rng;
    float *x = mem_new(rows * n, sizeof *x);
    rng_seed(&rng, ++seed);
    for (size_t i = 0; i < rows * n; i++)
        x[i] = (float)rng_range(&rng, -1, 1);
    fc_l2norm_forward(x, rows, n, NULL);
    return x;
}

struct made_split {
    float *v, *e, *sims;
};

static bool vse;

/* The product of all rows, in blocks as tiles have them. */
static void product(struct made_split *s)
{
    enum { ROWS = 1152, COLUMNS = 384 };
    size_t V = images * (vse ? 1 : R), N = captions * (vse ? 1 : W);
#pragma omp parallel
    {
        float *c = mem_new((size_t)ROWS * COLUMNS, sizeof *c);
#pragma omp for collapse(2) schedule(dynamic)
        for (size_t i = 0; i < V; i += ROWS)
            for (size_t j = 0; j < N; j += COLUMNS)
                gemm_nt(V - i < ROWS ? V - i : ROWS, N - j < COLUMNS ? N - j : COLUMNS, D,
                        (struct matrix_const){s->v + i * D, D},
                        (struct matrix_const){s->e + j * D, D}, false, (struct matrix){c, COLUMNS});
        free(c);
    }
}

/* ---- the kinds, as score_kind.h scores them ---- */

static struct {
    struct kind_model model;
    struct kind_images images;
    struct kind_captions captions;
} at;

static void make_model(const struct kind_options *options)
{
    struct error err;
    struct rng rng;
    kind_tensor tensor;
    size_t size = 0;
    rng_seed(&rng, 5);
    at.model = (struct kind_model){.options = *options};
    if (!options->kind->tensor)
        return;
    options->kind->tensor(options, 0, &tensor, &size);
    float *block = mem_new(size, sizeof *block);
    for (size_t i = 0; i < size; i++)
        block[i] = (float)rng_range(&rng, 0, 0.06);
    at.model.block = block;
    if (options->kind->ready(&at.model, &err) != 0)
        exit(1);
}

static float *grams(const float *rows, size_t items, size_t n)
{
    float *out = mem_new(items * n * n, sizeof *out);
    for (size_t i = 0; i < items; i++)
        xattn_gram(rows + i * n * D, n, D, out + i * n * n);
    return out;
}

static float *norms(const float *rows, size_t n)
{
    float *out = mem_new(n, sizeof *out);
    xattn_norms(rows, n, D, out);
    return out;
}

static size_t *multiples(size_t n, size_t of)
{
    size_t *out = mem_new(n + 1, sizeof *out);
    for (size_t i = 0; i <= n; i++)
        out[i] = i * of;
    return out;
}

/* Everything that any kind holds. */
static void embed(const struct made_split *s, bool vectors)
{
    size_t n = vectors ? 1 : R, w = vectors ? 1 : W;
    at.images = (struct kind_images){.I = images,
                                     .R = n,
                                     .regions = s->v,
                                     .norm = norms(s->v, images * n),
                                     .gram = grams(s->v, images, n),
                                     .global = vectors ? s->v : made(images, D)};
    at.captions = (struct kind_captions){.C = captions,
                                         .starts = multiples(captions, w),
                                         .words = s->e,
                                         .norm = norms(s->e, captions * w),
                                         .gram = grams(s->e, captions, w),
                                         .gram_start = multiples(captions, w * w),
                                         .global = vectors ? s->e : made(captions, D)};
}

static void score(struct made_split *s)
{
    struct error err;
    if (score_kind_all(&at.model, &at.images, &at.captions, s->sims, NULL, &err) != 0)
        exit(1);
}

static const struct model_kind *kind_named(const char *name)
{
    for (size_t i = 0; kind_at(i); i++)
        if (strcmp(kind_at(i)->name, name) == 0)
            return kind_at(i);
    return NULL;
}

/* What is measured: the group, its name, its kind, its options. */
static const struct {
    const char *group, *name, *kind;
    struct kind_options options;
} cases[] = {
    {"bfan", "BFAN equal", "BFAN", {.bfan = {BFAN_EQUAL, 20}}},
    {"bfan", "BFAN prob", "BFAN", {.bfan = {BFAN_PROB, 20}}},
    {"vse", "cosine", "VSE++", {.measure = VSE_COSINE}},
    {"vse", "order", "VSE++", {.measure = VSE_ORDER}},
    {"sgraf", "SGR", "SGRAF", {.sgraf = {SGRAF_SGR, D, S, R, 3}}},
    {"sgraf", "SAF", "SGRAF", {.sgraf = {SGRAF_SAF, D, S, R, 0}}},
};

/* The best of some runs, in seconds. */
static double best(void (*run)(struct made_split *), struct made_split *s, double seconds)
{
    double least = INFINITY, end = now() + seconds;
    do {
        double begin = now();
        run(s);
        least = fmin(least, now() - begin);
    } while (now() < end);
    return least;
}

static void print_rate(const char *name, double seconds, double flop)
{
    printf("\"%s\": {\"seconds\": %.4f, \"pairs_per_second\": %.0f, \"gflops\": %.1f}, ", name,
           seconds, (double)(images * captions) / seconds, flop / seconds / 1e9);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "bfan";
    double seconds = argc > 4 ? atof(argv[4]) : 2;
    vse = strcmp(what, "vse") == 0;
    images = argc > 2 ? (size_t)atol(argv[2]) : vse ? 1000 : images;
    captions = argc > 3 ? (size_t)atol(argv[3]) : vse ? 5000 : captions;
    struct made_split s = {made(images * (vse ? 1 : R), D), made(captions * (vse ? 1 : W), D),
                           mem_new(images * captions, sizeof(float))};
    double pair = 2.0 * D * (vse ? 1 : R * W), flop = pair * (double)(images * captions);
    printf("{\"images\": %zu, \"captions\": %zu, \"threads\": %d, \"kernel\": \"%s\", ", images,
           captions, omp_get_max_threads(), family_kernel()->name);
    embed(&s, vse);
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct kind_options options = cases[i].options;
        if (strcmp(cases[i].group, what) != 0)
            continue;
        options.kind = kind_named(cases[i].kind);
        options.D = D;
        make_model(&options);
        print_rate("product", best(product, &s, seconds), flop);
        print_rate(cases[i].name, best(score, &s, seconds), flop);
    }
    printf("\"end\": true}\n");
    return 0;
}
