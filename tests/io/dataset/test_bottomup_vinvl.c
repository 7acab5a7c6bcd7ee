/* What VinVL puts beside its features: a .lineidx, predictions.tsv or label.tsv, hw.tsv. */
#include <string.h>
#include <unistd.h>

#include "base/countof.h"
#include "base/str.h"
#include "tests/support/scratch.h"

enum { SIZE = 3, TAIL = 6 };

/* The left half and the lower half of the picture, behind three features each. */
static const float regions[2][SIZE + TAIL] = {{0.5F, 1, 2, 0, 0, 0.5F, 1, 0.5F, 1},
                                              {3, 4, 5, 0, 0.5F, 1, 1, 1, 0.5F}};
static const float pixels[2][4] = {{0, 0, 20, 30}, {0, 15, 40, 30}};

#define DOG "{\"rect\": [0, 0, 20, 30], \"class\": \"dog\", \"conf\": 0.5}"
#define CAT "{\"rect\": [0, 15.0, 40, 30.0], \"class\": \"cat\", \"conf\": 0.25}"

/* Files of the names, NULL-terminated pairs; features.tsv has images 7 and 8. Only these are there.
 */
static char *made(const char *const files[][2])
{
    static const char *const all[] = {"predictions.tsv", "label.tsv", "hw.tsv", "features.lineidx"};
    struct str s = {0};
    for (size_t i = 0; i < COUNTOF(all); i++) {
        char *path = scratch_path(all[i]);
        (void)unlink(path);
        free(path);
    }
    for (int id = 7; id <= 8; id++) {
        str_addf(&s, "%d\t{\"num_boxes\": 2, \"features\": \"", id);
        scratch_base64(&s, regions, sizeof regions);
        str_add(&s, "\"}\n");
    }
    char *path = scratch_text("features.tsv", s.text, s.length);
    str_done(&s);
    for (size_t i = 0; files[i][0]; i++)
        free(scratch_text(files[i][0], files[i][1], strlen(files[i][1])));
    return path;
}

static bool noted(const struct bottomup *reader, const char *what)
{
    const struct notes *notes = bottomup_notes(reader);
    for (size_t i = 0; i < notes->lines.count; i++)
        if (strstr(notes->lines.items[i], what))
            return true;
    return false;
}

static struct bottomup *opened(const char *const files[][2])
{
    struct bottomup *reader;
    struct error err;
    char *path = made(files);
    assert_done(bottomup_open(path, &reader, &err), err);
    free(path);
    return reader;
}

static void load(struct bottomup *reader, struct bottomup_image *out)
{
    struct error err;
    const char *id;
    assert_int_equal(bottomup_next(reader, &id, &err), 1);
    assert_done(bottomup_load(reader, out, &err), err);
}

static void bad(struct bottomup *reader, const char *why)
{
    struct error err;
    struct bottomup_image image;
    const char *id;
    if (bottomup_next(reader, &id, &err) == 1 && bottomup_load(reader, &image, &err) == 0)
        fail_msg("expected '%s'", why);
    if (!strstr(err.text, why))
        fail_msg("expected '%s', got '%s'", why, err.text);
}

static void test_predictions(void **state)
{
    (void)state;
    struct bottomup_image image;
    struct bottomup *reader = opened((const char *const[][2]){
        {"predictions.tsv", "8\t{\"objects\": [" CAT ", " CAT "]}\n"
                            "07.jpg\t{\"objects\": [" DOG ", " CAT "], \"relations\": null}\n"},
        {"hw.tsv", "8\t[{\"height\": 30, \"width\": 40}]\n7\t[{\"height\": 30, \"width\": 40}]\n"},
        {NULL, NULL}});
    load(reader, &image);
    assert_int_equal(image.feature_size, SIZE);
    assert_memory_equal(image.boxes, pixels, sizeof pixels);
    assert_false(image.normalised || image.incidental);
    assert_int_equal(image.width, 40);
    assert_int_equal(image.height, 30);
    assert_string_equal(bottomup_class_names(reader)->items[image.classes[0]], "dog");
    assert_string_equal(bottomup_class_names(reader)->items[image.classes[1]], "cat");
    assert_true(image.confidences[0] == 0.5F && image.confidences[1] == 0.25F);
    bad(reader, "image 8: ");
    assert_true(bottomup_can_go_on(reader));
    bottomup_close(reader);
}

