/* Bottom-up features of other types and layouts: float16 and float64 where the boxes say so and not
 * where they do not; VinVL's and Oscar's lines; numbers that are no features. */
#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/str.h"
#include "io/array/plausible.h"
#include "tests/support/scratch.h"

enum { REGIONS = 4, SIZE = 40, NUMBERS = REGIONS * SIZE };

/* 1, 1.125, ... : exact in float16, which is 0x3c00 and up for 1 to 2 */
static float feature(size_t i)
{
    return 1 + 0.0625F * (float)(i % 16);
}

static void put_f16(uint16_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint16_t)(0x3c00 + (i % 16) * 0x40);
}

/* A line of six columns. */
static char *table(const void *boxes, size_t boxes_size, const void *features, size_t size)
{
    struct str s = {0};
    str_addf(&s, "7\t40\t30\t%d\t", REGIONS);
    scratch_base64(&s, boxes, boxes_size);
    str_add(&s, "\t");
    scratch_base64(&s, features, size);
    str_add(&s, "\n");
    char *path = scratch_text("types.tsv", s.text, s.length);
    str_done(&s);
    return path;
}

static void read_one(const char *path, struct bottomup **reader, struct bottomup_image *out)
{
    struct error err;
    const char *id;
    assert_done(bottomup_open(path, reader, &err), err);
    assert_int_equal(bottomup_next(*reader, &id, &err), 1);
    assert_string_equal(id, "7");
    assert_done(bottomup_load(*reader, out, &err), err);
}

static void fails(const char *path, const char *why)
{
    struct error err;
    if (scratch_read_all(path, &err) == 0 || !strstr(err.text, why))
        fail_msg("expected '%s', got '%s'", why, err.text);
}

static void test_the_boxes_say_the_type(void **state)
{
    (void)state;
    uint16_t halves[NUMBERS], half_boxes[4 * REGIONS] = {0};
    double doubles[NUMBERS], double_boxes[4 * REGIONS] = {0};
    put_f16(halves, NUMBERS);
    for (size_t i = 0; i < NUMBERS; i++)
        doubles[i] = feature(i);
    char *paths[] = {table(half_boxes, sizeof half_boxes, halves, sizeof halves), NULL};
    for (size_t kind = 0; kind < 2; kind++) {
        struct bottomup *reader;
        struct bottomup_image image;
        if (kind == 1)
            paths[1] = table(double_boxes, sizeof double_boxes, doubles, sizeof doubles);
        read_one(paths[kind], &reader, &image);
        assert_int_equal(image.feature_size, SIZE);
        for (size_t i = 0; i < NUMBERS; i++)
            assert_true(image.features[i] == feature(i));
        const struct notes *notes = bottomup_notes(reader);
        assert_int_equal(notes->lines.count, 1);
        assert_non_null(strstr(notes->lines.items[0], kind ? "float64" : "float16"));
        bottomup_close(reader);
        free(paths[kind]);
    }
}

static void test_features_of_another_type_than_boxes_are_refused(void **state)
{
    (void)state;
    float boxes[4 * REGIONS] = {0};
    uint16_t halves[NUMBERS];
    double doubles[NUMBERS];
    put_f16(halves, NUMBERS);
    for (size_t i = 0; i < NUMBERS; i++)
        doubles[i] = feature(i) * M_PI; /* mantissas of all bits, as real ones have */
    char *path = table(boxes, sizeof boxes, halves, sizeof halves);
    fails(path, "they seem to be float16, 40 per region");
    free(path);
    path = table(boxes, sizeof boxes, doubles, sizeof doubles);
    fails(path, "they seem to be float64, 40 per region");
    free(path);
}

/* ---- VinVL ---- */

enum { TAIL = 6 };

/* Two regions: the left half and the lower half of the picture, behind three features each. */
static const float regions[2][3 + TAIL] = {{0.5F, 1, 2, 0, 0, 0.5F, 1, 0.5F, 1},
                                           {3, 4, 5, 0, 0.5F, 1, 1, 1, 0.5F}};

static void check_regions(const char *path)
{
    struct bottomup *reader;
    struct bottomup_image image;
    read_one(path, &reader, &image);
    assert_int_equal(image.regions, 2);
    assert_int_equal(image.feature_size, 3);
    for (size_t r = 0; r < 2; r++) {
        assert_memory_equal(image.features + 3 * r, regions[r], 3 * sizeof(float));
        assert_memory_equal(image.boxes + 4 * r, regions[r] + 3, 4 * sizeof(float));
    }
    assert_true(image.normalised && image.incidental);
    assert_non_null(strstr(bottomup_notes(reader)->lines.items[0], "last six of 9"));
    bottomup_close(reader);
}

static char *line_of(const char *before, const void *data, size_t size, const char *after)
{
    struct str s = {0};
    str_add(&s, before);
    scratch_base64(&s, data, size);
    str_add(&s, after);
    char *path = scratch_text("vinvl.tsv", s.text, s.length);
    str_done(&s);
    return path;
}

