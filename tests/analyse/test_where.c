/* test_where.c: conditions on rows: what they mean, where the broken ones are wrong, and filters.
 */
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "analyse/where.h"
#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"

static const struct where_field fields[] = {
    {"rank", WHERE_NUMBER, ""}, {"margin", WHERE_NUMBER, ""}, {"words", WHERE_WORDS, ""},
    {"image", WHERE_TEXT, ""},  {NULL, WHERE_NUMBER, NULL},
};

/* A row is an array of values. */
static struct where_value get(const void *row, size_t field)
{
    return ((const struct where_value *)row)[field];
}

/* Of rank 12 and margin -0.5 unless given. */
static bool matches(const char *text, const struct where_value *values)
{
    static const struct where_value usual[] = {
        {12, NULL}, {-0.5, NULL}, {0, "a Red dog , uncovered"}, {0, "COCO_val_42.jpg"}};
    struct where *where = NULL;
    struct error err;
    assert_done(where_parse(text, fields, &where, &err), err);
    bool result = where_match(where, get, values ? values : usual);
    where_free(where);
    return result;
}

static void test_comparisons(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool result;
    } cases[] = {
        {"rank>10", true},
        {"rank > 12", false},
        {"rank >= 12", true},
        {"rank < 12.5", true},
        {"rank <= 11", false},
        {"rank = 12", true},
        {"rank == 12", true},
        {"rank != 12", false},
        {"margin < -0.4", true},
        {"margin > -5e-1", false},
        {"words ~ \"red\"", true},
        {"words ~ red", true},
        {"words ~ 'red dog'", true},
        {"words ~ ' red dog '", true},
        {"words ~ \"cover\"", false},
        {"words ~ \"do\"", false},
        {"words ~ \"dog red\"", false},
        {"words ~ 'a red dog , uncovered'", true},
        {"words ~ \"a red dog , uncovered thing\"", false},
        {"words !~ \"cat\"", true},
        {"words ~ ','", true},
        {"image ~ \"VAL_42\"", true},
        {"image = coco_val_42.jpg", true},
        {"image != 'x'", true},
        {"image !~ val", false},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++)
        if (matches(cases[i].text, NULL) != cases[i].result)
            fail_msg("%s: %s", cases[i].text, cases[i].result ? "is true" : "is false");
}

static void test_joining(void **state)
{
    (void)state;
    assert_true(matches("rank>10 and words~\"red\"", NULL));
    assert_false(matches("rank>10 and words~\"blue\"", NULL));
    assert_true(matches("rank>100 or words~red", NULL));
    assert_true(matches("rank>10 && not words~blue || rank<0", NULL));
    /* `and` before `or`, `not` before both */
    assert_true(matches("rank>10 or rank>10 and rank<0", NULL));
    assert_false(matches("(rank>10 or rank>10) and rank<0", NULL));
    assert_false(matches("not rank>10 and rank<0", NULL));
    assert_true(matches("not (rank>10 and rank<0)", NULL));
    assert_true(matches("! ! rank>10", NULL));
    assert_true(matches("((((rank>10))))", NULL));
}

static void test_unknown_number(void **state)
{
    (void)state;
    const struct where_value values[] = {{NAN, NULL}, {1, NULL}, {0, NULL}, {0, NULL}};
    assert_false(matches("rank > 1", values));
    assert_false(matches("rank != 1", values));
    assert_false(matches("words ~ red", values)); /* a missing text is empty */
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"", "column 1: a field is expected here: rank, margin, words, image"},
        {"rnk > 1", "column 1: there is no field 'rnk', only rank, margin, words, image"},
        {"rank >> 1", "column 7: a number is expected here"},
        {"rank > ", "column 8: a number is expected here"},
        {"rank > 10x", "column 8: a number is expected here"},
        {"rank 10", "column 6: a comparison is expected after 'rank'"},
        {"rank", "column 5: a comparison is expected after 'rank'"},
        {"rank ~ 1", "column 6: 'rank' is a number: compare it with"},
        {"words > 1", "column 7: 'words' is text: compare it with"},
        {"words ~ \"red", "column 9: the quote is not closed"},
        {"words ~ ", "column 9: a text is expected here"},
        {"(rank > 1", "column 1: the parenthesis is not closed"},
        {"rank > 1)", "column 9: 'and', 'or' or the end is expected here"},
        {"rank > 1 rank > 2", "column 10: 'and', 'or' or the end is expected here"},
        {"rank > 1 and", "column 13: a field is expected here"},
        {"rank > 1 android > 2", "column 10: 'and', 'or' or the end is expected here"},
        {"not", "column 4: a field is expected here"},
        {"words ~ '\u00e9t\u00e9' red", "column 15: 'and', 'or' or the end"}, /* characters */
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct where *where = NULL;
        struct error err = {0};
        assert_int_equal(where_parse(cases[i].text, fields, &where, &err), -1);
        if (!strstr(err.text, cases[i].said))
            fail_msg("%s: %s", cases[i].text, err.text);
    }
    struct str deep = {0};
    for (int i = 0; i < 100000; i++)
        str_add(&deep, i % 2 ? "(" : "!");
    struct where *where = NULL;
    struct error err;
    assert_int_equal(where_parse(deep.text, fields, &where, &err), -1);
    assert_non_null(strstr(err.text, "nested too deeply"));
    str_done(&deep);
}

