#include "demo/generate.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "demo/features.h"
#include "demo/truth.h"
#include "io/array/npy.h"

static const char *const split_names[DEMO_SPLITS] = {"train", "dev", "test"};

/* A split being drawn. */
struct batch {
    const struct demo_plan *plan;
    enum demo_split split;
    size_t count;
    float *features;            /* count x REGIONS x FEATURES */
    float *boxes;               /* count x REGIONS x 4 */
    int32_t *sizes;             /* count x 2 */
    struct str *captions, *ids; /* count */
    struct json_t **truth;      /* count */
};

static void batch_done(struct batch *b)
{
    for (size_t i = 0; b->captions && i < b->count; i++) {
        str_done(&b->captions[i]);
        str_done(&b->ids[i]);
        json_decref(b->truth[i]);
    }
    free(b->features);
    free(b->boxes);
    free(b->sizes);
    free(b->captions);
    free(b->ids);
    free(b->truth);
    *b = (struct batch){0};
}

static int batch_init(struct batch *b, const struct demo_plan *plan, enum demo_split split,
                      struct error *err)
{
    size_t n = plan->count[split];
    *b = (struct batch){.plan = plan, .split = split, .count = n};
    if (mem_alloc(&b->features, n, REGIONS * FEATURES * sizeof(float), "features", err) != 0 ||
        mem_alloc(&b->boxes, n, REGIONS * 4 * sizeof(float), "boxes", err) != 0)
        return -1;
    b->sizes = mem_new(n, 2 * sizeof(int32_t));
    b->ids = mem_new(n, sizeof *b->ids);
    b->truth = mem_new(n, sizeof(json_t *));
    b->captions = mem_new(n, sizeof *b->captions);
    return 0;
}

static int save_picture(const struct batch *b, size_t i, const struct image *picture,
                        struct error *err)
{
    char *path = mem_printf("%s/images/%s.png", b->plan->folder, b->ids[i].text);
    int status = image_save_png_small(path, picture, err);
    free(path);
    return status;
}

/* Regions and features, from the picture alone: the scene's description stays outside. */
static int look_at(struct batch *b, size_t i, const struct image *picture, struct error *err)
{
    struct region regions[REGIONS];
    float *box = b->boxes + i * REGIONS * 4;
    if (regions_find(picture, regions, err) != 0)
        return -1;
    for (int r = 0; r < REGIONS; r++, box += 4) {
        box[0] = (float)regions[r].x1;
        box[1] = (float)regions[r].y1;
        box[2] = (float)regions[r].x2;
        box[3] = (float)regions[r].y2;
    }
    b->sizes[2 * i] = picture->width;
    b->sizes[2 * i + 1] = picture->height;
    int status = features_of(picture, regions, b->features + i * REGIONS * FEATURES, err);
    regions_done(regions);
    return status;
}

static int make_scene(struct batch *b, size_t i, struct error *err)
{
    struct rng rng;
    struct tableau scene;
    struct image picture;
    struct caption captions[CAPTIONS] = {0};
    rng_seed(&rng, b->plan->seed * 1000003u + ((uint64_t)b->split << 56) + i);
    if (tableau_new(&rng, &scene, &picture, err) != 0)
        return -1;
    captions_of(&scene, &rng, captions);
    str_addf(&b->ids[i], "%s_%04zu", split_names[b->split], i);
    b->truth[i] = truth_of(b->ids[i].text, &scene, captions);
    for (int c = 0; c < CAPTIONS; c++) {
        str_addf(&b->captions[i], "%s\n", captions[c].text.text);
        caption_done(&captions[c]);
    }
    int status = save_picture(b, i, &picture, err) == 0 ? look_at(b, i, &picture, err) : -1;
    image_done(&picture);
    return status;
}

/* Each scene has a random generator of its own, so threads may draw them in any order. The first
 * error is kept. */
static int make_scenes(struct batch *b, const struct progress *progress, struct error *err)
{
    size_t done = 0;
    int status = 0;
#pragma omp parallel for schedule(dynamic, 4)
    for (size_t i = 0; i < b->count; i++) {
        struct error mine;
        int stop;
#pragma omp atomic read
        stop = status;
        int made = stop ? 0 : make_scene(b, i, &mine);
#pragma omp critical(demo_progress)
        {
            if (made != 0 && status == 0)
                *err = mine;
            else if (!stop && status == 0 && !progress_step(progress, ++done, b->count))
                made = error_set(err, "interrupted");
            if (made != 0) {
#pragma omp atomic write
                status = -1;
            }
        }
    }
    return status;
}

