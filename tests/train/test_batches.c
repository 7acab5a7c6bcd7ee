/* Batches that are read ahead: what is read, in which order, and what bad features do. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "io/array/npy.h"
#include "tests/support/testing.h"
#include "train/batches.h"

enum { IMAGES = 13, PER_IMAGE = 5, CAPTIONS = IMAGES * PER_IMAGE, REGIONS = 3, F = 4, SIZE = 8 };
enum { IMAGE = REGIONS * F };

/* A split on disk, and its words. */
struct bed {
    char folder[64];
    float features[IMAGES * IMAGE];
    int32_t ids[CAPTIONS * 9];
    size_t starts[CAPTIONS + 1];
    struct dataset *data;
    bool counted; /* images have fewer regions than REGIONS */
};

static void write_captions(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int c = 0; c < CAPTIONS; c++)
        fputs("a dog\n", file);
    assert_int_equal(fclose(file), 0);
}

static size_t count_of(const struct bed *bed, size_t image)
{
    return bed->counted ? 1 + image % REGIONS : REGIONS;
}

/* Counts of regions, and NaN in what they leave over. */
static void write_counts(struct bed *bed, const char *path)
{
    struct error err;
    int32_t counts[IMAGES];
    for (size_t i = 0; i < IMAGES; i++) {
        counts[i] = (int32_t)count_of(bed, i);
        for (size_t k = count_of(bed, i) * F; k < IMAGE; k++)
            bed->features[i * IMAGE + k] = NAN;
    }
    assert_done(npy_save(path, NPY_I32, 1, (size_t[]){IMAGES}, counts, &err), err);
}

/* nan_image: the image that has a NaN; IMAGES: none. */
static void bed_open(struct bed *bed, size_t nan_image)
{
    struct error err;
    const size_t shape[] = {IMAGES, REGIONS, F};
    snprintf(bed->folder, sizeof bed->folder, "/tmp/scanscope-batches-XXXXXX");
    assert_non_null(mkdtemp(bed->folder));
    for (size_t i = 0; i < IMAGES * IMAGE; i++)
        bed->features[i] = (float)i;
    if (nan_image < IMAGES)
        bed->features[nan_image * IMAGE + 7] = NAN;
    char *ims = file_join(bed->folder, "train_ims.npy");
    char *caps = file_join(bed->folder, "train_caps.txt");
    char *counts = file_join(bed->folder, "train_num_boxes.npy");
    if (bed->counted)
        write_counts(bed, counts);
    assert_done(npy_save(ims, NPY_F32, 3, shape, bed->features, &err), err);
    write_captions(caps);
    for (size_t c = 0, w = 0; c < CAPTIONS; c++) {
        for (size_t n = 2 + c % 7; n > 0; n--, w++)
            bed->ids[w] = (int32_t)(100 * c + n);
        bed->starts[c + 1] = bed->starts[c] + 2 + c % 7;
    }
    struct dataset_spec spec = {.folder = bed->folder, .split = "train"};
    assert_done(dataset_open(&spec, &bed->data, &err), err);
    assert_int_equal(bed->data->captions, CAPTIONS);
    remove(ims);
    remove(caps);
    remove(counts);
    rmdir(bed->folder);
    free(ims);
    free(caps);
    free(counts);
}

static void bed_open_batches(struct bed *bed, size_t nan_image, struct batches *batches)
{
    struct error err;
    bed_open(bed, nan_image);
    assert_done(batches_init(bed->data, bed->ids, bed->starts, SIZE, batches, &err), err);
}

static void bed_done(struct bed *bed, struct batches *batches)
{
    batches_done(batches);
    dataset_free(bed->data);
    free(bed);
}

/* The batch holds what the order says, straight from the arrays. */
static void assert_batch(const struct bed *bed, const struct batches *batches, size_t index,
                         const struct batch *batch)
{
    const size_t *order = batches->order + index * SIZE;
    size_t expected = CAPTIONS - index * SIZE < SIZE ? CAPTIONS - index * SIZE : SIZE;
    assert_int_equal(batch->n, expected);
    assert_int_equal(batch->starts[0], 0);
    assert_int_equal(batch->region_starts[0], 0);
    for (size_t i = 0; i < batch->n; i++) {
        size_t words = bed->starts[order[i] + 1] - bed->starts[order[i]];
        size_t image = order[i] / PER_IMAGE, first = batch->region_starts[i];
        assert_int_equal(batch->region_starts[i + 1] - first, count_of(bed, image));
        assert_memory_equal(batch->features + first * F, bed->features + image * IMAGE,
                            count_of(bed, image) * F * sizeof(float));
        assert_int_equal(batch->starts[i + 1] - batch->starts[i], words);
        assert_memory_equal(batch->ids + batch->starts[i], bed->ids + bed->starts[order[i]],
                            words * sizeof(int32_t));
    }
}

