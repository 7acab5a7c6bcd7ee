/* test_caption_map.c: which image a caption belongs to, against a plain twin. */
#include "tests/support/scratch.h"

#include "base/countof.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/str.h"
#include "io/dataset/caption_map.h"

/* Every answer of the map is that of the plain list `image`. */
static void check_map(const struct caption_map *map, const size_t *image, size_t C, size_t I)
{
    assert_int_equal(map->images, I);
    assert_int_equal(map->captions, C);
    size_t before = 0;
    for (size_t i = 0; i < I; i++) {
        size_t k = 0;
        assert_int_equal(caption_map_start(map, i), before);
        for (size_t c = 0; c < C; c++) {
            if (image[c] != i)
                continue;
            assert_int_equal(caption_map_image(map, c), i);
            assert_int_equal(caption_map_nth(map, i, k), c);
            assert_int_equal(caption_map_place(map, c), k++);
        }
        assert_int_equal(caption_map_count(map, i), k);
        before += k;
    }
    bool sorted = true;
    for (size_t c = 1; c < C; c++)
        sorted = sorted && image[c - 1] <= image[c];
    assert_int_equal(map->sorted, sorted);
}

static void check_part(const struct caption_map *map, const size_t *image, size_t first, size_t n)
{
    struct error err;
    struct caption_map part;
    size_t own[64], count = 0;
    for (size_t c = 0; c < map->captions; c++)
        if (image[c] >= first && image[c] < first + n)
            own[count++] = image[c] - first;
    assert_done(caption_map_part(map, first, n, &part, &err), err);
    check_map(&part, own, count, n);
    caption_map_done(&part);
}

static int ascending(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void test_irregular(void **state)
{
    struct error err;
    struct rng rng;
    (void)state;
    rng_seed(&rng, 12);
    for (int round = 0; round < 300; round++) {
        struct caption_map map, copy;
        size_t image[64], I = 1 + rng_below(&rng, 9), C = 1 + rng_below(&rng, COUNTOF(image));
        for (size_t c = 0; c < C; c++)
            image[c] = rng_below(&rng, I);
        if (round % 2)
            qsort(image, C, sizeof *image, ascending);
        assert_done(caption_map_make(image, C, I, &map, &err), err);
        check_map(&map, image, C, I);
        assert_done(caption_map_copy(&map, &copy, &err), err);
        check_map(&copy, image, C, I);
        for (size_t first = 0; map.sorted && first < I; first++)
            check_part(&map, image, first, 1 + rng_below(&rng, I - first));
        caption_map_done(&copy);
        caption_map_done(&map);
    }
}

static void test_regular(void **state)
{
    struct error err;
    struct caption_map map, regular = caption_map_regular(4, 12, 3);
    size_t image[12];
    (void)state;
    for (size_t c = 0; c < COUNTOF(image); c++)
        image[c] = c / 3;
    check_map(&regular, image, COUNTOF(image), 4);
    check_part(&regular, image, 1, 2);
    assert_done(caption_map_make(image, COUNTOF(image), 4, &map, &err), err);
    assert_int_equal(map.per_image, 3);
    assert_null(map.image); /* nothing is kept that division gives */
    check_map(&map, image, COUNTOF(image), 4);
    caption_map_done(&map);
    image[5] = 2; /* two and four */
    assert_done(caption_map_make(image, COUNTOF(image), 4, &map, &err), err);
    assert_int_equal(map.per_image, 0);
    caption_map_done(&map);
    assert_int_equal(caption_map_make(image, COUNTOF(image), 3, &map, &err), -1);
    assert_non_null(strstr(err.text, "caption 9 is of image 3"));
}

static void check_text(const size_t *image, size_t C, size_t I, const char *expected)
{
    struct error err;
    struct caption_map map;
    assert_done(caption_map_make(image, C, I, &map, &err), err);
    char *text = caption_map_text(&map);
    assert_string_equal(text, expected);
    free(text);
    caption_map_done(&map);
}

static void test_text(void **state)
{
    (void)state;
    check_text((size_t[]){0, 0, 1, 1}, 4, 2, "2 an image");
    check_text((size_t[]){0, 0, 2, 2}, 4, 3, "2 an image; 1 image without");
    check_text((size_t[]){3, 0, 0, 0}, 4, 5, "1 to 3 an image, 2.0 on average; 3 images without");
}

/* ---- the file ---- */

enum { IMAGES = 7 };

static int load(const char *path, struct error *err)
{
    struct caption_map map;
    int status = caption_map_load(path, IMAGES, &map, err);
    caption_map_done(&map);
    return status;
}

static void test_file(void **state)
{
    static const char text[] = "6\r\n0\n  0\n06\n3";
    static const size_t image[] = {6, 0, 0, 6, 3};
    struct error err;
    struct caption_map map;
    (void)state;
    char *path = scratch_text("cap_img.txt", text, sizeof text - 1);
    assert_done(caption_map_load(path, IMAGES, &map, &err), err);
    assert_true(map.stated);
    check_map(&map, image, COUNTOF(image), IMAGES);
    caption_map_done(&map);
    free(path);
}

static void test_bad_files(void **state)
{
#define BAD(text, reason)                                                                          \
    {                                                                                              \
        text, reason, sizeof(text) - 1                                                             \
    }
    static const struct bad_file files[] = {
        BAD("", "empty"),
        BAD("\n\n", "empty"),
        BAD("0\n1\n7\n", "line 3: there is no image 7: the features have 7"),
        BAD("0\n99999999999999999999999\n", "line 2: there is no image 999"),
        BAD("0\n-1\n", "line 2, '-1', is not a number"),
        BAD("0\n1.0\n", "line 2, '1.0', is not a number"),
        BAD("0 0\n", "line 1, '0 0', is not a number"),
        BAD("0\n\n1\n", "line 2 is empty"),
        BAD("0\nnan\n", "line 2, 'nan', is not a number"),
        BAD("\x89PNG\r\n\x1a\n0000", "looks like"),
    };
#undef BAD
    (void)state;
    char *path = scratch_path("bad.txt");
    testing_bad_files(load, files, COUNTOF(files), path, scratch_folder());
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_irregular), cmocka_unit_test(test_regular),
        cmocka_unit_test(test_text),      cmocka_unit_test(test_file),
        cmocka_unit_test(test_bad_files),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
