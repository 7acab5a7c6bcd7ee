#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"

static char folder[] = "/tmp/scanscope-npy-XXXXXX";
static char *file; /* folder/a.npy; removed after every test */

static int setup_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    file = file_join(folder, "a.npy");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file);
    free(file);
    return rmdir(folder);
}

/* An .npy of header text and data bytes. */
static void build(struct str *out, int version, const char *header, const void *data, size_t size)
{
    size_t n = strlen(header);
    const char head[] = {
        '\x93', 'N', 'U', 'M', 'P', 'Y', (char)version, 0, (char)(n & 0xff), (char)(n >> 8), 0, 0};
    str_clear(out);
    str_add_n(out, head, version == 1 ? 10 : 12);
    str_add_n(out, header, n);
    str_add_n(out, data, size);
}

static int open_built(int version, const char *header, const void *data, size_t size,
                      struct npy **out, struct error *err)
{
    struct str bytes = {0};
    build(&bytes, version, header, data, size);
    assert_done(file_write(file, bytes.text, bytes.length, err), *err);
    str_done(&bytes);
    return npy_open(file, NULL, out, err);
}

static void test_types_and_orders(void **state)
{
    (void)state;
    static const struct {
        const char *descr;
        enum npy_type type;
        const char *bytes; /* the elements 1, 2 (bool: 1, 1) */
        size_t size;
    } cases[] = {
        {"|b1", NPY_BOOL, "\1\2", 2},
        {"|i1", NPY_I8, "\1\2", 2},
        {"|u1", NPY_U8, "\1\2", 2},
        {"<i2", NPY_I16, "\1\0\2\0", 4},
        {">i2", NPY_I16, "\0\1\0\2", 4},
        {"<u2", NPY_U16, "\1\0\2\0", 4},
        {">i4", NPY_I32, "\0\0\0\1\0\0\0\2", 8},
        {"<u4", NPY_U32, "\1\0\0\0\2\0\0\0", 8},
        {"<i8", NPY_I64, "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0", 16},
        {">u8", NPY_U64, "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2", 16},
        {"<f2", NPY_F16, "\0\x3c\0\x40", 4},
        {">f2", NPY_F16, "\x3c\0\x40\0", 4},
        {"<f4", NPY_F32, "\0\0\x80\x3f\0\0\0\x40", 8},
        {">f4", NPY_F32, "\x3f\x80\0\0\x40\0\0\0", 8},
        {"<f8", NPY_F64, "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40", 16},
        {">f8", NPY_F64, "\x3f\xf0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0", 16},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++)
        for (int version = 1; version <= 3; version++) {
            struct error err;
            struct npy *a;
            char header[128];
            float got[2];
            double exact[2];
            snprintf(header, sizeof header,
                     "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }\n", cases[i].descr);
            assert_done(open_built(version, header, cases[i].bytes, cases[i].size, &a, &err), err);
            assert_int_equal(a->type, cases[i].type);
            npy_rows_f32(a, 0, 2, got);
            npy_all_f64(a, exact);
            float second = a->type == NPY_BOOL ? 1 : 2;
            assert_true(got[0] == 1 && got[1] == second);
            assert_true(exact[0] == 1 && exact[1] == (double)second);
            npy_rows_f32(a, 1, 1, got);
            assert_true(got[0] == second);
            npy_free(a);
        }
}

static void test_fortran_order(void **state)
{
    (void)state;
    enum { A = 300, B = 3, C = 2 }; /* more rows than a run */
    struct error err;
    struct npy *a;
    float file_order[A * B * C], got[A * B * C];
    double exact[A * B * C];
    for (int i = 0; i < A; i++)
        for (int j = 0; j < B; j++)
            for (int k = 0; k < C; k++)
                file_order[i + A * (j + B * k)] = (float)(100 * i + 10 * j + k);
    assert_done(open_built(1, "{'shape': (300, 3, 2), 'fortran_order': True, 'descr': '<f4'}",
                           file_order, sizeof file_order, &a, &err),
                err);
    assert_true(a->fortran);
    assert_null(npy_direct_f32(a));
    npy_all_f64(a, exact);
    npy_rows_f32(a, 7, A - 7, got);
    for (int i = 0; i < A; i++)
        for (int j = 0; j < B; j++)
            for (int k = 0; k < C; k++) {
                int at = (i * B + j) * C + k;
                assert_true(exact[at] == 100 * i + 10 * j + k);
                if (i >= 7)
                    assert_true(got[at - 7 * B * C] == (float)(100 * i + 10 * j + k));
            }
    npy_free(a);
}

