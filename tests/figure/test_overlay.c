#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "base/countof.h"
#include "base/rng.h"
#include "figure/figure.h"

/* Pixels 0 2 of a 4 x 3 picture's boxes are worked out by hand. */
static void test_sum_of_the_regions_over_a_pixel(void **state)
{
    (void)state;
    const float boxes[] = {0, 0, 2, 2, 1, 1, 4, 3, 3, 0, 4, 1};
    const float weights[] = {0.25f, 0.5f, 0.125f};
    struct figure_image image = {.boxes = boxes, .regions = 3, .box_width = 4, .box_height = 3};
    float values[12];
    const float sum[12] = {.25f, .25f, 0, .125f, .25f, .75f, .5f, .5f, 0, .5f, .5f, .5f};
    assert_true(overlay_raw(&image, weights, COMBINE_SUM, 4, 3, values) == 0.75f);
    for (int i = 0; i < 12; i++)
        assert_float_equal(values[i], sum[i], 1e-7);
    overlay_values(&image, weights, 4, 3, values);
    for (int i = 0; i < 12; i++)
        assert_float_equal(values[i], sum[i] / 0.75f, 1e-6);
    const float max[12] = {.25f, .25f, 0, .125f, .25f, .5f, .5f, .5f, 0, .5f, .5f, .5f};
    assert_true(overlay_raw(&image, weights, COMBINE_MAX, 4, 3, values) == 0.5f);
    assert_memory_equal(values, max, sizeof max);
    const float rank[12] = {200, 200, 0, 50, 200, 650, 450, 450, 0, 450, 450, 450};
    assert_true(overlay_raw(&image, weights, COMBINE_RANK, 4, 3, values) == 650);
    assert_memory_equal(values, rank, sizeof rank);
}

/* Boxes refer to a picture of another size than the decoded one. */
static void test_boxes_are_scaled(void **state)
{
    (void)state;
    const float boxes[] = {0, 0, 300, 100, 199, 0, 201, 100};
    const float weights[] = {1, 1};
    struct figure_image image = {.boxes = boxes, .regions = 1, .box_width = 600, .box_height = 100};
    float values[6];
    overlay_values(&image, weights, 6, 1, values);
    assert_memory_equal(values, ((float[]){1, 1, 1, 0, 0, 0}), sizeof values);
    image.boxes = boxes + 4; /* thinner than a pixel: the one that holds its middle */
    overlay_values(&image, weights, 6, 1, values);
    assert_memory_equal(values, ((float[]){0, 0, 1, 0, 0, 0}), sizeof values);
}

static void test_hostile_boxes_and_weights(void **state)
{
    (void)state;
    const float boxes[] = {-50, -50, 2, 2, 1, 1, 1,    3,    3,     3,     1,     1,
                           NAN, 0,   4, 4, 0, 0, 4,    4,    1e30f, 1e30f, 2e30f, 2e30f,
                           0,   0,   4, 4, 2, 2, 9e9f, 9e9f, -9,    -9,    -1,    -1};
    const float weights[] = {1, 1, 1, 1, NAN, 1, -3, 0.5f, 1};
    struct figure_image image = {.boxes = boxes, .regions = 9, .box_width = 4, .box_height = 4};
    float values[16];
    assert_true(overlay_raw(&image, weights, COMBINE_SUM, 4, 4, values) == 1);
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            assert_true(values[4 * y + x] == (x < 2 && y < 2 ? 1 : x >= 2 && y >= 2 ? 0.5f : 0));
    const float none[9] = {0};
    overlay_values(&image, none, 4, 4, values);
    for (int i = 0; i < 16; i++)
        assert_true(values[i] == 0);
    image.boxes = NULL;
    assert_true(overlay_raw(&image, weights, COMBINE_MAX, 1, 1, values) == 0 && values[0] == 0);
    assert_int_equal(overlay_strongest(weights, 9), 0);
    assert_int_equal(overlay_strongest((float[]){NAN, 2, 3}, 3), 2);
    assert_int_equal(overlay_strongest(weights, 0), -1);
}

static float naive(const struct figure_image *image, const float *weights, double x, double y)
{
    float sum = 0;
    for (size_t r = 0; r < image->regions; r++) {
        const float *b = image->boxes + 4 * r;
        sum += x >= b[0] && x < b[2] && y >= b[1] && y < b[3] ? weights[r] : 0;
    }
    return sum;
}

