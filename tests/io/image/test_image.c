#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/image/image.h"

static char folder[] = "/tmp/scanscope-image-XXXXXX";
static char *file;

static int setup_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    file = file_join(folder, "a.img");
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(file);
    free(file);
    return rmdir(folder);
}

static void load_fails(int max_side, const char *reason)
{
    struct error err;
    struct image image;
    assert_int_equal(image_load(file, max_side, &image, &err), -1);
    assert_null(image.pixels);
    if (!strstr(err.text, reason) || !strstr(err.text, file))
        fail_msg("\"%s\" instead of \"%s\"", err.text, reason);
}

static bool near(const struct image *image, int x, int y, int r, int g, int b)
{
    const uint8_t *p = image->pixels + 4 * (y * image->width + x);
    return abs(p[0] - r) < 12 && abs(p[1] - g) < 12 && abs(p[2] - b) < 12 && p[3] == 255;
}

/* ---- JPEG: 64 x 32, its left upper 16 x 16 red, the right upper 16 x 16 blue, the rest white - */

enum { JW = 64, JH = 32, CORNER = 16 };

struct jpeg_kind {
    int components, quality;
    bool progressive, adobe;
    int orientation; /* 0: no EXIF */
    bool big_endian;
};

static void paint(int x, int y, int components, uint8_t *p)
{
    bool red = x < CORNER && y < CORNER, blue = x >= JW - CORNER && y < CORNER;
    uint8_t rgb[3] = {blue ? 0 : 255, red || blue ? 0 : 255, red ? 0 : 255};
    for (int c = 0; c < components; c++)
        p[c] = components == 1 ? (red    ? 80
                                  : blue ? 30
                                         : 255)
               : components == 4
                   ? (c == 3 ? 255 : rgb[c]) /* Adobe: inverted, so 255 means no ink */
                   : rgb[c];
}

