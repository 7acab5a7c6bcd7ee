/* bench_score.c: the sections that rank: all pairs, and one caption against many images. */

#include "base/countof.h"
#include "base/mem.h"
#include "base/progress.h"
#include "cli/bench.h"

/* half NULL: in float32. */
static int score_once(const struct bench *b, const struct bench_split *split,
                      const struct bench_variant *v, const struct bf16_kernel *half, double *rate,
                      struct error *err)
{
    struct scoring scoring = {.attn = &v->options};
    struct progress_line line;
    double pairs = (double)split->images.I * (double)split->captions.C;
    progress_line_start(&line, v->name, b->common.quiet);
    double start = progress_clock();
    int status = score_all_approx(&scoring, half ? &split->halves : &split->images,
                                  &split->captions, half, split->sims, NULL, &line.progress, err);
    bench_best_of(rate, pairs / (progress_clock() - start));
    progress_line_end(&line);
    return status;
}

/* Pairs or images per second. */
struct rates {
    double f32, bf16;
};

/* Products and scoring take turns, so that other load on the machine meets both. */
static int score_rounds(struct bench *b, const struct bench_split *split, struct rates *best,
                        struct error *err)
{
    const char *why;
    const struct bf16_kernel *half = bf16_kernel(&why);
    for (int round = 0; round < b->sizes->rounds; round++)
        for (size_t v = 0; v < BENCH_VARIANTS; v++) {
            const struct bench_variant *variant = &bench_variants[v];
            if (!bench_wants(b, variant))
                continue;
            if (score_once(b, split, variant, NULL, &best[v].f32, err) != 0 ||
                (half && score_once(b, split, variant, half, &best[v].bf16, err) != 0) ||
                bench_measure_sgemm(b->sizes, &b->limits, err) != 0)
                return -1;
        }
    return 0;
}

static void add_rates(struct bench *b, const struct bench_split *split, const struct rates *best)
{
    double words = (double)split->starts[split->captions.C] / (double)split->captions.C;
    double work = 2e-9 * (double)b->sizes->R * (double)b->sizes->D * words;
    for (size_t v = 0; v < BENCH_VARIANTS; v++) {
        const struct bench_field fields[] = {
            BENCH_TEXT("variant", bench_variants[v].name),
            BENCH_REAL("pairs_per_s", best[v].f32),
            BENCH_REAL("gflops", best[v].f32 * work),
            BENCH_REAL("sgemm_share", best[v].f32 * work / b->limits.sgemm_gflops),
        };
        if (bench_wants(b, &bench_variants[v]))
            bench_add(b, "score", fields, COUNTOF(fields));
    }
    for (size_t v = 0; v < BENCH_VARIANTS; v++) {
        const struct bench_field fields[] = {
            BENCH_TEXT("variant", bench_variants[v].name),
            BENCH_TEXT("precision", "bf16"),
            BENCH_REAL("pairs_per_s", best[v].bf16),
            BENCH_REAL("gflops", best[v].bf16 * work),
            BENCH_REAL("f32_times", best[v].bf16 / best[v].f32),
        };
        if (best[v].bf16 > 0)
            bench_add(b, "score", fields, COUNTOF(fields));
    }
}

int bench_score(struct bench *b, struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    struct bench_split m = {0};
    struct rates best[BENCH_VARIANTS] = {0};
    int status = -1;
    if (bench_split_images(z, z->score_images, &m, err) == 0 && bench_split_bf16(&m, err) == 0 &&
        bench_split_captions(z, z->score_captions, &m, err) == 0 &&
        mem_alloc(&m.sims, z->score_images * z->score_captions, sizeof(float), "similarities",
                  err) == 0)
        status = score_rounds(b, &m, best, err);
    if (status == 0)
        add_rates(b, &m, best);
    bench_split_done(&m);
    return status;
}

/* ---- one caption ---- */