static void test_bad_predictions(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"8\t{\"objects\": []}\n", "has no line of it"},
        {"7\t{\"objects\": [" DOG "]}\n", "has 1 objects, but 2 regions"},
        {"7\t{\"objects\": [" CAT ", " DOG "]}\n", "has object 1 at x1 0 y1 15"},
        {"7\t{\"objects\": [" DOG ", {\"rect\": [1, 2]}]}\n", "has object 2 without a \"rect\""},
        {"7\t{\"objects\": [" DOG ", {\"rect\": [0, 15, 40, 30]}]}\n", "\"conf\" of object 2"},
        {"7\t{\"objects\": [" DOG
         ", {\"rect\": [0, 15, 40, 30], \"class\": \"a\\n\", \"conf\": 1}]}\n",
         "control characters"},
        {"7\t{\"objects\": [" DOG ", ", "damaged at character"},
        {"7\t{\"num\": 3}\n", "has no list of objects"},
        {"7\t{\"image_w\": 41, \"image_h\": 30, \"objects\": [" DOG ", " CAT "]}\n",
         "is 40 x 30 pixels, but 41 x 30"},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct bottomup *reader =
            opened((const char *const[][2]){{"predictions.tsv", cases[i].text},
                                            {"hw.tsv", "7\t[{\"height\": 30, \"width\": 40}]\n"},
                                            {NULL, NULL}});
        bad(reader, cases[i].why);
        bottomup_close(reader);
    }
}

/* Oscar's labels may be of another model. */
static void test_labels(void **state)
{
    (void)state;
    struct bottomup_image image;
    struct bottomup *reader = opened((const char *const[][2]){
        {"label.tsv", "7\t[" DOG ", " CAT "]\n8\t[" DOG "]\n"}, {NULL, NULL}});
    load(reader, &image);
    assert_non_null(image.classes);
    assert_memory_equal(image.boxes, pixels, sizeof pixels);
    load(reader, &image);
    assert_null(image.classes);
    assert_true(image.normalised && image.incidental);
    assert_true(noted(reader, "the first: image 8: 1 objects, but 2 regions"));
    bottomup_close(reader);
}

static void test_sizes(void **state)
{
    (void)state;
    struct bottomup_image image;
    struct bottomup *reader =
        opened((const char *const[][2]){{"hw.tsv", "7\t{\"height\": 30, \"width\": 40}\n"},
                                        {"label.tsv", "7 no table\n"},
                                        {NULL, NULL}});
    assert_true(noted(reader, "label.tsv: not used"));
    load(reader, &image);
    assert_int_equal(image.width, 40);
    assert_true(image.normalised);
    load(reader, &image);
    assert_int_equal(image.width, 0);
    bottomup_close(reader);
}

static void with_index(const char *format, size_t length, const char *note, const char *end)
{
    struct error err;
    struct bottomup_image image;
    const char *id;
    char text[64];
    snprintf(text, sizeof text, format, length, 2 * length);
    struct bottomup *reader =
        opened((const char *const[][2]){{"features.lineidx", text}, {NULL, NULL}});
    load(reader, &image);
    load(reader, &image);
    if (!end)
        assert_int_equal(bottomup_next(reader, &id, &err), 0);
    else
        bad(reader, end);
    assert_true(!end || !bottomup_can_go_on(reader));
    assert_true(!note || noted(reader, note));
    assert_true(note || !noted(reader, "lineidx"));
    bottomup_close(reader);
}

static void test_index(void **state)
{
    (void)state;
    static const char *const none[][2] = {{NULL, NULL}};
    char *path = made(none);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file) / 2;
    fclose(file);
    free(path);
    with_index("0\n%zu\n", length, NULL, NULL);
    with_index("0\r\n%zu", length, NULL, NULL);
    with_index("0\n", length, "lists 1 lines, but features.tsv has more", NULL);
    with_index("0\n1%zu\n", length, "of another file and not used", NULL);
    with_index("0\nx\n", length, "line 2 is not a number", NULL);
    with_index("", length, "lists 0 lines", NULL);
    with_index("0\n%zu\n%zu\n", length, NULL,
               "is cut off: it ends with line 2, but features.lineidx lists 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_predictions), cmocka_unit_test(test_bad_predictions),
        cmocka_unit_test(test_labels),      cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_index),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
