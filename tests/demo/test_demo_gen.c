#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "demo/features.h"
#include "demo/generate.h"
#include "demo/truth.h"
#include "io/array/npy.h"

enum { SCENES = 60, SEED = 20240611 };

static float larger(float a, float b)
{
    return a > b ? a : b;
}

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float box_iou(const float a[4], const float b[4])
{
    float w = smaller(a[2], b[2]) - larger(a[0], b[0]),
          h = smaller(a[3], b[3]) - larger(a[1], b[1]);
    float both = w > 0 && h > 0 ? w * h : 0;
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
}

static bool covered(const struct region regions[REGIONS], const float box[4])
{
    for (int r = 0; r < REGIONS; r++) {
        const float mine[4] = {(float)regions[r].x1, (float)regions[r].y1, (float)regions[r].x2,
                               (float)regions[r].y2};
        if (box_iou(mine, box) >= 0.5f)
            return true;
    }
    return false;
}

static void test_regions_cover_the_things(void **state)
{
    (void)state;
    struct error err;
    struct rng rng;
    int things = 0, found = 0;
    rng_seed(&rng, SEED);
    for (int i = 0; i < SCENES; i++) {
        struct tableau scene;
        struct image picture;
        struct region regions[REGIONS];
        assert_done(tableau_new(&rng, &scene, &picture, &err), err);
        assert_done(regions_find(&picture, regions, &err), err);
        for (int t = 0; t < scene.count; t++, things++)
            found += covered(regions, scene.things[t].box);
        regions_done(regions);
        image_done(&picture);
    }
    printf("# seed %d: %d of %d things have a region of IoU 0.5\n", SEED, found, things);
    assert_true(found * 100 >= things * 90);
}

static void assert_regions_sound(const struct region regions[REGIONS], const struct image *picture)
{
    for (int r = 0; r < REGIONS; r++) {
        const struct region *g = &regions[r];
        assert_true(g->x1 >= 0 && g->y1 >= 0 && g->x1 < g->x2 && g->y1 < g->y2);
        assert_true(g->x2 <= picture->width && g->y2 <= picture->height);
        assert_non_null(g->mask);
        assert_true(r == 0 || g->score <= regions[r - 1].score);
    }
}

/* Nothing but the picture comes in: any picture will do, one colour or noise too. */
static void test_any_picture_has_regions_and_finite_features(void **state)
{
    (void)state;
    struct error err;
    struct rng rng;
    rng_seed(&rng, SEED);
    for (int kind = 0; kind < 3; kind++) {
        struct image picture = {.width = 61, .height = 47, .pixels = mem_new(61 * 47, 4)};
        for (int i = 0; i < 61 * 47 * 4; i++)
            picture.pixels[i] = kind == 0 ? 0 : kind == 1 ? 255 : (uint8_t)rng_below(&rng, 256);
        struct region regions[REGIONS];
        float features[REGIONS * FEATURES];
        assert_done(regions_find(&picture, regions, &err), err);
        assert_regions_sound(regions, &picture);
        assert_done(features_of(&picture, regions, features, &err), err);
        for (int i = 0; i < REGIONS * FEATURES; i++)
            assert_true(isfinite(features[i]));
        regions_done(regions);
        image_done(&picture);
    }
}

static void test_a_tiny_picture_is_refused(void **state)
{
    (void)state;
    struct error err;
    uint8_t pixels[4 * 4 * 4] = {0};
    struct image picture = {.width = 4, .height = 4, .pixels = pixels};
    struct region regions[REGIONS];
    assert_int_equal(regions_find(&picture, regions, &err), -1);
    assert_non_null(strstr(err.text, "too small"));
}

static void test_standardised_features_have_mean_0_and_deviation_1(void **state)
{
    (void)state;
    struct rng rng;
    enum { ROWS = 50 };
    float *rows = mem_new(ROWS * FEATURES, sizeof *rows), scale[2 * FEATURES];
    rng_seed(&rng, SEED);
    for (int i = 0; i < ROWS * FEATURES; i++)
        rows[i] = (float)rng_range(&rng, -3, 9);
    features_fit_scale(rows, ROWS, scale);
    features_standardise(scale, rows, ROWS);
    for (int f = 0; f < FEATURES; f++) {
        double sum = 0, square = 0;
        for (int i = 0; i < ROWS; i++) {
            sum += rows[i * FEATURES + f];
            square += (double)rows[i * FEATURES + f] * rows[i * FEATURES + f];
        }
        assert_true(fabs(sum / ROWS) < 1e-4 && fabs(square / ROWS - 1) < 1e-3);
    }
    free(rows);
}

static void test_captions_mention_what_is_there(void **state)
{
    (void)state;
    struct error err;
    struct rng rng;
    rng_seed(&rng, SEED);
    for (int i = 0; i < 20; i++) {
        struct tableau scene;
        struct image picture;
        struct caption captions[CAPTIONS] = {0};
        assert_done(tableau_new(&rng, &scene, &picture, &err), err);
        captions_of(&scene, &rng, captions);
        for (int c = 0; c < CAPTIONS; c++) {
            assert_true(captions[c].text.length > 12 && captions[c].mention_count >= 2);
            for (int d = 0; d < c; d++)
                assert_string_not_equal(captions[c].text.text, captions[d].text.text);
            for (int m = 0; m < captions[c].mention_count; m++) {
                const struct mention *said = &captions[c].mentions[m];
                assert_true(said->things != 0 && said->things >> scene.count == 0);
                assert_true(said->first < said->noun);
            }
        }
        for (int c = 0; c < CAPTIONS; c++)
            caption_done(&captions[c]);
        image_done(&picture);
    }
}

