/* bench_train.c: whole training steps at the reference's sizes, part by part. */
#include <stdlib.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/progress.h"
#include "cli/bench.h"
#include "train/trainer.h"

/* A made-up batch. */
struct work {
    const struct bench_sizes *sizes;
    struct batch batch;
    float *features;
    int32_t *ids;
    size_t *region_starts, *starts;
    double words, distinct;
};

/* The fastest step, and the shortest time of the attention's loss and gradients. */
struct best {
    struct step_result step;
    double seconds, attention;
};

static double count_distinct(const int32_t *ids, size_t n, size_t V)
{
    bool *seen = mem_new(V, sizeof *seen);
    double count = 0;
    for (size_t i = 0; i < n; i++) {
        count += !seen[ids[i]];
        seen[ids[i]] = true;
    }
    free(seen);
    return count;
}

static int make_work(const struct bench_sizes *z, struct work *out, struct error *err)
{
    size_t n = z->train_pairs;
    *out = (struct work){.sizes = z, .starts = bench_starts(n, BENCH_LONGEST - 1)};
    out->ids = bench_ids(out->starts[n], z->V);
    if (mem_alloc(&out->features, n * z->R * z->F, sizeof(float), "features", err) != 0)
        return -1;
    bench_fill_units(out->features, n * z->R, z->F, 7);
    out->region_starts = mem_new(n + 1, sizeof *out->region_starts);
    for (size_t i = 0; i < n; i++)
        out->region_starts[i + 1] = out->region_starts[i] + z->R;
    out->batch =
        (struct batch){n, out->features, out->region_starts, out->ids, out->starts, NULL, NULL};
    out->words = (double)out->starts[n];
    out->distinct = count_distinct(out->ids, out->starts[n], z->V);
    return 0;
}

static void work_done(struct work *work)
{
    free(work->features);
    free(work->ids);
    free(work->starts);
    free(work->region_starts);
}

/* ---- operations of each part: those of the products that the equations need ---- */

static double image_work(const struct work *w, const struct step_result *s)
{
    (void)s;
    return 2.0 * (double)(w->batch.n * w->sizes->R * w->sizes->F * w->sizes->D);
}

/* Both directions: distinct words through W_ih, and all states but each caption's first through
 * W_hh.
 */
static double text_work(const struct work *w, const struct step_result *s)
{
    double D = (double)w->sizes->D, E = (double)w->sizes->E;
    (void)s;
    return 2 * 2.0 * 3 * D * (w->distinct * E + (w->words - (double)w->batch.n) * D);
}

static double text_back_work(const struct work *w, const struct step_result *s)
{
    return 2 * text_work(w, s); /* by the inputs and by the weights */
}

static double attention_work(const struct work *w, const struct step_result *s)
{
    (void)s;
    return 2.0 * (double)(w->batch.n * w->sizes->R * w->sizes->D) * w->words;
}

/* Only pairs that carry gradient, as if of mean length. */
static double attention_back_work(const struct work *w, const struct step_result *s)
{
    double pairs = (double)w->batch.n * (double)w->batch.n;
    return 2 * attention_work(w, s) * (double)s->carried / pairs;
}

static const struct part {
    const char *name;
    enum step_part step;
    double (*work)(const struct work *w, const struct step_result *s);
} parts[] = {
    {"image encoder", STEP_IMAGE, image_work},
    {"text encoder", STEP_TEXT, text_work},
    {"attention, loss", STEP_ATTENTION, attention_work},
    {"attention back", STEP_ATTENTION_BACK, attention_back_work},
    {"image back", STEP_IMAGE_BACK, image_work},
    {"text back", STEP_TEXT_BACK, text_back_work},
};

enum { PARTS = COUNTOF(parts) };

/* ---- results ---- */