static void test_rows_by_differences_equal_the_plain_sum(void **state)
{
    (void)state;
    enum { W = 67, H = 41, R = 36 };
    struct rng rng;
    rng_seed(&rng, 11);
    float boxes[4 * R], weights[R], values[W * H];
    for (int r = 0; r < R; r++) {
        boxes[4 * r] = (float)rng_range(&rng, -5, W - 4);
        boxes[4 * r + 1] = (float)rng_range(&rng, -5, H - 4);
        boxes[4 * r + 2] = boxes[4 * r] + (float)rng_range(&rng, 2, 30);
        boxes[4 * r + 3] = boxes[4 * r + 1] + (float)rng_range(&rng, 2, 30);
        weights[r] = (float)rng_unit(&rng);
    }
    struct figure_image image = {.boxes = boxes, .regions = R, .box_width = W, .box_height = H};
    overlay_raw(&image, weights, COMBINE_SUM, W, H, values);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            assert_float_equal(values[W * y + x], naive(&image, weights, x + 0.5, y + 0.5), 1e-5);
}

static void test_paint(void **state)
{
    (void)state;
    struct error err;
    uint8_t rgba[] = {0, 100, 200, 255, 0, 100, 200, 255, 0, 0, 0, 0};
    struct image photo = {3, 1, 3, 1, rgba}, out;
    struct figure_image image = {.pixels = &photo};
    const float values[] = {1, 0.5f, 0};
    assert_done(overlay_paint(&image, values, OVERLAY_FADE, MAP_GREY, &out, &err), err);
    const uint8_t faded[] = {0, 100, 200, 255, 127, 177, 227, 255, 255, 255, 255, 255};
    for (size_t i = 0; i < sizeof faded; i++)
        assert_in_range(out.pixels[i], faded[i] - (faded[i] > 0), faded[i] + (faded[i] < 255));
    free(out.pixels);
    assert_done(overlay_paint(&image, NULL, OVERLAY_NONE, MAP_GREY, &out, &err), err);
    assert_memory_equal(out.pixels, rgba, 8);
    assert_int_equal(out.pixels[8], 255); /* transparent is paper */
    free(out.pixels);
    assert_done(overlay_paint(&image, values, OVERLAY_HEAT, MAP_MAGMA, &out, &err), err);
    assert_true(out.pixels[0] > out.pixels[4]);
    free(out.pixels);
    image = (struct figure_image){.id = "7", .missing = "no file"};
    assert_int_equal(overlay_paint(&image, values, OVERLAY_FADE, MAP_GREY, &out, &err), -1);
    assert_non_null(strstr(err.text, "no file"));
}

/* Known colours of the published maps, and that lightness only rises. */
static void test_colour_maps(void **state)
{
    (void)state;
    struct error err;
    static const struct {
        enum colour_map map;
        float t;
        uint8_t rgb[3];
    } known[] = {
        {MAP_VIRIDIS, 0, {68, 1, 84}},     {MAP_VIRIDIS, 1, {253, 231, 37}},
        {MAP_MAGMA, 0, {0, 0, 4}},         {MAP_MAGMA, 1, {252, 253, 191}},
        {MAP_INFERNO, 0, {0, 0, 4}},       {MAP_INFERNO, 1, {252, 255, 164}},
        {MAP_GREY, 0.5f, {128, 128, 128}}, {MAP_GREY, 2, {255, 255, 255}},
    };
    uint8_t rgb[3];
    for (size_t i = 0; i < COUNTOF(known); i++) {
        colour_map_at(known[i].map, known[i].t, rgb);
        for (int c = 0; c < 3; c++)
            assert_true(abs(rgb[c] - known[i].rgb[c]) <= 2);
    }
    colour_map_at(MAP_GREY, NAN, rgb);
    assert_int_equal(rgb[0], 0);
    for (enum colour_map map = MAP_VIRIDIS; map <= MAP_GREY; map++) {
        double before = -1;
        for (int i = 0; i <= 64; i++) {
            colour_map_at(map, (float)i / 64, rgb);
            double light =
                0.2126 * pow(rgb[0], 2.2) + 0.7152 * pow(rgb[1], 2.2) + 0.0722 * pow(rgb[2], 2.2);
            assert_true(light > before);
            before = light;
        }
        enum colour_map found;
        assert_done(colour_map_named(colour_map_name(map), &found, &err), err);
        assert_int_equal(found, map);
    }
    enum colour_map none;
    assert_int_equal(colour_map_named("jet", &none, &err), -1);
    assert_non_null(strstr(err.text, "viridis, cividis, magma, inferno, grey"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_of_the_regions_over_a_pixel),
        cmocka_unit_test(test_boxes_are_scaled),
        cmocka_unit_test(test_hostile_boxes_and_weights),
        cmocka_unit_test(test_rows_by_differences_equal_the_plain_sum),
        cmocka_unit_test(test_paint),
        cmocka_unit_test(test_colour_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
