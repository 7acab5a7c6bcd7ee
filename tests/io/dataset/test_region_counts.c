/* How many regions of each image are real: counts read and checked, padding that takes part in
 * nothing whatever it holds. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/dataset/dataset.h"

enum { I = 4, R = 5, F = 3 };

static char folder[] = "/tmp/scanscope-counts-XXXXXX";
static const int32_t counts[I] = {3, 5, 1, 4};

static int setup_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int empty_folder(void **state)
{
    (void)state;
    struct str_list names;
    if (file_list(folder, NULL, &names, NULL) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        char *path = file_join(folder, names.items[i]);
        unlink(path);
        free(path);
    }
    str_list_done(&names);
    return 0;
}

static int remove_folder(void **state)
{
    return empty_folder(state) == 0 ? rmdir(folder) : -1;
}

static void put(const char *name, enum npy_type type, int dims, const size_t *shape,
                const void *values)
{
    struct error err;
    char *path = file_join(folder, name);
    assert_done(npy_save(path, type, dims, shape, values, &err), err);
    free(path);
}

/* Real rows of features and boxes, and `padding` in all others. Each image `times` times. */
static void put_split(const char *split, size_t times, float padding)
{
    float features[5 * I][R][F], boxes[5 * I][R][4];
    char name[40];
    for (size_t k = 0; k < times * I; k++)
        for (size_t r = 0; r < R; r++) {
            bool real = r < (size_t)counts[k / times];
            for (size_t f = 0; f < F; f++)
                features[k][r][f] = real ? (float)(1 + k / times + 10 * r + 100 * f) : padding;
            for (size_t b = 0; b < 4; b++)
                boxes[k][r][b] = real ? (float)(b < 2 ? r : 20 + k / times) : padding;
        }
    snprintf(name, sizeof name, "%s_ims.npy", split);
    put(name, NPY_F32, 3, (size_t[]){times * I, R, F}, features);
    snprintf(name, sizeof name, "%s_boxes.npy", split);
    put(name, NPY_F32, 3, (size_t[]){times * I, R, 4}, boxes);
}

static struct dataset *opened(const char *split)
{
    struct error err;
    struct dataset *d = NULL;
    assert_done(dataset_open(&(struct dataset_spec){.folder = folder, .split = split}, &d, &err),
                err);
    return d;
}

static void fails(const char *reason)
{
    struct error err;
    struct dataset *d;
    assert_int_equal(
        dataset_open(&(struct dataset_spec){.folder = folder, .split = "test"}, &d, &err), -1);
    assert_null(d);
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, reason))
        fail_msg("\"%s\" instead of \"%s\"", err.text, reason);
}

static void assert_padding_is_zero(const struct dataset *d)
{
    struct error err;
    float features[I][R][F];
    assert_done(dataset_features(d, 0, I, &features[0][0][0], &err), err);
    for (size_t i = 0; i < I; i++) {
        assert_int_equal(dataset_regions_of(d, i), counts[i]);
        for (size_t r = 0; r < R; r++)
            for (size_t k = 0; k < 4; k++) {
                bool real = r < (size_t)counts[i];
                assert_true(k >= F || (features[i][r][k] != 0) == real);
                assert_true(d->boxes[(i * R + r) * 4 + k] ==
                            (real ? (float)(k < 2 ? r : 20 + i) : 0));
            }
    }
}

static void test_padding_is_zero_whatever_it_holds(void **state)
{
    (void)state;
    static const float paddings[] = {0, 1e30f, -1e-30f, INFINITY, NAN};
    for (size_t k = 0; k < COUNTOF(paddings); k++) {
        put_split("test", 1, paddings[k]);
        put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I}, counts);
        struct dataset *d = opened("test");
        assert_padding_is_zero(d);
        assert_int_equal(d->box_counts.zero + d->box_counts.broken + d->box_counts.empty, 0);
        assert_int_equal(d->notes.lines.count, 0);
        dataset_free(d);
    }
}

