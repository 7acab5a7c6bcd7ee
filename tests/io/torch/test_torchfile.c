/* Hostile and damaged torch files: each is refused with one line, or read without harm. */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/torch/checkpoint.h"
#include "io/torch/torchfile.h"

/* ---- making files ---- */

#define MAGIC "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
#define PROTOCOL "\x80\x02M\xe9\x03."
#define LITTLE "\x80\x02}U\x0dlittle_endian\x88s."

/* A float32 storage "0" of `count`, and a tensor of it, in the text instructions of protocol 0. */
#define STORAGE(count) "(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI" count "\nNtQ"
#define TENSOR(count, offset, size, stride)                                                        \
    "ctorch._utils\n_rebuild_tensor_v2\n(" STORAGE(count) "I" offset "\n(" size "t(" stride        \
                                                          "tI00\n"                                 \
                                                          "(dtR"
/* {'model': [{'w': TENSOR}]} */
#define MODEL(tensor) "(dVmodel\n](dVw\n" tensor "sas."

static void put(struct str *out, const char *bytes, size_t n)
{
    str_add_n(out, bytes, n);
}
#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

static void put_count(struct str *out, uint64_t count)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(count >> 8 * i);
    put(out, bytes, sizeof bytes);
}

/* A legacy file of a pickle and one storage "0" of `count` floats 0, 1, 2, ... */
static void make_legacy(struct str *out, const char *pickle, size_t size, size_t count)
{
    PUT(out, MAGIC PROTOCOL LITTLE);
    put(out, pickle, size);
    if (count == 0) {
        PUT(out, "].");
        return;
    }
    PUT(out, "](V0\ne.");
    put_count(out, count);
    for (size_t i = 0; i < count; i++) {
        float number = (float)i;
        put(out, (const char *)&number, sizeof number);
    }
}
#define LEGACY(out, literal, count) make_legacy(out, literal, sizeof(literal) - 1, count)

static int load(const char *bytes, size_t size, struct checkpoint **out, struct error *err)
{
    struct torchfile *file;
    char *copy = malloc(size); /* of the exact size, so that a sanitizer sees a read beyond it */
    if (size > 0)
        memcpy(copy, bytes, size);
    *out = NULL;
    err->text[0] = '\0';
    int status =
        torchfile_open_bytes((const uint8_t *)copy, size, "FILE", TORCHFILE_LOAD, &file, err);
    if (status == 0) {
        status = checkpoint_from_file(file, out, err);
        torchfile_free(file);
    }
    free(copy);
    return status;
}

static int list(const char *bytes, size_t size, bool json, struct str *text, struct error *err)
{
    struct torchfile *file;
    err->text[0] = '\0';
    int status =
        torchfile_open_bytes((const uint8_t *)bytes, size, "FILE", TORCHFILE_LIST, &file, err);
    if (status == 0) {
        status = torchfile_list(file, json, text, err);
        torchfile_free(file);
    }
    return status;
}

/* Loading fails with a line that begins with the file and contains the reason. */
static void refused(const struct str *file, const char *reason)
{
    struct error err;
    struct checkpoint *c;
    if (load(file->text, file->length, &c, &err) == 0)
        fail_msg("loaded, where '%s' was expected", reason);
    assert_null(c);
    if (strncmp(err.text, "FILE", 4) != 0 || !strstr(err.text, reason))
        fail_msg("'%s', where '%s' was expected", err.text, reason);
}

#define REFUSED(literal, count, reason)                                                            \
    do {                                                                                           \
        struct str file_ = {0};                                                                    \
        LEGACY(&file_, literal, count);                                                            \
        refused(&file_, reason);                                                                   \
        str_done(&file_);                                                                          \
    } while (0)

/* A small zip checkpoint by our own writer, read back into memory. */
static void make_zip(struct str *out)
{
    struct error err;
    struct tensor *t;
    struct checkpoint *c = checkpoint_new(1);
    assert_done(
        checkpoint_tensor_add(&c->groups[0], "w", TENSOR_FLOATS, 1, (size_t[]){3}, &t, &err), err);
    memcpy(t->data, (float[]){1.5f, 2.5f, 3.5f}, 12);
    checkpoint_option_add(c, "margin", OPTION_FLOAT, .2, NULL);
    char path[] = "/tmp/scanscope-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_done(checkpoint_save(path, c, &err), err);
    struct file_map map;
    assert_done(file_map_open(path, &map, &err), err);
    put(out, (const char *)map.data, map.size);
    file_map_close(&map);
    unlink(path);
    checkpoint_free(c);
}

