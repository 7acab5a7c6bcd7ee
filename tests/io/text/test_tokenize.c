#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/text/tokenize.h"
#include "io/text/vocab.h"

struct expectation {
    const char *caption, *tokens; /* tokens separated by a blank */
};

static char *tokens_of(const char *caption, enum token_compat compat)
{
    struct str_list words;
    struct str line = {0};
    tokenize_words(caption, compat, &words);
    for (size_t i = 0; i < words.count; i++)
        str_addf(&line, "%s%s", i ? " " : "", words.items[i]);
    str_list_done(&words);
    return str_take(&line);
}

static void check_all(const struct expectation *table, size_t n, enum token_compat compat)
{
    for (size_t i = 0; i < n; i++) {
        char *tokens = tokens_of(table[i].caption, compat);
        if (strcmp(tokens, table[i].tokens) != 0)
            fail_msg("<%s> gave <%s>, not <%s>", table[i].caption, tokens, table[i].tokens);
        free(tokens);
    }
}

#define CHECK(table, compat) check_all(table, COUNTOF(table), compat)

static void test_punctuation(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"A man rides a horse .", "a man rides a horse ."},
        {"a man rides a horse.", "a man rides a horse ."},
        {"  two\tdogs  \r\n", "two dogs"},
        {"", ""},
        {" \t ", ""},
        {".", "."},
        {"red, white, and blue", "red , white , and blue"},
        {"a sign: stop", "a sign : stop"},
        {"a crowd of 10,000 at 4:30", "a crowd of 10,000 at 4:30"},
        {"a crowd,", "a crowd ,"},
        {"a,,b", "a , ,b"},
        {"wait... what", "wait ... what"},
        {"end..", "end .."},
        {"$5 & 50% @ #1;", "$ 5 & 50 % @ # 1 ;"},
        {"what?! yes!", "what ? ! yes !"},
        {"5*3", "5 * 3"},
        {"a (small) [dog] {x} <y>", "a ( small ) [ dog ] { x } < y >"},
        {"a dog--brown--runs", "a dog -- brown -- runs"},
        {"a t-shirt and a well-lit room", "a t-shirt and a well-lit room"},
        {"3.5 meters", "3.5 meters"},
        {"the end.)", "the end . )"},
    };
    CHECK(table, TOKENS_STANDARD);
}

static void test_quotes(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"a \"stop\" sign", "a `` stop '' sign"},
        {"\"stop\" sign", "`` stop '' sign"},
        {"a sign says \"stop.\"", "a sign says `` stop . ''"},
        {"(\"x\")", "( `` x '' )"},
        {"``x''", "`` x ''"},
        {"“x” ‘y’ «z»", "“ x ” ‘ y ’ « z »"},
        {"they’re here", "they ’ re here"},
        {"a man 'x' b", "a man ' x ' b"},
        {"the 'big' dog", "the 'big ' dog"},
        {"dogs' toys", "dogs ' toys"},
        {"6' tall", "6 ' tall"},
    };
    CHECK(table, TOKENS_STANDARD);
}

static void test_contractions(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"the man's dog", "the man 's dog"},
        {"I'm sure he'd go", "i 'm sure he 'd go"},
        {"they'll say we're what they've got", "they 'll say we 're what they 've got"},
        {"it doesn't", "it does n't"},
        {"he cannot", "he can not"},
        {"gonna gotta gimme lemme wanna go", "gon na got ta gim me lem me wan na go"},
        {"wanna", "wan na"},
        {"more'n d'ye", "more 'n d 'ye"},
        {"'tis and 'twas", "'t is and 't was"},
        {"rock 'n roll", "rock 'n roll"},
        {"cannots begonna", "cannots begonna"},
    };
    CHECK(table, TOKENS_STANDARD);
}

