#include "io/image/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/magic.h"
#include "base/str.h"
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

static void swap_ints(int *a, int *b)
{
    int kept = *a;
    *a = *b;
    *b = kept;
}

static int make_upright(struct decode *d, struct error *err)
{
    struct image *image = d->out, turned = {0};
    bool swap = turns[d->orientation].swap;
    if (d->orientation == 1)
        return 0;
    if (swap)
        swap_ints(&image->full_width, &image->full_height);
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

/* ---- the data's sizes ---- */

/* How well a picture goes with the sizes that boxes refer to. */
enum shape { SHAPE_OTHER, SHAPE_SCALED, SHAPE_SAME };

/* Sides that were scaled by one factor are off by a pixel at most, by rounding. */
static enum shape compare_shape(int width, int height, const struct image_spec *spec)
{
    int64_t across = (int64_t)width * spec->height, down = (int64_t)height * spec->width;
    int64_t slack = (int64_t)(width > height ? width : height) +
                    (spec->width > spec->height ? spec->width : spec->height);
    if (width == spec->width && height == spec->height)
        return SHAPE_SAME;
    return across - down <= slack && down - across <= slack ? SHAPE_SCALED : SHAPE_OTHER;
}

/* Whether it is certain that the boxes are those of the picture as it is stored. */
static bool is_meant_unturned(const struct decode *d)
{
    const struct image *image = d->out;
    if (d->spec->width < 1 || d->spec->height < 1 || !turns[d->orientation].swap)
        return false;
    return compare_shape(image->full_width, image->full_height, d->spec) >
           compare_shape(image->full_height, image->full_width, d->spec);
}

static bool is_turn_certain(const struct decode *d)
{
    const struct image *image = d->out; /* not turned yet */
    return d->spec->width > 0 && turns[d->orientation].swap &&
           compare_shape(image->full_height, image->full_width, d->spec) >
               compare_shape(image->full_width, image->full_height, d->spec);
}

/* Whether anybody wants to hear about it. */
static bool remarks(const struct decode *d, enum image_remark remark)
{
    if (!d->spec->notes)
        return false;
    image_remark(d, remark);
    return true;
}

/* Decides about the turn, and notes what was decided or assumed. */
static void settle_orientation(struct decode *d)
{
    const struct image_spec *spec = d->spec;
    const char *name = file_name(d->path);
    if (d->orientation == 1)
        return;
    if (is_meant_unturned(d)) {
        if (remarks(d, IMAGE_NOT_TURNED))
            notes_add(spec->notes,
                      "%s: not turned by its EXIF orientation (%d): the image sizes, %d x %d, are "
                      "those of the picture as it is stored",
                      name, d->orientation, spec->width, spec->height);
        d->orientation = 1;
    } else if (spec->boxed && !is_turn_certain(d) && remarks(d, IMAGE_MAYBE_TURNED)) {
        notes_add(spec->notes,
                  "%s: turned by its EXIF orientation (%d); %s whether the boxes are those of the "
                  "turned picture",
                  name, d->orientation,
                  spec->width > 0 ? "the image sizes do not tell"
                                  : "without image sizes it is not known");
    }
}

static void note_shape(const struct decode *d)
{
    const struct image_spec *spec = d->spec;
    const struct image *image = d->out;
    if (spec->boxed && spec->width > 0 && spec->height > 0 &&
        compare_shape(image->full_width, image->full_height, spec) == SHAPE_OTHER &&
        remarks(d, IMAGE_OTHER_SHAPE))
        notes_add(spec->notes,
                  "%s: the photograph is %d x %d, but the image sizes say %d x %d, another shape: "
                  "boxes may lie in the wrong places",
                  file_name(d->path), image->full_width, image->full_height, spec->width,
                  spec->height);
}

static void note_pages(const struct decode *d)
{
    if (d->pages && remarks(d, IMAGE_PAGES))
        notes_add(d->spec->notes, "%s: has several pages; the first one is shown",
                  file_name(d->path));
}

/* ---- opening ---- */

/* The formats that are read. */
static const struct {
    enum magic_kind kind;
    int (*decode)(struct decode *, struct error *);
} formats[] = {
    {MAGIC_JPEG, image_decode_jpeg},
    {MAGIC_PNG, image_decode_png},
    {MAGIC_TIFF, image_decode_tiff},
};

static int decode_format(struct decode *d, struct error *err)
{
    if (d->file.size == 0)
        return error_at(err, d->path, -1, "is empty, not a JPEG, PNG or TIFF image");
    const struct magic *magic = magic_find(d->file.data, d->file.size);
    if (!magic)
        return error_at(err, d->path, -1, "is neither a JPEG nor a PNG nor a TIFF image");
    for (size_t i = 0; i < COUNTOF(formats); i++)
        if (formats[i].kind == magic->kind)
            return formats[i].decode(d, err);
    const char *advice = magic->advice ? magic->advice
                         : str_ends_with(magic->name, " image")
                             ? "convert it to JPEG, PNG or TIFF"
                             : "only JPEG, PNG and TIFF are read";
    return error_at(err, d->path, -1, "is %s; %s", magic->name, advice);
}

static int decode(struct decode *d, struct error *err)
{
    if (decode_format(d, err) != 0)
        return -1;
    settle_orientation(d);
    if (make_upright(d, err) != 0)
        return -1;
    note_shape(d);
    note_pages(d);
    return 0;
}

static int load(const char *path, const struct image_spec *spec, bool header_only,
                struct image *out, struct error *err)
{
    struct file_map map;
    *out = (struct image){0};
    if (file_map_open(path, &map, err) != 0)
        return -1;
    struct decode d = {
        .path = path,
        .file = {.data = map.data, .size = map.size},
        .spec = spec,
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
    return load(path, &(struct image_spec){.max_side = max_side}, false, out, err);
}

int image_open(const char *path, const struct image_spec *spec, struct image *out,
               struct error *err)
{
    struct error own;
    if (spec->remarks)
        *spec->remarks = 0;
    return load(path, spec, false, out, err ? err : &own);
}

int image_size(const char *path, int *width_out, int *height_out, struct error *err)
{
    struct image image;
    if (load(path, &(struct image_spec){0}, true, &image, err) != 0)
        return -1;
    *width_out = image.full_width;
    *height_out = image.full_height;
    image_done(&image);
    return 0;
}