/* ---- good files ---- */

static void test_views(void **state)
{
    (void)state;
    struct error err;
    struct checkpoint *c;
    struct str file = {0};
    LEGACY(&file, MODEL(TENSOR("12", "1", "I2\nI3\n", "I1\nI4\n")), 12);
    assert_done(load(file.text, file.length, &c, &err), err);
    const struct tensor *w = checkpoint_tensor_find(&c->groups[0], "w");
    static const float wanted[] = {1, 5, 9, 2, 6, 10};
    assert_memory_equal(w->data, wanted, sizeof wanted);
    assert_string_equal(c->format, "legacy");
    assert_true(c->epoch == -1 && isnan(c->best_rsum));
    checkpoint_free(c);
    str_done(&file);
}

static void test_other_byte_order(void **state)
{
    (void)state;
    struct error err;
    struct checkpoint *c;
    struct str file = {0};
    PUT(&file,
        MAGIC PROTOCOL "\x80\x02}U\x0dlittle_endian\x89s." MODEL(TENSOR("1", "0", "I1\n", "I1\n")));
    PUT(&file, "](V0\ne.\0\0\0\0\0\0\0\1\x3f\xc0\0\0");
    assert_done(load(file.text, file.length, &c, &err), err);
    assert_true(c->groups[0].tensors[0].data[0] == 1.5f);
    checkpoint_free(c);
    str_done(&file);
}

/* As written by Python 2 and PyTorch 0.3: str for every text, longs, pairs in lists, a storage on a
 * GPU, numpy's float64 as the best score, a Namespace. */
static void test_python_2(void **state)
{
    (void)state;
    static const char pickle[] =
        "\x80\x02}q\1(U\5epochq\2K\7U\5modelq\3]q\4ccollections\nOrderedDict\nq\5]q\6]q\7("
        "U\x10module.fc.weightq\10ctorch._utils\n_rebuild_tensor\nq\11((U\7storageq\12"
        "ctorch.cuda\nFloatStorage\nq\13U\1"
        "0q\14U\6cuda:0q\15\x8a\1\4NtQK\0\x8a\1\2\x8a\1\2\x86q\16"
        "\x8a\1\2\x8a\1\1\x86tRq\17ea\x85Rq\20aU\x09"
        "best_rsumq\21cnumpy.core.multiarray\nscalar\n"
        "q\22cnumpy\ndtype\nq\23U\2f8K\0K\1\x87Rq\24(K\3U\1<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
        "K\0tbU\x08\0\0\0\0\0\xc8y@\x86Rq\25U\3optq\26cargparse\nNamespace\n)\x81q\27}q\30("
        "U\x09"
        "data_nameU\x0c"
        "f30k_precompU\6marginG?\xc9\x99\x99\x99\x99\x99\x9aubu.";
    struct error err;
    struct checkpoint *c;
    struct str file = {0};
    LEGACY(&file, pickle, 4);
    assert_done(load(file.text, file.length, &c, &err), err);
    assert_int_equal(c->epoch, 7);
    assert_true(c->best_rsum == 412.5);
    const struct tensor *w = checkpoint_tensor_find(&c->groups[0], "fc.weight");
    assert_non_null(w);
    assert_true(w->ndim == 2 && w->shape[1] == 2 && w->data[3] == 3);
    assert_string_equal(checkpoint_option_find(c, "data_name")->text, "f30k_precomp");
    assert_true(checkpoint_option_find(c, "margin")->number == .2);
    checkpoint_free(c);
    str_done(&file);
}

/* ---- damage ---- */