static void test_sentences(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"a man sits. a dog runs.", "a man sits . a dog runs ."},
        {"he said \"go.\" a dog runs", "he said `` go . '' a dog runs"},
        {"(a man sits.) a dog", "( a man sits . ) a dog"},
        {"mr. smith of the u.s. army", "mr. smith of the u.s. army"},
        {"st. mary on fifth ave. today", "st. mary on fifth ave. today"},
        {"player no 5. runs", "player no 5. runs"},
        {"plan b. fails", "plan b. fails"},
        {"he left.. she stayed", "he left .. she stayed"},
        {"a man in the u.s.", "a man in the u.s ."},
        {"see file.txt now", "see file.txt now"},
        {"stop! \"no\"", "stop ! `` no ''"},
    };
    CHECK(table, TOKENS_STANDARD);
}

static void test_bytes_that_are_not_utf8_are_dropped(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"a caf\xe9 table", "a caf table"},
        {"\xff\xfe", ""},
        {"x\xe2\x82y", "xy"},
        {"\xed\xa0\x80z\xf0\x80\x80\x80", "z"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
        {"a\x01z", "a\x01z"},
    };
    CHECK(table, TOKENS_STANDARD);
}

static void test_lower_case(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"CAFÉ ÜBER ŁÓDŹ", "café über łódź"},
        {"ΟΔΟΣ ΣΑΣ Σ", "οδος σας σ"},
        {"ΑΣ. ΑΣ'Α", "ας . ασ ' α"},
        {"МОСКВА Ё", "москва ё"},
        {"İ Ⅻ ß", "i\xcc\x87 ⅻ ß"},
        {"a\xc2\xa0"
         "b\xe3\x80\x80"
         "c",
         "a b c"},
    };
    CHECK(table, TOKENS_STANDARD);
}

static void test_python3_bytes_text(void **state)
{
    (void)state;
    static const struct expectation table[] = {
        {"A man sits .", "b ' a man sits . '"},
        {"", "b ''"},
        {"It's \t", "b '' it 's ''"},
        {"caf\xc3\xa9", "b'caf\\xc3\\xa9 '"},
        {"a\\b", "b ' a\\\\b '"},
        {"say \"x\"", "b'say `` x '' '"},
        {"it's \"x\"", "b'it\\ 's `` x '' '"},
    };
    CHECK(table, TOKENS_PY3BYTES);
}

/* n bytes of text, a piece repeated. */
static char *repeated(const char *piece, size_t n)
{
    size_t length = strlen(piece);
    char *text = mem_new(n + length + 1, 1);
    for (size_t at = 0; at < n; at += length)
        memcpy(text + at, piece, length);
    return text;
}

/* Anything slower than linear would take hours; the alarm ends the program. */
static void test_hostile_text_takes_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "a",    "'", "' ",  "\"",   ".",     ". ",      "a. ",   ".)",  ".\"",
        ",",    "`", "-",   "?!",   "5. ",   "Σ",       "Σ'",    "'s ", "mr.",
        "a.b",  "(", "'t",  "\xff", " ",     ".) ) ) ", "-.",    "1,",  "\xc2\xa0",
        "n't ", "[", ">\"", "b-",   ". . .", "«",       "cannot"};
    alarm(600);
    for (size_t i = 0; i < COUNTOF(pieces); i++) {
        char *text = repeated(pieces[i], 1 << 19);
        struct str_list words;
        tokenize_words(text, TOKENS_STANDARD, &words);
        str_list_done(&words);
        tokenize_words(text, TOKENS_PY3BYTES, &words);
        assert_true(words.count > 0);
        str_list_done(&words);
        free(text);
    }
    alarm(0);
}

static void test_ten_thousand_words(void **state)
{
    (void)state;
    char *text = repeated("dog ", 40000);
    struct str_list words;
    tokenize_words(text, TOKENS_STANDARD, &words);
    assert_int_equal(words.count, 10000);
    assert_string_equal(words.items[9999], "dog");
    str_list_done(&words);
    free(text);
}

/* No bytes of the caption are lost or added but quotes: without quotes, blanks and bytes that are
 * not UTF-8, the tokens in a row are the caption. */
