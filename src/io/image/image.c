#include "io/image/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/magic.h"
#include "io/image/image_private.h"

/* ---- EXIF orientation ---- */

/* Where in the file to find the upright pixel (x, y): with x and y swapped or not, then each
 * counted from the far end or not. */
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

/* ---- opening ---- */

static int decode(struct decode *d, struct error *err)
{
    if (d->file.size == 0)
        return error_at(err, d->path, -1, "is empty, not a JPEG or PNG image");
    const struct magic *magic = magic_find(d->file.data, d->file.size);
    if (!magic)
        return error_at(err, d->path, -1, "is neither a JPEG nor a PNG image");
    if (magic->kind != MAGIC_JPEG && magic->kind != MAGIC_PNG)
        return error_at(err, d->path, -1, "is %s; only JPEG and PNG images are read", magic->name);
    int (*decode_kind)(struct decode *, struct error *) =
        magic->kind == MAGIC_JPEG ? image_decode_jpeg : image_decode_png;
    return decode_kind(d, err) == 0 ? make_upright(d, err) : -1;
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