static void test_headers_of_other_writers(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "{\"shape\":(2L,3L),\"descr\":\"f4\",\"fortran_order\":False}", /* Python 2 longs, native
                                                                           order */
        "{'descr':'=f4','fortran_order':False,'shape':( 2 , 3 , ) , } \n",
    };
    float data[6] = {1, 2, 3, 4, 5, 6};
    for (size_t i = 0; i < COUNTOF(headers); i++) {
        struct error err;
        struct npy *a;
        assert_done(open_built(1, headers[i], data, sizeof data, &a, &err), err);
        assert_int_equal(a->ndim, 2);
        assert_int_equal(a->shape[1], 3);
        assert_int_equal(npy_row_size(a), 3);
        char *text = npy_describe(a);
        assert_string_equal(text, "float32 2 x 3");
        free(text);
        npy_free(a);
    }
}

static void test_bad_headers_name_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *header, *reason;
    } cases[] = {
        {"", "damaged"},
        {"{", "damaged"},
        {"{'descr': '<f4', 'fortran_order': False, }", "lacks"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,3), 'x': 1}", "unknown key 'x'"},
        {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2,)}", "'fortran_order'"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}", "'<c8' is not supported"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "structured"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "'shape'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2}", "'shape'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", "dimensions"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "'shape'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
         "too large"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296)}",
         "too large"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
         "needs 12 bytes of data, the file has 8"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct error err;
        struct npy *a;
        assert_int_equal(open_built(1, cases[i].header, "12345678", 8, &a, &err), -1);
        assert_null(a);
        if (!strstr(err.text, cases[i].reason) || !strstr(err.text, file))
            fail_msg("%s: %s", cases[i].header, err.text);
    }
}

static int open_and_close(const char *path, struct error *err)
{
    struct npy *a;
    int status = npy_open(path, NULL, &a, err);
    npy_free(a);
    return status;
}

