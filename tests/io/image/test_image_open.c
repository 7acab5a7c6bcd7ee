/* Photographs with data about them (image_open): orientation against sizes, damage, shapes; TIFF.
 */
#include "tests/support/testing.h"

#include <string.h>
#include <unistd.h>

#include <jpeglib.h>
#include <tiffio.h>

#include "base/countof.h"
#include "base/mem.h"
#include "base/notes.h"
#include "io/image/image.h"

enum { W = 64, H = 32, CORNER = 16 };

static char folder[] = "/tmp/scanscope-open-XXXXXX";
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

/* W x H: the left upper corner red, the right upper one blue, the rest white. */
static void colour_at(int x, int y, uint8_t rgb[3])
{
    bool left = x < CORNER && y < CORNER, right = x >= W - CORNER && y < CORNER;
    memset(rgb, 255, 3);
    if (left)
        rgb[1] = rgb[2] = 0;
    if (right)
        rgb[0] = rgb[1] = 0;
}

static bool near(const struct image *image, int x, int y, int r, int g, int b)
{
    const uint8_t *p = image->pixels + 4 * (y * image->width + x);
    return abs(p[0] - r) < 12 && abs(p[1] - g) < 12 && abs(p[2] - b) < 12 && p[3] == 255;
}

/* ---- opening ---- */

/* The photograph with what was noted about it. */
struct opened {
    struct image image;
    struct notes notes;
    unsigned int remarks;
    int status;
    struct error err;
};

static void open_with(struct opened *o, int width, int height, bool boxed, int max_side)
{
    *o = (struct opened){0};
    const struct image_spec spec = {max_side, width, height, boxed, &o->notes, &o->remarks};
    o->status = image_open(file, &spec, &o->image, &o->err);
}

static void close_it(struct opened *o)
{
    image_done(&o->image);
    notes_done(&o->notes);
}

/* Opens it with sizes and expects sides, remarks, and a note that holds `said` (NULL: none). */
static void expect(int width, int height, int is_width, int is_height, unsigned int remarks,
                   const char *said)
{
    struct opened o;
    open_with(&o, width, height, true, 0);
    assert_done(o.status, o.err);
    assert_int_equal(o.image.width, is_width);
    assert_int_equal(o.image.height, is_height);
    assert_int_equal(o.image.full_width, is_width);
    assert_int_equal(o.remarks, remarks);
    assert_int_equal(o.notes.lines.count, said != NULL);
    if (said && !strstr(o.notes.lines.items[0], said))
        fail_msg("\"%s\" instead of \"%s\"", o.notes.lines.items[0], said);
    if (said) /* no folder of the user's */
        assert_null(strstr(o.notes.lines.items[0], folder));
    close_it(&o);
}

/* ---- JPEG ---- */

static void make_jpeg(int width, int height, bool progressive, unsigned char **bytes,
                      unsigned long *size)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, bytes, size);
    info.image_width = (JDIMENSION)width;
    info.image_height = (JDIMENSION)height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    if (progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    uint8_t *row = mem_new((size_t)width, 3);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++)
            colour_at(x * W / width, y * H / height, row + 3 * x);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    free(row);
}

/* The file with an EXIF orientation; 0: none. */
static void write_jpeg(int width, int height, int orientation)
{
    struct error err;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    char exif[] = "\xff\xd8\xff\xe1\0\x22"
                  "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\0\0\0\0\0\0\0\0";
    make_jpeg(width, height, false, &bytes, &size);
    exif[30] = (char)orientation;
    size_t head = orientation ? sizeof exif - 1 : 2;
    char *all = mem_new(head + size, 1);
    memcpy(all, orientation ? exif : (char *)bytes, head);
    memcpy(all + head, bytes + 2, size - 2);
    assert_done(file_write(file, all, head + size - 2, &err), err);
    free(all);
    free(bytes);
}