static void test_truncated_anywhere(void **state)
{
    (void)state;
    struct str files[2] = {{0}, {0}};
    make_zip(&files[0]);
    LEGACY(&files[1], MODEL(TENSOR("3", "0", "I3\n", "I1\n")), 3);
    for (int i = 0; i < 2; i++) {
        struct error err;
        struct checkpoint *c;
        struct str text = {0};
        assert_done(load(files[i].text, files[i].length, &c, &err), err);
        checkpoint_free(c);
        for (size_t n = 0; n < files[i].length; n++) {
            struct str part = {.text = files[i].text, .length = n};
            refused(&part, "");
            assert_int_equal(list(part.text, n, false, &text, &err), -1);
        }
        str_done(&files[i]);
        str_done(&text);
    }
}

/* Every bit is flipped in turn; the CRC detects a changed weight. */
static void test_damaged_anywhere(void **state)
{
    (void)state;
    struct str file = {0};
    make_zip(&file);
    float weights[] = {1.5f, 2.5f, 3.5f};
    const char *found = memmem(file.text, file.length, weights, sizeof weights);
    assert_non_null(found);
    for (size_t i = 0; i < file.length; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct error err;
            struct checkpoint *c;
            file.text[i] ^= (char)(1 << bit);
            int status = load(file.text, file.length, &c, &err);
            if (file.text + i >= found && file.text + i < found + sizeof weights)
                assert_true(status == -1 && strstr(err.text, "CRC"));
            if (status == 0)
                checkpoint_free(c);
            file.text[i] ^= (char)(1 << bit);
        }
    str_done(&file);
}

static void test_wrong_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *reason;
    } kinds[] = {
#define KIND(bytes, reason) {bytes, sizeof(bytes) - 1, reason}
        KIND("", "is empty"),
        KIND("a text", "not a PyTorch checkpoint"),
        KIND("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        KIND("\xff\xd8\xff\xe0", "JPEG"),
        KIND("\x93NUMPY\1\0", "numpy"),
        KIND("\x89HDF\r\n", "HDF5"),
        KIND("<!DOCTYPE html>", "web page"),
        KIND("version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        KIND("PK\3\4", "zip archive"),
        KIND("\x80\x02K\x01.", "no magic number"),
        KIND("\x80\x02", "truncated"),
        KIND(MAGIC "\x80\x02K\x01.", "protocol"),
        KIND(MAGIC PROTOCOL LITTLE "I1\n.].", "neither a dict nor a list"),
    };
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        struct str file = {0};
        put(&file, kinds[i].bytes, kinds[i].size);
        refused(&file, kinds[i].reason);
        str_done(&file);
    }
    struct error err;
    struct checkpoint *c;
    assert_int_equal(checkpoint_load("/tmp", &c, &err), -1);
    assert_non_null(strstr(err.text, "folder"));
    assert_int_equal(checkpoint_load("no-such-folder.pth.tar", &c, &err), -1);
    assert_non_null(strstr(err.text, "no-such-folder.pth.tar"));
}

static void test_zip_of_something_else(void **state)
{
    (void)state;
    struct str file = {0};
    make_zip(&file);
    for (char *name; (name = memmem(file.text, file.length, "data.pkl", 8));)
        memcpy(name, "data.xyz", 8);
    refused(&file, "no data.pkl");
    str_done(&file);
}

/* The directory gives a stored member more bytes than it has. */
static void test_zip_sizes_that_lie(void **state)
{
    (void)state;
    static const struct {
        uint32_t packed, unpacked;
        uint16_t method;
        const char *reason;
    } lies[] = {
        {12, 0xfffffff0, 0, "damaged"},
        {0xfffffff0, 0xfffffff0, 0, "larger than the file"},
        {12, 0xfffffff0, 8, "far more than the file holds"},
        {11, 11, 0, "11 bytes, but 3 float32"},
    };
    for (size_t i = 0; i < COUNTOF(lies); i++) {
        struct str file = {0};
        make_zip(&file);
        char *entry = memmem(file.text, file.length, "PK\1\2", 4);
        entry = memmem(entry + 4, file.length - (size_t)(entry + 4 - file.text), "PK\1\2", 4);
        assert_memory_equal(entry + 46, "archive/data/0", 14);
        memcpy(entry + 10, &lies[i].method, 2);
        memcpy(entry + 20, &lies[i].packed, 4);
        memcpy(entry + 24, &lies[i].unpacked, 4);
        refused(&file, lies[i].reason);
        str_done(&file);
    }
}

