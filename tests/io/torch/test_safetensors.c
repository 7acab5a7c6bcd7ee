#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/safetensors.h"
#include "io/torch/safetensors_checkpoint.h"

/* A file of that header with `n` bytes of data, byte i being i; the caller's to free. */
static uint8_t *make_file(const char *header, size_t n, size_t *size_out)
{
    size_t length = strlen(header);
    uint8_t *file = mem_new(8 + length + n, 1);
    for (size_t i = 0; i < 8; i++)
        file[i] = (uint8_t)(length >> 8 * i);
    memcpy(file + 8, header, length);
    for (size_t i = 0; i < n; i++)
        file[8 + length + i] = (uint8_t)i;
    *size_out = 8 + length + n;
    return file;
}

static int load(const char *header, size_t n, struct checkpoint **out, struct error *err)
{
    size_t size;
    struct safetensors *file;
    uint8_t *bytes = make_file(header, n, &size);
    int status = safetensors_open_bytes(bytes, size, "x.safetensors", &file, err);
    if (status == 0) {
        status = safetensors_checkpoint_load(file, out, err);
        safetensors_free(file);
    }
    free(bytes);
    return status;
}

static void test_every_type(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        size_t size;
        double first; /* of the bytes 0 1 2 ... */
        bool integers, doubles;
    } table[] = {
        {"I64", 8, 506097522914230528.0, true, false},
        {"F64", 8, 7.949928895127363e-275, false, true},
        {"F32", 4, 3.820471434542632e-37, false, false},
        {"I32", 4, 50462976, true, false},
        {"F16", 2, 1.52587890625e-05, false, false},
        {"BF16", 2, 2.350988701644575e-38, false, false},
        {"I16", 2, 256, true, false},
        {"I8", 1, 0, true, false},
        {"U8", 1, 0, true, false},
        {"BOOL", 1, 0, true, false},
    };
    for (size_t i = 0; i < COUNTOF(table); i++) {
        struct checkpoint *c;
        struct error err;
        char *header =
            mem_printf("{\"a\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%zu]}}",
                       table[i].type, 2 * table[i].size);
        assert_done(load(header, 2 * table[i].size, &c, &err), err);
        assert_int_equal(c->group_count, 1);
        const struct tensor *t = checkpoint_tensor_find(&c->groups[0], "a");
        assert_int_equal(t->count, 2);
        assert_true(t->data[0] == (float)table[i].first);
        assert_true((t->integers != NULL) == table[i].integers);
        assert_true((t->doubles != NULL) == table[i].doubles);
        if (t->integers)
            assert_int_equal(t->integers[0], (int64_t)table[i].first);
        checkpoint_free(c);
        free(header);
    }
}

static void test_parts_and_metadata(void **state)
{
    (void)state;
    struct checkpoint *c;
    struct error err;
    assert_done(
        load("{\"__metadata__\":{\"format\":\"pt\",\"cross_attn\":\"i2t\",\"bi_gru\":\"True\","
             "\"lambda_softmax\":\"4.5\",\"embed_size\":\"1024\",\"data_name\":\"007\","
             "\"epoch\":\"3\",\"Eiters\":\"12\",\"best_rsum\":\"321.5\","
             "\"args\":\"{\\\"margin\\\": 0.2, \\\"cross_attn\\\": \\\"i2t\\\", \\\"x\\\": [1]}\"},"
             "\"txt_enc.embed.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]},"
             "\"img_enc.fc.bias\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
             "\"scanscope.steps\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]},"
             "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[8,8]}}   ",
             16, &c, &err),
        err);
    assert_non_null(checkpoint_tensor_find(&c->groups[0], "fc.bias"));
    assert_non_null(checkpoint_tensor_find(&c->groups[1], "embed.weight"));
    assert_non_null(checkpoint_tensor_find(&c->extra, "steps")->integers);
    assert_int_equal(c->epoch, 3);
    assert_int_equal(c->eiters, 12);
    assert_true(c->best_rsum == 321.5);
    assert_string_equal(checkpoint_option_find(c, "cross_attn")->text, "i2t");
    assert_string_equal(checkpoint_option_find(c, "data_name")->text, "007");
    assert_int_equal(checkpoint_option_find(c, "bi_gru")->kind, OPTION_BOOL);
    assert_int_equal(checkpoint_option_find(c, "embed_size")->kind, OPTION_INT);
    assert_true(checkpoint_option_find(c, "lambda_softmax")->number == 4.5);
    assert_true(checkpoint_option_find(c, "margin")->number == 0.2);
    assert_null(checkpoint_option_find(c, "format"));
    assert_null(checkpoint_option_find(c, "epoch"));
    checkpoint_free(c);
}

#define A(type, shape, begin, end)                                                                 \
    "\"a\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"
#define B(begin, end) ",\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[" begin "," end "]}"

