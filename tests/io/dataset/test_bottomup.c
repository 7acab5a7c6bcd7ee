/* Bottom-up features: base64, lines, TSV in its layouts, good and bad, real files. */
#include <string.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/array/npy.h"
#include "io/dataset/base64.h"
#include "io/dataset/tsv.h"
#include "tests/support/scratch.h"

/* ---- base64 ---- */

static void test_base64_round_trip(void **state)
{
    uint8_t bytes[256], back[256];
    size_t size, bad;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 167 + 13);
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct str text = {0};
        scratch_base64(&text, bytes, n);
        assert_true(base64_decoded_max(text.length) >= n);
        assert_true(base64_decode(str_text(&text), text.length, back, &size, &bad));
        assert_int_equal(size, n);
        assert_memory_equal(bytes, back, n);
        str_done(&text);
    }
}

static void test_base64_known(void **state)
{
    static const struct {
        const char *text, *bytes;
    } known[] = {{"Zg==", "f"},
                 {"Zm8=", "fo"},
                 {"Zm9v", "foo"},
                 {"Zm9vYmE=", "fooba"},
                 {"+/+/", "\xfb\xff\xbf"}};
    uint8_t out[8];
    size_t size, bad;
    (void)state;
    for (size_t i = 0; i < COUNTOF(known); i++) {
        assert_true(base64_decode(known[i].text, strlen(known[i].text), out, &size, &bad));
        assert_int_equal(size, strlen(known[i].bytes));
        assert_memory_equal(out, known[i].bytes, size);
    }
}

static void test_base64_refuses(void **state)
{
    static const struct {
        const char *text;
        size_t bad;
    } wrong[] = {
        {"A", 1},
        {"AA", 2},
        {"AAA", 3},
        {"AAAAA", 5},
        {"A===", 1},
        {"====", 0},
        {"AA=A", 2},
        {"AA==AAAA", 2},
        {"AAAA AAA", 4},
        {"AAA\n", 3},
        {"AA-_", 2},
        {"AB==", 2},
        {"AAB=", 3},
        {"AAAA\x80"
         "AAA",
         4},
        {"AA.AAAAA", 2},
    };
    uint8_t out[8];
    size_t size, bad;
    (void)state;
    for (size_t i = 0; i < COUNTOF(wrong); i++) {
        bad = 99;
        assert_false(base64_decode(wrong[i].text, strlen(wrong[i].text), out, &size, &bad));
        assert_int_equal(bad, wrong[i].bad);
    }
}

/* ---- lines ---- */

static void test_lines(void **state)
{
    struct error err;
    struct tsv *tsv;
    char *line;
    size_t length;
    (void)state;
    /* longer than a block, then CRLF, an empty line, and one without a line end */
    size_t long_line = (5 << 20) + 3;
    struct str text = {0};
    for (size_t i = 0; i < long_line; i++)
        str_add_n(&text, "x", 1);
    str_add(&text, "\r\nb\r\n\nlast");
    char *path = scratch_text("lines", text.text, text.length);
    const struct {
        size_t length;
        char first;
    } expected[] = {{long_line, 'x'}, {1, 'b'}, {0, '\0'}, {4, 'l'}};
    assert_done(tsv_open(path, &tsv, &err), err);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(tsv_next(tsv, &line, &length, &err), 1);
        assert_int_equal(length, expected[i].length);
        assert_int_equal(line[0], expected[i].first);
        assert_int_equal(line[length], '\0');
        assert_int_equal(tsv_line(tsv), i + 1);
    }
    uint64_t done, total;
    assert_int_equal(tsv_next(tsv, &line, &length, &err), 0);
    tsv_progress(tsv, &done, &total);
    assert_int_equal(done, text.length);
    assert_int_equal(total, text.length);
    tsv_close(tsv);
    str_done(&text);
    free(path);
}