/* ---- filters ---- */

enum { IMAGE = 3 };

static void test_is_condition(void **state)
{
    (void)state;
    static const char *const conditions[] = {
        "rank>10",  "rank >> 3",    "margin <",           "words ~",  "rnak > 10",
        "rank=",    "> 10",         "dog rank>10",        "not (a=b", "words ~ 'x",
        "rank!=10", "'a b' rank>1", "don't rank>1 don't",
    };
    static const char *const plain[] = {
        "",        " ",         "rank",      "rank 10",     "cats and dogs", "not a dog",
        "'a > b'", "\"x = y\"", "a 'b=c' d", "don't stop!", "(red)",         "\xff",
    };
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (!where_is_condition(conditions[i]))
            fail_msg("%s is a condition", conditions[i]);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (where_is_condition(plain[i]))
            fail_msg("%s is plain words", plain[i]);
}

static void test_filter(void **state)
{
    (void)state;
    static const struct where_value row[] = {
        {12, NULL}, {-0.5, NULL}, {0, "a dog"}, {0, "Cats and dogs, don't (stop)!"}};
    static const struct {
        const char *text;
        bool result;
    } cases[] = {
        {"", true},
        {"  ", true},
        {"cats and dogs", true},
        {"  CATS   and dogs ", true}, /* single blanks */
        {"cats dogs", false},         /* one text */
        {"and", true},
        {"rank", false},
        {"not cats", false},
        {"don't (stop)!", true},
        {"rank>10", true},
        {"rank>10 margin<-0.1", true},
        {"rank>10 margin<-0.6", false},
        {"rank>10 and margin < 0", true},
        {"rank>100 or margin<0", true},
        {"rank>10 cats", true},
        {"cats rank>10", true},
        {"cats rank>10 dogs", true},
        {"rank>10 cats dogs", false},
        {"rank>10 cats and dogs", true}, /* two texts */
        {"rank>10 \"cats and dogs\"", true},
        {"rank>10 'cats dogs'", false},
        {"rank>10 don't", true},
        {"rank>10 not birds", true},
        {"rank>10 !cats", false},
        {"rank>10 (birds or dogs) words~dog", true},
        {"rank>10 birds or rank>100", false},
        {"rank!=12 cats", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct where *where = NULL;
        struct error err;
        assert_done(where_parse_filter(cases[i].text, fields, IMAGE, &where, &err), err);
        if (where_match(where, get, row) != cases[i].result)
            fail_msg("%s: %s", cases[i].text, cases[i].result ? "is true" : "is false");
        where_free(where);
    }
}

static void test_filter_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"rank >> 3", "column 7: a number is expected here"},
        {"rank>", "column 6: a number is expected here"},
        {"margin <", "column 9: a number is expected here"},
        {"rank>ten", "column 6: a number is expected here"},
        {"words ~", "column 8: a text is expected here"},
        {"rnak > 10", "column 1: there is no field 'rnak', only rank, margin, words, image"},
        {"dog rnak>10", "column 5: there is no field 'rnak'"},
        {"rank > 10 > 5", "column 11: a field is expected here"},
        {"> 10", "column 1: a field is expected here"},
        {"rank ~ 3", "column 6: 'rank' is a number"},
        {"rank>10 and", "column 12: a field is expected here"},
        {"rank>10 (dog", "column 9: the parenthesis is not closed"},
        {"rank>10)", "column 8: 'and', 'or' or the end is expected here"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct where *where = NULL;
        struct error err = {0};
        assert_int_equal(where_parse_filter(cases[i].text, fields, IMAGE, &where, &err), -1);
        if (!strstr(err.text, cases[i].said))
            fail_msg("%s: %s", cases[i].text, err.text);
    }
}

/* Random pieces: a result or a place, never a crash. */
static void test_random(void **state)
{
    (void)state;
    static const char *const pieces[] = {"rank", "words", ">", "~", "1",   "(",  ")", "and",
                                         "or",   "not",   "!", "=", "\"a", "\"", " ", "\xff"};
    uint64_t seed = (uint64_t)time(NULL);
    struct rng rng;
    size_t parsed = 0;
    fprintf(stderr, "# seed %llu\n", (unsigned long long)seed);
    rng_seed(&rng, seed);
    for (int round = 0; round < 20000; round++) {
        struct str text = {0};
        struct where *where = NULL;
        struct error err = {0};
        const struct where_value values[4] = {{1, "a"}, {1, "a"}, {1, "a"}, {1, "a"}};
        str_add(&text, "");
        for (uint64_t n = rng_below(&rng, 12); n > 0; n--)
            str_add(&text, pieces[rng_below(&rng, 16)]);
        if ((round % 2 ? where_parse(str_text(&text), fields, &where, &err)
                       : where_parse_filter(str_text(&text), fields, IMAGE, &where, &err)) == 0) {
            parsed++;
            where_match(where, get, values);
        } else {
            assert_non_null(strstr(err.text, "column "));
        }
        where_free(where);
        str_done(&text);
    }
    assert_true(parsed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparisons),    cmocka_unit_test(test_joining),
        cmocka_unit_test(test_unknown_number), cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_is_condition),   cmocka_unit_test(test_filter),
        cmocka_unit_test(test_filter_wrong),   cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