static void test_bad_files(void **state)
{
    (void)state;
    static const struct bad_file cases[] = {
        {"", "is empty", 0},
        {"hello", "not a NumPy array", 5},
        {"\x93NUMPY", "cut off", 6},
        {"\x93NUMPY\1\0\xff", "cut off", 9},
        {"\x93NUMPY\1\0\xff\0{", "cut off", 11},
        {"\x93NUMPY\4\0\0\0", "version 4.0", 10},
        {"\x93NUMPY\2\0\xff\xff\xff\xff", "header of 4294967295 bytes", 12},
        {"PK\3\4", "damaged or truncated zip", 4},
        {"PK\5\6\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0", "damaged or truncated zip", 22},
        {"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "zip file without", 22},
    };
    testing_bad_files(open_and_close, cases, COUNTOF(cases), file, folder);
}

static void test_halves(void **state)
{
    (void)state;
    for (uint32_t h = 0; h <= 0xffff; h++) {
        float f = npy_half_to_float((uint16_t)h);
        uint32_t magnitude = h & 0x7fff, exponent = magnitude >> 10, mantissa = h & 0x3ff;
        double expected =
            exponent == 0 ? ldexp(mantissa, -24) : ldexp(1024 + mantissa, (int)exponent - 25);
        expected = h & 0x8000 ? -expected : expected;
        if (magnitude > 0x7c00) {
            assert_true(isnan(f));
            assert_true(isnan(npy_half_to_float(npy_float_to_half(f))));
            continue;
        }
        if (magnitude == 0x7c00)
            assert_true(isinf(f) && !!signbit(f) == (h >= 0x8000));
        else
            assert_true((double)f == expected && !!signbit(f) == (h >= 0x8000));
        assert_int_equal(npy_float_to_half(f), h);
        if (magnitude >= 0x7bff)
            continue;
        /* Halfway to the next: to even; slightly more: up. */
        float next = npy_half_to_float((uint16_t)(h + 1)), middle = (f + next) / 2;
        assert_int_equal(npy_float_to_half(middle), h & 1 ? h + 1 : h);
        assert_int_equal(npy_float_to_half(nextafterf(middle, next)), h + 1);
        assert_int_equal(npy_float_to_half(nextafterf(middle, f)), h);
    }
    assert_int_equal(npy_float_to_half(65519.0f), 0x7bff);
    assert_int_equal(npy_float_to_half(65520.0f), 0x7c00);
    assert_int_equal(npy_float_to_half(1e30f), 0x7c00);
    assert_int_equal(npy_float_to_half(-1e-30f), 0x8000);
}

static void test_save_and_open_again(void **state)
{
    (void)state;
    struct error err;
    struct npy *a;
    float data[6] = {1, -2, 0.5f, 65504, 1e-7f, 0}, got[6];
    int32_t ints[6] = {1, -2, 3, 4, 5, INT32_MAX};
    double exact[6];
    assert_done(npy_save(file, NPY_F32, 3, (size_t[]){1, 2, 3}, data, &err), err);
    assert_done(npy_open(file, NULL, &a, &err), err);
    assert_int_equal(a->ndim, 3);
    assert_int_equal(a->shape[2], 3);
    assert_int_equal((uintptr_t)a->data % 64, 0);
    assert_memory_equal(npy_direct_f32(a), data, sizeof data);
    npy_free(a);
    assert_done(npy_save_f16(file, 1, (size_t[]){4}, data, &err), err);
    assert_done(npy_open(file, NULL, &a, &err), err);
    npy_rows_f32(a, 0, 4, got);
    assert_memory_equal(got, data, 4 * sizeof *data);
    npy_free(a);
    assert_done(npy_save(file, NPY_I32, 2, (size_t[]){2, 3}, ints, &err), err);
    assert_done(npy_open(file, NULL, &a, &err), err);
    npy_all_f64(a, exact);
    assert_true(exact[5] == INT32_MAX && exact[1] == -2);
    npy_free(a);
    assert_done(npy_save(file, NPY_F32, 0, NULL, data, &err), err);
    assert_done(npy_open(file, NULL, &a, &err), err);
    assert_int_equal(a->count, 1);
    npy_free(a);
    assert_int_equal(npy_save("/dev/full", NPY_F32, 1, (size_t[]){6}, data, &err), -1);
    assert_non_null(strstr(err.text, "/dev/full: cannot write: No space left"));
    assert_int_equal(npy_save("no-such-folder/x.npy", NPY_F32, 1, (size_t[]){6}, data, &err), -1);
    data[0] = 70000;
    assert_int_equal(npy_save_f16(file, 1, (size_t[]){4}, data, &err), -1);
    assert_non_null(strstr(err.text, "float16"));
}

static void test_writer_fills_in_the_rows(void **state)
{
    (void)state;
    struct error err;
    struct npy_writer *w;
    struct npy *a;
    float row[3] = {1, 2, 3};
    assert_done(npy_writer_open(file, NPY_F32, 2, (size_t[]){3}, &w, &err), err);
    for (int i = 0; i < 1000; i++) {
        row[0] = (float)i;
        assert_done(npy_writer_rows(w, 1, row, &err), err);
    }
    assert_done(npy_writer_commit(w, &err), err);
    assert_done(npy_open(file, NULL, &a, &err), err);
    assert_int_equal(a->shape[0], 1000);
    npy_rows_f32(a, 999, 1, row);
    assert_true(row[0] == 999);
    npy_free(a);
    assert_done(npy_writer_open(file, NPY_F16, 2, (size_t[]){3}, &w, &err), err);
    npy_writer_abort(w);
    assert_done(npy_open(file, NULL, &a, &err), err); /* unchanged */
    npy_free(a);
}

static void add_member(zip_t *zip, const char *name, const struct str *bytes, int method)
{
    zip_source_t *source = zip_source_buffer(zip, bytes->text, bytes->length, 0);
    zip_int64_t index = zip_file_add(zip, name, source, 0);
    assert_true(index >= 0);
    assert_int_equal(zip_set_file_compression(zip, (zip_uint64_t)index, method, 0), 0);
}

/* ims.npy with 4000 values, boxes.npy with 2, and a file that is not an array. */
static void write_npz(int method)
{
    struct str ims = {0}, boxes = {0}, text = {0};
    float *values = mem_new(4000, sizeof *values);
    for (int i = 0; i < 4000; i++)
        values[i] = (float)(i % 7);
    build(&ims, 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (40, 100), }\n", values,
          16000);
    build(&boxes, 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", values, 8);
    str_add(&text, "no array");
    zip_t *zip = zip_open(file, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    add_member(zip, "ims.npy", &ims, method);
    add_member(zip, "readme.txt", &text, method);
    add_member(zip, "boxes.npy", &boxes, method);
    assert_int_equal(zip_close(zip), 0);
    str_done(&ims);
    str_done(&boxes);
    str_done(&text);
    free(values);
}

static void test_npz_members(void **state)
{
    (void)state;
    static const int methods[] = {ZIP_CM_STORE, ZIP_CM_DEFLATE};
    for (int m = 0; m < 2; m++) {
        struct error err;
        struct npy *a;
        float row[100];
        struct str_list names;
        write_npz(methods[m]);
        assert_done(npy_open(file, "ims", &a, &err), err);
        assert_int_equal(a->shape[0], 40);
        assert_true((a->unpacked == NULL) == (m == 0)); /* stored: mapped in place */
        npy_rows_f32(a, 39, 1, row);
        assert_true(row[99] == 3999 % 7);
        assert_non_null(strstr(a->path, "a.npy(ims.npy)"));
        npy_free(a);
        assert_done(npy_open(file, "boxes.npy", &a, &err), err);
        npy_free(a);
        assert_int_equal(npy_open(file, NULL, &a, &err), -1);
        assert_non_null(strstr(err.text, "holds 2 arrays (ims, boxes)"));
        assert_int_equal(npy_open(file, "sizes", &a, &err), -1);
        assert_non_null(strstr(err.text, "no array 'sizes'"));
        assert_done(npy_members(file, &names, &err), err);
        assert_int_equal(names.count, 2);
        assert_string_equal(names.items[1], "boxes");
        str_list_done(&names);
    }
}

/* Every prefix and every changed byte of a zip gives an error or an array, never a fault (under
 * ASan). */
static void test_damaged_npz(void **state)
{
    (void)state;
    struct error err;
    struct file_map map;
    struct npy *a;
    write_npz(ZIP_CM_DEFLATE);
    assert_done(file_map_open(file, &map, &err), err);
    uint8_t *copy = mem_new(map.size, 1);
    for (size_t i = 0; i < 2 * map.size; i++) {
        memcpy(copy, map.data, map.size);
        size_t size = i < map.size ? i : map.size;
        if (i >= map.size)
            copy[i - map.size] ^= 0xff;
        file_map_close(&map);
        assert_done(file_write(file, copy, size, &err), err);
        int status = npy_open(file, "ims", &a, &err);
        if (i < map.size)
            assert_int_equal(status, -1);
        npy_free(a);
        write_npz(ZIP_CM_DEFLATE);
        assert_done(file_map_open(file, &map, &err), err);
    }
    free(copy);
    file_map_close(&map);
}

static void test_nonfinite_is_found(void **state)
{
    (void)state;
    float *values = mem_new(10000, sizeof *values);
    assert_int_equal(npy_find_nonfinite(values, 10000), -1);
    assert_int_equal(npy_find_nonfinite(values, 0), -1);
    values[9999] = INFINITY;
    assert_int_equal(npy_find_nonfinite(values, 10000), 9999);
    values[5000] = NAN;
    assert_int_equal(npy_find_nonfinite(values, 10000), 5000);
    assert_int_equal(npy_find_nonfinite(values, 5000), -1);
    free(values);
}

static void test_real_features(void **state)
{
    (void)state;
    struct error err;
    struct npy *a;
    char *path = testing_data("f8k_precomp/dev_ims.npy");
    assert_done(npy_open(path, NULL, &a, &err), err);
    char *text = npy_describe(a);
    assert_string_equal(text, "float16 113 x 36 x 738");
    float *values = mem_new(a->count, sizeof *values);
    npy_rows_f32(a, 0, 113, values);
    assert_int_equal(npy_find_nonfinite(values, a->count), -1);
    free(values);
    free(text);
    npy_free(a);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_and_orders),
        cmocka_unit_test(test_fortran_order),
        cmocka_unit_test(test_headers_of_other_writers),
        cmocka_unit_test(test_bad_headers_name_the_reason),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_save_and_open_again),
        cmocka_unit_test(test_writer_fills_in_the_rows),
        cmocka_unit_test(test_npz_members),
        cmocka_unit_test(test_damaged_npz),
        cmocka_unit_test(test_nonfinite_is_found),
        cmocka_unit_test(test_real_features),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
