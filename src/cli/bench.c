/* bench.c: the program's speeds, each next to what this machine can do, measured in the same run.
 * The sections are in bench_*.c. */
#include "cli/bench.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/interrupt.h"
#include "base/str.h"
#include "model/kernels/gemm.h"
#include "ui/loop/measure.h"

static const struct bench_sizes usual = {
    .R = 36,
    .F = 2048,
    .D = 1024,
    .E = 300,
    .V = 8481,
    .score_images = 256,
    .score_captions = 768,
    .query_images = 1000,
    .encode_images = 64,
    .encode_captions = 256,
    .train_pairs = 128,
    .index_images = 1000,
    .gemm = 2048,
    .copy_floats = 1 << 26,
    .rounds = 3,
};

static const struct bench_sizes quick = {
    .R = 36,
    .F = 64,
    .D = 64,
    .E = 32,
    .V = 500,
    .score_images = 16,
    .score_captions = 48,
    .query_images = 32,
    .encode_images = 8,
    .encode_captions = 32,
    .train_pairs = 16,
    .index_images = 32,
    .gemm = 256,
    .copy_floats = 1 << 20,
    .rounds = 1,
};

/* From a key to its drawn screen while all cores are busy ranking. */
static int bench_keys(struct bench *b, struct error *err)
{
    struct measure_times times;
    if (measure_keys(&times, err) != 0)
        return -1;
    const struct bench_field fields[] = {
        BENCH_TEXT("what", "a key, worker busy"),
        BENCH_TEXT("screen", "120x40"),
        BENCH_COUNT("keys", times.keys),
        BENCH_REAL("median_ms", times.median * 1e3),
        BENCH_REAL("slowest_ms", times.slowest * 1e3),
    };
    bench_add(b, "ui", fields, COUNTOF(fields));
    return 0;
}

/* From Enter after a typed caption to its ranking of 1,000 images on the screen. */
static int bench_ranking(struct bench *b, enum cross_attn cross_attn, struct error *err)
{
    double seconds[MEASURE_RANKED];
    if (measure_ranking(cross_attn, seconds, err) != 0)
        return -1;
    const struct bench_field fields[] = {
        BENCH_TEXT("what", cross_attn == CROSS_T2I ? "a caption, t2i" : "a caption, i2t"),
        BENCH_TEXT("screen", "120x40"),
        BENCH_COUNT("captions", MEASURE_RANKED),
        BENCH_REAL("median_ms", seconds[MEASURE_RANKED / 2] * 1e3),
        BENCH_REAL("slowest_ms", seconds[MEASURE_RANKED - 1] * 1e3),
    };
    bench_add(b, "ui", fields, COUNTOF(fields));
    return 0;
}

static int bench_ui(struct bench *b, struct error *err)
{
    if (bench_keys(b, err) != 0 || bench_ranking(b, CROSS_T2I, err) != 0)
        return -1;
    return bench_ranking(b, CROSS_I2T, err);
}

static const struct section {
    const char *name;
    int (*run)(struct bench *b, struct error *err);
} sections[] = {
    {"score", bench_score},   {"family", bench_family}, {"query", bench_query},
    {"encode", bench_encode}, {"train", bench_train},   {"index", bench_index},
    {"ui", bench_ui},
};

enum { SECTIONS = COUNTOF(sections) };

/* ---- results ---- */

static void print_json(const struct bench *b)
{
    const struct bench_field machine[] = {
        BENCH_TEXT("kernel", xattn_kernel()->name),
        BENCH_COUNT("threads", omp_get_max_threads()),
        BENCH_COUNT("l2_bytes", sysconf(_SC_LEVEL2_CACHE_SIZE)),
        BENCH_TEXT("blas", gemm_blas_name()),
        BENCH_TEXT("products", gemm_has_own_kernel() ? "own, AVX-512" : "BLAS"),
        BENCH_REAL("sgemm_gflops", b->limits.sgemm_gflops),
        BENCH_REAL("own_gflops", b->limits.gemm_gflops),
        BENCH_REAL("copy_gb_per_s", b->limits.copy_gbs),
        BENCH_REAL("read_gb_per_s", b->limits.read_gbs),
    };
    bench_print_json(&b->results, machine, COUNTOF(machine));
}

