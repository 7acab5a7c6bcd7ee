/* family_rates: how fast the relatives of SCAN score made-up data, next to a matrix product of the
 * same shape; prints one JSON object. tests/bench/torch_sgraf.py is SGRAF's peer.
 *
 *   family_rates bfan|vse|sgraf [images] [captions] [seconds] [SGRAF's captions at once]
 *
 * On one thread seconds are the processor's, so that other work disturbs less. BFAN and SGRAF:
 * images of 36 regions, captions of 12 words, D 1024, S 256. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/rng.h"
#include "model/fc.h"
#include "model/kernels/family_kernel.h"
#include "model/kernels/gemm.h"
#include "model/kernels/xattn.h"
#include "model/sgraf.h"
#include "model/vse.h"

enum { R = 36, W = 12, D = 1024, S = 256, IMAGES_AT_ONCE = 16 };

static size_t images = 128, captions = 256, at_once;

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

/* The product of all regions and all words, in blocks as tiles have them. */
static void product(struct made_split *s)
{
    enum { ROWS = 1152, COLUMNS = 384 };
    size_t V = images * R, N = captions * W;
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

/* ---- BFAN ---- */

struct bfan_work {
    float *region_gram, *region_norm, *word_gram, *word_norm, *packed;
};

static struct bfan_work bfan;

static void bfan_prepare(const struct made_split *s)
{
    const struct xattn_kernel *k = xattn_kernel();
    bfan.region_gram = mem_new(images * R * R, sizeof(float));
    bfan.region_norm = mem_new(images * R, sizeof(float));
    bfan.word_gram = mem_new(captions * W * W, sizeof(float));
    bfan.word_norm = mem_new(captions * W, sizeof(float));
    bfan.packed = mem_new(captions * k->packed_size(W, D), sizeof(float));
    for (size_t i = 0; i < images; i++)
        xattn_gram(s->v + i * R * D, R, D, bfan.region_gram + i * R * R);
    for (size_t c = 0; c < captions; c++) {
        xattn_gram(s->e + c * W * D, W, D, bfan.word_gram + c * W * W);
        k->pack(s->e + c * W * D, W, D, bfan.packed + c * k->packed_size(W, D));
    }
    xattn_norms(s->v, images * R, D, bfan.region_norm);
    xattn_norms(s->e, captions * W, D, bfan.word_norm);
}

/* A few images, which stay in the second-level cache, with all captions, one by one. */
static void bfan_tile(const struct made_split *s, size_t first, size_t n, float *x, float *scratch)
{
    static const struct bfan_options options = {BFAN_PROB, 20};
    const struct family_kernel *k = family_kernel();
    const struct xattn_kernel *dots = xattn_kernel();
    size_t lds = (W + k->lanes - 1) / k->lanes * k->lanes;
    for (size_t c = 0; c < captions; c++) {
        dots->dots(s->v + first * R * D, n * R, bfan.packed + c * dots->packed_size(W, D), W, D, x,
                   lds, 1);
        for (size_t i = first; i < first + n; i++) {
            struct bfan_pair pair = {.R = R,
                                     .W = W,
                                     .lds = lds,
                                     .s = x + (i - first) * R * lds,
                                     .region_gram = bfan.region_gram + i * R * R,
                                     .word_gram = bfan.word_gram + c * W * W,
                                     .region_norm = bfan.region_norm + i * R,
                                     .word_norm = bfan.word_norm + c * W};
            s->sims[i * captions + c] = k->bfan_pair(&options, &pair, scratch);
        }
    }
}

static void bfan_run(struct made_split *s)
{
#pragma omp parallel
    {
        const struct family_kernel *k = family_kernel();
        float *x = mem_new((size_t)IMAGES_AT_ONCE * R * (W + k->lanes), sizeof *x);
        float *scratch = mem_new(k->bfan_scratch(R, W), sizeof *scratch);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < images; i += IMAGES_AT_ONCE)
            bfan_tile(s, i, images - i < IMAGES_AT_ONCE ? images - i : IMAGES_AT_ONCE, x, scratch);
        free(x);
        free(scratch);
    }
}

/* ---- VSE++ ---- */