static void add_part(struct bench *b, const char *variant, const char *part, double seconds,
                     double step_seconds, double operations)
{
    double gflops = 1e-9 * operations / seconds;
    const struct bench_field fields[] = {
        BENCH_TEXT("variant", variant), BENCH_TEXT("part", part),
        BENCH_REAL("seconds", seconds), BENCH_REAL("step_share", seconds / step_seconds),
        BENCH_REAL("gflops", gflops),   BENCH_REAL("sgemm_share", gflops / b->limits.sgemm_gflops),
    };
    bench_add(b, "train", fields, COUNTOF(fields));
}

/* The norm reads each gradient; Adam reads parameter, gradient and two moments, and writes three of
 * them. */
static void add_adam(struct bench *b, const char *variant, const struct best *best,
                     size_t parameters)
{
    double seconds = best->step.seconds[STEP_ADAM];
    double gbs = 1e-9 * 8 * sizeof(float) * (double)parameters / seconds;
    const struct bench_field fields[] = {
        BENCH_TEXT("variant", variant), BENCH_TEXT("part", "clip, Adam"),
        BENCH_REAL("seconds", seconds), BENCH_REAL("step_share", seconds / best->seconds),
        BENCH_REAL("gb_per_s", gbs),    BENCH_REAL("copy_share", gbs / b->limits.copy_gbs),
    };
    bench_add(b, "train", fields, COUNTOF(fields));
}

static void add_variant(struct bench *b, const struct bench_variant *v, const struct work *w,
                        const struct best *best, size_t parameters)
{
    double whole = 0;
    for (size_t p = 0; p < PARTS; p++)
        whole += parts[p].work(w, &best->step);
    add_part(b, v->name, "step", best->seconds, best->seconds, whole);
    add_part(b, v->name, "attention both", best->attention, best->seconds,
             attention_work(w, &best->step) + attention_back_work(w, &best->step));
    for (size_t p = 0; p < PARTS; p++)
        add_part(b, v->name, parts[p].name, best->step.seconds[parts[p].step], best->seconds,
                 parts[p].work(w, &best->step));
    add_adam(b, v->name, best, parameters);
}

/* ---- measuring ---- */

static int step_once(struct trainer *trainer, const struct work *w, struct best *best,
                     struct error *err)
{
    const double learning_rate = 2e-4;
    struct step_result result;
    double start = progress_clock();
    if (trainer_step(trainer, &w->batch, learning_rate, &result, err) != 0)
        return -1;
    double seconds = progress_clock() - start;
    double attention = result.seconds[STEP_ATTENTION] + result.seconds[STEP_ATTENTION_BACK];
    if (best->seconds == 0 || seconds < best->seconds) {
        best->seconds = seconds;
        best->step = result;
    }
    if (best->attention == 0 || attention < best->attention)
        best->attention = attention;
    return 0;
}

static int train_variant(struct bench *b, const struct bench_variant *v, const struct work *w,
                         struct error *err)
{
    struct model_options options;
    struct model *model = NULL;
    struct trainer *trainer = NULL;
    struct best warm = {.seconds = 0}, best = {.seconds = 0};
    bench_model_options(b->sizes, v, &options);
    int status = model_new(&options, 1, &model, err);
    if (status == 0)
        status = trainer_new(model, &trainer, err);
    if (status == 0)
        status = step_once(trainer, w, &warm, err); /* touches memory for the first time */
    for (int round = 0; round < b->sizes->rounds && status == 0; round++) {
        status = step_once(trainer, w, &best, err);
        if (status == 0)
            status = bench_measure_sgemm(b->sizes, &b->limits, err);
    }
    if (status == 0)
        add_variant(b, v, w, &best, trainer_gradients(trainer)->count);
    trainer_free(trainer);
    model_free(model);
    return status;
}

int bench_train(struct bench *b, struct error *err)
{
    struct work work;
    int status = make_work(b->sizes, &work, err);
    for (size_t v = 0; v < BENCH_VARIANTS && status == 0; v++)
        if (bench_wants(b, &bench_variants[v]))
            status = train_variant(b, &bench_variants[v], &work, err);
    work_done(&work);
    return status;
}