static void print_text(const struct bench *b)
{
    printf(
        "this machine: %d threads, kernel %s, sgemm %.1f GFLOP/s (ours %.1f), copy %.1f GB/s, read "
        "%.1f GB/s\n",
        omp_get_max_threads(), xattn_kernel()->name, b->limits.sgemm_gflops, b->limits.gemm_gflops,
        b->limits.copy_gbs, b->limits.read_gbs);
    bench_print_text(&b->results);
}

/* ---- the command ---- */

/* What the command line asks for. */
struct request {
    struct cli_list names;
    bool ui, quick;
};

static bool wanted(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->names.count; i++)
        if (strcmp(r->names.items[i], name) == 0)
            return true;
    return r->ui ? strcmp(name, "ui") == 0 : r->names.count == 0;
}

static bool is_section(const char *name)
{
    for (size_t s = 0; s < SECTIONS; s++)
        if (strcmp(name, sections[s].name) == 0)
            return true;
    return false;
}

static int check_names(const struct cli_list *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (is_section(names->items[i]))
            continue;
        struct str all = {0};
        for (size_t s = 0; s < SECTIONS; s++)
            str_addf(&all, s ? s + 1 < SECTIONS ? ", %s" : " or %s" : "%s", sections[s].name);
        int status = cli_usage_error("bench", "no section '%s': %s", names->items[i], all.text);
        str_done(&all);
        return status;
    }
    return EXIT_DONE;
}

static int run_sections(struct bench *b, const struct request *r, struct error *err)
{
    if (bench_measure_sgemm(b->sizes, &b->limits, err) != 0 ||
        bench_measure_memory(b->sizes, &b->limits, err) != 0)
        return -1;
    for (size_t s = 0; s < SECTIONS; s++) {
        if (!wanted(r, sections[s].name))
            continue;
        if (interrupt_seen())
            return error_set(err, "interrupted");
        if (sections[s].run(b, err) != 0)
            return -1;
    }
    return 0;
}

static int run(struct bench *b, const struct request *r)
{
    struct error err;
    interrupt_catch();
    cli_set_threads(&b->common);
    b->sizes = r->quick ? &quick : &usual;
    if (run_sections(b, r, &err) != 0)
        return cli_fail("bench", &err);
    if (b->common.json)
        print_json(b);
    else
        print_text(b);
    return EXIT_DONE;
}

static const char *section_name(size_t index)
{
    return index < SECTIONS ? sections[index].name : NULL;
}

int cli_bench(int argc, char **argv)
{
    struct bench b = {.variant = NULL};
    struct request r = {.ui = false};
    const struct cli_option options[] = {
        {"quick", 0, CLI_SWITCH, NULL,
         "tiny sizes, one round: shows that everything works, measures nothing", &r.quick},
        {"ui", 0, CLI_SWITCH, NULL, "the ui section", &r.ui},
        {"variant", 0, CLI_TEXT, BENCH_VARIANT_NAMES,
         "only this attention in score, query and train", &b.variant},
        CLI_RUN_OPTIONS(&b.common),
        CLI_JSON_OPTION(&b.common),
        {0},
    };
    const struct cli_usage usage = {
        .command = "bench",
        .synopsis = "[score] [family] [query] [encode] [train] [index] [ui] [options]",
        .about = "Measures the program's speed on made-up data of the usual size (36 regions x "
                 "2048, embedded in 1024; captions of 8 to 20 words) next to this machine's own "
                 "matrix product and memory rates. The family section scores by BFAN, SGRAF and "
                 "VSE++ beside the product of the same vectors. The ui section measures the time "
                 "from a key to "
                 "its screen in the explorer while all cores are busy, and from Enter after a "
                 "typed caption to its ranking of 1,000 images on the screen. Without a section, "
                 "all of them are run.",
        .examples = "  scanscope bench --quick\n"
                    "  scanscope bench score train --quick --json\n",
        .options = options,
        .kind = section_name,
    };
    int status;
    if (cli_parse(&usage, argc, argv, &r.names, &status) &&
        (status = check_names(&r.names)) == EXIT_DONE)
        status = run(&b, &r);
    bench_results_done(&b.results);
    cli_list_done(&r.names);
    cli_common_done(&b.common);
    return status;
}