static void write_exif(struct jpeg_compress_struct *info, const struct jpeg_kind *kind)
{
    uint8_t little[] = {'E',
                        'x',
                        'i',
                        'f',
                        0,
                        0,
                        'I',
                        'I',
                        42,
                        0,
                        8,
                        0,
                        0,
                        0,
                        2,
                        0,
                        /* another entry */ 0x0f,
                        1,
                        2,
                        0,
                        4,
                        0,
                        0,
                        0,
                        'a',
                        'b',
                        'c',
                        0,
                        0x12,
                        1,
                        3,
                        0,
                        1,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0};
    uint8_t big[] = {'E', 'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                     1,   0x12, 0,   3,   0, 0, 0,   1,   0, 0,  0, 0, 0, 0, 0, 0};
    little[36] = (uint8_t)kind->orientation;
    big[25] = (uint8_t)kind->orientation;
    if (kind->big_endian)
        jpeg_write_marker(info, JPEG_APP0 + 1, big, sizeof big);
    else
        jpeg_write_marker(info, JPEG_APP0 + 1, little, sizeof little);
}

static void make_jpeg(const struct jpeg_kind *kind, unsigned char **bytes, unsigned long *size)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    uint8_t row[4 * JW];
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, bytes, size);
    info.image_width = JW;
    info.image_height = JH;
    info.input_components = kind->components;
    info.in_color_space = kind->components == 1   ? JCS_GRAYSCALE
                          : kind->components == 3 ? JCS_RGB
                                                  : JCS_CMYK;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 95, TRUE);
    info.write_Adobe_marker = kind->adobe;
    if (kind->progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    if (kind->orientation)
        write_exif(&info, kind);
    for (int y = 0; y < JH; y++) {
        JSAMPROW p = row;
        for (int x = 0; x < JW; x++)
            paint(x, y, kind->components, row + kind->components * x);
        jpeg_write_scanlines(&info, &p, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
}

static void write_jpeg(const struct jpeg_kind *kind)
{
    struct error err;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    make_jpeg(kind, &bytes, &size);
    assert_done(file_write(file, bytes, size, &err), err);
    free(bytes);
}

static void test_jpeg_kinds(void **state)
{
    (void)state;
    static const struct jpeg_kind kinds[] = {
        {.components = 3},
        {.components = 3, .progressive = true},
        {.components = 1},
        {.components = 4, .adobe = true},
    };
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        struct error err;
        struct image image;
        write_jpeg(&kinds[i]);
        assert_done(image_load(file, 0, &image, &err), err);
        assert_int_equal(image.width, JW);
        assert_int_equal(image.height, JH);
        bool grey = kinds[i].components == 1;
        assert_true(near(&image, 4, 4, grey ? 80 : 255, grey ? 80 : 0, grey ? 80 : 0));
        assert_true(near(&image, JW - 4, 4, grey ? 30 : 0, grey ? 30 : 0, grey ? 30 : 255));
        assert_true(near(&image, JW / 2, JH - 4, 255, 255, 255));
        image_done(&image);
    }
}

/* CMYK without Adobe's mark is not inverted: 255 is full ink. */
static void test_jpeg_plain_cmyk(void **state)
{
    (void)state;
    struct error err;
    struct image image;
    write_jpeg(&(struct jpeg_kind){.components = 4});
    assert_done(image_load(file, 0, &image, &err), err);
    assert_true(near(&image, JW / 2, JH - 4, 0, 0, 0));
    image_done(&image);
}

static void test_exif_orientations(void **state)
{
    (void)state;
    /* Where the red corner of the file (its row 0, column 0) is once upright, and the blue one (row
     * 0, last column): 0 left, 1 right; 0 top, 1 bottom. */
    static const struct {
        int red_x, red_y, blue_x, blue_y;
    } upright[9] = {
        [0] = {0, 0, 1, 0}, [1] = {0, 0, 1, 0}, [2] = {1, 0, 0, 0},
        [3] = {1, 1, 0, 1}, [4] = {0, 1, 1, 1}, [5] = {0, 0, 0, 1},
        [6] = {1, 0, 1, 1}, [7] = {1, 1, 1, 0}, [8] = {0, 1, 0, 0},
    };
    for (int o = 0; o <= 8; o++)
        for (int big = 0; big < 2; big++) {
            struct error err;
            struct image image;
            int width, height, w = o >= 5 ? JH : JW, h = o >= 5 ? JW : JH;
            write_jpeg(&(struct jpeg_kind){.components = 3, .orientation = o, .big_endian = big});
            assert_done(image_size(file, &width, &height, &err), err);
            assert_int_equal(width, w);
            assert_int_equal(height, h);
            assert_done(image_load(file, 0, &image, &err), err);
            assert_int_equal(image.width, w);
            assert_int_equal(image.height, h);
            assert_int_equal(image.full_width, w);
            assert_true(near(&image, upright[o].red_x ? w - 4 : 4, upright[o].red_y ? h - 4 : 4,
                             255, 0, 0));
            assert_true(near(&image, upright[o].blue_x ? w - 4 : 4, upright[o].blue_y ? h - 4 : 4,
                             0, 0, 255));
            image_done(&image);
        }
    /* Nonsense is ignored. */
    struct error err;
    int width, height;
    write_jpeg(&(struct jpeg_kind){.components = 3, .orientation = 99});
    assert_done(image_size(file, &width, &height, &err), err);
    assert_int_equal(width, JW);
}

static void test_jpeg_scaled_decoding(void **state)
{
    (void)state;
    static const struct {
        int max_side, width, height;
    } cases[] = {{0, 64, 32},  {64, 64, 32}, {1000, 64, 32}, {63, 64, 32}, {56, 56, 28},
                 {32, 32, 16}, {30, 32, 16}, {8, 8, 4},      {1, 8, 4}};
    for (size_t i = 0; i < COUNTOF(cases); i++)
        for (int o = 1; o <= 6; o += 5) {
            struct error err;
            struct image image;
            write_jpeg(&(struct jpeg_kind){.components = 3, .orientation = o});
            assert_done(image_load(file, cases[i].max_side, &image, &err), err);
            assert_int_equal(image.width, o == 6 ? cases[i].height : cases[i].width);
            assert_int_equal(image.height, o == 6 ? cases[i].width : cases[i].height);
            assert_int_equal(image.full_width, o == 6 ? JH : JW);
            image_done(&image);
        }
}

/* A JPEG cut anywhere is refused or, if only its last bytes are missing, complete; never half grey.
 */
static void test_jpeg_cut_anywhere(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        struct error err;
        unsigned char *bytes = NULL;
        unsigned long size = 0;
        size_t refused = 0;
        make_jpeg(
            &(struct jpeg_kind){.components = 3, .progressive = progressive, .orientation = 6},
            &bytes, &size);
        for (size_t cut = 0; cut < size; cut++) {
            struct image image;
            assert_done(file_write(file, bytes, cut, &err), err);
            if (image_load(file, 0, &image, &err) == 0)
                assert_true(progressive || near(&image, JH - 4, 4, 255, 0, 0));
            else
                refused++;
            image_done(&image);
        }
        assert_true(refused > size / 2);
        if (!progressive)
            assert_true(refused > size - 8);
        free(bytes);
    }
}

