/* bench_family.c: the section that scores by the other kinds of models, BFAN, SGRAF and VSE++, next
 * to the matrix product of the same vectors, in turns. */
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/rng.h"
#include "cli/bench.h"
#include "model/kernels/gemm.h"
#include "retrieve/score/score_kind.h"

enum { SIMILARITY = 256, STEPS = 3 }; /* SGRAF's usual sizes */

static const struct family_case {
    const char *name, *family;
    struct kind_options options; /* the kind and the sizes are filled in */
    bool globals;                /* scores are made of one vector for each image and caption */
} cases[] = {
    {"BFAN equal", "bfan", {.bfan = {BFAN_EQUAL, 20}}, false},
    {"BFAN prob", "bfan", {.bfan = {BFAN_PROB, 20}}, false},
    {"SGRAF SGR", "sgraf", {.sgraf = {.module = SGRAF_SGR, .steps = STEPS}}, false},
    {"SGRAF SAF", "sgraf", {.sgraf = {.module = SGRAF_SAF}}, false},
    {"VSE++ cosine", "vse", {.measure = VSE_COSINE}, true},
    {"VSE++ order", "vse", {.measure = VSE_ORDER}, true},
};

enum { CASES = COUNTOF(cases) };

/* What is scored: regions and words with a global vector each, or global vectors alone, more of
 * them. */
struct family_side {
    struct embedded_images images;
    struct embedded_captions captions;
};

struct family_work {
    const struct bench_sizes *sizes;
    struct bench_split split;
    size_t *starts; /* of the captions that are global vectors */
    float *globals, *products, *sims, *bounds;
    struct family_side sides[2];    /* by `globals` */
    double rate[CASES], product[2]; /* pairs per second */
};

static void work_done(struct family_work *w)
{
    bench_split_done(&w->split);
    free(w->starts);
    free(w->globals);
    free(w->products);
    free(w->sims);
    free(w->bounds);
}

static size_t at_least(size_t n, size_t least)
{
    return n > least ? n : least;
}

/* A pair of SGRAF takes a hundred times as long as one of VSE++. */
static int work_init(struct family_work *w, struct error *err)
{
    const struct bench_sizes *z = w->sizes;
    size_t I = z->score_images / 4, C = z->score_captions / 4, D = z->D, n = z->query_images;
    if (bench_split_images(z, I, &w->split, err) != 0 ||
        bench_split_captions(z, C, &w->split, err) != 0)
        return -1;
    size_t pairs = at_least(I * C, n * n),
           products = at_least(I * z->R * w->split.starts[C], n * n);
    w->starts = bench_starts(n, BENCH_LONGEST);
    if (mem_alloc(&w->globals, 2 * at_least(n, C), D * sizeof(float), "vectors", err) != 0 ||
        mem_alloc(&w->sims, pairs, sizeof(float), "similarities", err) != 0 ||
        mem_alloc(&w->bounds, pairs, sizeof(float), "similarities", err) != 0 ||
        mem_alloc(&w->products, products, sizeof(float), "a product", err) != 0)
        return -1;
    float *images = w->globals, *captions = w->globals + at_least(n, C) * D;
    bench_fill_units(w->globals, 2 * at_least(n, C), D, 2u << 30);
    w->sides[0] = (struct family_side){w->split.images, w->split.captions};
    w->sides[0].images.global = images;
    w->sides[0].captions.global = captions;
    w->sides[1].images = (struct embedded_images){.I = n, .R = 1, .D = D, .global = images};
    w->sides[1].captions =
        (struct embedded_captions){.C = n, .D = D, .starts = w->starts, .global = captions};
    return 0;
}

/* ---- a kind made ready, with made-up parameters ---- */

static const struct model_kind *kind_named(const char *family)
{
    for (size_t k = 0; kind_at(k); k++)
        if (strcmp(kind_at(k)->family, family) == 0)
            return kind_at(k);
    return NULL;
}

static int open_case(const struct family_work *w, const struct family_case *c, float **block_out,
                     struct kind_model *out, struct error *err)
{
    const struct model_kind *kind = kind_named(c->family);
    struct kind_options options = c->options;
    kind_tensor tensor;
    size_t count = 0;
    options.kind = kind;
    options.D = options.sgraf.D = w->sizes->D;
    options.sgraf.S = SIMILARITY;
    options.sgraf.R = w->sizes->R;
    *out = (struct kind_model){.options = options};
    if (!kind->tensor)
        return 0;
    kind->tensor(&options, 0, &tensor, &count);
    if (mem_alloc(block_out, count, sizeof **block_out, "parameters", err) != 0)
        return -1;
    struct rng rng;
    rng_seed(&rng, 5);
    for (size_t i = 0; i < count; i++)
        (*block_out)[i] = (float)rng_range(&rng, 0, 0.06);
    out->block = *block_out;
    return kind->ready ? kind->ready(out, err) : 0;
}

/* As rankings begin: with bounds. */
static int score_once(struct family_work *w, size_t n, struct error *err)
{
    const struct family_side *side = &w->sides[cases[n].globals];
    struct kind_model model;
    float *block = NULL;
    int status = open_case(w, &cases[n], &block, &model, err);
    if (status == 0) {
        struct scoring scoring = {.kind = &model};
        double start = progress_clock();
        status = score_all_approx(&scoring, &side->images, &side->captions, NULL, w->sims,
                                  w->bounds, NULL, err);
        bench_best_of(&w->rate[n],
                      (double)(side->images.I * side->captions.C) / (progress_clock() - start));
        if (model.options.kind->done)
            model.options.kind->done(&model);
    }
    free(block);
    return status;
}

/* What the machine could do. */
static void multiply_once(struct family_work *w, bool globals)
{
    const struct family_side *side = &w->sides[globals];
    size_t I = side->images.I, C = side->captions.C, D = w->sizes->D;
    size_t V = globals ? I : I * w->sizes->R, N = globals ? C : w->split.starts[C];
    const float *v = globals ? side->images.global : side->images.regions;
    const float *e = globals ? side->captions.global : side->captions.words;
    double start = progress_clock();
    gemm_nt(V, N, D, (struct matrix_const){v, D}, (struct matrix_const){e, D}, false,
            (struct matrix){w->products, N});
    bench_best_of(&w->product[globals], (double)(I * C) / (progress_clock() - start));
}

static int rounds(struct bench *b, struct family_work *w, struct error *err)
{
    for (int round = 0; round < b->sizes->rounds; round++)
        for (size_t n = 0; n < CASES; n++) {
            multiply_once(w, cases[n].globals);
            if (score_once(w, n, err) != 0)
                return -1;
        }
    return 0;
}

int bench_family(struct bench *b, struct error *err)
{
    struct family_work w = {.sizes = b->sizes};
    int status = work_init(&w, err) == 0 ? rounds(b, &w, err) : -1;
    for (size_t n = 0; status == 0 && n < CASES; n++) {
        double product = w.product[cases[n].globals];
        const struct bench_field fields[] = {
            BENCH_TEXT("model", cases[n].name),
            BENCH_REAL("pairs_per_s", w.rate[n]),
            BENCH_REAL("product_pairs_per_s", product),
            BENCH_REAL("product_share", w.rate[n] / product),
        };
        bench_add(b, "family", fields, COUNTOF(fields));
    }
    work_done(&w);
    return status;
}