static void test_zip_lines(void **state)
{
    struct error err;
    struct tsv *tsv;
    char *line;
    size_t length;
    (void)state;
    const struct member members[] = {{"readme.txt", "no", 2},
                                     {"a/x.tsv.0", "one\ntwo\n", 8},
                                     {"__MACOSX/x.tsv.0", "no", 2},
                                     {"a/empty.tsv", "", 0},
                                     {"a/x.tsv.1", "three", 5}};
    char *path = scratch_zip("lines.zip", members, 5);
    static const char *const expected[] = {"one", "two", "three"};
    assert_done(tsv_open(path, &tsv, &err), err);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tsv_next(tsv, &line, &length, &err), 1);
        assert_string_equal(line, expected[i]);
    }
    assert_int_equal(tsv_line(tsv), 1);
    assert_non_null(strstr(tsv_name(tsv), "lines.zip(a/x.tsv.1)"));
    assert_int_equal(tsv_next(tsv, &line, &length, &err), 0);
    tsv_close(tsv);
    free(path);
}

static void test_files_refused(void **state)
{
    static const struct {
        const char *name, *text;
        size_t size;
        const char *says;
    } cases[] = {
        {"empty", "", 0, "is empty"},
        {"gzip", "\x1f\x8b\x08zz", 5, "gunzip"},
        {"brokenzip", "PK\3\4zzzz", 8, "damaged or truncated zip"},
        {"zero", "a\0b\n", 4, "zero byte"},
    };
    struct error err;
    struct tsv *tsv;
    char *line;
    size_t length;
    (void)state;
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        char *path = scratch_text(cases[i].name, cases[i].text, cases[i].size);
        int status = tsv_open(path, &tsv, &err);
        if (status == 0) {
            status = tsv_next(tsv, &line, &length, &err);
            tsv_close(tsv);
        }
        assert_int_equal(status, -1);
        assert_non_null(strstr(err.text, cases[i].says));
        free(path);
    }
    assert_int_equal(tsv_open("/nowhere/x.tsv", &tsv, &err), -1);
    assert_non_null(strstr(err.text, "No such file"));
    char *path = scratch_zip("other.zip", &(struct member){"a.txt", "x", 1}, 1);
    assert_int_equal(tsv_open(path, &tsv, &err), -1);
    assert_non_null(strstr(err.text, "without a .tsv"));
    free(path);
}

/* ---- TSV ---- */

/* A line of the six columns. */
static void add_line(struct str *s, const char *id, int image)
{
    float features[R * F], boxes[R * 4];
    scratch_image(image, features, boxes);
    str_addf(s, "%s\t40\t30\t%d\t", id, R);
    scratch_base64(s, boxes, sizeof boxes);
    str_add(s, "\t");
    scratch_base64(s, features, sizeof features);
}

static void test_tsv_layouts(void **state)
{
    static const char *const headers[] = {
        "", "image_id\timage_w\timage_h\tnum_boxes\tboxes\tfeatures\n", "\n"};
    static const char *const ends[] = {"\n", "\r\n", "\n\n"};
    (void)state;
    for (size_t h = 0; h < 3; h++)
        for (size_t e = 0; e < 3; e++) {
            struct str s = {0};
            str_add(&s, headers[h]);
            add_line(&s, "7", 1);
            str_add(&s, ends[e]);
            add_line(&s, "8", 2);
            str_add(&s, e == 2 ? "" : ends[e]);
            char *path = scratch_text("six.tsv", s.text, s.length);
            scratch_check_two(path);
            char *zipped = scratch_zip("six.zip", &(struct member){"six.tsv", s.text, s.length}, 1);
            scratch_check_two(zipped);
            str_done(&s);
            free(path);
            free(zipped);
        }
}

static void check_classes(const char *path)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    assert_done(bottomup_open(path, &reader, &err), err);
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(bottomup_next(reader, &id, &err), 1);
        assert_done(bottomup_load(reader, &image, &err), err);
        assert_non_null(image.classes);
        assert_non_null(image.confidences);
        assert_int_equal(image.classes[0], i);
        assert_int_equal(image.classes[1], 1599);
        assert_true(image.confidences[0] == 0.75F && image.confidences[1] == 0.5F);
    }
    assert_int_equal(bottomup_class_names(reader)->count, 0);
    bottomup_close(reader);
}