static void test_random_text_keeps_its_characters(void **state)
{
    (void)state;
    static const char letters[] = "ab. ,;:!?()[]{}<>-*@#$%&'smtdnlrve0159_";
    struct rng rng;
    rng_seed(&rng, 11);
    for (int round = 0; round < 20000; round++) {
        char text[40], want[40];
        size_t n = rng_below(&rng, sizeof text - 1), kept = 0;
        for (size_t i = 0; i < n; i++) {
            text[i] = letters[rng_below(&rng, sizeof letters - 1)];
            if (text[i] != ' ' && text[i] != '\'')
                want[kept++] = text[i];
        }
        text[n] = want[kept] = '\0';
        char *got = tokens_of(text, TOKENS_STANDARD), *end = got;
        for (const char *c = got; *c; c++)
            if (*c != ' ' && *c != '\'' && *c != '`')
                *end++ = *c;
        *end = '\0';
        if (strcmp(got, want) != 0)
            fail_msg("<%s> became <%s>", text, got);
        free(got);
    }
}

/* One line of ids separated by blanks, as in the files of expected ids. */
static void ids_line(const struct vocab *vocab, const char *caption, struct str *line)
{
    int32_t *ids;
    size_t count;
    tokenize_ids(vocab, caption, TOKENS_STANDARD, &ids, &count, NULL);
    str_clear(line);
    for (size_t i = 0; i < count; i++)
        str_addf(line, "%s%d", i ? " " : "", ids[i]);
    free(ids);
}

struct comparison {
    size_t captions, equal;
};

static void compare_file(const char *captions_name, const char *ids_name, const struct vocab *vocab,
                         struct comparison *sum)
{
    char *captions_path = testing_data(captions_name), *ids_path = testing_data(ids_name);
    FILE *captions = fopen(captions_path, "r"), *ids = fopen(ids_path, "r");
    char *caption = NULL, *want = NULL;
    size_t caption_room = 0, want_room = 0;
    struct str line = {0};
    assert_non_null(captions);
    assert_non_null(ids);
    while (getline(&want, &want_room, ids) > 0) {
        assert_true(getline(&caption, &caption_room, captions) > 0);
        want[strcspn(want, "\n")] = '\0';
        ids_line(vocab, caption, &line);
        sum->captions++;
        if (strcmp(str_text(&line), want) == 0)
            sum->equal++;
        else
            printf("# %s line %zu: %s#   ours %s\n#   want %s\n", captions_name, sum->captions,
                   caption, str_text(&line), want);
    }
    fclose(captions);
    fclose(ids);
    str_done(&line);
    free(caption);
    free(want);
    free(captions_path);
    free(ids_path);
}

static void test_real_captions_give_the_reference_ids(void **state)
{
    (void)state;
    static const char *const sets[][3] = {
        {"vocab/f30k_precomp_vocab.json", "f30k_precomp/dev_caps.txt", "tokens/f30k_dev.txt"},
        {"vocab/f30k_precomp_vocab.json", "f30k_precomp/test_caps.txt", "tokens/f30k_test.txt"},
        {"vocab/coco_precomp_vocab.json", "coco_precomp/dev_caps.txt", "tokens/coco_dev.txt"},
        {"vocab/coco_precomp_vocab.json", "coco_precomp/test_caps.txt", "tokens/coco_test.txt"},
    };
    struct comparison sum = {0};
    for (size_t i = 0; i < COUNTOF(sets); i++) {
        char *path = testing_data(sets[i][0]);
        struct vocab *vocab;
        struct error err;
        assert_done(vocab_load(path, &vocab, &err), err);
        compare_file(sets[i][1], sets[i][2], vocab, &sum);
        vocab_free(vocab);
        free(path);
    }
    printf("# %zu of %zu real captions have the reference's ids\n", sum.equal, sum.captions);
    assert_int_equal(sum.captions, 20070);
    assert_int_equal(sum.equal, sum.captions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_punctuation),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_contractions),
        cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_bytes_that_are_not_utf8_are_dropped),
        cmocka_unit_test(test_lower_case),
        cmocka_unit_test(test_python3_bytes_text),
        cmocka_unit_test(test_hostile_text_takes_linear_time),
        cmocka_unit_test(test_ten_thousand_words),
        cmocka_unit_test(test_random_text_keeps_its_characters),
        cmocka_unit_test(test_real_captions_give_the_reference_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