static char *temp_folder(void)
{
    char *folder = mem_strdup("/tmp/scanscope-demo-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return folder;
}

static void remove_folder(char *folder)
{
    char *command = mem_printf("rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    free(command);
    free(folder);
}

static void generate(const char *folder, size_t train, size_t test)
{
    struct error err;
    struct demo_plan plan = {.folder = folder, .count = {train, 0, test}, .seed = 7};
    assert_done(demo_generate(&plan, NULL, &err), err);
}

static void assert_same_file(const char *a, const char *b, const char *name)
{
    struct error err;
    struct file_map p, q;
    char *x = file_join(a, name), *y = file_join(b, name);
    assert_done(file_map_open(x, &p, &err), err);
    assert_done(file_map_open(y, &q, &err), err);
    assert_int_equal(p.size, q.size);
    assert_memory_equal(p.data, q.data, p.size);
    file_map_close(&p);
    file_map_close(&q);
    free(x);
    free(y);
}

static void test_same_seed_same_bytes(void **state)
{
    (void)state;
    static const char *const files[] = {
        "train_ims.npy",   "test_ims.npy",      "test_caps.txt",
        "test_ids.txt",    "test_boxes.npy",    "test_img_sizes.npy",
        "test_truth.json", "feature_scale.npy", "images/test_0002.png"};
    char *a = temp_folder(), *b = temp_folder();
    generate(a, 4, 3);
    generate(b, 4, 3);
    for (size_t i = 0; i < COUNTOF(files); i++)
        assert_same_file(a, b, files[i]);
    remove_folder(a);
    remove_folder(b);
}

/* More scenes of a split, or of another one, leave the first ones as they are. */
static void test_splits_are_independent(void **state)
{
    (void)state;
    char *a = temp_folder(), *b = temp_folder();
    generate(a, 2, 3);
    generate(b, 0, 5);
    assert_same_file(a, b, "images/test_0000.png");
    assert_same_file(a, b, "images/test_0002.png");
    remove_folder(a);
    remove_folder(b);
}

/* Features of the written folder follow from its PNG files and its scale alone. */
static void test_features_follow_from_the_pictures(void **state)
{
    (void)state;
    struct error err;
    struct npy *ims, *scale_file;
    struct image picture;
    struct region regions[REGIONS];
    enum { SIZE = REGIONS * FEATURES };
    float *written = mem_new(SIZE, sizeof *written), *again = mem_new(SIZE, sizeof *again),
          scale[2 * FEATURES];
    char *folder = temp_folder();
    generate(folder, 3, 2);
    char *paths[] = {file_join(folder, "test_ims.npy"), file_join(folder, "feature_scale.npy"),
                     file_join(folder, "images/test_0001.png")};
    assert_done(npy_open(paths[0], NULL, &ims, &err), err);
    assert_done(npy_open(paths[1], NULL, &scale_file, &err), err);
    assert_done(image_load(paths[2], 0, &picture, &err), err);
    npy_rows_f32(ims, 1, 1, written);
    npy_rows_f32(scale_file, 0, 2, scale);
    assert_done(regions_find(&picture, regions, &err), err);
    assert_done(features_of(&picture, regions, again, &err), err);
    features_standardise(scale, again, REGIONS);
    for (int i = 0; i < SIZE; i++)
        assert_true(fabsf(written[i] - again[i]) <= 4e-3f);
    npy_free(ims);
    npy_free(scale_file);
    regions_done(regions);
    image_done(&picture);
    for (int i = 0; i < 3; i++)
        free(paths[i]);
    free(written);
    free(again);
    remove_folder(folder);
}

static void test_a_foreign_scale_is_refused(void **state)
{
    (void)state;
    struct error err;
    char *folder = temp_folder(), *path = file_join(folder, "feature_scale.npy");
    const float wrong[4] = {0};
    assert_done(npy_save(path, NPY_F32, 2, (size_t[]){2, 2}, wrong, &err), err);
    struct demo_plan plan = {.folder = folder, .count = {0, 0, 1}, .seed = 7};
    assert_int_equal(demo_generate(&plan, NULL, &err), -1);
    assert_non_null(strstr(err.text, "feature_scale.npy"));
    free(path);
    remove_folder(folder);
}

static void test_an_unwritable_folder_is_an_error(void **state)
{
    (void)state;
    struct error err;
    struct demo_plan plan = {.folder = "/dev/null/x", .count = {1, 0, 0}, .seed = 7};
    assert_int_equal(demo_generate(&plan, NULL, &err), -1);
    assert_non_null(strstr(err.text, "/dev/null"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regions_cover_the_things),
        cmocka_unit_test(test_any_picture_has_regions_and_finite_features),
        cmocka_unit_test(test_a_tiny_picture_is_refused),
        cmocka_unit_test(test_standardised_features_have_mean_0_and_deviation_1),
        cmocka_unit_test(test_captions_mention_what_is_there),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_splits_are_independent),
        cmocka_unit_test(test_features_follow_from_the_pictures),
        cmocka_unit_test(test_a_foreign_scale_is_refused),
        cmocka_unit_test(test_an_unwritable_folder_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
