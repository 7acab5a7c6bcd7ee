#include "tests/support/testing.h"

#include "base/countof.h"
#include "extract/command_line.h"
#include "extract/record.h"

static const char good_box[] = "[0, 0, 8, 6.5]";

/* Parses a record of one region with two features; `text` has its members after "image". */
static enum record_verdict parse(const char *text, struct record *out, struct error *err)
{
    static char a[] = "cat", b[] = "dog", *names[] = {a, b};
    static const struct record_hello hello = {.feature_size = 2, .classes = {names, 2, 2}};
    const struct record_wanted wanted = {
        .path = "p", .width = 8, .height = 6, .regions = 1, .hello = &hello};
    char line[1024];
    int n = snprintf(line, sizeof line, "{\"image\": \"p\", %s}", text);
    return record_parse(line, (size_t)n, &wanted, out, err);
}

/* A whole record with one member replaced. */
static enum record_verdict parse_with(const char *member, const char *value, struct error *err)
{
    static const char *const members[][2] = {
        {"width", "8"},           {"height", "6"},    {"boxes", "[[0, 0, 8, 6]]"},
        {"features", "[[1, 2]]"}, {"classes", "[1]"}, {"confidences", "[0.5]"}};
    struct record record;
    char text[900] = "";
    for (size_t i = 0; i < COUNTOF(members); i++) {
        size_t n = strlen(text);
        bool replaced = strcmp(members[i][0], member) == 0;
        snprintf(text + n, sizeof text - n, "%s\"%s\": %s", i ? ", " : "", members[i][0],
                 replaced ? value : members[i][1]);
    }
    enum record_verdict verdict = parse(text, &record, err);
    record_done(&record);
    return verdict;
}

static void test_a_good_record(void **state)
{
    (void)state;
    struct record r;
    struct error err;
    char text[600];
    snprintf(text, sizeof text,
             "\"width\": 8, \"height\": 6, \"boxes\": [%s], \"features\": \"AACAPwAAAEA=\", "
             "\"classes\": [\"dog\"], \"confidences\": [0.25]",
             good_box);
    assert_int_equal(parse(text, &r, &err), RECORD_GOOD);
    assert_true(r.features[0] == 1 && r.features[1] == 2);
    assert_true(r.boxes[2] == 8 && r.boxes[3] == 6); /* half a pixel outside is cut */
    assert_int_equal(r.classes[0], 1);
    assert_true(r.confidences[0] == 0.25f);
    record_done(&r);
}

static void test_records_that_cannot_be_used(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"width", "9", "the extractor saw it as 9 x 6; it is 8 x 6"},
        {"width", "\"8\"", "saw it as 0 x 6"},
        {"boxes", "[]", "has 0 boxes, not 1"},
        {"boxes", "7", "has 0 boxes"},
        {"boxes", "[[0, 0, 8]]", "has 3 numbers, not 4"},
        {"boxes", "[[4, 0, 4, 6]]", "ends before it begins"},
        {"boxes", "[[0, 0, 10, 6]]", "not inside"},
        {"boxes", "[[0, 0, null, 6]]", "no sensible number"},
        {"features", "[[1, 2, 3]]", "3 numbers, not 2"},
        {"features", "[[1, 1e30]]", "no sensible number"},
        {"features", "\"AACAPwAAAEA\"", "base64"},
        {"features", "\"AACAPwAAAEAA\"", "bytes, not 8"},
        {"features", "\"AADAfwAAAEA=\"", "NaN"},
        {"features", "\"/////wAAAEA=\"", "NaN"},
        {"features", "\"AACAfwAAAEA=\"", "NaN or infinite"},
        {"features", "[[3, 3]]", "same number"},
        {"features", "{}", "features of 0 regions"},
        {"classes", "[2]", "none of the 2"},
        {"classes", "[\"cow\"]", "none of the 2"},
        {"classes", "[]", "0 classes"},
        {"confidences", "[\"x\"]", "no sensible number"},
    };
    struct error err;
    assert_int_equal(parse_with("none", "", &err), RECORD_GOOD);
    assert_int_equal(parse_with("classes", "[null]", &err), RECORD_GOOD);
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        assert_int_equal(parse_with(cases[i][0], cases[i][1], &err), RECORD_REFUSED);
        if (!strstr(err.text, cases[i][2]))
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void test_what_is_no_answer(void **state)
{
    (void)state;
    static const struct record_hello hello = {.feature_size = 2};
    const struct record_wanted wanted = {.path = "p", .hello = &hello};
    static const char *const lines[] = {"",
                                        "x",
                                        "[]",
                                        "{}",
                                        "{\"image\": 3}",
                                        "{\"image\": \"q\", \"error\": \"x\"}",
                                        "{\"image\": \"p\"",
                                        "{\"image\": \"p\", \"image\": \"p\"}"};
    struct record r;
    struct error err;
    for (size_t i = 0; i < COUNTOF(lines); i++)
        assert_int_equal(record_parse(lines[i], strlen(lines[i]), &wanted, &r, &err),
                         RECORD_NONSENSE);
    const char *said = "{\"image\": \"p\", \"error\": \"too\\u001b dark\"}";
    assert_int_equal(record_parse(said, strlen(said), &wanted, &r, &err), RECORD_REFUSED);
    assert_string_equal(err.text, "too? dark");
}