static void test_orientation_against_sizes(void **state)
{
    (void)state;
    write_jpeg(W, H, 6);
    expect(H, W, H, W, 0, NULL);
    expect(10 * H, 10 * W, H, W, 0, NULL);
    expect(W, H, W, H, IMAGE_NOT_TURNED, "not turned by its EXIF orientation (6)");
    expect(5 * W + 1, 5 * H - 1, W, H, IMAGE_NOT_TURNED, "a.img: not turned");
    expect(0, 0, H, W, IMAGE_MAYBE_TURNED, "without image sizes");
    write_jpeg(W, H, 8);
    expect(W, H, W, H, IMAGE_NOT_TURNED, "orientation (8)");
    write_jpeg(W, H, 3); /* the shape does not change */
    expect(W, H, W, H, IMAGE_MAYBE_TURNED, "do not tell");
    write_jpeg(40, 39, 6); /* nearly square: the very sizes decide */
    expect(40, 39, 40, 39, IMAGE_NOT_TURNED, "not turned");
    expect(39, 40, 39, 40, 0, NULL);
    expect(400, 400, 39, 40, IMAGE_MAYBE_TURNED, "do not tell");
    write_jpeg(W, H, 1);
    expect(W, H, W, H, 0, NULL);
    expect(0, 0, W, H, 0, NULL);
}

/* Without boxes nothing depends on what is assumed; without notes nothing changes. */
static void test_orientation_without_boxes(void **state)
{
    (void)state;
    struct opened o;
    struct image image;
    struct error err;
    write_jpeg(W, H, 6);
    open_with(&o, 0, 0, false, 0);
    assert_done(o.status, o.err);
    assert_int_equal(o.image.width, H);
    assert_int_equal(o.notes.lines.count, 0);
    close_it(&o);
    const struct image_spec spec = {.width = W, .height = H};
    assert_done(image_open(file, &spec, &image, &err), err);
    assert_int_equal(image.width, W);
    image_done(&image);
}

static void test_another_shape(void **state)
{
    (void)state;
    write_jpeg(W, H, 0);
    expect(W, 2 * H, W, H, IMAGE_OTHER_SHAPE,
           "the photograph is 64 x 32, but the image sizes say 64 x 64, another shape");
    expect(H, W, W, H, IMAGE_OTHER_SHAPE, "say 32 x 64");
    expect(W + 1, H, W, H, 0, NULL); /* rounding */
    expect(500, 251, W, H, 0, NULL);
    expect(500, 290, W, H, IMAGE_OTHER_SHAPE, "another shape");
    expect(2 * W, 2 * H, W, H, 0, NULL);
    struct opened o;
    open_with(&o, W, 2 * H, true, 8); /* decoded small: its own size counts */
    assert_done(o.status, o.err);
    assert_non_null(strstr(o.notes.lines.items[0], "is 64 x 32"));
    close_it(&o);
}

/* ---- damage ---- */

/* Opens the first `cut` bytes. Whatever is shown is right in its first rows; what is not there is
 * grey, noted, and an error for those who take no notes. Returns the rows that are there. */
static int open_cut(const unsigned char *bytes, size_t cut, int max_side)
{
    struct error err;
    struct opened o;
    struct image image;
    assert_done(file_write(file, bytes, cut, &err), err);
    open_with(&o, 0, 0, false, max_side);
    bool whole = image_load(file, max_side, &image, &err) == 0;
    image_done(&image);
    assert_int_equal(o.notes.lines.count, o.status == 0 && !whole);
    assert_int_equal(o.remarks, o.status == 0 && !whole ? IMAGE_DAMAGED : 0);
    int rows = o.status == 0 ? o.image.height : 0;
    while (rows > 0 && near(&o.image, 0, rows - 1, 128, 128, 128))
        rows--;
    if (whole)
        assert_done(o.status, o.err);
    else if (o.status == 0)
        assert_non_null(strstr(o.notes.lines.items[0], "a.img: is a damaged or truncated"));
    if (o.status != 0)
        assert_string_equal(o.err.text, err.text);
    close_it(&o);
    return rows;
}

static void test_jpeg_cut_anywhere(void **state)
{
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        unsigned char *bytes = NULL;
        unsigned long size = 0;
        int before = 0;
        make_jpeg(W, 4 * H, progressive, &bytes, &size);
        for (size_t cut = 1; cut < size; cut++) {
            int rows = open_cut(bytes, cut, 0);
            assert_true(rows >= before || progressive);
            before = rows;
        }
        assert_int_equal(before, 4 * H);
        free(bytes);
    }
}

