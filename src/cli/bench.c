/* bench.c: the program's speeds, each beside what this machine can do, measured in the same run. */
#include <jansson.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bf16.h"
#include "base/interrupt.h"
#include "base/mem.h"
#include "base/progress.h"
#include "base/rng.h"
#include "cli/cli.h"
#include "model/gemm.h"
#include "retrieve/score.h"
#include "ui/measure.h"

enum {
    R = 36,
    D = 1024,
    SHORTEST = 8,
    LONGEST = 20, /* words of a caption */
    SCORE_IMAGES = 256,
    SCORE_CAPTIONS = 768,
    QUERY_IMAGES = 1000,
    QUERY_WORDS = 12,
    ENCODE_IMAGES = 64,
    ENCODE_CAPTIONS = 256,
    F = 2048, /* features */
    E = 300,  /* word embedding */
    V = 8481, /* vocabulary */
    GEMM_SIZE = 2048,
    COPY_FLOATS = 1 << 26,
    ROUNDS = 3,
};

/* A made-up split of unit vectors, embedded. */
struct made_up {
    struct score_images images;
    struct score_captions captions;
    float *regions, *gram, *norm, *words, *word_norm, *word_gram, *sims;
    size_t *starts, *gram_start;
    uint16_t *high, *low;
    struct score_images halves; /* the images once more, for bfloat16 */
};

struct limits {
    double sgemm_gflops, copy_gbs, read_gbs;
};

struct bench {
    struct cli_common common;
    struct limits limits;
    struct made_up split;
    json_t *json;
};

static const struct variant {
    const char *name;
    struct attn_options options;
} variants[] = {
    {"t2i LogSumExp", {CROSS_T2I, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 9, 6}},
    {"t2i Mean", {CROSS_T2I, AGG_MEAN, RAW_CLIPPED_L2NORM, 9, 6}},
    {"i2t LogSumExp", {CROSS_I2T, AGG_LOGSUMEXP, RAW_CLIPPED_L2NORM, 4, 5}},
    {"i2t Mean", {CROSS_I2T, AGG_MEAN, RAW_CLIPPED_L2NORM, 4, 5}},
};

enum { VARIANTS = sizeof variants / sizeof *variants };

/* ---- made-up embeddings -----------------------------------------------------------------------
 */

static void fill_units(float *rows, size_t n, uint64_t seed)
{
#pragma omp parallel for
    for (size_t i = 0; i < n; i++) {
        struct rng rng;
        rng_seed(&rng, seed + i);
        for (size_t d = 0; d < D; d++)
            rows[i * D + d] = (float)rng_range(&rng, -1, 1) * 0.054f; /* length about 1 */
    }
}

static int made_up_images(struct made_up *m, size_t I, struct error *err)
{
    if (mem_get(&m->regions, I * R * D, sizeof(float), "embeddings", err) != 0 ||
        mem_get(&m->gram, I * R * R, sizeof(float), "embeddings", err) != 0 ||
        mem_get(&m->norm, I * R, sizeof(float), "embeddings", err) != 0)
        return -1;
    fill_units(m->regions, I * R, 1);
    xattn_norms(m->regions, I * R, D, m->norm);
#pragma omp parallel for
    for (size_t i = 0; i < I; i++)
        xattn_gram(m->regions + i * R * D, R, D, m->gram + i * R * R);
    m->images = (struct score_images){
        .I = I, .R = R, .D = D, .regions = m->regions, .gram = m->gram, .norm = m->norm};
    return 0;
}