static void test_types_and_shapes(void **state)
{
    (void)state;
    int64_t wide[I];
    uint8_t narrow[I];
    for (size_t i = 0; i < I; i++) {
        wide[i] = counts[i];
        narrow[i] = (uint8_t)counts[i];
    }
    put_split("test", 1, NAN);
    put("test_num_boxes.npy", NPY_I64, 2, (size_t[]){I, 1}, wide);
    struct dataset *d = opened("test");
    assert_padding_is_zero(d);
    dataset_free(d);
    put("test_num_boxes.npy", NPY_U8, 1, (size_t[]){I}, narrow);
    d = opened("test");
    assert_padding_is_zero(d);
    dataset_free(d);
}

/* Counts may be there once per image or as often as the features. */
static void test_five_rows_an_image(void **state)
{
    (void)state;
    int32_t each[5 * I];
    char captions[5 * I * 2 + 1] = "";
    struct error err;
    for (size_t k = 0; k < 5 * I; k++) {
        each[k] = counts[k / 5];
        strcat(captions, "a\n");
    }
    char *path = file_join(folder, "test_caps.txt");
    assert_done(file_write(path, captions, strlen(captions), &err), err);
    free(path);
    put_split("test", 5, 1e30f);
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I}, counts);
    struct dataset *d = opened("test");
    assert_int_equal(d->row_step, 5);
    assert_padding_is_zero(d);
    dataset_free(d);
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){5 * I}, each);
    d = opened("test");
    assert_padding_is_zero(d);
    dataset_free(d);
}

static void test_all_real_is_no_count(void **state)
{
    (void)state;
    static const int32_t full[I] = {R, R, R, R};
    put_split("test", 1, 7);
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I}, full);
    struct dataset *d = opened("test");
    assert_null(d->region_count);
    assert_int_equal(dataset_regions_of(d, 2), R);
    dataset_free(d);
}

static void test_counts_that_do_not_fit(void **state)
{
    (void)state;
    int32_t bad[I] = {3, 5, 0, 4};
    float fractions[I] = {1, 2, 3, 4};
    put_split("test", 1, 0);
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I}, bad);
    fails("test_num_boxes.npy: image 2 has 0 regions; the features have 5 rows per image, so it "
          "must be 1 to 5");
    bad[2] = 6;
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I}, bad);
    fails("image 2 has 6 regions");
    bad[2] = -1;
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I}, bad);
    fails("image 2 has -1 regions");
    put("test_num_boxes.npy", NPY_I32, 1, (size_t[]){I - 1}, counts);
    fails("has 3 images, but the features have 4");
    put("test_num_boxes.npy", NPY_I32, 2, (size_t[]){2, 2}, counts);
    fails("is int32 2 x 2, not one integer per image");
    put("test_num_boxes.npy", NPY_F32, 1, (size_t[]){I}, fractions);
    fails("is float32 4, not one integer per image");
    char *path = file_join(folder, "test_num_boxes.npy");
    struct error err;
    assert_done(file_write(path, "x", 1, &err), err);
    free(path);
    fails("test_num_boxes.npy");
}

static void test_zeros_without_counts_are_noted(void **state)
{
    (void)state;
    put_split("test", 1, 0);
    struct dataset *d = opened("test");
    assert_null(d->region_count);
    assert_string_equal(
        d->notes.lines.items[0],
        "test_ims.npy: the last rows of 3 of 4 images are all zero: they are taken as regions, as "
        "by the reference; if they are padding, say so in test_num_boxes.npy");
    dataset_free(d);
    put_split("test", 1, 1);
    d = opened("test");
    for (size_t k = 0; k < d->notes.lines.count; k++)
        assert_null(strstr(d->notes.lines.items[k], "the last rows"));
    dataset_free(d);
}

#define CASE(f) cmocka_unit_test_setup(f, empty_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_padding_is_zero_whatever_it_holds),
        CASE(test_types_and_shapes),
        CASE(test_five_rows_an_image),
        CASE(test_all_real_is_no_count),
        CASE(test_counts_that_do_not_fit),
        CASE(test_zeros_without_counts_are_noted),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