static void test_tsv_ten_columns(void **state)
{
    (void)state;
    for (int header = 0; header < 2; header++) {
        struct str s = {0};
        if (header)
            str_add(&s, "img_id\timg_h\timg_w\tobjects_id\tobjects_conf\tattrs_id\tattrs_conf\t"
                        "num_boxes\tboxes\tfeatures\n");
        for (int i = 1; i <= 2; i++) {
            float features[R * F], boxes[R * 4];
            scratch_image(i, features, boxes);
            const int64_t classes[R] = {i, 1599};
            const float confidences[R] = {0.75F, 0.5F};
            str_addf(&s, "%d\t30\t40\t", i + 6);
            scratch_base64(&s, classes, sizeof classes);
            str_add(&s, "\t");
            scratch_base64(&s, confidences, sizeof confidences);
            str_addf(&s, "\tAAAA\tAAAA\t%d\tb'", R);
            scratch_base64(&s, boxes, sizeof boxes); /* Python 3's str() of bytes */
            str_add(&s, "'\t");
            scratch_base64(&s, features, sizeof features);
            str_add(&s, "\n");
        }
        char *path = scratch_text("ten.tsv", s.text, s.length);
        scratch_check_two(path);
        check_classes(path);
        str_done(&s);
        free(path);
    }
}

#define BOXES "AAAAAAAAAAAAAIA/AACAPwAAAAAAAAAAAACAPwAAgD8=" /* 2 x (0 0 1 1) */
#define FEATURES "AAAAAAAAgD8AAABAAABAQAAAgEAAAKBA"          /* 0 .. 5 */
#define WITH_NAN "AAAAAAAAgD8AAMB/AABAQAAAgEAAAKBA"
#define WITH_INF "AAAAAAAAgD8AAABAAACA/wAAgEAAAKBA"
#define TURNED "AACAPwAAAAAAAAAAAACAPwAAAAAAAAAAAACAPwAAgD8=" /* 1 0 0 1 */
#define BOX_NAN "AADAfwAAAAAAAIA/AACAPwAAAAAAAAAAAACAPwAAgD8="
#define GOOD "7\t40\t30\t2\t" BOXES "\t" FEATURES "\n"