/* Where the machine has bfloat16. */
static int made_up_halves(struct made_up *m, struct error *err)
{
    const char *why;
    size_t rows = m->images.I * R;
    if (!bf16_kernel(&why))
        return 0;
    if (mem_get(&m->high, rows * D, sizeof *m->high, "embeddings", err) != 0 ||
        mem_get(&m->low, rows * D, sizeof *m->low, "embeddings", err) != 0)
        return -1;
    m->halves = m->images;
    m->halves.regions = NULL;
    m->halves.high = m->high;
    m->halves.low = m->low;
#pragma omp parallel for
    for (size_t r = 0; r < rows; r++)
        bf16_split(m->regions + r * D, D, m->high + r * D, m->low + r * D);
    for (size_t r = 0; r < rows; r++)
        m->halves.loss = fmaxf(m->halves.loss, bf16_loss(m->regions + r * D, D));
    return 0;
}

static int made_up_captions(struct made_up *m, size_t C, struct error *err)
{
    struct rng rng;
    rng_seed(&rng, 2);
    m->starts = mem_new(C + 1, sizeof *m->starts);
    m->gram_start = mem_new(C + 1, sizeof *m->gram_start);
    for (size_t c = 0; c < C; c++) {
        size_t W = SHORTEST + rng_below(&rng, LONGEST - SHORTEST + 1);
        m->starts[c + 1] = m->starts[c] + W;
        m->gram_start[c + 1] = m->gram_start[c] + W * W;
    }
    size_t words = m->starts[C];
    if (mem_get(&m->words, words * D, sizeof(float), "embeddings", err) != 0 ||
        mem_get(&m->word_norm, words, sizeof(float), "embeddings", err) != 0 ||
        mem_get(&m->word_gram, m->gram_start[C], sizeof(float), "embeddings", err) != 0)
        return -1;
    fill_units(m->words, words, 1u << 30);
    xattn_norms(m->words, words, D, m->word_norm);
    for (size_t c = 0; c < C; c++)
        xattn_gram(m->words + m->starts[c] * D, m->starts[c + 1] - m->starts[c], D,
                   m->word_gram + m->gram_start[c]);
    m->captions = (struct score_captions){.C = C,
                                          .D = D,
                                          .starts = m->starts,
                                          .words = m->words,
                                          .norm = m->word_norm,
                                          .gram = m->word_gram,
                                          .gram_start = m->gram_start};
    return 0;
}

static void made_up_done(struct made_up *m)
{
    float *arrays[] = {m->regions, m->gram, m->norm, m->words, m->word_norm, m->word_gram, m->sims};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(m->starts);
    free(m->gram_start);
    free(m->high);
    free(m->low);
    *m = (struct made_up){0};
}

/* ---- what the machine can do -------------------------------------------------------------------
 */

static void best_of(double *best, double rate)
{
    if (rate > *best)
        *best = rate;
}

static int measure_sgemm(struct limits *limits, struct error *err)
{
    size_t n = GEMM_SIZE;
    float *a = NULL, *b = NULL, *c = NULL;
    int status = -1;
    if (mem_get(&a, n * n, sizeof(float), "a matrix", err) != 0 ||
        mem_get(&b, n * n, sizeof(float), "a matrix", err) != 0 ||
        mem_get(&c, n * n, sizeof(float), "a matrix", err) != 0)
        goto out;
    fill_units(a, n * n / D, 3);
    fill_units(b, n * n / D, 4);
    for (int round = 0; round < 2 * ROUNDS; round++) {
        double start = progress_clock();
        gemm_nt(n, n, n, (struct matrix_const){a, n}, (struct matrix_const){b, n}, 0,
                (struct matrix){c, n});
        best_of(&limits->sgemm_gflops,
                2e-9 * (double)n * (double)n * (double)n / (progress_clock() - start));
    }
    status = 0;
out:
    free(a);
    free(b);
    free(c);
    return status;
}

static float read_all(const float *a, size_t n)
{
    float sum = 0;
#pragma omp parallel for simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i];
    return sum;
}

static void copy_all(float *restrict to, const float *restrict from, size_t n)
{
    size_t part = n / 64;
#pragma omp parallel for
    for (size_t p = 0; p < 64; p++)
        memcpy(to + p * part, from + p * part, part * sizeof *to);
}

