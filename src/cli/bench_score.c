/* bench_score.c: the sections that rank: all pairs, and one caption against many images. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/progress.h"
#include "cli/bench.h"

static int score_once(const struct bench *b, const struct bench_split *split,
                      const struct bench_variant *v, double *seconds_out, struct error *err)
{
    struct progress_line line;
    progress_line_start(&line, v->name, b->common.quiet);
    double start = progress_clock();
    int status =
        score_all(&v->options, &split->images, &split->captions, split->sims, &line.progress, err);
    *seconds_out = progress_clock() - start;
    progress_line_end(&line);
    return status;
}

/* Products and scoring take turns, so that both meet the same machine. */
static int score_rounds(struct bench *b, const struct bench_split *split, double *best,
                        struct error *err)
{
    double pairs = (double)split->images.I * (double)split->captions.C;
    for (int round = 0; round < b->sizes->rounds; round++)
        for (size_t v = 0; v < BENCH_VARIANTS; v++) {
            double seconds;
            if (!bench_wants(b, &bench_variants[v]))
                continue;
            if (score_once(b, split, &bench_variants[v], &seconds, err) != 0 ||
                bench_measure_sgemm(b->sizes, &b->limits, err) != 0)
                return -1;
            bench_best_of(&best[v], pairs / seconds);
        }
    return 0;
}

int bench_score(struct bench *b, struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    struct bench_split m = {0};
    double best[BENCH_VARIANTS] = {0};
    int status = -1;
    if (bench_split_images(z, z->score_images, &m, err) == 0 &&
        bench_split_captions(z, z->score_captions, &m, err) == 0 &&
        mem_get(&m.sims, z->score_images * z->score_captions, sizeof(float), "similarities", err) ==
            0)
        status = score_rounds(b, &m, best, err);
    for (size_t v = 0; v < BENCH_VARIANTS && status == 0; v++) {
        if (!bench_wants(b, &bench_variants[v]))
            continue;
        double words = (double)m.starts[z->score_captions] / (double)z->score_captions;
        double gflops = best[v] * 2e-9 * (double)z->R * (double)z->D * words;
        bench_add(b, "score",
                  json_pack("{s:s, s:f, s:f, s:f}", "variant", bench_variants[v].name,
                            "pairs_per_s", best[v], "gflops", gflops, "sgemm_share",
                            gflops / b->limits.sgemm_gflops));
    }
    bench_split_done(&m);
    return status;
}

/* Images a second of one variant. */
static int query_rate(const struct bench_split *split, const struct bench_variant *variant,
                      double *rate_out, struct error *err)
{
    enum { CALLS = 10 };
    *rate_out = 0;
    for (int call = 0; call < CALLS; call++) {
        double start = progress_clock();
        if (score_images(&variant->options, &split->images, &split->captions, split->sims, NULL,
                         err) != 0)
            return -1;
        bench_best_of(rate_out, (double)split->images.I / (progress_clock() - start));
    }
    return 0;
}

int bench_query(struct bench *b, struct error *err)
{
    enum { WORDS = 12 };
    const struct bench_sizes *z = b->sizes;
    struct bench_split m = {0};
    int status = -1;
    if (bench_split_images(z, z->query_images, &m, err) == 0 &&
        bench_split_captions(z, 1, &m, err) == 0 &&
        mem_get(&m.sims, z->query_images, sizeof(float), "similarities", err) == 0)
        status = 0;
    if (status == 0 && m.starts[1] > WORDS)
        m.starts[1] = WORDS;
    for (size_t v = 0; v < BENCH_VARIANTS && status == 0; v++) {
        double rate;
        if (b->variant ? !bench_wants(b, &bench_variants[v]) : v % 2 != 0)
            continue; /* the two aggregations differ in nothing that takes time here */
        if ((status = query_rate(&m, &bench_variants[v], &rate, err)) != 0)
            break;
        double gbs = rate * 1e-9 * (double)(z->R * z->D * sizeof(float));
        bench_add(b, "query",
                  json_pack("{s:s, s:i, s:f, s:f, s:f, s:f}", "variant", bench_variants[v].name,
                            "words", (int)m.starts[1], "images_per_s", rate, "gb_per_s", gbs,
                            "read_share", gbs / b->limits.read_gbs, "copy_share",
                            gbs / b->limits.copy_gbs));
    }
    bench_split_done(&m);
    return status;
}