static const struct {
    const char *text, *says;
} hostile[] = {
    {"x\n", "line 1: has 1 column instead of 6"},
    {"7\t40\t30\t2\t" BOXES "\n", "line 1: has 5 columns instead of 6"},
    {"7\t40\t30\t2\t" BOXES "\t" FEATURES "8\t40\t30\t2\t" BOXES "\t" FEATURES "\n",
     "has 11 columns"},
    {GOOD "8\t40\t30\t2\t" BOXES "\t" FEATURES "9\t40\t30\t2\t" BOXES "\t" FEATURES "\n",
     "line 2: has 11 columns, but earlier lines have 6; two lines"},
    {GOOD "8\t40\t30\t2\tAAAA",
     "line 2: has 5 columns, but earlier lines have 6; the line is cut off"},
    {"\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\n", "columns or more"},
    {"image_id\timage_w\timage_h\tnum_boxes\tboxes\n", "has no column 'features'"},
    {"\t40\t30\t2\t" BOXES "\t" FEATURES "\n", "image id is empty"},
    {"7\x01\t40\t30\t2\t" BOXES "\t" FEATURES "\n", "control characters"},
    {"7\t-40\t30\t2\t" BOXES "\t" FEATURES "\n", "image_w is '-40'"},
    {"7\t40\t30.5\t2\t" BOXES "\t" FEATURES "\n", "image_h is '30.5'"},
    {"7\t40\t0\t2\t" BOXES "\t" FEATURES "\n", "40 x 0 pixels"},
    {"7\t40\t99999999999999999999\t2\t" BOXES "\t" FEATURES "\n", "image_h is '9999"},
    {"7\t40\t30\t\t" BOXES "\t" FEATURES "\n", "num_boxes is ''"},
    {"7\t40\t30\t0\t" BOXES "\t" FEATURES "\n", "has no regions"},
    {"7\t40\t30\t-1\t" BOXES "\t" FEATURES "\n", "num_boxes is '-1'"},
    {"7\t40\t30\t2000\t" BOXES "\t" FEATURES "\n", "num_boxes is '2000'"},
    {"7\t40\t30\t3\t" BOXES "\t" FEATURES "\n",
     "num_boxes is 3, but boxes hold 32 bytes instead of 48"},
    {"7\t40\t30\t5\t" BOXES "\t" FEATURES "\n",
     "num_boxes is 5, but boxes hold 32 bytes instead of 80"},
    {"7\t40\t30\t2\t" BOXES "\t\n", "features hold 0 bytes"},
    {"7\t40\t30\t2\t\t" FEATURES "\n", "boxes hold 0 bytes"},
    {"7\t40\t30\t2\t" BOXES "\tAAAA*AAA" FEATURES "\n",
     "'features' is not base64: '*' at character 5"},
    {"7\t40\t30\t2\t" BOXES "\t" FEATURES "AA\n", "'features' ends inside a group"},
    {"7\t40\t30\t2\tAA AA\t" FEATURES "\n", "'boxes' is not base64: ' '"},
    {"7\t40\t30\t2\t" BOXES "\t" WITH_NAN "\n", "feature 3 of region 1 is not finite (nan)"},
    {"7\t40\t30\t2\t" BOXES "\t" WITH_INF "\n", "feature 1 of region 2 is not finite (-inf)"},
    {"7\t40\t30\t2\t" TURNED "\t" FEATURES "\n", "box 1 ends before it begins"},
    {"7\t40\t30\t2\t" BOX_NAN "\t" FEATURES "\n", "box 1 has a number that is not finite"},
    {GOOD "8\t40\t30\t2\t" BOXES "\tAAAAAAAAAAA=\n",
     "features of size 1, but earlier images of size 3"},
};

static void test_tsv_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNTOF(hostile); i++) {
        struct error err = {.text = ""};
        char *path = scratch_text("hostile.tsv", hostile[i].text, strlen(hostile[i].text));
        assert_int_equal(scratch_read_all(path, &err), -1);
        if (!strstr(err.text, hostile[i].says) || !strstr(err.text, "hostile.tsv: line"))
            fail_msg("expected '%s' from case %zu, got '%s'", hostile[i].says, i, err.text);
        assert_null(strchr(err.text, '\n'));
        free(path);
    }
}