/* Copy counts the bytes read and the bytes written. */
static int measure_memory(struct limits *limits, struct error *err)
{
    size_t n = COPY_FLOATS;
    float *a = NULL, *b = NULL;
    int status = -1;
    if (mem_get(&a, n, sizeof(float), "an array", err) != 0 ||
        mem_get(&b, n, sizeof(float), "an array", err) != 0)
        goto out;
    fill_units(a, n / D, 5);
    double gigabytes = 1e-9 * (double)n * sizeof(float);
    volatile float sink = 0;
    copy_all(b, a, n);
    for (int round = 0; round < 2 * ROUNDS; round++) {
        double start = progress_clock();
        copy_all(b, a, n);
        best_of(&limits->copy_gbs, 2 * gigabytes / (progress_clock() - start));
        start = progress_clock();
        sink = sink + read_all(a, n);
        best_of(&limits->read_gbs, gigabytes / (progress_clock() - start));
    }
    status = 0;
out:
    free(a);
    free(b);
    return status;
}

static int measure_limits(struct bench *b, struct error *err)
{
    return measure_sgemm(&b->limits, err) == 0 && measure_memory(&b->limits, err) == 0 ? 0 : -1;
}

/* ---- sections ----------------------------------------------------------------------------------
 */

static void add_result(struct bench *b, const char *section, json_t *result)
{
    json_t *list = json_object_get(b->json, section);
    if (!list)
        json_object_set_new(b->json, section, list = json_array());
    json_array_append_new(list, result);
}

/* half NULL: in float32. */
static int score_once(struct bench *b, const struct variant *v, const struct bf16_kernel *half,
                      double *seconds, struct error *err)
{
    struct progress_line line;
    progress_line_start(&line, v->name, b->common.quiet);
    double start = progress_clock();
    int status =
        score_all_near(&v->options, half ? &b->split.halves : &b->split.images, &b->split.captions,
                       half, b->split.sims, NULL, &line.progress, err);
    *seconds = progress_clock() - start;
    progress_line_end(&line);
    return status;
}

static int bench_score(struct bench *b, struct error *err)
{
    struct made_up *m = &b->split;
    double best[VARIANTS] = {0}, best_bf16[VARIANTS] = {0};
    const char *why;
    const struct bf16_kernel *half = bf16_kernel(&why);
    if (made_up_images(m, SCORE_IMAGES, err) != 0 ||
        made_up_halves(m, err) != 0 || made_up_captions(m, SCORE_CAPTIONS, err) != 0 ||
        mem_get(&m->sims, SCORE_IMAGES * SCORE_CAPTIONS, sizeof(float), "similarities", err) != 0)
        return -1;
    double pairs = (double)SCORE_IMAGES * SCORE_CAPTIONS;
    for (int round = 0; round < ROUNDS; round++)
        for (size_t v = 0; v < VARIANTS; v++) {
            double seconds, seconds_bf16 = INFINITY;
            if (score_once(b, &variants[v], NULL, &seconds, err) != 0 ||
                (half && score_once(b, &variants[v], half, &seconds_bf16, err) != 0) ||
                measure_sgemm(&b->limits, err) != 0)
                return -1;
            best_of(&best[v], pairs / seconds);
            best_of(&best_bf16[v], pairs / seconds_bf16);
        }
    double work = 2e-9 * R * D * (double)m->starts[SCORE_CAPTIONS] / SCORE_CAPTIONS;
    for (size_t v = 0; v < VARIANTS; v++)
        add_result(b, "score",
                   json_pack("{s:s, s:f, s:f, s:f}", "variant", variants[v].name, "pairs_per_s",
                             best[v], "gflops", best[v] * work, "sgemm_share",
                             best[v] * work / b->limits.sgemm_gflops));
    for (size_t v = 0; half && v < VARIANTS; v++)
        add_result(b, "score",
                   json_pack("{s:s, s:s, s:f, s:f, s:f}", "variant", variants[v].name, "precision",
                             "bf16", "pairs_per_s", best_bf16[v], "gflops", best_bf16[v] * work,
                             "f32_times", best_bf16[v] / best[v]));
    return 0;
}

