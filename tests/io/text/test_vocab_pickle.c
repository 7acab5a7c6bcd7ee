#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/text/vocab.h"
#include "io/text/vocab_pickle.h"

/* The six words <pad> <start> <end> <unk> café dog, as Python pickles them. */
#define WORDS4                                                                                     \
    "(\x8c\5<pad>\x94K\0\x8c\7<start>\x94K\1\x8c\5<end>\x94K\2\x8c\5<unk>\x94K\3"                  \
    "\x8c\5caf\xc3\xa9\x94K\4\x8c\3dog\x94K\5u"
#define IDS "(K\0h\0K\1h\1K\2h\2K\3h\3K\4h\4K\5h\5u"
/* Python 2's str; the fourth byte of the word is Latin-1. */
#define WORDS_STR                                                                                  \
    "(U\5<pad>q\0K\0U\7<start>q\1K\1U\5<end>q\2K\2U\5<unk>q\3K\3U\4caf\xe9q\4K\4U\3dogq\5K\5u"

static const struct {
    const char *what, *bytes;
    size_t size;
} good[] = {
#define ROW(what, bytes)                                                                           \
    {                                                                                              \
        what, bytes, sizeof bytes - 1                                                              \
    }
    ROW("protocol 0",
        "ccopy_reg\n_reconstructor\n(c__main__\nVocabulary\nc__builtin__\nobject\nNtR(dVword2idx\n"
        "(dV<pad>\np0\nI0\nsV<start>\np1\nI1\nsV<end>\np2\nI2\nsV<unk>\np3\nI3\nsVcaf\xe9\np4\nI4\n"
        "sVdog\np5\nI5\nssVidx2word\n(dI0\ng0\nsI1\ng1\nsI2\ng2\nsI3\ng3\nsI4\ng4\nsI5\ng5\nss"
        "Vidx\nI6\nsb."),
    ROW("protocol 0, a class of the old style",
        "(ivocab\nVocabulary\n(dS'word2idx'\n(dS'<start>'\nI1\nsS'<end>'\nI2\nsS'<unk>'\nI3\ns"
        "S'caf\\xe9'\nI4\nsS'dog'\nI5\nssb."),
    ROW("protocol 2, a byte string per word",
        "\x80\2c__main__\nVocabulary\n)\x81}(U\10word2idx}" WORDS_STR "U\10idx2word}" IDS
        "U\3idxK\6ub."),
    ROW("protocol 4, another module", "\x80\4\x8c\tvocab.old\x8c\nVocabulary\x93)\x81}(\x8c\x08"
                                      "word2idx}" WORDS4 "\x8c\x08"
                                      "idx2word}" IDS "\x8c\3idxK\6ub."),
    ROW("a dict", "\x80\4}(\x8c\x08word2idx}" WORDS4 "\x8c\x08idx2word}" IDS "\x8c\3idxK\6u."),
};

static void test_every_way_of_pickling(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(good); i++) {
        struct vocab *v;
        struct error err;
        if (vocab_parse("v.pkl", good[i].bytes, good[i].size, &v, &err) != 0)
            fail_msg("%s: %s", good[i].what, err.text);
        assert_true(vocab_pickle_is(good[i].bytes, good[i].size));
        assert_int_equal(vocab_size(v), 6);
        assert_int_equal(vocab_unk(v), 3);
        assert_int_equal(vocab_id(v, "caf\xc3\xa9"), 4);
        assert_int_equal(vocab_id(v, "dog"), 5);
        vocab_free(v);
    }
}

#define CLASS "\x80\4\x8c\1v\x8c\nVocabulary\x93)\x81}("

static void test_anything_else_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *says;
    } table[] = {
#define BAD(bytes, says) {bytes, sizeof bytes - 1, says}
        BAD("\x80\2cos\nsystem\nU\2lsq\0\x85R.", "os.system, which is not allowed"),
        BAD(CLASS "\x8c\x08word2idx}(\x8c\1a\x8c\5posix\x8c\6system\x93)Ruub.", "posix.system"),
        BAD("\x80\4\x8c\1m\x8c\5Vocab\x93)\x81}b.", "m.Vocab, which is not allowed"),
        BAD("\x80\4]\x8c\1"
            "aa.",
            "not of a vocabulary"),
        BAD(CLASS "\x8c\3idxK\6ub.", "no object word2idx"),
        BAD(CLASS "\x8c\x08word2idx}(\x8c\1"
                  "aK\1\x8c\1"
                  "aK\2uub.",
            "has \"a\" twice"),
        BAD(CLASS "\x8c\x08word2idx}(K\1K\1uub.", "a word that is not text"),
        BAD(CLASS "\x8c\x08word2idx}(\x8c\3a\0bK\1uub.", "zero byte"),
        BAD(CLASS "\x8c\x08word2idx}(\x8c\1"
                  "a\x8c\1"
                  "buub.",
            "not an integer"),
        BAD(CLASS "\x8c\x08word2idx}" WORDS4 "\x8c\x08idx2word}(K\4\x8c\3dogu\x8c\3idxK\6ub.",
            "idx2word says \"dog\" for id 4"),
    };
    for (size_t i = 0; i < COUNTOF(table); i++) {
        struct vocab *v = NULL;
        struct error err;
        if (vocab_parse("v.pkl", table[i].bytes, table[i].size, &v, &err) == 0)
            fail_msg("number %zu was read, not: %s", i, table[i].says);
        if (!strstr(err.text, table[i].says) || !strstr(err.text, "v.pkl"))
            fail_msg("no \"%s\" in: %s", table[i].says, err.text);
    }
}

static void test_truncated_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(good); i++)
        for (size_t n = 0; n < good[i].size; n++) {
            struct vocab *v = NULL;
            struct error err;
            char *part = mem_new(n + 1, 1);
            memcpy(part, good[i].bytes, n);
            assert_int_equal(vocab_parse("v.pkl", part, n, &v, &err), -1);
            free(part);
        }
}

static void test_saved_as_json(void **state)
{
    (void)state;
    char path[] = "/tmp/scanscope-vocab-XXXXXX";
    struct vocab *v, *again;
    struct error err;
    close(mkstemp(path));
    assert_done(vocab_parse("v.pkl", good[2].bytes, good[2].size, &v, &err), err);
    assert_done(vocab_save(v, path, &err), err);
    assert_done(vocab_load(path, &again, &err), err);
    assert_true(vocab_fingerprint(v) == vocab_fingerprint(again));
    vocab_free(v);
    vocab_free(again);
    unlink(path);
}

static void test_the_case(void **state)
{
    (void)state;
    char *path = testing_data("cases/f8k_precomp_vocab.pkl");
    struct vocab *v;
    struct error err;
    assert_done(vocab_load(path, &v, &err), err);
    assert_int_equal(vocab_size(v), 3178);
    assert_int_equal(vocab_id(v, "yellow"), 4);
    assert_int_equal(vocab_id(v, "marching"), 8);
    vocab_free(v);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_way_of_pickling),
        cmocka_unit_test(test_anything_else_is_refused_by_name),
        cmocka_unit_test(test_truncated_at_every_byte),
        cmocka_unit_test(test_saved_as_json),
        cmocka_unit_test(test_the_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