static void test_jpeg_rest_is_grey(void **state)
{
    (void)state;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    struct opened o;
    make_jpeg(8 * W, 8 * H, false, &bytes, &size);
    int rows = open_cut(bytes, size * 8 / 10, 0);
    assert_in_range(rows, 8, 8 * H - 8);
    open_with(&o, 0, 0, false, 0);
    assert_true(near(&o.image, 20, 8, 255, 0, 0));
    assert_true(near(&o.image, 8 * W - 1, 8 * H - 1, 128, 128, 128));
    assert_non_null(strstr(o.notes.lines.items[0], "at row "));
    assert_non_null(strstr(o.notes.lines.items[0], "of 256"));
    assert_non_null(strstr(o.notes.lines.items[0], "the rest is shown grey"));
    close_it(&o);
    open_cut(bytes, size * 8 / 10, 8 * W / 4); /* rows are the file's, also scaled */
    open_with(&o, 0, 0, false, 8 * W / 4);
    assert_int_equal(o.image.height, 8 * H / 4);
    assert_non_null(strstr(o.notes.lines.items[0], "of 256"));
    close_it(&o);
    free(bytes);
}

static void test_png_cut_anywhere(void **state)
{
    (void)state;
    struct error err;
    struct image image = {.width = W, .height = H, .pixels = mem_new((size_t)W * H, 4)};
    uint8_t *bytes;
    size_t size;
    int before = 0;
    for (int i = 0; i < W * H; i++) { /* noise, so that the bytes come row by row */
        uint32_t noise = (uint32_t)i * 2654435761u;
        memcpy(image.pixels + 4 * i, &noise, 3);
        image.pixels[4 * i + 3] = 255;
    }
    assert_done(image_png_bytes(&image, &bytes, &size, &err), err);
    for (size_t cut = 1; cut < size; cut++) {
        int rows = open_cut(bytes, cut, 0);
        assert_true(rows >= before);
        before = rows;
    }
    assert_int_equal(before, H);
    free(bytes);
    image_done(&image);
}

/* ---- TIFF ---- */

struct tiff_kind {
    const char *name, *mode; /* "w", "wb" (big-endian), "w8" (BigTIFF) */
    int bits, samples, photometric, compression;
    bool separate, tiled;
    int orientation, pages;
};

/* One sample of a pixel, at the depth of 8 bits. */
static int sample_at(const struct tiff_kind *k, int x, int y, int sample)
{
    uint8_t rgb[3];
    colour_at(x, y, rgb);
    switch (k->photometric) {
    case PHOTOMETRIC_MINISBLACK:
        return rgb[1];
    case PHOTOMETRIC_MINISWHITE:
        return 255 - rgb[1];
    case PHOTOMETRIC_PALETTE:
        return rgb[1] == 255 ? 2 : rgb[0] == 255 ? 0 : 1;
    case PHOTOMETRIC_SEPARATED:
        return sample < 3 ? 255 - rgb[sample] : 0;
    default:
        return sample < 3 ? rgb[sample] : 255;
    }
}

/* Writes samples from..to-1 of columns first..first+n-1 of a row. */
static void pack_row(const struct tiff_kind *k, int first, int n, int y, int from, int to,
                     uint8_t *out)
{
    int i = 0;
    for (int x = first; x < first + n; x++)
        for (int s = from; s < to; s++, i++) {
            int value = x < W && y < H ? sample_at(k, x, y, s) : 0;
            uint16_t wide = (uint16_t)(value * 257);
            if (k->bits == 16)
                memcpy(out + 2 * i, &wide, 2);
            else if (k->bits == 8)
                out[i] = (uint8_t)value;
            else if (value)
                out[i / 8] |= (uint8_t)(0x80 >> i % 8);
        }
}