/* The same in bfloat16, bounds included: half of the bytes. */
static int bench_query_bf16(struct bench *b, size_t v, double *best, struct error *err)
{
    struct made_up *m = &b->split;
    const char *why;
    float *bounds = m->sims + QUERY_IMAGES;
    double start = progress_clock();
    if (score_images_near(&variants[v].options, &m->halves, &m->captions, bf16_kernel(&why),
                          m->sims, bounds, NULL, err) != 0)
        return -1;
    best_of(best, 1 / (progress_clock() - start));
    return 0;
}

static int bench_query(struct bench *b, struct error *err)
{
    struct made_up *m = &b->split;
    if (made_up_images(m, QUERY_IMAGES, err) != 0 || made_up_halves(m, err) != 0 ||
        made_up_captions(m, 1, err) != 0 ||
        mem_get(&m->sims, 2 * QUERY_IMAGES, sizeof(float), "similarities", err) != 0)
        return -1;
    m->starts[1] = QUERY_WORDS < m->starts[1] ? QUERY_WORDS : m->starts[1];
    double gigabytes = 1e-9 * QUERY_IMAGES * R * D * sizeof(float), gb_bf16;
    for (size_t v = 0; v < VARIANTS; v += 2) {
        double best = 0, best_bf16 = 0;
        for (int round = 0; round < 10; round++) {
            if (m->high && bench_query_bf16(b, v, &best_bf16, err) != 0)
                return -1;
            double start = progress_clock();
            if (score_images(&variants[v].options, &m->images, &m->captions, m->sims, NULL, err) !=
                0)
                return -1;
            best_of(&best, 1 / (progress_clock() - start));
        }
        add_result(b, "query",
                   json_pack("{s:s, s:i, s:f, s:f, s:f, s:f}", "variant", variants[v].name, "words",
                             (int)m->starts[1], "images_per_s", best * QUERY_IMAGES, "gb_per_s",
                             best * gigabytes, "read_share", best * gigabytes / b->limits.read_gbs,
                             "copy_share", best * gigabytes / b->limits.copy_gbs));
        gb_bf16 = best_bf16 * gigabytes / 2;
        if (m->high)
            add_result(b, "query",
                       json_pack("{s:s, s:s, s:i, s:f, s:f, s:f, s:f}", "variant", variants[v].name,
                                 "precision", "bf16", "words", (int)m->starts[1], "images_per_s",
                                 best_bf16 * QUERY_IMAGES, "gb_per_s", gb_bf16, "read_share",
                                 gb_bf16 / b->limits.read_gbs, "copy_share",
                                 gb_bf16 / b->limits.copy_gbs));
    }
    return 0;
}

/* From a key to its drawn screen while all cores are busy ranking. */
static int bench_keys(struct bench *b, struct error *err)
{
    struct ui_times times;
    if (ui_measure(&times, err) != 0)
        return -1;
    add_result(b, "ui",
               json_pack("{s:s, s:s, s:i, s:f, s:f}", "what", "a key, worker busy", "screen",
                         "120x40", "keys", (int)times.keys, "median_ms", times.median * 1e3,
                         "slowest_ms", times.slowest * 1e3));
    return 0;
}

/* From Enter behind a typed caption to its ranking over 1000 images on the screen. */
static int bench_ranking(struct bench *b, enum cross_attn cross_attn, struct error *err)
{
    double seconds[UI_RANKED];
    if (ui_measure_ranking(cross_attn, seconds, err) != 0)
        return -1;
    add_result(b, "ui",
               json_pack("{s:s, s:s, s:i, s:f, s:f}", "what",
                         cross_attn == CROSS_T2I ? "a caption, t2i" : "a caption, i2t", "screen",
                         "120x40", "captions", UI_RANKED, "median_ms",
                         seconds[UI_RANKED / 2] * 1e3, "slowest_ms",
                         seconds[UI_RANKED - 1] * 1e3));
    return 0;
}

