#include "io/image/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "io/image/image_private.h"

static const struct {
    const char *name;
    size_t offset;
    const char *magic;
    size_t length;
    int (*decode)(struct decode *, struct error *); /* NULL: known, but not read */
} kinds[] = {
    {"a JPEG", 0, "\xff\xd8\xff", 3, image_decode_jpeg},
    {"a PNG", 0, "\x89PNG\r\n\x1a\n", 8, image_decode_png},
    {"a GIF", 0, "GIF8", 4, NULL},
    {"a WebP", 8, "WEBP", 4, NULL},
    {"a BMP", 0, "BM", 2, NULL},
    {"a TIFF", 0, "II*\0", 4, NULL},
    {"a TIFF", 0, "MM\0*", 4, NULL},
    {"a HEIF or AVIF", 4, "ftyp", 4, NULL},
    {"a PDF", 0, "%PDF", 4, NULL},
    {"an HTML page", 0, "<!DOCTYPE", 9, NULL},
    {"an HTML page", 0, "<html", 5, NULL},
};

int image_check_size(const struct decode *d, uint32_t width, uint32_t height, size_t pixels_a_byte,
                     struct error *err)
{
    uint64_t pixels = (uint64_t)width * height;
    if (width < 1 || height < 1)
        return error_at(err, d->path, -1, "declares an image of %u x %u pixels", width, height);
    if (width > IMAGE_MAX_SIDE || height > IMAGE_MAX_SIDE || pixels > IMAGE_MAX_PIXELS)
        return error_at(err, d->path, -1,
                        "declares an image of %u x %u pixels; at most %d million are read", width,
                        height, IMAGE_MAX_PIXELS / 1000000);
    if (pixels / pixels_a_byte > d->file.size)
        return error_at(err, d->path, -1,
                        "declares %u x %u pixels, which its %zu bytes cannot hold: truncated or "
                        "hostile",
                        width, height, d->file.size);
    return 0;
}

int image_alloc(struct image *out, int width, int height, const char *path, struct error *err)
{
    out->width = width;
    out->height = height;
    return mem_alloc(&out->pixels, (size_t)width * (size_t)height, 4, path, err);
}

/* ---- EXIF orientation ------------------------------------------------------------------------ */

/* Where the upright pixel (x, y) lies in the file: x and y exchanged or not, then each counted from
 * the far end or not. */
static const struct {
    bool swap, flip_x, flip_y;
} turns[9] = {
    [2] = {false, true, false}, [3] = {false, true, true}, [4] = {false, false, true},
    [5] = {true, false, false}, [6] = {true, false, true}, [7] = {true, true, true},
    [8] = {true, true, false},
};

static void turn_pixels(const struct image *from, int orientation, struct image *to)
{
    bool swap = turns[orientation].swap, flip_x = turns[orientation].flip_x,
         flip_y = turns[orientation].flip_y;
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++) {
            int u = swap ? y : x, v = swap ? x : y;
            u = flip_x ? from->width - 1 - u : u;
            v = flip_y ? from->height - 1 - v : v;
            size_t source = (size_t)v * (size_t)from->width + (size_t)u;
            size_t target = (size_t)y * (size_t)to->width + (size_t)x;
            memcpy(to->pixels + 4 * target, from->pixels + 4 * source, 4);
        }
}

static int make_upright(struct decode *d, struct error *err)
{
    struct image *image = d->out, turned = {0};
    bool swap = turns[d->orientation].swap;
    if (d->orientation == 1)
        return 0;
    if (swap) {
        int width = image->full_width;
        image->full_width = image->full_height;
        image->full_height = width;
    }
    if (d->header_only)
        return 0;
    if (image_alloc(&turned, swap ? image->height : image->width,
                    swap ? image->width : image->height, d->path, err) != 0)
        return -1;
    turn_pixels(image, d->orientation, &turned);
    free(image->pixels);
    image->pixels = turned.pixels;
    image->width = turned.width;
    image->height = turned.height;
    return 0;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int decode(struct decode *d, struct error *err)
{
    if (d->file.size == 0)
        return error_at(err, d->path, -1, "is empty; a JPEG or PNG image is wanted");
    for (size_t i = 0; i < COUNTOF(kinds); i++) {
        if (d->file.size < kinds[i].offset + kinds[i].length ||
            memcmp(d->file.data + kinds[i].offset, kinds[i].magic, kinds[i].length) != 0)
            continue;
        if (!kinds[i].decode)
            return error_at(err, d->path, -1, "is %s; only JPEG and PNG images are read",
                            kinds[i].name);
        if (kinds[i].decode(d, err) != 0)
            return -1;
        return make_upright(d, err);
    }
    return error_at(err, d->path, -1, "is neither a JPEG nor a PNG image");
}

static int load(const char *path, int max_side, bool header_only, struct image *out,
                struct error *err)
{
    struct file_map map;
    *out = (struct image){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct decode d = {
        .path = path,
        .file = {.data = map.data, .size = map.size},
        .max_side = max_side,
        .header_only = header_only,
        .out = out,
        .orientation = 1,
    };
    int status = decode(&d, err);
    file_map_close(&map);
    if (status != 0)
        image_done(out);
    return status;
}

int image_load(const char *path, int max_side, struct image *out, struct error *err)
{
    return load(path, max_side, false, out, err);
}

int image_size(const char *path, int *width_out, int *height_out, struct error *err)
{
    struct image image;
    if (load(path, 0, true, &image, err) != 0)
        return -1;
    *width_out = image.full_width;
    *height_out = image.full_height;
    image_done(&image);
    return 0;
}

void image_done(struct image *image)
{
    free(image->pixels);
    *image = (struct image){0};
}
