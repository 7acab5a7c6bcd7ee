#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/text/vocab.h"

static char folder[] = "/tmp/scanscope-vocab-XXXXXX";
static char *path;

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    path = file_join(folder, "vocab.json");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    free(path);
    return rmdir(folder);
}

static int load_bytes(const void *bytes, size_t n, struct vocab **out, struct error *err)
{
    struct error writing;
    assert_done(file_write(path, bytes, n, &writing), writing);
    return vocab_load(path, out, err);
}

static struct vocab *load(const char *json)
{
    struct vocab *vocab;
    struct error err;
    assert_done(load_bytes(json, strlen(json), &vocab, &err), err);
    return vocab;
}

#define SPECIALS "\"<pad>\": 0, \"<start>\": 1, \"<end>\": 2, \"<unk>\": 3"

static void test_published_form(void **state)
{
    (void)state;
    struct vocab *v = load("{\"idx2word\": {\"4\": \"dog\", \"0\": \"<pad>\", \"5\": \"cat\"}, "
                           "\"word2idx\": {\"dog\": 4, " SPECIALS ", \"cat\": 5}, \"idx\": 6}");
    assert_int_equal(vocab_size(v), 6);
    assert_int_equal(vocab_count(v), 6);
    assert_int_equal(vocab_id(v, "dog"), 4);
    assert_int_equal(vocab_id(v, "do"), -1);
    assert_int_equal(vocab_id(v, ""), -1);
    assert_string_equal(vocab_word(v, 5), "cat");
    assert_null(vocab_word(v, 6));
    assert_null(vocab_word(v, -1));
    assert_int_equal(vocab_unk(v), 3);
    assert_string_equal(vocab_path(v), path);
    vocab_free(v);
}

static void test_specials_are_found_by_name(void **state)
{
    (void)state;
    struct vocab *v =
        load("{\"word2idx\": {\"<unk>\": 4, \"a\": 9, \"<start>\": 2, \"<end>\": 3}}");
    assert_int_equal(vocab_start(v), 2);
    assert_int_equal(vocab_end(v), 3);
    assert_int_equal(vocab_unk(v), 4);
    assert_int_equal(vocab_size(v), 10);
    assert_int_equal(vocab_count(v), 4);
    assert_null(vocab_word(v, 5));
    vocab_free(v);
}

static void test_fingerprint_is_of_the_mapping(void **state)
{
    (void)state;
    struct vocab *a = load("{\"word2idx\": {" SPECIALS ", \"dog\": 4, \"cat\": 5}}");
    struct vocab *b = load("{\"word2idx\": {\"cat\": 5, \"dog\": 4, " SPECIALS "}, \"idx\": 6}");
    struct vocab *c = load("{\"word2idx\": {" SPECIALS ", \"dog\": 5, \"cat\": 4}}");
    assert_true(vocab_fingerprint(a) == vocab_fingerprint(b));
    assert_true(vocab_fingerprint(a) != vocab_fingerprint(c));
    vocab_free(a);
    vocab_free(b);
    vocab_free(c);
}

static void check_completion(const struct vocab *v, const char *prefix, size_t limit,
                             const char *want)
{
    int32_t ids[8];
    struct str got = {0};
    size_t n = vocab_complete(v, prefix, limit, ids);
    for (size_t i = 0; i < n; i++)
        str_addf(&got, "%s%s", i ? " " : "", vocab_word(v, ids[i]));
    assert_string_equal(str_text(&got), want);
    str_done(&got);
}

static void test_completion_is_by_frequency(void **state)
{
    (void)state;
    struct vocab *v = load("{\"word2idx\": {" SPECIALS ", \"dog\": 4, \"dogs\": 5, \"do\": 6, "
                           "\"cat\": 7, \"dogged and long\": 8}}");
    check_completion(v, "do", 8, "do dog dogged and long dogs");
    const int32_t ids[] = {5, 5, 5, 8, 8, 7, 3, 3, 99, -1};
    vocab_count_words(v, ids, COUNTOF(ids));
    check_completion(v, "do", 8, "dogs dogged and long do dog");
    check_completion(v, "do", 2, "dogs dogged and long");
    check_completion(v, "dogged and", 8, "dogged and long");
    check_completion(v, "do", 0, "");
    check_completion(v, "x", 8, "");
    check_completion(v, "<", 8, "");
    check_completion(v, "", 3, "dogs dogged and long cat");
    vocab_free(v);
}

