#include "tests/support/testing.h"

#include <string.h>

#include "base/countof.h"
#include "io/torch/objarray.h"

/* numpy.array([...], dtype=object) of `shape` and `items`, in protocol 0. */
#define OBJECTS(shape, items)                                                                      \
    "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(" shape             \
    "tcnumpy\ndtype\n(VO8\nI00\nI01\ntR(I3\nV|\nNNNI-1\nI-1\nI63\ntbI00\n](" items "etb."
#define SIZE(w, h) "(dVimage_w\n" w "sVimage_h\n" h "s"

static int sizes_of(const char *pickle, size_t size, size_t count, int32_t *out, struct error *err)
{
    return objarray_image_sizes((const uint8_t *)pickle, size, "sizes.npy", count, out, err);
}

static void test_image_sizes(void **state)
{
    (void)state;
    struct error err;
    int32_t sizes[4];
    static const char right[] =
        OBJECTS("I2\n", SIZE("I640\n", "F480.0\n") SIZE("L500L\n", "I375\n"));
    assert_done(sizes_of(right, sizeof right - 1, 2, sizes, &err), err);
    static const int32_t wanted[] = {640, 480, 500, 375};
    assert_memory_equal(sizes, wanted, sizeof wanted);
    assert_int_equal(sizes_of(right, sizeof right - 1, 3, sizes, &err), -1);
    assert_non_null(strstr(err.text, "2 entries instead of 3"));
    for (size_t n = 0; n < sizeof right - 1; n++)
        assert_int_equal(sizes_of(right, n, 2, sizes, &err), -1);
    static const struct {
        const char *pickle, *reason;
    } wrong[] = {
        {OBJECTS("I1\n", SIZE("I0\n", "I480\n")), "'image_w' is not a size"},
        {OBJECTS("I1\n", SIZE("I4294967297\n", "I480\n")), "'image_w' is not a size"},
        {OBJECTS("I1\n", SIZE("I3\n", "Fnan\n")), "'image_h' is not a size"},
        {OBJECTS("I1\n", "(dVimage_w\nI3\ns"), "no 'image_h'"},
        {OBJECTS("I1\n", "I3\n"), "no 'image_w'"},
        {OBJECTS("I2\n", SIZE("I3\n", "I4\n")), "1 objects in an array of 2"},
        {OBJECTS("I-1\n", ""), "not of sizes"},
        {"(dVimage_w\nI3\ns.", "numpy array of objects"},
        {OBJECTS("I1\n", "cos\nsystem\n(Vx\ntR"), "os.system"},
    };
    for (size_t i = 0; i < COUNTOF(wrong); i++) {
        assert_int_equal(sizes_of(wrong[i].pickle, strlen(wrong[i].pickle), 1, sizes, &err), -1);
        if (!strstr(err.text, wrong[i].reason))
            fail_msg("'%s', where '%s' was expected", err.text, wrong[i].reason);
    }
}

#define SIMS(shape)                                                                                \
    "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(" shape             \
    "tcnumpy\ndtype\n(Vf4\nI00\nI01\ntR(I3\nV<\nNNNI-1\nI-1\nI0\ntbI00\n"                          \
    "S'\\x00\\x00\\x80?\\x00\\x00\\x00@'\ntb"

static void test_results(void **state)
{
    (void)state;
    struct error err;
    float *sims;
    size_t shape[2], npts;
    static const char right[] = OBJECTS("", "(dVnpts\nI1\nsVsims\n" SIMS("I1\nI2\n") "s");
    assert_done(objarray_results((const uint8_t *)right, sizeof right - 1, "r.npy", &sims, shape,
                                 &npts, &err),
                err);
    assert_true(shape[0] == 1 && shape[1] == 2 && npts == 1 && sims[0] == 1 && sims[1] == 2);
    free(sims);
    static const char *const wrong[] = {
        OBJECTS("", "(dVsims\n" SIMS("I1\nI3\n") "s"),
        OBJECTS("", "(dVsims\n" SIMS("I2\n") "s"),
        OBJECTS("", "(dVsims\nI3\ns"),
        OBJECTS("", "I3\n"),
        OBJECTS("I0\n", ""),
        OBJECTS("", "(dVsims\n" SIMS("I4611686018427387904\nI4\n") "s")};
    for (size_t i = 0; i < COUNTOF(wrong); i++) {
        int status = objarray_results((const uint8_t *)wrong[i], strlen(wrong[i]), "r.npy", &sims,
                                      shape, &npts, &err);
        assert_int_equal(status, -1);
        assert_int_equal(strncmp(err.text, "r.npy: ", 7), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image_sizes),
        cmocka_unit_test(test_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