static void set_fields(TIFF *tiff, const struct tiff_kind *k)
{
    static const uint16_t red[256] = {65535, 0, 65535}, green[256] = {0, 0, 65535},
                          blue[256] = {0, 65535, 65535};
    const uint16_t alpha[] = {EXTRASAMPLE_UNASSALPHA};
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, W);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, H);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, k->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, k->samples);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, k->photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, k->compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
                 k->separate ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (k->orientation)
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, k->orientation);
    if (k->photometric == PHOTOMETRIC_PALETTE)
        TIFFSetField(tiff, TIFFTAG_COLORMAP, red, green, blue);
    if (k->photometric == PHOTOMETRIC_RGB && k->samples == 4)
        TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, alpha);
    if (k->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 48);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8);
    }
}

static void write_plane(TIFF *tiff, const struct tiff_kind *k, int from, int to)
{
    enum { TILE_W = 48, TILE_H = 16 };
    uint8_t block[TILE_W * TILE_H * 4 * 2];
    size_t row = (size_t)(TILE_W * (to - from) * k->bits / 8);
    for (int y = 0; y < H && !k->tiled; y++) {
        memset(block, 0, sizeof block);
        pack_row(k, 0, W, y, from, to, block);
        assert_int_equal(TIFFWriteScanline(tiff, block, (uint32_t)y, (uint16_t)from), 1);
    }
    for (int y = 0; y < H && k->tiled; y += TILE_H)
        for (int x = 0; x < W; x += TILE_W) {
            memset(block, 0, sizeof block);
            for (int i = 0; i < TILE_H; i++)
                pack_row(k, x, TILE_W, y + i, from, to, block + (size_t)i * row);
            assert_true(TIFFWriteTile(tiff, block, (uint32_t)x, (uint32_t)y, 0, (uint16_t)from) >
                        0);
        }
}

static void write_tiff(const struct tiff_kind *k)
{
    TIFF *tiff = TIFFOpen(file, k->mode ? k->mode : "w");
    assert_non_null(tiff);
    for (int page = 0; page < (k->pages ? k->pages : 1); page++) {
        set_fields(tiff, k);
        for (int s = 0; k->separate && s < k->samples; s++)
            write_plane(tiff, k, s, s + 1);
        if (!k->separate)
            write_plane(tiff, k, 0, k->samples);
        assert_int_equal(TIFFWriteDirectory(tiff), 1);
    }
    TIFFClose(tiff);
}

#define RGB8 .bits = 8, .samples = 3, .photometric = PHOTOMETRIC_RGB
#define PLAIN .compression = COMPRESSION_NONE

static void test_tiff_kinds(void **state)
{
    (void)state;
    const struct tiff_kind kinds[] = {
        {"strips", RGB8, PLAIN},
        {"LZW", RGB8, .compression = COMPRESSION_LZW},
        {"deflate", RGB8, .compression = COMPRESSION_ADOBE_DEFLATE},
        {"PackBits", RGB8, .compression = COMPRESSION_PACKBITS},
        {"tiles", RGB8, PLAIN, .tiled = true},
        {"planes", RGB8, PLAIN, .separate = true},
        {"planes of tiles", RGB8, PLAIN, .separate = true, .tiled = true},
        {"big-endian", RGB8, PLAIN, .mode = "wb"},
        {"BigTIFF", RGB8, PLAIN, .mode = "w8"},
        {"big-endian BigTIFF", RGB8, PLAIN, .mode = "wb8"},
        {"16 bits", PLAIN, .bits = 16, .samples = 3, .photometric = PHOTOMETRIC_RGB},
        {"alpha", PLAIN, .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_RGB},
        {"palette", PLAIN, .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_PALETTE},
        {"CMYK", PLAIN, .bits = 8, .samples = 4, .photometric = PHOTOMETRIC_SEPARATED},
        {"grey", PLAIN, .bits = 8, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK},
        {"grey, 16 bits", PLAIN, .bits = 16, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK},
        {"one bit", PLAIN, .bits = 1, .samples = 1, .photometric = PHOTOMETRIC_MINISBLACK},
        {"fax", .bits = 1, .samples = 1, .photometric = PHOTOMETRIC_MINISWHITE,
         .compression = COMPRESSION_CCITTFAX4},
    };
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        struct error err;
        struct image image;
        bool colour = kinds[i].samples > 1 || kinds[i].photometric == PHOTOMETRIC_PALETTE;
        write_tiff(&kinds[i]);
        if (image_load(file, 0, &image, &err) != 0)
            fail_msg("%s: %s", kinds[i].name, err.text);
        bool right = image.width == W && image.height == H &&
                     near(&image, 4, 4, colour ? 255 : 0, 0, 0) &&
                     near(&image, W - 4, 4, 0, 0, colour ? 255 : 0) &&
                     near(&image, W / 2, 4, 255, 255, 255) && near(&image, 4, H - 4, 255, 255, 255);
        if (!right)
            fail_msg("%s: wrong pixels", kinds[i].name);
        image_done(&image);
    }
}