/* ---- malice ---- */

static void test_globals_are_refused_by_name(void **state)
{
    (void)state;
    REFUSED("cos\nsystem\n(Vecho\ntR.", 0, "os.system");
    REFUSED("cposix\nsystem\n(Vecho\ntR.", 0, "posix.system");
    REFUSED("c__builtin__\neval\n(V1\ntR.", 0, "__builtin__.eval");
    REFUSED("(Vecho\nios\nsystem\n.", 0, "os.system");
    REFUSED("(cos\nsystem\nVecho\no.", 0, "os.system");
    REFUSED("\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R.", 0, "os.system");
    REFUSED("cos\nsystem\x1b]0;x\n.", 0, "os.system?]0;x");
    REFUSED("(ccollections\nOrderedDict\n(tR(tR.", 0, "other than a plain name");
    REFUSED("\x82\x01.", 0, "instruction 0x82"); /* the extension registry */
    REFUSED("\x97.", 0, "instruction 0x97");     /* buffers from elsewhere */
}

static void test_globals_are_listed_by_name(void **state)
{
    (void)state;
    struct error err;
    struct str file = {0}, text = {0};
    LEGACY(&file, "(dVopt\ncevil\nThing\n(I1\ntR(dVfield\nI7\nsbs.", 0);
    assert_done(list(file.text, file.length, false, &text, &err), err);
    assert_non_null(strstr(text.text, "<evil.Thing>"));
    assert_non_null(strstr(text.text, "opt.field"));
    str_clear(&text);
    assert_done(list(file.text, file.length, true, &text, &err), err);
    assert_non_null(strstr(text.text, "\"opt.field\": 7"));
    str_done(&file);
    str_done(&text);
}

static void test_nesting_is_limited(void **state)
{
    (void)state;
    struct str nested = {0}, file = {0};
    PUT(&nested, "]");
    for (int i = 0; i < 100000; i++)
        PUT(&nested, "]");
    for (int i = 0; i < 100000; i++)
        PUT(&nested, "a");
    PUT(&nested, ".");
    make_legacy(&file, nested.text, nested.length, 0);
    refused(&file, "nested more than 200 deep");
    str_done(&nested);
    str_done(&file);
    for (int i = 0; i < 1000; i++)
        PUT(&nested, "\x85");
    struct str tuples = {0};
    PUT(&tuples, "N");
    put(&tuples, nested.text, nested.length);
    PUT(&tuples, ".");
    make_legacy(&file, tuples.text, tuples.length, 0);
    refused(&file, "nested more than 200 deep");
    str_done(&nested);
    str_done(&tuples);
    str_done(&file);
}

/* Containers that contain themselves: loading and listing end. */
static void test_rings(void **state)
{
    (void)state;
    static const struct {
        const char *pickle;
        size_t size;
    } rings[] = {
#define RING(literal) {literal, sizeof(literal) - 1}
        RING("]p0\ng0\na."),
        RING("(dp0\nVmodel\ng0\ns."),
        RING("(dVmodel\n]p0\ng0\nag0\nas."),
        RING("(dVopt\ncargparse\nNamespace\n(tRp0\n(dVx\ng0\nsbs."),
        RING("(dVmodel\n(dp0\nVw\ng0\nsVv\ng0\nss."),
    };
    for (size_t i = 0; i < COUNTOF(rings); i++) {
        struct error err;
        struct checkpoint *c;
        struct str file = {0}, text = {0};
        make_legacy(&file, rings[i].pickle, rings[i].size, 0);
        assert_done(load(file.text, file.length, &c, &err), err);
        assert_false(c->has_model);
        checkpoint_free(c);
        assert_done(list(file.text, file.length, false, &text, &err), err);
        assert_done(list(file.text, file.length, true, &text, &err), err);
        str_done(&file);
        str_done(&text);
    }
}