static void test_greetings(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "hello",
        "{\"scanscope_extractor\": 2, \"name\": \"a\", \"version\": \"1\", \"size\": 3}",
        "{\"scanscope_extractor\": 1, \"version\": \"1\", \"size\": 3}",
        "{\"scanscope_extractor\": 1, \"name\": \"a\", \"version\": 1, \"size\": 3}",
        "{\"scanscope_extractor\": 1, \"name\": \"a\", \"version\": \"1\", \"size\": 0}",
        "{\"scanscope_extractor\": 1, \"name\": \"a\", \"version\": \"1\", \"size\": 1e9}",
        "{\"scanscope_extractor\": 1, \"name\": \"a\", \"version\": \"1\", \"size\": 3, "
        "\"classes\": [1]}",
    };
    struct record_hello a, b;
    struct error err;
    for (size_t i = 0; i < COUNTOF(wrong); i++)
        assert_int_equal(record_parse_hello(wrong[i], strlen(wrong[i]), &a, &err), -1);
    const char *x =
        "{\"scanscope_extractor\": 1, \"name\": \"a\", \"version\": \"1\", \"size\": 3}";
    const char *y =
        "{\"scanscope_extractor\": 1, \"name\": \"a\", \"version\": \"1\", \"size\": 3, "
        "\"weights\": \"w\"}";
    assert_int_equal(record_parse_hello(x, strlen(x), &a, &err), 0);
    assert_int_equal(record_parse_hello(y, strlen(y), &b, &err), 0);
    assert_true(record_hello_same(&a, &a));
    assert_false(record_hello_same(&a, &b));
    record_hello_done(&a);
    record_hello_done(&b);
}

static void test_command_lines(void **state)
{
    (void)state;
    char **words;
    struct error err;
    assert_int_equal(command_line_words("  ./a 'b c' \"d \\\"e\" f\\ g '' $x", &words, &err), 0);
    static const char *const want[] = {"./a", "b c", "d \"e", "f g", "", "$x"};
    for (size_t i = 0; i < COUNTOF(want); i++)
        assert_string_equal(words[i], want[i]);
    assert_null(words[COUNTOF(want)]);
    command_line_free(words);
    assert_int_equal(command_line_words("a 'b", &words, &err), -1);
    assert_int_equal(command_line_words("  ", &words, &err), -1);
    assert_int_equal(command_line_words("opencv x", &words, &err), 0);
    assert_non_null(strstr(words[0], "extractors/opencv"));
    command_line_free(words);
    assert_int_equal(command_line_words("pixels.npyx", &words, &err), 0);
    assert_string_equal(words[0], "pixels.npyx");
    command_line_free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_record),
        cmocka_unit_test(test_records_that_cannot_be_used),
        cmocka_unit_test(test_what_is_no_answer),
        cmocka_unit_test(test_greetings),
        cmocka_unit_test(test_command_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