static void test_jpeg_bytes_changed(void **state)
{
    (void)state;
    struct error err;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    make_jpeg(&(struct jpeg_kind){.components = 3, .progressive = true, .orientation = 6}, &bytes,
              &size);
    for (size_t i = 0; i < size; i++) {
        struct image image;
        bytes[i] ^= 0xff;
        assert_done(file_write(file, bytes, size, &err), err);
        int status = image_load(file, 0, &image, &err);
        assert_true(status == 0 || err.text[0]);
        image_done(&image);
        bytes[i] ^= 0xff;
    }
    free(bytes);
}

static void test_jpeg_huge_dimensions(void **state)
{
    (void)state;
    struct error err;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    make_jpeg(&(struct jpeg_kind){.components = 3}, &bytes, &size);
    size_t at = 0;
    while (bytes[at] != 0xff || bytes[at + 1] != 0xc0)
        at++;
    static const struct {
        unsigned side;
        const char *reason;
    } cases[] = {{65000, "at most 100 million"}, {65535, "damaged"}, {9000, "cannot hold"}};
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        for (int k = 0; k < 2; k++) {
            bytes[at + 5 + 2 * (size_t)k] = (unsigned char)(cases[i].side >> 8);
            bytes[at + 6 + 2 * (size_t)k] = (unsigned char)cases[i].side;
        }
        assert_done(file_write(file, bytes, size, &err), err);
        load_fails(0, cases[i].reason);
    }
    free(bytes);
}

/* A progressive file whose scans repeat endlessly. */
static void test_jpeg_endless_scans(void **state)
{
    (void)state;
    struct error err;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    struct str many = {0};
    make_jpeg(&(struct jpeg_kind){.components = 3, .progressive = true}, &bytes, &size);
    size_t last = size - 2;
    while (bytes[last] != 0xff || bytes[last + 1] != 0xda)
        last--;
    str_add_n(&many, (char *)bytes, last);
    for (int i = 0; i < 1000; i++)
        str_add_n(&many, (char *)bytes + last, size - 2 - last);
    str_add_n(&many, "\xff\xd9", 2);
    assert_done(file_write(file, many.text, many.length, &err), err);
    load_fails(0, "scans");
    str_done(&many);
    free(bytes);
}

/* ---- PNG ---- */

struct png_kind {
    int type, depth;
    bool interlaced, transparent;
    int value;                   /* of every sample */
    int red, green, blue, alpha; /* expected */
};

static void vector_write(png_structp png, png_bytep data, size_t size)
{
    str_add_n(png_get_io_ptr(png), (const char *)data, size);
}

static void no_flush(png_structp png)
{
    (void)png;
}

enum { PW = 13, PH = 9 };