static void test_bad_files_are_refused_in_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *json, *says;
    } table[] = {
        {"", "empty"},
        {"{\"word2idx\": {\"a\": 1", "line 1, column"},
        {"\n\nnot json", "line 3"},
        {"\x80\x03}q", "pickle"},
        {"[]", "word2idx"},
        {"{\"idx\": 3}", "word2idx"},
        {"{\"word2idx\": [1, 2]}", "word2idx"},
        {"{\"word2idx\": {}}", "<start>"},
        {"{\"word2idx\": {\"<start>\": 0, \"<unk>\": 2}}", "<end>"},
        {"{\"word2idx\": {\"<start>\": 0, \"<end>\": 1}}", "<unk>"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": 3}}", "\"dog\""},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": 4, \"dog\": 5}}", "duplicate"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": -4}}", "-4"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": 10000000}}", "10000000"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": 99999999999999999999}}", "line 1, column"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": 4.5}}", "not an integer"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": true}}", "not an integer"},
        {"{\"word2idx\": {" SPECIALS ", \"dog\": \"4\"}}", "not an integer"},
        {"{\"word2idx\": {" SPECIALS ", \"d\\u0000g\": 4}}", "NUL"},
        {"{\"word2idx\": {" SPECIALS ", \"d\xffg\": 4}}", "0xff"},
        {"{\"word2idx\": {" SPECIALS "}, \"idx2word\": []}", "idx2word"},
        {"{\"word2idx\": {" SPECIALS "}, \"idx2word\": {\"3\": \"<end>\"}}", "id 3"},
        {"{\"word2idx\": {" SPECIALS "}, \"idx2word\": {\"3\": 3}}", "id 3"},
    };
    for (size_t i = 0; i < COUNTOF(table); i++) {
        struct vocab *v = NULL;
        struct error err;
        if (load_bytes(table[i].json, strlen(table[i].json), &v, &err) == 0)
            fail_msg("%s was read", table[i].json);
        assert_non_null(strstr(err.text, path));
        if (!strstr(err.text, table[i].says) || strchr(err.text, '\n'))
            fail_msg("%s: no \"%s\" in: %s", table[i].json, table[i].says, err.text);
    }
}

static void test_deep_nesting_and_other_kinds(void **state)
{
    (void)state;
    struct vocab *v = NULL;
    struct error err;
    size_t n = 1 << 20;
    char *deep = mem_new(n, 1);
    memset(deep, '[', n);
    assert_int_equal(load_bytes(deep, n, &v, &err), -1);
    assert_non_null(strstr(err.text, "depth"));
    memset(deep, 0, n);
    assert_int_equal(load_bytes(deep, n, &v, &err), -1);
    assert_int_equal(load_bytes("{", 1, &v, &err), -1); /* not all zeros, once it is made long */
    free(deep);
    assert_int_equal(vocab_load(folder, &v, &err), -1);
    assert_non_null(strstr(err.text, "folder"));
    assert_int_equal(vocab_load("no-such-folder/vocab.json", &v, &err), -1);
    assert_non_null(strstr(err.text, "No such file"));
    assert_int_equal(truncate(path, (64 << 20) + 1), 0);
    assert_int_equal(vocab_load(path, &v, &err), -1);
    assert_non_null(strstr(err.text, "too large"));
}