static void test_damage_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t n;
        const char *says;
    } table[] = {
        {"{", 0, "not JSON"},
        {"[]", 0, "not a JSON object"},
        {"{\"a\": 1}", 0, "tensor a: is not described"},
        {"{" A("F32", "[1]", "0", "4") "," A("F32", "[1]", "0", "4") "}", 4, "name twice"},
        {"{" A("F8_E5M2", "[4]", "0", "4") "}", 4, "of type F8_E5M2, which is not read"},
        {"{" A("F32", "[1]", "0", "8") "}", 4, "end at 8, but only 4 bytes"},
        {"{" A("F32", "[2]", "0", "4") "}", 4, "takes 2 numbers of 4 bytes"},
        {"{" A("F32", "[4611686018427387904,4]", "0", "4") "}", 4, "a"},
        {"{" A("F32", "[1]", "4", "0") "}", 4, "not two ascending numbers"},
        {"{" A("F32", "[1]", "-4", "0") "}", 4, "not two ascending numbers"},
        {"{" A("F32", "[-1]", "0", "4") "}", 4, "no count"},
        {"{" A("F32", "[1.5]", "0", "4") "}", 4, "no count"},
        {"{" A("F32", "3", "0", "4") "}", 4, "shape is missing"},
        {"{" A("F32", "[1,1,1,1,1,1,1,1,1]", "0", "4") "}", 4, "more than 8 dimensions"},
        {"{" A("U8", "[4]", "0", "4") B("2", "6") "}", 6, "tensors a and b share bytes"},
        {"{" A("U8", "[4]", "0", "4") B("6", "10") "}", 10, "2 bytes before tensor b"},
        {"{" A("U8", "[4]", "0", "4") "}", 6, "2 bytes after the last tensor"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "__metadata__: a is not text"},
        {"{\"__metadata__\":[]}", 0, "__metadata__ is not an object"},
        {"{\"__metadata__\":{\"opt\":\"x\"}}", 0, "opt is not a JSON object"},
        {"{\"__metadata__\":{\"opt\":\"{\\\"a\\\":1}\",\"a\":\"2\"}}", 0, "option a twice"},
    };
    for (size_t i = 0; i < COUNTOF(table); i++) {
        struct checkpoint *c = NULL;
        struct error err;
        if (load(table[i].header, table[i].n, &c, &err) == 0)
            fail_msg("%s was read", table[i].header);
        if (!strstr(err.text, table[i].says) || !strstr(err.text, "x.safetensors: "))
            fail_msg("%s: no \"%s\" in: %s", table[i].header, table[i].says, err.text);
    }
}

static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    size_t size;
    uint8_t *whole = make_file("{" A("F32", "[1]", "0", "4") "}", 4, &size);
    for (size_t n = 0; n <= size; n++) {
        struct safetensors *file;
        struct error err;
        uint8_t *part = mem_new(n + 1, 1);
        memcpy(part, whole, n);
        assert_int_equal(safetensors_open_bytes(part, n, "x", &file, &err), n < size ? -1 : 0);
        safetensors_free(file);
        free(part);
    }
    free(whole);
}

/* A header of 640 bytes begins like a pickle. */
static void test_told_by_first_bytes(void **state)
{
    (void)state;
    assert_true(safetensors_is("x.pth.tar", "\x80\2\0\0\0\0\0\0{", 9));
    assert_true(safetensors_is("x.safetensors", "\1", 1));
    assert_false(safetensors_is("x.safetensors", "PK\3\4", 4));
    assert_false(safetensors_is("x.pth.tar", "\x80\2}q\0", 5));
}

static void test_saved_and_loaded(void **state)
{
    (void)state;
    char path[] = "/tmp/scanscope-test-XXXXXX.safetensors";
    static const int64_t whole[] = {INT64_MIN, INT64_MAX, 9007199254740993};
    struct error err;
    struct tensor *t;
    struct checkpoint *c = checkpoint_new(2), *again;
    assert_true(mkstemps(path, 12) >= 0);
    size_t shape[] = {3};
    assert_done(checkpoint_tensor_add(&c->groups[0], "fc.bias", TENSOR_FLOATS, 1, shape, &t, &err),
                err);
    memcpy(t->data, (float[]){0.1f, -0.0f, NAN}, 12);
    assert_done(checkpoint_tensor_add(&c->groups[1], "fc.bias", TENSOR_DOUBLES, 1, shape, &t, &err),
                err);
    memcpy(t->doubles, (double[]){0.1, 5e-324, -1e300}, 24);
    assert_done(checkpoint_tensor_add(&c->extra, "rng", TENSOR_INTEGERS, 1, shape, &t, &err), err);
    memcpy(t->integers, whole, sizeof whole);
    c->best_rsum = 0.1 + 0.2;
    checkpoint_option_add(c, "lambda \"x\"", OPTION_FLOAT, 1e-5, NULL);
    checkpoint_option_add(c, "n", OPTION_INT, 128, NULL);
    checkpoint_option_add(c, "zero", OPTION_FLOAT, 0, NULL);
    checkpoint_option_add(c, "text", OPTION_TEXT, 0, "12");
    checkpoint_option_add(c, "none", OPTION_NONE, 0, NULL);
    assert_done(checkpoint_save(path, c, &err), err);
    assert_done(checkpoint_load(path, &again, &err), err);
    assert_string_equal(again->format, "safetensors");
    const struct tensor *a = checkpoint_tensor_find(&again->groups[0], "fc.bias");
    assert_memory_equal(a->data, c->groups[0].tensors[0].data, 12);
    a = checkpoint_tensor_find(&again->groups[1], "fc.bias");
    assert_memory_equal(a->doubles, c->groups[1].tensors[0].doubles, 24);
    assert_memory_equal(checkpoint_tensor_find(&again->extra, "rng")->integers, whole, 24);
    assert_true(again->best_rsum == 0.1 + 0.2);
    assert_true(checkpoint_option_find(again, "lambda \"x\"")->number == 1e-5);
    assert_int_equal(checkpoint_option_find(again, "n")->kind, OPTION_INT);
    assert_int_equal(checkpoint_option_find(again, "zero")->kind, OPTION_FLOAT);
    assert_string_equal(checkpoint_option_find(again, "text")->text, "12");
    assert_int_equal(checkpoint_option_find(again, "none")->kind, OPTION_NONE);
    checkpoint_free(c);
    checkpoint_free(again);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type),          cmocka_unit_test(test_parts_and_metadata),
        cmocka_unit_test(test_damage_is_named),     cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_told_by_first_bytes), cmocka_unit_test(test_saved_and_loaded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