static void read_right(const struct bed *bed, struct batches *batches, size_t index)
{
    struct batch batch;
    struct error err;
    assert_done(batches_read(batches, index, &batch, &err), err);
    assert_batch(bed, batches, index, &batch);
}

static void test_epochs(void **state)
{
    struct bed *bed = mem_new(1, sizeof *bed);
    struct batches batches;
    struct rng rng;
    (void)state;
    bed_open_batches(bed, IMAGES, &batches);
    rng_seed(&rng, 11);
    assert_int_equal(batches_count(&batches), 8); /* the remaining caption is not a batch */
    for (int epoch = 0; epoch < 200; epoch++) {
        batches_shuffle(&batches, &rng);
        size_t first = epoch % 3 ? 0 : (size_t)epoch % 8; /* as resumed inside an epoch */
        size_t last = epoch % 5 ? 8 : 4;                  /* as left by Ctrl-C */
        for (size_t i = first; i < last; i++)
            read_right(bed, &batches, i);
    }
    bed_done(bed, &batches);
}

/* Only real regions, end to end. */
static void test_counted_regions(void **state)
{
    struct bed *bed = mem_new(1, sizeof *bed);
    struct batches batches;
    struct rng rng;
    (void)state;
    bed->counted = true;
    bed_open_batches(bed, IMAGES, &batches);
    rng_seed(&rng, 15);
    for (int epoch = 0; epoch < 5; epoch++) {
        batches_shuffle(&batches, &rng);
        for (size_t i = 0; i < 8; i++)
            read_right(bed, &batches, i);
    }
    bed_done(bed, &batches);
}

static void test_any_order(void **state)
{
    static const size_t requested[] = {3, 3, 4, 0, 7, 6, 5, 5, 6, 1, 2, 0, 0, 7};
    struct bed *bed = mem_new(1, sizeof *bed);
    struct batches batches;
    struct rng rng;
    (void)state;
    bed_open_batches(bed, IMAGES, &batches);
    rng_seed(&rng, 12);
    batches_shuffle(&batches, &rng);
    for (size_t i = 0; i < COUNTOF(requested); i++)
        read_right(bed, &batches, requested[i]);
    bed_done(bed, &batches);
}

static void test_batch_stays(void **state)
{
    struct bed *bed = mem_new(1, sizeof *bed);
    struct batches batches;
    struct batch batch;
    struct error err;
    struct rng rng;
    (void)state;
    bed_open_batches(bed, IMAGES, &batches);
    rng_seed(&rng, 13);
    batches_shuffle(&batches, &rng);
    assert_done(batches_read(&batches, 0, &batch, &err), err);
    usleep(20000); /* the next one is being read: this one must not change */
    assert_batch(bed, &batches, 0, &batch);
    bed_done(bed, &batches);
}

/* A NaN fails the batch that it is in, however early it was read, each time that one is requested.
 */
static void test_bad_features(void **state)
{
    enum { BAD = 6 };
    struct bed *bed = mem_new(1, sizeof *bed);
    struct batches batches;
    struct batch batch;
    struct error err;
    struct rng rng;
    size_t refused = 0;
    (void)state;
    bed_open_batches(bed, BAD, &batches);
    rng_seed(&rng, 14);
    batches_shuffle(&batches, &rng);
    for (size_t i = 0; i < 16; i++) {
        size_t index = i / 2;
        bool bad = false;
        for (size_t c = index * SIZE; c < (index + 1) * SIZE; c++)
            bad = bad || batches.order[c] / PER_IMAGE == BAD;
        assert_int_equal(batches_read(&batches, index, &batch, &err), bad ? -1 : 0);
        refused += bad;
        if (bad)
            assert_non_null(strstr(err.text, "image 6 "));
    }
    assert_true(refused >= 2 && refused < 16);
    bed_done(bed, &batches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_epochs),       cmocka_unit_test(test_counted_regions),
        cmocka_unit_test(test_any_order),    cmocka_unit_test(test_batch_stays),
        cmocka_unit_test(test_bad_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