static int bench_ui(struct bench *b, struct error *err)
{
    if (bench_keys(b, err) != 0 || bench_ranking(b, CROSS_T2I, err) != 0)
        return -1;
    return bench_ranking(b, CROSS_I2T, err);
}

/* Multiply-adds times two of the image encoder a region, and of the GRU's two directions a word. */
static const double region_work = 2.0 * F * D, word_work = 2 * 2.0 * 3 * D * (E + D);

static int encode_regions(struct bench *b, const struct model *model, double *rate,
                          struct error *err)
{
    size_t rows = ENCODE_IMAGES * R;
    float *features = NULL;
    if (mem_get(&features, rows * F, sizeof(float), "features", err) != 0)
        return -1;
    fill_units(features, rows * F / D, 6);
    int status = 0;
    for (int round = 0; round < ROUNDS && status == 0; round++) {
        double start = progress_clock();
        status = model_encode_regions(model, features, rows, b->split.regions, err);
        best_of(rate, (double)rows / (progress_clock() - start));
    }
    free(features);
    return status;
}

static int encode_words(struct bench *b, const struct model *model, double *rate, struct error *err)
{
    size_t words = b->split.starts[ENCODE_CAPTIONS];
    int32_t *ids = mem_new(words, sizeof *ids);
    for (size_t w = 0; w < words; w++)
        ids[w] = (int32_t)(4 + w * 7919 % (V - 4));
    int status = 0;
    for (int round = 0; round < ROUNDS && status == 0; round++) {
        double start = progress_clock();
        status =
            model_encode_words(model, ids, b->split.starts, ENCODE_CAPTIONS, b->split.words, err);
        best_of(rate, (double)words / (progress_clock() - start));
    }
    free(ids);
    return status;
}

static void add_encoder(struct bench *b, const char *name, double rate, double work)
{
    add_result(b, "encode",
               json_pack("{s:s, s:f, s:f, s:f}", "encoder", name, "rows_per_s", rate, "gflops",
                         1e-9 * rate * work, "sgemm_share",
                         1e-9 * rate * work / b->limits.sgemm_gflops));
}

static int bench_encode(struct bench *b, struct error *err)
{
    struct model_options options;
    struct model *model = NULL;
    double regions = 0, words = 0;
    model_options_default(&options);
    options.img_dim = F;
    options.embed_size = D;
    options.word_dim = E;
    options.vocab_size = V;
    options.bi_gru = true;
    if (made_up_images(&b->split, ENCODE_IMAGES, err) != 0 ||
        made_up_captions(&b->split, ENCODE_CAPTIONS, err) != 0 ||
        model_new(&options, 1, &model, err) != 0)
        return -1;
    int status = encode_regions(b, model, &regions, err);
    if (status == 0)
        status = encode_words(b, model, &words, err);
    model_free(model);
    if (status == 0) {
        add_encoder(b, "regions", regions, region_work);
        add_encoder(b, "words", words, word_work);
    }
    return status;
}

static const struct section {
    const char *name;
    int (*run)(struct bench *b, struct error *err);
} sections[] = {
    {"score", bench_score},
    {"query", bench_query},
    {"encode", bench_encode},
    {"ui", bench_ui},
};

enum { SECTIONS = sizeof sections / sizeof *sections };

/* ---- the command -------------------------------------------------------------------------------
 */