/* Every prefix of a good file is refused, and nothing is read beyond its end. */
static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    static const char json[] =
        "{\"word2idx\": {" SPECIALS ", \"caf\\u00e9\": 4}, \"idx2word\": {\"4\": \"caf\\u00e9\"}}";
    for (size_t n = 0; n < sizeof json - 1; n++) {
        struct vocab *v = NULL;
        struct error err;
        assert_int_equal(load_bytes(json, n, &v, &err), -1);
    }
    struct vocab *whole = load(json);
    assert_int_equal(vocab_id(whole, "caf\xc3\xa9"), 4);
    vocab_free(whole);
}

static void test_builder(void **state)
{
    (void)state;
    static const char *const words[] = {"b", "a",     "b",           "caf\xc3\xa9", "a",
                                        "b", "\"q\\", "caf\xc3\xa9", "<unk>"};
    struct vocab_builder *builder = vocab_builder_new();
    struct vocab *v;
    struct error err;
    size_t kept;
    for (size_t i = 0; i < COUNTOF(words); i++)
        vocab_builder_add(builder, words[i]);
    assert_int_equal(vocab_builder_total(builder), 9);
    assert_int_equal(vocab_builder_distinct(builder), 5);
    assert_true(vocab_builder_keeps(builder, "b", 3));
    assert_false(vocab_builder_keeps(builder, "b", 4));
    assert_false(vocab_builder_keeps(builder, "zzz", 0));
    assert_int_equal(vocab_builder_covered(builder, 2), 7);
    assert_done(vocab_builder_save(builder, 2, path, &kept, &err), err);
    assert_int_equal(kept, 7);
    assert_done(vocab_load(path, &v, &err), err);
    assert_int_equal(vocab_size(v), 7);
    assert_int_equal(vocab_id(v, "<pad>"), 0);
    assert_int_equal(vocab_unk(v), 3);
    assert_int_equal(vocab_id(v, "b"), 4);
    assert_int_equal(vocab_id(v, "a"), 5);
    assert_int_equal(vocab_id(v, "caf\xc3\xa9"), 6);
    vocab_free(v);
    assert_done(vocab_builder_save(builder, 1, path, &kept, &err), err);
    assert_int_equal(kept, 8);
    assert_int_equal(vocab_builder_save(builder, 1, "/dev/full", NULL, &err), -1);
    assert_int_equal(vocab_builder_save(builder, 1, "no-such-folder/v.json", NULL, &err), -1);
    assert_non_null(strstr(err.text, "no-such-folder/v.json"));
    vocab_builder_free(builder);
}

static void test_published_files(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t size;
        int32_t start, end, unk;
    } table[] = {
        {"vocab/coco_precomp_vocab.json", 11353, 1, 2, 3},
        {"vocab/f30k_precomp_vocab.json", 8481, 1, 2, 3},
        {"vocab/f30k_precomp_vocab.py3order.json", 8480, 1, 2, 3},
        {"vocab/f30k_precomp_vocab.shifted_ids.json", 8482, 2, 3, 4},
        {"f8k_precomp/vocab.json", 1002, 1, 2, 3},
    };
    for (size_t i = 0; i < COUNTOF(table); i++) {
        char *file = testing_data(table[i].name);
        struct vocab *v;
        struct error err;
        assert_done(vocab_load(file, &v, &err), err);
        assert_int_equal(vocab_size(v), table[i].size);
        assert_int_equal(vocab_start(v), table[i].start);
        assert_int_equal(vocab_end(v), table[i].end);
        assert_int_equal(vocab_unk(v), table[i].unk);
        for (int32_t id = 0; id < (int32_t)table[i].size; id++)
            assert_int_equal(vocab_id(v, vocab_word(v, id)), id);
        vocab_free(v);
        free(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_form),
        cmocka_unit_test(test_specials_are_found_by_name),
        cmocka_unit_test(test_fingerprint_is_of_the_mapping),
        cmocka_unit_test(test_completion_is_by_frequency),
        cmocka_unit_test(test_bad_files_are_refused_in_one_line),
        cmocka_unit_test(test_deep_nesting_and_other_kinds),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_builder),
        cmocka_unit_test(test_published_files),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