static char *split_path(const struct batch *b, const char *rest)
{
    return mem_printf("%s/%s_%s", b->plan->folder, split_names[b->split], rest);
}

static int write_lines(const struct batch *b, const char *rest, const struct str *lines,
                       const char *end, struct error *err)
{
    struct str all = {0};
    for (size_t i = 0; i < b->count; i++)
        str_addf(&all, "%s%s", lines[i].text, end);
    char *path = split_path(b, rest);
    int status = file_write(path, all.text, all.length, err);
    free(path);
    str_done(&all);
    return status;
}

static int write_truth(const struct batch *b, struct error *err)
{
    json_t *images = json_array();
    for (size_t i = 0; i < b->count; i++)
        json_array_append(images, b->truth[i]);
    json_t *whole = json_pack("{s:s, s:o, s:o}", "format", "scanscope truth 1", "kinds",
                              truth_kinds(), "images", images);
    char *text = json_dumps(whole, JSON_COMPACT), *path = split_path(b, "truth.json");
    int status = text ? file_write(path, text, strlen(text), err)
                      : error_set(err, "not enough memory for %s", path);
    free(path);
    free(text);
    json_decref(whole);
    return status;
}

static int write_array(const struct batch *b, const char *rest, enum npy_type type, size_t a,
                       size_t c, const void *data, struct error *err)
{
    const size_t shape[] = {b->count, a, c};
    int ndim = c ? 3 : 2;
    char *path = split_path(b, rest);
    int status = type == NPY_F16 ? npy_save_f16(path, ndim, shape, data, err)
                                 : npy_save(path, type, ndim, shape, data, err);
    free(path);
    return status;
}

static int write_batch(const struct batch *b, struct error *err)
{
    if (write_array(b, "ims.npy", NPY_F16, REGIONS, FEATURES, b->features, err) != 0 ||
        write_array(b, "boxes.npy", NPY_F32, REGIONS, 4, b->boxes, err) != 0 ||
        write_array(b, "img_sizes.npy", NPY_I32, 2, 0, b->sizes, err) != 0 ||
        write_lines(b, "caps.txt", b->captions, "", err) != 0 ||
        write_lines(b, "ids.txt", b->ids, "\n", err) != 0)
        return -1;
    return write_truth(b, err);
}

static int read_scale(const char *path, float *scale, struct error *err)
{
    struct npy *array;
    if (npy_open(path, NULL, &array, err) != 0)
        return -1;
    int status = 0;
    if (array->type == NPY_F32 && array->ndim == 2 && array->shape[0] == 2 &&
        array->shape[1] == FEATURES)
        npy_rows_f32(array, 0, 2, scale);
    else
        status = error_at(err, path, -1,
                          "is not float32 2 x %d, the scale of this version's features; remove it",
                          FEATURES);
    npy_free(array);
    return status;
}

/* The scale for this batch: the folder's, or measured on the batch (and saved). */
static int find_scale(const struct batch *b, float *scale, struct error *err)
{
    char *path = file_join(b->plan->folder, "feature_scale.npy");
    int status;
    if (b->split != DEMO_TRAIN && file_exists(path)) {
        status = read_scale(path, scale, err);
    } else {
        features_fit_scale(b->features, b->count * REGIONS, scale);
        status = npy_save(path, NPY_F32, 2, (size_t[]){2, FEATURES}, scale, err);
    }
    free(path);
    return status;
}

static int make_split(const struct demo_plan *plan, enum demo_split split,
                      const struct progress *progress, struct error *err)
{
    struct batch b;
    float *scale = mem_new(2 * FEATURES, sizeof *scale);
    int status = -1;
    if (batch_init(&b, plan, split, err) != 0 || make_scenes(&b, progress, err) != 0 ||
        find_scale(&b, scale, err) != 0)
        goto out;
    features_standardise(scale, b.features, b.count * REGIONS);
    status = write_batch(&b, err);
out:
    free(scale);
    batch_done(&b);
    return status;
}

int demo_generate(const struct demo_plan *plan, const struct progress *progress, struct error *err)
{
    char *pictures = file_join(plan->folder, "images");
    int status = file_make_folder(pictures, err);
    for (int split = 0; split < DEMO_SPLITS && status == 0; split++)
        if (plan->count[split] > 0)
            status = make_split(plan, (enum demo_split)split, progress, err);
    free(pictures);
    return status;
}