static json_t *machine_json(const struct bench *b)
{
    return json_pack("{s:s, s:i, s:i, s:s, s:f, s:f, s:f}", "kernel", xattn_kernel()->name,
                     "threads", omp_get_max_threads(), "l2_bytes",
                     (int)sysconf(_SC_LEVEL2_CACHE_SIZE), "blas", openblas_get_config(),
                     "sgemm_gflops", b->limits.sgemm_gflops, "copy_gb_per_s", b->limits.copy_gbs,
                     "read_gb_per_s", b->limits.read_gbs);
}

/* Every result is an object: its texts, then its numbers with their names. */
static void print_result(const char *section, json_t *result)
{
    const char *key;
    json_t *value;
    printf("%-6s", section);
    json_object_foreach(result, key, value)
    {
        if (json_is_string(value))
            printf("  %-14s", json_string_value(value));
        else if (strstr(key, "share"))
            printf("  %s %.1f%%", key, 100 * json_number_value(value));
        else
            printf("  %s %.4g", key, json_number_value(value));
    }
    putchar('\n');
}

static void print_json(const struct bench *b)
{
    json_dumpf(b->json, stdout, JSON_INDENT(1));
    putchar('\n');
}

static void print_text(const struct bench *b)
{
    printf(
        "this machine: %d threads, kernel %s, sgemm %.1f GFLOP/s, copy %.1f GB/s, read %.1f GB/s\n",
        omp_get_max_threads(), xattn_kernel()->name, b->limits.sgemm_gflops, b->limits.copy_gbs,
        b->limits.read_gbs);
    for (size_t s = 0; s < SECTIONS; s++) {
        size_t i;
        json_t *result;
        json_array_foreach(json_object_get(b->json, sections[s].name), i, result)
            print_result(sections[s].name, result);
    }
}

static bool wanted(const struct cli_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return names->count == 0;
}

static int check_names(const struct cli_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        bool known = false;
        for (size_t s = 0; s < SECTIONS; s++)
            known = known || strcmp(names->items[i], sections[s].name) == 0;
        if (!known)
            return cli_wrong("bench", "no section '%s': score, query, encode or ui", names->items[i]);
    }
    return EXIT_DONE;
}

static int run_sections(struct bench *b, const struct cli_list *names, struct error *err)
{
    if (measure_limits(b, err) != 0)
        return -1;
    for (size_t s = 0; s < SECTIONS; s++) {
        if (!wanted(names, sections[s].name))
            continue;
        int status = sections[s].run(b, err);
        made_up_done(&b->split);
        if (status != 0)
            return -1;
    }
    return 0;
}

int cmd_bench(int argc, char **argv)
{
    struct bench b = {.json = json_object()};
    struct cli_list names = {0};
    const struct cli_option options[] = {
        CLI_RUN_OPTIONS(&b.common),
        CLI_JSON_OPTION(&b.common),
        {0},
    };
    const struct cli_usage usage = {
        .command = "bench",
        .synopsis = "[score] [query] [encode] [ui] [options]",
        .about =
            "Measures the program's speeds on made-up embeddings of the usual size (36 regions x "
            "1024, "
            "captions of 8 to 20 words) beside this machine's own matrix product and memory rates; ui: "
            "the time from a key to its screen in the explorer while all cores are busy, and from "
            "Enter behind a typed caption to its ranking of 1,000 images on the screen.",
        .examples = "  scanscope bench score --json\n",
        .options = options,
    };
    int status;
    struct error err;
    if (cli_parse(&usage, argc, argv, &names, &status) &&
        (status = check_names(&names)) == EXIT_DONE) {
        interrupt_catch();
        cli_set_threads(&b.common);
        if (run_sections(&b, &names, &err) != 0) {
            status = cli_fail("bench", &err);
        } else {
            json_object_set_new(b.json, "machine", machine_json(&b));
            if (b.common.json)
                print_json(&b);
            else
                print_text(&b);
        }
    }
    json_decref(b.json);
    cli_list_done(&names);
    cli_common_done(&b.common);
    return status;
}