static void test_tiff_orientation(void **state)
{
    (void)state;
    for (int o = 1; o <= 8; o++) {
        struct error err;
        struct image tiff, jpeg;
        int width, height;
        write_jpeg(W, H, o);
        assert_done(image_load(file, 0, &jpeg, &err), err);
        write_tiff(&(struct tiff_kind){RGB8, PLAIN, .orientation = o});
        assert_done(image_load(file, 0, &tiff, &err), err);
        assert_done(image_size(file, &width, &height, &err), err);
        assert_int_equal(tiff.width, jpeg.width);
        assert_int_equal(width, jpeg.width);
        assert_int_equal(height, jpeg.height);
        for (int k = 0; k < 4; k++) {
            int x = k % 2 ? tiff.width - 4 : 4, y = k / 2 ? tiff.height - 4 : 4;
            const uint8_t *p = jpeg.pixels + 4 * (y * jpeg.width + x);
            assert_true(near(&tiff, x, y, p[0], p[1], p[2]));
        }
        image_done(&tiff);
        image_done(&jpeg);
    }
    write_tiff(&(struct tiff_kind){RGB8, PLAIN, .orientation = 6});
    expect(W, H, W, H, IMAGE_NOT_TURNED, "not turned");
}

static void test_tiff_pages(void **state)
{
    (void)state;
    write_tiff(&(struct tiff_kind){RGB8, PLAIN, .pages = 3});
    expect(W, H, W, H, IMAGE_PAGES, "has several pages; the first one is shown");
}

static void test_tiff_cut_and_changed(void **state)
{
    (void)state;
    const struct tiff_kind kinds[] = {{RGB8, PLAIN, .tiled = true},
                                      {RGB8, .compression = COMPRESSION_LZW},
                                      {RGB8, PLAIN, .mode = "w8"}};
    for (size_t k = 0; k < COUNTOF(kinds); k++) {
        struct error err;
        struct file_map map;
        write_tiff(&kinds[k]);
        assert_done(file_map_open(file, &map, &err), err);
        size_t size = map.size;
        uint8_t *bytes = mem_new(size, 1);
        memcpy(bytes, map.data, size);
        file_map_close(&map);
        for (size_t cut = 1; cut < size; cut += cut < 64 || cut > size - 300 ? 1 : 37)
            open_cut(bytes, cut, 0);
        for (size_t i = 0; i < size; i += i < 64 || i > size - 300 ? 1 : 37) {
            struct opened o;
            bytes[i] ^= 0xff;
            assert_done(file_write(file, bytes, size, &err), err);
            open_with(&o, 0, 0, false, 0);
            assert_true(o.status == 0 || o.err.text[0]);
            close_it(&o);
            bytes[i] ^= 0xff;
        }
        free(bytes);
    }
}