enum { QUERY_WORDS = 12, QUERY_CALLS = 10 };

/* In bfloat16 with bounds, as a query needs them. */
static int query_calls(const struct bench_split *split, const struct bench_variant *variant,
                       const struct bf16_kernel *half, double *rate, struct error *err)
{
    struct scoring scoring = {.attn = &variant->options};
    for (int call = 0; call < QUERY_CALLS; call++) {
        double start = progress_clock();
        int status =
            half ? score_images_approx(&scoring, &split->halves, &split->captions, half,
                                       split->sims, split->sims + split->images.I, NULL, err)
                 : score_images(&scoring, &split->images, &split->captions, split->sims, NULL, err);
        if (status != 0)
            return -1;
        bench_best_of(rate, (double)split->images.I / (progress_clock() - start));
    }
    return 0;
}

/* Without --variant one of each direction: the aggregation makes no difference in time here. */
static bool query_wants(const struct bench *b, size_t v)
{
    return b->variant ? bench_wants(b, &bench_variants[v]) : v % 2 == 0;
}

/* Memory and queries take turns, too. */
static int query_rounds(struct bench *b, const struct bench_split *split, struct rates *best,
                        struct error *err)
{
    const char *why;
    const struct bf16_kernel *half = bf16_kernel(&why);
    for (int round = 0; round < 2 * b->sizes->rounds; round++)
        for (size_t v = 0; v < BENCH_VARIANTS; v++) {
            const struct bench_variant *variant = &bench_variants[v];
            if (!query_wants(b, v))
                continue;
            if (query_calls(split, variant, NULL, &best[v].f32, err) != 0 ||
                (half && query_calls(split, variant, half, &best[v].bf16, err) != 0) ||
                bench_measure_memory(b->sizes, &b->limits, err) != 0)
                return -1;
        }
    return 0;
}

/* Its rates of reading and multiplying, next to memory's and BLAS's; number: bytes. */
static void add_query(struct bench *b, const struct bench_split *split, const char *variant,
                      const char *precision, size_t number, double rate)
{
    if (rate == 0)
        return;
    double giga = rate * 1e-9 * (double)(b->sizes->R * b->sizes->D);
    double gbs = giga * (double)number, gflops = 2 * giga * (double)split->starts[1];
    const struct bench_field fields[] = {
        BENCH_TEXT("variant", variant),
        BENCH_TEXT("precision", precision),
        BENCH_COUNT("words", split->starts[1]),
        BENCH_REAL("images_per_s", rate),
        BENCH_REAL("gb_per_s", gbs),
        BENCH_REAL("read_share", gbs / b->limits.read_gbs),
        BENCH_REAL("copy_share", gbs / b->limits.copy_gbs),
        BENCH_REAL("gflops", gflops),
        BENCH_REAL("sgemm_share", gflops / b->limits.sgemm_gflops),
    };
    bench_add(b, "query", fields, COUNTOF(fields));
}

int bench_query(struct bench *b, struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    struct bench_split m = {0};
    struct rates best[BENCH_VARIANTS] = {0};
    int status = -1;
    if (bench_split_images(z, z->query_images, &m, err) == 0 && bench_split_bf16(&m, err) == 0 &&
        bench_split_captions(z, 1, &m, err) == 0 &&
        mem_alloc(&m.sims, 2 * z->query_images, sizeof(float), "similarities", err) == 0) {
        if (m.starts[1] > QUERY_WORDS)
            m.starts[1] = QUERY_WORDS;
        status = query_rounds(b, &m, best, err);
    }
    for (size_t v = 0; v < BENCH_VARIANTS && status == 0; v++) {
        add_query(b, &m, bench_variants[v].name, "f32", sizeof(float), best[v].f32);
        add_query(b, &m, bench_variants[v].name, "bf16", sizeof(uint16_t), best[v].bf16);
    }
    bench_split_done(&m);
    return status;
}