/* LXMERT's classes that do not fit their regions: an image of 2 between good ones. */
static void test_tsv_bad_classes(void **state)
{
    static const struct {
        const char *classes, *confidences, *says;
    } cases[] = {
        {"AAAA", "", "objects_id holds 3 bytes"},
        {"", "AAAA", "objects_conf holds 3 bytes"},
        {"/v///wAAAAA=", "", "region 1 is of class -2"},
        {"", "AADAfwAAAAA=", "confidence of region 1 is not finite"},
        {"AAAAAAAAAAA=", "AAAAAAAAAAA=", NULL},
        {"", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct error err = {.text = ""};
        struct str s = {0};
        str_addf(&s, "7\t30\t40\t%s\t%s\t\t\t2\t" BOXES "\t" FEATURES "\n", cases[i].classes,
                 cases[i].confidences);
        char *path = scratch_text("classes.tsv", s.text, s.length);
        assert_int_equal(scratch_read_all(path, &err), cases[i].says ? -1 : 0);
        if (cases[i].says && !strstr(err.text, cases[i].says))
            fail_msg("expected '%s', got '%s'", cases[i].says, err.text);
        str_done(&s);
        free(path);
    }
}

/* Bad lines between good ones: each is an error of its own, and behind it the next is read. */
static void test_tsv_goes_on(void **state)
{
    static const char text[] = "x\n" GOOD "8\t40\t30\t2\tAAAA\n9\t40\t30\t3\t" BOXES "\t" FEATURES
                               "\nz\0\n8\t40\t30\t2\t" BOXES "\t" FEATURES "\n9\t40\t30\t2\t" BOXES
                               "\t" WITH_NAN "\n" GOOD;
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    const char *id;
    size_t good = 0, bad = 0;
    int more;
    (void)state;
    char *path = scratch_text("mixed.tsv", text, sizeof text - 1);
    assert_done(bottomup_open(path, &reader, &err), err);
    while ((more = bottomup_next(reader, &id, &err)) != 0) {
        bool loaded = more > 0 && bottomup_load(reader, &image, &err) == 0;
        *(loaded ? &good : &bad) += 1;
        assert_true(bottomup_can_go_on(reader));
    }
    assert_int_equal(good, 3);
    assert_int_equal(bad, 5);
    bottomup_close(reader);
    free(path);
}

/* Every prefix of a good file is read or refused, with nothing read beyond its end. */
static void test_tsv_cut(void **state)
{
    static const char text[] = GOOD "8\t40\t30\t2\t" BOXES "\t" FEATURES "\n";
    struct error err;
    (void)state;
    for (size_t n = 1; n < sizeof text; n++) {
        char *path = scratch_text("cut.tsv", text, n);
        bool whole = n + 2 >= sizeof text || n + 1 == strlen(GOOD) || n == strlen(GOOD);
        assert_int_equal(scratch_read_all(path, &err), whole ? 0 : -1);
        free(path);
    }
}

/* ---- real files ---- */

/* The images of a file equal rows from `first` on of the arrays that numpy made from it. */
static void check_real(const char *name, size_t first, const char *id_wanted)
{
    struct error err;
    struct bottomup *reader;
    struct bottomup_image image;
    struct npy *ims, *boxes;
    const char *id;
    size_t n = 0;
    char *path = testing_data(name);
    char *ims_path = testing_data("bottom_up20/real20_ims.npy");
    char *boxes_path = testing_data("bottom_up20/real20_boxes.npy");
    assert_done(npy_open(ims_path, NULL, &ims, &err), err);
    assert_done(npy_open(boxes_path, NULL, &boxes, &err), err);
    assert_done(bottomup_open(path, &reader, &err), err);
    for (; bottomup_next(reader, &id, &err) > 0; n++) {
        if (n == 0)
            assert_string_equal(id, id_wanted);
        assert_done(bottomup_load(reader, &image, &err), err);
        assert_int_equal(image.regions * image.feature_size, npy_row_size(ims));
        assert_memory_equal(image.features, npy_direct_f32(ims) + (first + n) * npy_row_size(ims),
                            npy_row_size(ims) * sizeof(float));
        assert_memory_equal(image.boxes, npy_direct_f32(boxes) + (first + n) * npy_row_size(boxes),
                            npy_row_size(boxes) * sizeof(float));
    }
    assert_int_equal(n, 10);
    bottomup_close(reader);
    npy_free(ims);
    npy_free(boxes);
    free(path);
    free(ims_path);
    free(boxes_path);
}

static void test_real_ten_columns(void **state)
{
    (void)state;
    check_real("bottom_up20/train2014_obj36.tsv", 0, "COCO_train2014_000000132417");
}

static void test_real_zip(void **state)
{
    (void)state;
    check_real("bottom_up20/trainval_36.zip", 10, "150367");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64_round_trip), cmocka_unit_test(test_base64_known),
        cmocka_unit_test(test_base64_refuses),    cmocka_unit_test(test_lines),
        cmocka_unit_test(test_zip_lines),         cmocka_unit_test(test_files_refused),
        cmocka_unit_test(test_tsv_layouts),       cmocka_unit_test(test_tsv_ten_columns),
        cmocka_unit_test(test_tsv_hostile),       cmocka_unit_test(test_tsv_cut),
        cmocka_unit_test(test_tsv_bad_classes),   cmocka_unit_test(test_tsv_goes_on),
        cmocka_unit_test(test_real_ten_columns),  cmocka_unit_test(test_real_zip),
    };
    return cmocka_run_group_tests_name("bottomup", tests, scratch_make, scratch_remove);
}