/* A directory before the pixels, so that a cut leaves whole strips. */
static void test_tiff_rest_is_grey(void **state)
{
    (void)state;
    struct error err;
    struct opened o;
    uint8_t *bytes = mem_new(8 + 2 + 9 * 12 + 4 + 2 * 8 * 4 + W * H, 1);
    const uint16_t entries[9][4] = {{256, 3, 1, W}, {257, 3, 1, H}, {258, 3, 1, 8},
                                    {259, 3, 1, 1}, {262, 3, 1, 1}, {273, 4, 4, 122},
                                    {277, 3, 1, 1}, {278, 3, 1, 8}, {279, 4, 4, 138}};
    memcpy(bytes, "II*\0\x08\0\0\0\x09\0", 10);
    for (int i = 0; i < 9; i++) {
        memcpy(bytes + 10 + 12 * i, entries[i], 4);
        memcpy(bytes + 14 + 12 * i, &entries[i][2], 2);
        memcpy(bytes + 18 + 12 * i, &entries[i][3], 2);
    }
    for (uint32_t s = 0; s < 4; s++) {
        uint32_t at = 154 + s * 8 * W, size = 8 * W;
        memcpy(bytes + 122 + 4 * s, &at, 4);
        memcpy(bytes + 138 + 4 * s, &size, 4);
    }
    memset(bytes + 154, 200, (size_t)W * H);
    assert_done(file_write(file, bytes, 154 + 20 * W, &err), err);
    open_with(&o, 0, 0, false, 0);
    assert_done(o.status, o.err);
    assert_int_equal(o.remarks, IMAGE_DAMAGED);
    assert_non_null(
        strstr(o.notes.lines.items[0], "is a damaged or truncated TIFF at row 16 of 32"));
    assert_true(near(&o.image, 0, 15, 200, 200, 200));
    assert_true(near(&o.image, 0, 16, 128, 128, 128));
    assert_true(near(&o.image, W - 1, H - 1, 128, 128, 128));
    close_it(&o);
    free(bytes);
}

/* Sides that a TIFF of so few bytes cannot have. */
static void test_tiff_huge_dimensions(void **state)
{
    (void)state;
    struct error err;
    struct image image;
    TIFF *tiff = TIFFOpen(file, "w");
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 60000);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 60000);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 60000);
    TIFFWriteRawStrip(tiff, 0, "abcd", 4);
    TIFFClose(tiff);
    assert_int_equal(image_load(file, 0, &image, &err), -1);
    assert_non_null(strstr(err.text, "at most 100 million"));
}

/* ---- other formats ---- */

static void test_others_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *said;
        size_t size;
    } cases[] = {
        {"GIF89a....", "is a GIF image; convert it to JPEG, PNG or TIFF", 10},
        {"RIFF\1\2\3\4WEBPVP8 ", "is a WebP image; convert it to JPEG, PNG or TIFF", 16},
        {"BM\1\2\3\4", "is a BMP image; convert it", 6},
        {"\0\0\0\x18"
         "ftypheic\0\0\0\0",
         "is an HEIF or AVIF image; convert it", 16},
        {"\0\0\0\x0cjP  \r\n\x87\n", "is a JPEG 2000 image; convert it", 12},
        {"\xff\x4f\xff\x51\0\0", "is a JPEG 2000 image; convert it", 6},
        {"\xff\x0a\0\0", "is a JPEG XL image; convert it", 4},
        {"\x93NUMPY\1\0", "is a numpy array; only JPEG, PNG and TIFF are read", 8},
        {"II*\0", "is a damaged or truncated TIFF", 4},
        {"MM\0+\0\x08\0\0", "is a damaged or truncated TIFF", 8},
    };
    for (size_t i = 0; i < COUNTOF(cases); i++) {
        struct error err;
        struct opened o;
        assert_done(file_write(file, cases[i].bytes, cases[i].size, &err), err);
        open_with(&o, 0, 0, true, 0);
        assert_int_equal(o.status, -1);
        if (!strstr(o.err.text, cases[i].said))
            fail_msg("\"%s\" instead of \"%s\"", o.err.text, cases[i].said);
        close_it(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orientation_against_sizes),
        cmocka_unit_test(test_orientation_without_boxes),
        cmocka_unit_test(test_another_shape),
        cmocka_unit_test(test_jpeg_cut_anywhere),
        cmocka_unit_test(test_jpeg_rest_is_grey),
        cmocka_unit_test(test_png_cut_anywhere),
        cmocka_unit_test(test_tiff_kinds),
        cmocka_unit_test(test_tiff_orientation),
        cmocka_unit_test(test_tiff_pages),
        cmocka_unit_test(test_tiff_cut_and_changed),
        cmocka_unit_test(test_tiff_rest_is_grey),
        cmocka_unit_test(test_tiff_huge_dimensions),
        cmocka_unit_test(test_others_are_named),
    };
    return cmocka_run_group_tests(tests, setup_folder, remove_folder);
}