static void test_vinvl(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
    } lines[] = {
        {"7\t{\"num_boxes\": 2, \"features\": \"", "\"}\n"},
        {"7\t{\"features\": \"", "\", \"num_boxes\": 2}"},
        {"7\t2\t", "\n"},
    };
    for (size_t i = 0; i < COUNTOF(lines); i++) {
        char *path = line_of(lines[i].before, regions, sizeof regions, lines[i].after);
        check_regions(path);
        free(path);
    }
}

static void test_vinvl_without_positions(void **state)
{
    (void)state;
    static const float plain[2][9] = {{0.5F, 1, 2, 3, 4, 5, 6, 7, 8}, {1, 1, 1, 1, 1, 1, 1, 1, 1}};
    struct bottomup *reader;
    struct bottomup_image image;
    char *path = line_of("7\t{\"image_w\": 40, \"image_h\": 30, \"num_boxes\": 2, \"features\": \"",
                         plain, sizeof plain, "\"}\n");
    read_one(path, &reader, &image);
    assert_int_equal(image.feature_size, 9);
    assert_null(image.boxes);
    assert_int_equal(image.width, 40);
    assert_int_equal(image.height, 30);
    assert_int_equal(bottomup_notes(reader)->lines.count, 0);
    bottomup_close(reader);
    free(path);
}

static void test_vinvl_objects(void **state)
{
    (void)state;
    static const float feature_of[3] = {1, 2, 3};
    struct bottomup *reader;
    struct bottomup_image image;
    char *path = line_of("7\t{\"image_h\": 30, \"image_w\": 40, \"objects\": [{\"rect\": [1, 2, 3, "
                         "4], \"class\": \"dog\", \"feature\": \"",
                         feature_of, sizeof feature_of, "\"}]}\n");
    read_one(path, &reader, &image);
    assert_int_equal(image.regions, 1);
    assert_int_equal(image.feature_size, 3);
    assert_memory_equal(image.features, feature_of, sizeof feature_of);
    assert_true(image.boxes[0] == 1 && image.boxes[3] == 4);
    bottomup_close(reader);
    free(path);
}

static void test_vinvl_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"7\t{\"num_boxes\": 2, \"features\": \"AAAA", "line 1: image 7: its JSON is damaged"},
        {"7\t{\"num_boxes\": 2}\n", "no \"num_boxes\" with \"features\""},
        {"7\t{\"num_boxes\": 0, \"features\": \"\"}\n", "has no regions"},
        {"7\t{\"num_boxes\": -1, \"features\": \"\"}\n", "no \"num_boxes\""},
        {"7\t{\"num_boxes\": 2, \"features\": \"AAAA\"}\n", "hold 3 bytes"},
        {"7\t{\"num_boxes\": 1, \"features\": \"AA*A\"}\n", "not base64: '*'"},
        {"7\t{\"num_boxes\": 1, \"features\": \"AACAPw==\", \"boxes\": \"AAAA\"}\n",
         "boxes hold 3 bytes instead of 16"},
        {"7\t{\"objects\": [{\"rect\": [1, 2]}]}\n", "object 1 has no \"rect\""},
        {"7\t{\"objects\": []}\n", "has no regions"},
        {"7\t1\tAACAPw==\n8\n", "line 2: has one column"},
        {"7\t1\tAACAPw==\n8\tx\tAAAA\n", "line 2: image 8: has no number of boxes"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        char *path = scratch_text("bad.tsv", cases[i].text, strlen(cases[i].text));
        fails(path, cases[i].why);
        free(path);
    }
}

/* ---- numbers ---- */

static bool plausible(const float *values, size_t n)
{
    struct plausible p = {0};
    plausible_add(&p, values, n);
    return plausible_is(&p);
}

static void test_plausible(void **state)
{
    (void)state;
    float values[256], swapped[256] = {0};
    for (size_t i = 0; i < COUNTOF(values); i++) {
        values[i] = i % 3 ? (float)i * 0.0137F : 0;
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits = __builtin_bswap32(bits);
        memcpy(&swapped[i], &bits, sizeof bits);
    }
    assert_true(plausible(values, COUNTOF(values)));
    assert_false(plausible(swapped, COUNTOF(swapped)));
    values[1] = 1e-12F; /* one alone is fine */
    assert_true(plausible(values, COUNTOF(values)));
    memset(values, 0, sizeof values);
    assert_true(plausible(values, COUNTOF(values)));
    assert_true(plausible(values, 0));
    for (size_t i = 0; i < COUNTOF(values); i++) /* normalised to length 1 among 16,384 */
        values[i] = 1 / 128.0F;
    assert_true(plausible(values, COUNTOF(values)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_boxes_say_the_type),
        cmocka_unit_test(test_features_of_another_type_than_boxes_are_refused),
        cmocka_unit_test(test_vinvl),
        cmocka_unit_test(test_vinvl_without_positions),
        cmocka_unit_test(test_vinvl_objects),
        cmocka_unit_test(test_vinvl_damaged),
        cmocka_unit_test(test_plausible),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