static void vse_cosine(struct made_split *s)
{
    vse_scores(VSE_COSINE, s->v, images, s->e, captions, D, s->sims);
}

static void vse_order(struct made_split *s)
{
    vse_scores(VSE_ORDER, s->v, images, s->e, captions, D, s->sims);
}

/* ---- SGRAF ---- */

static struct {
    struct sgraf_layout layout;
    struct sgraf_model model;
    float *image_globals, *caption_globals;
    size_t *starts;
} sgraf;

static void sgraf_prepare(const struct sgraf_options *options)
{
    struct rng rng;
    rng_seed(&rng, 5);
    sgraf_layout_init(options, &sgraf.layout);
    float *block = mem_new(sgraf.layout.count, sizeof *block);
    for (size_t i = 0; i < sgraf.layout.count; i++)
        block[i] = (float)rng_range(&rng, 0, 0.06);
    sgraf_model_init(&sgraf.layout, block, mem_new(sgraf_model_size(&sgraf.layout), sizeof(float)),
                     &sgraf.model);
    sgraf.image_globals = made(images, D);
    sgraf.caption_globals = made(captions, D);
    sgraf.starts = mem_new(captions + 1, sizeof *sgraf.starts);
    for (size_t c = 0; c <= captions; c++)
        sgraf.starts[c] = c * W;
}

static void sgraf_run(struct made_split *s)
{
#pragma omp parallel
    {
        float *scratch =
            mem_new(sgraf_scratch(&sgraf.layout, R, at_once * W, at_once, W), sizeof *scratch);
        float *room = mem_new(sgraf_image_size(&sgraf.layout, R), sizeof *room);
#pragma omp for schedule(dynamic)
        for (size_t i = 0; i < images; i++) {
            struct sgraf_image image;
            sgraf_image_init(&sgraf.layout, s->v + i * R * D, R, sgraf.image_globals + i * D, room,
                             &image);
            for (size_t c = 0; c < captions; c += at_once) {
                struct sgraf_captions some = {captions - c < at_once ? captions - c : at_once,
                                              sgraf.starts + c, s->e + c * W * D,
                                              sgraf.caption_globals + c * D};
                sgraf_score(&sgraf.model, &image, &some, scratch, NULL, s->sims + i * captions + c);
            }
        }
        free(room);
        free(scratch);
    }
}

/* ---- */

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
    at_once = argc > 5 ? (size_t)atol(argv[5]) : SGRAF_AT_ONCE;
    bool vse = strcmp(what, "vse") == 0;
    images = argc > 2 ? (size_t)atol(argv[2]) : vse ? 1000 : images;
    captions = argc > 3 ? (size_t)atol(argv[3]) : vse ? 5000 : captions;
    struct made_split s = {made(images * (vse ? 1 : R), D), made(captions * (vse ? 1 : W), D),
                           mem_new(images * captions, sizeof(float))};
    double pair = 2.0 * D * (vse ? 1 : R * W), flop = pair * (double)(images * captions);
    printf("{\"images\": %zu, \"captions\": %zu, \"threads\": %d, \"kernel\": \"%s\", ", images,
           captions, omp_get_max_threads(), family_kernel()->name);
    if (vse) {
        print_rate("cosine", best(vse_cosine, &s, seconds), flop);
        print_rate("order", best(vse_order, &s, seconds), flop);
    } else {
        print_rate("product", best(product, &s, seconds), flop);
    }
    if (strcmp(what, "bfan") == 0) {
        bfan_prepare(&s);
        print_rate("bfan", best(bfan_run, &s, seconds), flop);
        print_rate("product again", best(product, &s, seconds), flop);
    }
    if (strcmp(what, "sgraf") == 0) {
        sgraf_prepare(&(struct sgraf_options){SGRAF_SGR, D, S, R, 3});
        print_rate("SGR", best(sgraf_run, &s, seconds), flop);
        sgraf_prepare(&(struct sgraf_options){SGRAF_SAF, D, S, R, 3});
        print_rate("SAF", best(sgraf_run, &s, seconds), flop);
    }
    printf("\"end\": true}\n");
    return 0;
}
