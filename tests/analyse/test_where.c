/* test_where.c: conditions on rows: what they mean, and what is wrong with those that are none. */
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

/* rank 12, margin -0.5, unless told otherwise */
static bool matches(const char *text, const struct where_value *values)
{
    static const struct where_value usual[] = {
        {12, NULL}, {-0.5, NULL}, {0, "a Red dog , uncovered"}, {0, "COCO_val_42.jpg"}};
    struct where *where = NULL;
    struct error err;
    assert_done(where_parse(text, fields, &where, &err), err);
    bool result = where_match(where, values ? values : usual);
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
    assert_false(matches("words ~ red", values)); /* a text that is missing is empty */
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"", "column 1: a field is wanted here: rank, margin, words, image"},
        {"rnk > 1", "column 1: no field 'rnk': there are rank, margin, words, image"},
        {"rank >> 1", "column 7: a number is wanted here"},
        {"rank > ", "column 8: a number is wanted here"},
        {"rank > 10x", "column 8: a number is wanted here"},
        {"rank 10", "column 6: a comparison is wanted after 'rank'"},
        {"rank", "column 5: a comparison is wanted after 'rank'"},
        {"rank ~ 1", "column 6: 'rank' is a number: compare it with"},
        {"words > 1", "column 7: 'words' is a text: compare it with"},
        {"words ~ \"red", "column 9: the quote is not closed"},
        {"words ~ ", "column 9: a text is wanted here"},
        {"(rank > 1", "column 1: the parenthesis is not closed"},
        {"rank > 1)", "column 9: 'and', 'or' or the end is wanted here"},
        {"rank > 1 rank > 2", "column 10: 'and', 'or' or the end is wanted here"},
        {"rank > 1 and", "column 13: a field is wanted here"},
        {"rank > 1 android > 2", "column 10: 'and', 'or' or the end is wanted here"},
        {"not", "column 4: a field is wanted here"},
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
    assert_non_null(strstr(err.text, "too many parentheses"));
    str_done(&deep);
}

/* Random pieces: an answer or a line, never a crash. */
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
        if (where_parse(str_text(&text), fields, &where, &err) == 0) {
            parsed++;
            where_match(where, values);
        } else {
            assert_non_null(strstr(err.text, "--where, column "));
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
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
