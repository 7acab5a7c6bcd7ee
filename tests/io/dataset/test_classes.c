/* What the regions of a split were taken for: classes, confidences and names that fit, and each way
 * in which they may not: dropped, with a note. */
#include "tests/support/testing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "io/array/npy.h"
#include "io/dataset/dataset.h"

enum { I = 3, R = 2, N = I * R };

static char folder[] = "/tmp/scanscope-classes-XXXXXX";

static int setup_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"test_ims.npy", "test_classes.npy", "test_confidences.npy",
                                        "test_class_names.txt"};
    for (size_t i = 0; i < COUNTOF(names); i++) {
        char *path = file_join(folder, names[i]);
        unlink(path);
        free(path);
    }
    return rmdir(folder);
}

static void put(const char *name, enum npy_type type, int dims, const size_t *shape,
                const void *values)
{
    struct error err;
    char *path = file_join(folder, name);
    assert_done(npy_save(path, type, dims, shape, values, &err), err);
    free(path);
}

/* NULL: no file. */
static void put_names(const char *text)
{
    struct error err;
    char *path = file_join(folder, "test_class_names.txt");
    if (text)
        assert_done(file_write(path, text, strlen(text), &err), err);
    else
        unlink(path);
    free(path);
}

static const int32_t good_classes[N] = {0, 2, -1, 1, 0, 0};
static const float good_confidences[N] = {0.5f, 1, 0, 0.25f, 0.125f, 0};
static const char good_names[] = "person\ntraffic light\ncaf\xc3\xa9\n";

static void put_good(void)
{
    float features[N] = {0};
    put("test_ims.npy", NPY_F32, 3, (size_t[]){I, R, 1}, features);
    put("test_classes.npy", NPY_I32, 2, (size_t[]){I, R}, good_classes);
    put("test_confidences.npy", NPY_F32, 2, (size_t[]){I, R}, good_confidences);
    put_names(good_names);
}

static struct dataset *open_it(void)
{
    struct error err;
    struct dataset *d;
    struct dataset_spec spec = {.folder = folder};
    assert_done(dataset_open(&spec, &d, &err), err);
    return d;
}

/* Opens it: there are no names, and the only note has `part`. */
static void assert_dropped(const char *part)
{
    struct dataset *d = open_it();
    assert_null(d->classes);
    assert_null(d->confidences);
    assert_int_equal(d->class_names.count, 0);
    assert_null(dataset_region_name(d, 0, 0));
    assert_int_equal(d->notes.lines.count, 1);
    assert_non_null(strstr(d->notes.lines.items[0], part));
    assert_non_null(strstr(d->notes.lines.items[0], "no region names"));
    dataset_free(d);
}

static void names_that_fit(void **state)
{
    (void)state;
    put_good();
    struct dataset *d = open_it();
    assert_int_equal(d->notes.lines.count, 0);
    assert_int_equal(d->class_names.count, 3);
    assert_memory_equal(d->classes, good_classes, sizeof good_classes);
    assert_memory_equal(d->confidences, good_confidences, sizeof good_confidences);
    assert_string_equal(dataset_region_name(d, 0, 0), "person");
    assert_string_equal(dataset_region_name(d, 0, 1), "caf\xc3\xa9");
    assert_null(dataset_region_name(d, 1, 0));
    assert_string_equal(dataset_region_name(d, 1, 1), "traffic light");
    dataset_free(d);
}

static void other_types(void **state)
{
    (void)state;
    double confidences[N];
    int64_t classes[N];
    for (size_t i = 0; i < N; i++) {
        classes[i] = good_classes[i];
        confidences[i] = (double)good_confidences[i];
    }
    put_good();
    put("test_classes.npy", NPY_I64, 2, (size_t[]){I, R}, classes);
    put("test_confidences.npy", NPY_F64, 2, (size_t[]){I, R}, confidences);
    struct dataset *d = open_it();
    assert_memory_equal(d->classes, good_classes, sizeof good_classes);
    assert_memory_equal(d->confidences, good_confidences, sizeof good_confidences);
    dataset_free(d);
}

static void names_with_escapes(void **state)
{
    (void)state;
    put_good();
    put_names("per\x1bson\n\n\xff\n");
    struct dataset *d = open_it();
    assert_string_equal(dataset_region_name(d, 0, 0), "per son");
    assert_string_equal(dataset_region_name(d, 0, 1), "\xef\xbf\xbd");
    assert_null(dataset_region_name(d, 1, 1));
    dataset_free(d);
}

static void misfits(void **state)
{
    (void)state;
    const int32_t beyond[N] = {0, 3, 0, 0, 0, 0}, below[N] = {0, 0, 0, -2, 0, 0};
    const float half[N] = {0, 0, 0, 0, 0, 1.5f}, broken[N] = {NAN};
    put_good();
    put("test_classes.npy", NPY_I32, 2, (size_t[]){I, R}, beyond);
    assert_dropped("has 3 for region 1 of image 0, but there are 3 names");
    put("test_classes.npy", NPY_I32, 2, (size_t[]){I, R}, below);
    assert_dropped("has -2 for region 1 of image 1");
    put("test_classes.npy", NPY_F32, 2, (size_t[]){I, R}, half);
    assert_dropped("has 1.5 for region 1 of image 2");
    put("test_classes.npy", NPY_F32, 2, (size_t[]){I, R}, broken);
    assert_dropped("nan for region 0 of image 0");
    put("test_classes.npy", NPY_I32, 2, (size_t[]){R, I}, good_classes);
    assert_dropped("2 x 3, not images x 2 regions");
    put("test_classes.npy", NPY_I32, 2, (size_t[]){I - 1, R}, good_classes);
    assert_dropped("has 2 images, but the features have 3");
    put("test_classes.npy", NPY_I32, 1, (size_t[]){N}, good_classes);
    assert_dropped("not images x 2 regions");
    put_good();
    put_names(NULL);
    assert_dropped("has no test_class_names.txt");
    put_names("\n\n");
    assert_dropped("test_class_names.txt");
}

/* The names stay. */
static void misfit_confidences(void **state)
{
    (void)state;
    const float percent[N] = {0, 0, 93, 0, 0, 0}, broken[N] = {NAN}, below[N] = {-0.5f};
    const float *const bad[] = {percent, broken, below};
    for (size_t i = 0; i < COUNTOF(bad); i++) {
        put_good();
        put("test_confidences.npy", NPY_F32, 2, (size_t[]){I, R}, bad[i]);
        struct dataset *d = open_it();
        assert_non_null(d->classes);
        assert_null(d->confidences);
        assert_int_equal(d->notes.lines.count, 1);
        assert_non_null(strstr(d->notes.lines.items[0], "not from 0 to 1: no confidences"));
        dataset_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_fit),     cmocka_unit_test(other_types),
        cmocka_unit_test(names_with_escapes), cmocka_unit_test(misfits),
        cmocka_unit_test(misfit_confidences),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