/* Each list contains the previous one twice: 2^60 paths in 300 bytes. */
static void test_doubling(void **state)
{
    (void)state;
    struct error err;
    struct checkpoint *c;
    struct str pickle = {0}, file = {0}, text = {0};
    PUT(&pickle, "]p0\n");
    for (int i = 0; i < 60; i++)
        str_addf(&pickle, "0](g%d\ng%d\nep%d\n", i, i, i + 1);
    PUT(&pickle, ".");
    make_legacy(&file, pickle.text, pickle.length, 0);
    assert_done(load(file.text, file.length, &c, &err), err);
    checkpoint_free(c);
    assert_done(list(file.text, file.length, false, &text, &err), err);
    assert_non_null(strstr(text.text, "and more"));
    str_done(&pickle);
    str_done(&file);
    str_done(&text);
}

static void test_memo_is_limited(void **state)
{
    (void)state;
    REFUSED("Nr\xff\xff\xff\xff.", 0, "memo entry 4294967295");
    REFUSED("Np99999999999999999999\n.", 0, "memo index");
    REFUSED("Np999999999\n.", 0, "memo entry 999999999");
    REFUSED("Nj\x05\0\0\0.", 0, "memo entry 5 is empty");
    REFUSED("q\0.", 0, "stack");
}

static void test_lengths_are_checked(void **state)
{
    (void)state;
    REFUSED("X\xff\xff\xff\x7fx.", 0, "truncated");
    REFUSED("\x8e\xff\xff\xff\xff\xff\xff\xff\xffx.", 0, "truncated");
    REFUSED("\x8b\xff\xff\xff\xff.", 0, "truncated");
    REFUSED("Sno quotes\n.", 0, "quotes");
    REFUSED("S'a\\q'\n.", 0, "escape");
    REFUSED("I12x\n.", 0, "not an integer");
    REFUSED("I99999999999999999999999\n.", 0, "not an integer");
    REFUSED("Fnumber\n.", 0, "not a number");
    REFUSED("\x80\x09.", 0, "protocol 9");
}

static void test_stack_is_checked(void **state)
{
    (void)state;
    REFUSED(".", 0, "stack");
    REFUSED("(.", 0, "stack");
    REFUSED("N(0.", 2,
            "no tensor uses"); /* popping a mark is allowed; then nothing uses the storage */
    REFUSED("t.", 0, "a mark is missing");
    REFUSED("\x86.", 0, "tuple");
    REFUSED("N(\x85.", 0, "tuple");
    REFUSED("(dI1\ns.", 0, "added to");
    REFUSED("(dI1\nI2\nI3\nu.", 0, "a mark is missing");
    REFUSED("(I1\nd.", 0, "key without a value");
    REFUSED("I1\nI2\na.", 0, "not a list");
    REFUSED("I1\nI2\nb.", 0, "not an object");
    REFUSED("I1\n(dbb.", 0, "not an object");
    REFUSED("ccollections\nOrderedDict\nI1\nR.", 0, "without arguments");
    REFUSED("ccollections\nOrderedDict\n(](I1\neatR.", 0, "");
    REFUSED("c_codecs\nencode\n(Vx\nVutf8\ntR.", 0, "latin1");
}

