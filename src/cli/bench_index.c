/* bench_index.c: building the index of a made-up split, and opening it again. */
#include <ftw.h>
#include <stdlib.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "cli/bench.h"
#include "train/state.h"

/* A folder of its own for model, features and index, removed at the end. */
struct place {
    char *folder, *model, *features;
};

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *where)
{
    (void)stat, (void)kind, (void)where;
    return remove(path);
}

static int place_make(struct place *out, struct error *err)
{
    const char *parent = getenv("TMPDIR");
    *out = (struct place){
        .folder = file_join(parent && *parent ? parent : "/tmp", "scanscope-bench-XXXXXX")};
    if (!mkdtemp(out->folder)) {
        error_errno(err, out->folder, "make");
        free(out->folder);
        out->folder = NULL;
        return -1;
    }
    out->model = file_join(out->folder, "model.pth.tar");
    out->features = file_join(out->folder, "test_ims.npy");
    return 0;
}

static void place_remove(struct place *place)
{
    enum { DESCRIPTORS = 8 };
    if (place->folder)
        nftw(place->folder, remove_entry, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    free(place->folder);
    free(place->model);
    free(place->features);
}

static int write_model(const struct bench_sizes *z, const char *path, struct error *err)
{
    struct model_options options;
    struct model *model;
    const struct train_state state = {0};
    bench_model_options(z, &bench_variants[0], &options);
    if (model_new(&options, 1, &model, err) != 0)
        return -1;
    int status = train_state_save(path, model, NULL, &state, err);
    model_free(model);
    return status;
}

static int write_features(const struct bench_sizes *z, const char *path, struct error *err)
{
    const size_t row[] = {z->R, z->F};
    struct npy_writer *writer = NULL;
    float *image = NULL;
    if (mem_alloc(&image, z->R * z->F, sizeof *image, "features", err) != 0)
        return -1;
    int status = npy_writer_open(path, NPY_F32, 3, row, &writer, err);
    for (size_t i = 0; i < z->index_images && status == 0; i++) {
        bench_fill_units(image, z->R, z->F, 1000 * i);
        status = npy_writer_rows(writer, 1, image, err);
    }
    if (status == 0)
        status = npy_writer_commit(writer, err);
    else if (writer)
        npy_writer_abort(writer);
    free(image);
    return status;
}

/* Seconds until the images can be ranked; the first call leaves the index in its file. */
static int open_once(const struct bench *b, const struct place *place, const char *label,
                     bool *built_out, double *seconds_out, struct error *err)
{
    struct session_spec spec = {.model = place->model, .images_only = true};
    struct session *session = NULL;
    struct progress_line line;
    spec.data.features = place->features;
    spec.index = (struct index_use){.mode = INDEX_MAKE, .folder = place->folder};
    progress_line_start(&line, label, b->common.quiet);
    double start = progress_clock();
    int status = session_open(&spec, &line.progress, &session, err);
    *seconds_out = progress_clock() - start;
    progress_line_end(&line);
    if (status == 0 && !session->index)
        status = error_set(err, "no index can be kept in %s", place->folder);
    *built_out = status == 0 && session->index->built;
    session_free(session);
    return status;
}

static int measure(struct bench *b, const struct place *place, struct error *err)
{
    const struct bench_sizes *z = b->sizes;
    double build, again, fastest = 0, images = (double)z->index_images;
    bool built;
    if (open_once(b, place, "building an index", &built, &build, err) != 0 ||
        bench_measure_sgemm(z, &b->limits, err) != 0)
        return -1;
    for (int round = 0; round < z->rounds; round++) {
        if (open_once(b, place, "opening it again", &built, &again, err) != 0)
            return -1;
        if (built)
            return error_set(err, "the index in %s was not found again", place->folder);
        fastest = round == 0 || again < fastest ? again : fastest;
    }
    double gflops = 2e-9 * images * (double)(z->R * z->F * z->D) / build;
    const struct bench_field fields[] = {
        BENCH_TEXT("index", "f32"),
        BENCH_COUNT("images", z->index_images),
        BENCH_REAL("build_s", build),
        BENCH_REAL("images_per_s", images / build),
        BENCH_REAL("gflops", gflops),
        BENCH_REAL("sgemm_share", gflops / b->limits.sgemm_gflops),
        BENCH_REAL("second_open_s", fastest),
    };
    bench_add(b, "index", fields, COUNTOF(fields));
    return 0;
}

int bench_index(struct bench *b, struct error *err)
{
    struct place place = {0};
    int status = -1;
    if (place_make(&place, err) == 0 && write_model(b->sizes, place.model, err) == 0 &&
        write_features(b->sizes, place.features, err) == 0)
        status = measure(b, &place, err);
    place_remove(&place);
    return status;
}