static void make_png(const struct png_kind *kind, struct str *out)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    uint8_t row[8 * PW];
    png_color palette[4] = {{1, 2, 3}, {10, 20, 30}, {40, 50, 60}, {70, 80, 90}};
    png_set_write_fn(png, out, vector_write, no_flush);
    png_set_IHDR(png, info, PW, PH, kind->depth, kind->type,
                 kind->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    if (kind->type == PNG_COLOR_TYPE_PALETTE) {
        png_set_PLTE(png, info, palette, 4);
        if (kind->transparent)
            png_set_tRNS(png, info, (uint8_t[]){255, 255, 77}, 3, NULL);
    }
    png_write_info(png, info);
    memset(row, kind->value, sizeof row);
    int passes = png_set_interlace_handling(png);
    for (int i = 0; i < passes * PH; i++)
        png_write_row(png, row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

static void test_png_kinds(void **state)
{
    (void)state;
    static const struct png_kind kinds[] = {
        {PNG_COLOR_TYPE_RGB, 8, false, false, 7, 7, 7, 7, 255},
        {PNG_COLOR_TYPE_RGB, 16, false, false, 0x80, 0x80, 0x80, 0x80, 255},
        {PNG_COLOR_TYPE_RGB_ALPHA, 8, false, false, 9, 9, 9, 9, 9},
        {PNG_COLOR_TYPE_RGB_ALPHA, 16, true, false, 0x11, 0x11, 0x11, 0x11, 0x11},
        {PNG_COLOR_TYPE_GRAY, 1, false, false, 0xff, 255, 255, 255, 255},
        {PNG_COLOR_TYPE_GRAY, 2, true, false, 0x55, 85, 85, 85, 255},
        {PNG_COLOR_TYPE_GRAY, 16, false, false, 0x40, 0x40, 0x40, 0x40, 255},
        {PNG_COLOR_TYPE_GRAY_ALPHA, 8, false, false, 33, 33, 33, 33, 33},
        {PNG_COLOR_TYPE_PALETTE, 8, false, false, 1, 10, 20, 30, 255},
        {PNG_COLOR_TYPE_PALETTE, 8, true, true, 2, 40, 50, 60, 77},
        {PNG_COLOR_TYPE_PALETTE, 2, true, false, 0xff, 70, 80, 90, 255},
    };
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        struct error err;
        struct image image;
        struct str bytes = {0};
        make_png(&kinds[i], &bytes);
        assert_done(file_write(file, bytes.text, bytes.length, &err), err);
        assert_done(image_load(file, 4, &image, &err), err);
        assert_int_equal(image.width, PW);
        assert_int_equal(image.height, PH);
        for (int p = 0; p < PW * PH; p++) {
            const uint8_t *q = image.pixels + 4 * p;
            if (q[0] != kinds[i].red || q[1] != kinds[i].green || q[2] != kinds[i].blue ||
                q[3] != kinds[i].alpha)
                fail_msg("kind %zu: pixel %d is %d %d %d %d", i, p, q[0], q[1], q[2], q[3]);
        }
        image_done(&image);
        str_done(&bytes);
    }
}

static void test_png_damaged(void **state)
{
    (void)state;
    struct error err;
    struct image image;
    struct str bytes = {0};
    make_png(&(struct png_kind){PNG_COLOR_TYPE_PALETTE, 8, true, true, 2, 0, 0, 0, 0}, &bytes);
    for (size_t cut = 0; cut < bytes.length; cut++) {
        assert_done(file_write(file, bytes.text, cut, &err), err);
        /* Only the IEND chunk may be missing. */
        if (image_load(file, 0, &image, &err) == 0)
            assert_true(cut >= bytes.length - 16);
        image_done(&image);
    }
    for (size_t i = 0; i < bytes.length; i++) {
        bytes.text[i] = (char)~bytes.text[i];
        assert_done(file_write(file, bytes.text, bytes.length, &err), err);
        int status = image_load(file, 0, &image, &err);
        assert_true(status == 0 || err.text[0]);
        image_done(&image);
        bytes.text[i] = (char)~bytes.text[i];
    }
    str_done(&bytes);
}

/* An IHDR with its CRC, which libpng checks before we see the size. */
static void write_ihdr(uint32_t width, uint32_t height)
{
    struct error err;
    uint8_t bytes[33] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    uint32_t crc = 0xffffffffu;
    for (int i = 0; i < 4; i++) {
        bytes[16 + i] = (uint8_t)(width >> (24 - 8 * i));
        bytes[20 + i] = (uint8_t)(height >> (24 - 8 * i));
    }
    bytes[24] = 8;
    bytes[25] = 2;
    for (int i = 12; i < 29; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    for (int i = 0; i < 4; i++)
        bytes[29 + i] = (uint8_t)(~crc >> (24 - 8 * i));
    struct str all = {0};
    str_add_n(&all, (char *)bytes, sizeof bytes);
    str_add_n(&all, "\0\0\0\0IDAT\x35\xaf\x06\x1e", 12); /* the reader looks for the first IDAT */
    assert_done(file_write(file, all.text, all.length, &err), err);
    str_done(&all);
}

static void test_png_huge_dimensions(void **state)
{
    (void)state;
    write_ihdr(65000, 65000);
    load_fails(0, "at most 100 million");
    write_ihdr(2000000000, 1);
    load_fails(0, "at most 100 million");
    write_ihdr(10000, 10000);
    load_fails(0, "cannot hold");
    write_ihdr(0, 10);
    load_fails(0, "PNG");
}

static int load_and_free(const char *path, struct error *err)
{
    struct image image;
    int status = image_load(path, 0, &image, err);
    image_done(&image);
    return status;
}

static void test_other_files(void **state)
{
    (void)state;
    static const struct bad_file cases[] = {
        {"", "is empty", 0},
        {"hello world", "neither a JPEG nor a PNG", 11},
        {"GIF89a....", "is a GIF", 10},
        {"RIFF\1\2\3\4WEBPVP8 ", "is a WebP", 16},
        {"<html><body>404", "web page", 15},
        {"\xff\xd8\xff", "JPEG", 3},
        {"\xff\xd8\xff\xd9", "JPEG", 4},
        {"\x89PNG\r\n\x1a\n", "PNG", 8},
    };
    testing_bad_files(load_and_free, cases, COUNTOF(cases), file, folder);
}

/* ---- writing ---- */

static bool holds(const struct file_map *map, const char *bytes, size_t size)
{
    return memmem(map->data, map->size, bytes, size) != NULL;
}

static void test_png_written(void **state)
{
    (void)state;
    struct error err;
    struct file_map map;
    struct image again, image = {.width = 5, .height = 3, .pixels = mem_new(60, 1)};
    const struct image_text texts[] = {
        {"Caption", "a man"}, {"Word", "caf\xc3\xa9"}, {"Title", "\xe7\x8c\xab"},
        {"Bad", "a\xff\n"},   {"Missing", NULL},
    };
    for (int i = 0; i < 60; i++)
        image.pixels[i] = (uint8_t)(i % 4 == 3 ? 255 : 4 * i);
    for (int opaque = 1; opaque >= 0; opaque--) {
        image.pixels[59] = opaque ? 255 : 100;
        assert_done(image_save_png(file, &image, 300, texts, 5, &err), err);
        assert_done(image_load(file, 0, &again, &err), err);
        assert_int_equal(again.width, 5);
        assert_memory_equal(again.pixels, image.pixels, 60);
        image_done(&again);
        assert_done(file_map_open(file, &map, &err), err);
        assert_int_equal(map.data[25], opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA);
        assert_true(holds(&map, "pHYs\0\0\x2e\x23\0\0\x2e\x23\1", 13)); /* 11811 per metre */
        assert_true(holds(&map, "tEXtCaption\0a man", 17));
        assert_true(holds(&map, "tEXtWord\0caf\xe9", 13));
        assert_true(holds(&map, "iTXtTitle\0\0\0\0\0\xe7\x8c\xab", 17));
        assert_true(holds(&map, "iTXtBad\0\0\0\0\0a\xef\xbf\xbd ", 17));
        assert_false(holds(&map, "Missing", 7));
        file_map_close(&map);
    }
    assert_int_equal(image_save_png("/dev/full", &image, 0, NULL, 0, &err), -1);
    assert_non_null(strstr(err.text, "/dev/full: cannot write: No space left"));
    assert_int_equal(image_save_png("no-such-folder/a.png", &image, 0, NULL, 0, &err), -1);
    image_done(&image);
}

static void test_real_photographs(void **state)
{
    (void)state;
    struct error err;
    struct image image;
    int width, height;
    char *path = testing_data("coco_mini/val2017/000000000139.jpg");
    assert_done(image_size(path, &width, &height, &err), err);
    assert_int_equal(width, 640);
    assert_int_equal(height, 426);
    assert_done(image_load(path, 100, &image, &err), err);
    assert_int_equal(image.width, 160);
    assert_int_equal(image.full_height, 426);
    image_done(&image);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg_kinds),
        cmocka_unit_test(test_jpeg_plain_cmyk),
        cmocka_unit_test(test_exif_orientations),
        cmocka_unit_test(test_jpeg_scaled_decoding),
        cmocka_unit_test(test_jpeg_cut_anywhere),
        cmocka_unit_test(test_jpeg_bytes_changed),
        cmocka_unit_test(test_jpeg_huge_dimensions),
        cmocka_unit_test(test_jpeg_endless_scans),
        cmocka_unit_test(test_png_kinds),
        cmocka_unit_test(test_png_damaged),
        cmocka_unit_test(test_png_huge_dimensions),
        cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_png_written),
        cmocka_unit_test(test_real_photographs),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