static void test_tensors_are_checked(void **state)
{
    (void)state;
    REFUSED(MODEL(TENSOR("4", "0", "I5\n", "I1\n")), 4, "element 4 of a storage of 4");
    REFUSED(MODEL(TENSOR("4", "1", "I2\nI2\n", "I2\nI1\n")), 4, "element 4 of a storage of 4");
    REFUSED(MODEL(TENSOR("4", "0", "I2\n", "I-1\n")), 4, "negative");
    REFUSED(MODEL(TENSOR("4", "0", "I-2\n", "I1\n")), 4, "negative");
    REFUSED(MODEL(TENSOR("4", "-1", "I2\n", "I1\n")), 4, "negative");
    REFUSED(MODEL(TENSOR("4", "0", "I2\n", "I1\nI1\n")), 4, "do not match");
    REFUSED(MODEL(TENSOR("4", "0", "I1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\n",
                         "I1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\nI1\n")),
            4, "more than 8 dimensions");
    REFUSED(MODEL(TENSOR("4", "0", "I4611686018427387904\nI4\n", "I0\nI0\n")), 4, "sizes overflow");
    REFUSED(MODEL(TENSOR("4", "0", "I4\n", "I9223372036854775807\n")), 4, "strides overflow");
    REFUSED(MODEL(TENSOR("4", "9223372036854775807", "I3\n", "I9223372036854775807\n")), 4,
            "overflow");
    REFUSED(MODEL(TENSOR("4", "0", "I100000\nI100000\n", "I0\nI0\n")), 4,
            "far more than the file holds");
    REFUSED(MODEL(TENSOR("4611686018427387904", "0", "I3\n", "I1\n")), 4,
            "4 elements, announced as 4611686018427387904");
    REFUSED(MODEL(TENSOR("-4", "0", "I3\n", "I1\n")), 0, "without a storage");
    REFUSED(MODEL(TENSOR("5", "0", "I3\n", "I1\n")), 4, "of 4 elements, announced as 5");
    REFUSED(MODEL(TENSOR("4", "0", "I3\n", "I1\n")), 0, "lacks the storage of a tensor");
    REFUSED("(dVmodel\n](dVw\nctorch._utils\n_rebuild_tensor_v2\n(I1\nI0\n(I1\nt(I1\ntI00\ntRsas.",
            0, "without a storage");
    REFUSED("(" STORAGE("4") "(Vstorage\nctorch\nDoubleStorage\nV0\nVcpu\nI4\nNtQt.", 4,
            "two sizes or types");
    REFUSED("(dVmodel\n](dVw\nctorch._utils\n_rebuild_tensor_v2\n(("
            "Vstorage\nctorch\nFloatStorage\nV0\nVcpu\n"
            "I4\n(Vview\nI3\nI2\nttQI0\n(I2\nt(I1\ntI00\n(dtRsas.",
            4, "reaches beyond the one it is part of");
}

/* The storage claims to be gigantic, and the file is consistent, but small. */
static void test_storage_sizes_overflow(void **state)
{
    (void)state;
    struct str file = {0};
    PUT(&file, MAGIC PROTOCOL LITTLE MODEL(TENSOR("4611686018427387904", "0", "I3\n", "I1\n")));
    PUT(&file, "](V0\ne.");
    put_count(&file, (uint64_t)1 << 62);
    PUT(&file, "abcdefgh");
    refused(&file, "8 bytes are left");
    str_done(&file);
}

static void test_odd_counters_are_missing(void **state)
{
    (void)state;
    static const char pickle[] =
        "(dVepoch\nFnan\nsVEiters\nF1e300\nsVbest_rsum\nVmany\nsVopt\nI3\nsVmodel\n](dVw\n" TENSOR(
            "4", "0", "I4\n", "I1\n") "sVnote\nI5\nsaI6\nas.";
    struct error err;
    struct checkpoint *c;
    struct str file = {0};
    LEGACY(&file, pickle, 4);
    assert_done(load(file.text, file.length, &c, &err), err);
    assert_true(c->epoch == -1 && c->eiters == -1 && isnan(c->best_rsum));
    assert_int_equal(c->option_count, 0);
    assert_int_equal(c->group_count, 2);
    assert_int_equal(c->groups[0].count, 1);
    assert_int_equal(c->groups[1].count, 0);
    checkpoint_free(c);
    str_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_other_byte_order),
        cmocka_unit_test(test_python_2),
        cmocka_unit_test(test_truncated_anywhere),
        cmocka_unit_test(test_damaged_anywhere),
        cmocka_unit_test(test_wrong_kinds),
        cmocka_unit_test(test_zip_of_something_else),
        cmocka_unit_test(test_zip_sizes_that_lie),
        cmocka_unit_test(test_globals_are_refused_by_name),
        cmocka_unit_test(test_globals_are_listed_by_name),
        cmocka_unit_test(test_nesting_is_limited),
        cmocka_unit_test(test_rings),
        cmocka_unit_test(test_doubling),
        cmocka_unit_test(test_memo_is_limited),
        cmocka_unit_test(test_lengths_are_checked),
        cmocka_unit_test(test_stack_is_checked),
        cmocka_unit_test(test_tensors_are_checked),
        cmocka_unit_test(test_storage_sizes_overflow),
        cmocka_unit_test(test_odd_counters_are_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
