/* bench_encode.c: the two encoders, one row per region or word. */
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/progress.h"
#include "cli/bench.h"

static int encode_regions(struct bench *b, const struct model *model, double *rate_out,
                          struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    size_t rows = z->encode_images * z->R;
    float *features = NULL, *out = NULL;
    int status = -1;
    if (mem_alloc(&features, rows * z->F, sizeof(float), "features", err) == 0 &&
        mem_alloc(&out, rows * z->D, sizeof(float), "embeddings", err) == 0) {
        bench_fill_units(features, rows, z->F, 6);
        status = 0;
    }
    for (int round = 0; round < z->rounds && status == 0; round++) {
        double start = progress_clock();
        model_encode_regions(model, features, rows, out);
        bench_best_of(rate_out, (double)rows / (progress_clock() - start));
        status = bench_measure_sgemm(z, &b->limits, err);
    }
    free(features);
    free(out);
    return status;
}

static int encode_words(struct bench *b, const struct model *model, double *rate_out,
                        struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    size_t *starts = bench_starts(z->encode_captions, BENCH_LONGEST);
    size_t words = starts[z->encode_captions];
    int32_t *ids = bench_ids(words, z->V);
    float *out = NULL;
    int status = mem_alloc(&out, words * z->D, sizeof(float), "embeddings", err);
    for (int round = 0; round < z->rounds && status == 0; round++) {
        double start = progress_clock();
        status = model_encode_words(model, ids, starts, z->encode_captions, out, err);
        bench_best_of(rate_out, (double)words / (progress_clock() - start));
        if (status == 0)
            status = bench_measure_sgemm(z, &b->limits, err);
    }
    free(starts);
    free(ids);
    free(out);
    return status;
}

/* work: operations per row. */
static void add_encoder(struct bench *b, const char *name, double rate, double work)
{
    double gflops = 1e-9 * rate * work;
    const struct bench_field fields[] = {
        BENCH_TEXT("encoder", name),
        BENCH_REAL("rows_per_s", rate),
        BENCH_REAL("gflops", gflops),
        BENCH_REAL("sgemm_share", gflops / b->limits.sgemm_gflops),
    };
    bench_add(b, "encode", fields, COUNTOF(fields));
}

int bench_encode(struct bench *b, struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    struct model_options options;
    struct model *model = NULL;
    double regions = 0, words = 0;
    bench_model_options(z, &bench_variants[0], &options);
    if (model_new(&options, 1, &model, err) != 0)
        return -1;
    int status = encode_regions(b, model, &regions, err);
    if (status == 0)
        status = encode_words(b, model, &words, err);
    model_free(model);
    if (status == 0) {
        add_encoder(b, "regions", regions, 2.0 * (double)(z->F * z->D));
        add_encoder(b, "words", words, 2 * 2.0 * 3 * (double)(z->D * (z->E + z->D)));
    }
    return status;
}
