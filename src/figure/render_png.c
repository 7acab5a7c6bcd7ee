#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "figure/raster.h"
#include "figure/render.h"

/* Photographs already scaled: a grid of words repeats one many times. */
struct scaled {
    const struct figure_image *image;
    struct box crop;
    struct image pixels;
};

struct canvas {
    const struct scene *scene;
    cairo_surface_t *surface;
    uint8_t *pixels; /* the surface's, native-endian xRGB */
    size_t stride;
    int width, height;
    struct scaled last;
    float *values;
    uint8_t *painted;
    size_t room; /* pixels of both */
};

static int to_pixels(const struct scene *scene, double points)
{
    return (int)lround(points * scene->pixels_per_point);
}

static int check_size(const struct scene *scene, struct error *err)
{
    double w = ceil(scene->width * scene->pixels_per_point);
    double h = ceil(scene->height * scene->pixels_per_point);
    if (w <= RENDER_MAX_SIDE && h <= RENDER_MAX_SIDE)
        return 0;
    return error_set(err,
                     "the picture would be %.0f x %.0f pixels; at most %d a side can be drawn: "
                     "use a lower --dpi, a smaller --width, more --columns or fewer --words",
                     w, h, RENDER_MAX_SIDE);
}

static int canvas_open(struct canvas *canvas, const struct scene *scene, struct error *err)
{
    *canvas = (struct canvas){.scene = scene};
    if (check_size(scene, err) != 0)
        return -1;
    canvas->width = (int)fmax(1, ceil(scene->width * scene->pixels_per_point));
    canvas->height = (int)fmax(1, ceil(scene->height * scene->pixels_per_point));
    canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, canvas->width, canvas->height);
    cairo_status_t status = cairo_surface_status(canvas->surface);
    if (status != CAIRO_STATUS_SUCCESS)
        return error_set(err, "a picture of %d x %d pixels cannot be drawn: %s", canvas->width,
                         canvas->height, cairo_status_to_string(status));
    canvas->pixels = cairo_image_surface_get_data(canvas->surface);
    canvas->stride = (size_t)cairo_image_surface_get_stride(canvas->surface);
    memset(canvas->pixels, 0xff, canvas->stride * (size_t)canvas->height);
    return 0;
}

static void canvas_close(struct canvas *canvas)
{
    cairo_surface_destroy(canvas->surface);
    image_done(&canvas->last.pixels);
    free(canvas->values);
    free(canvas->painted);
}

/* The pixels under a crop, at least one. */
static int cut_out(const struct image *in, const struct box *crop, struct image *out,
                   struct error *err)
{
    int x0 = (int)fmin(floor(crop->x * in->width), in->width - 1);
    int y0 = (int)fmin(floor(crop->y * in->height), in->height - 1);
    int w = (int)fmin(fmax(1, round(crop->w * in->width)), in->width - x0);
    int h = (int)fmin(fmax(1, round(crop->h * in->height)), in->height - y0);
    if (raster_grey(w, h, 0, out, err) != 0)
        return -1;
    for (int y = 0; y < h; y++)
        memcpy(out->pixels + 4 * (size_t)y * (size_t)w,
               in->pixels + 4 * ((size_t)(y0 + y) * (size_t)in->width + (size_t)x0), 4 * (size_t)w);
    return 0;
}

static int scale_crop(const struct image *in, const struct box *crop, int w, int h,
                      struct image *out, struct error *err)
{
    struct image part;
    if (crop->w <= 0)
        return raster_scale(in, w, h, out, err);
    if (cut_out(in, crop, &part, err) != 0)
        return -1;
    int status = raster_scale(&part, w, h, out, err);
    image_done(&part);
    return status;
}

/* The photograph, or grey if it is missing, at w x h; borrowed from the canvas. */
static int scaled_to(struct canvas *canvas, const struct picture *picture, int w, int h,
                     struct error *err)
{
    const struct figure_image *image = picture->image;
    struct scaled *last = &canvas->last;
    if (last->image == image && last->pixels.width == w && last->pixels.height == h &&
        memcmp(&last->crop, &picture->crop, sizeof last->crop) == 0)
        return 0;
    image_done(&last->pixels);
    last->image = image;
    last->crop = picture->crop;
    return image->pixels ? scale_crop(image->pixels, &picture->crop, w, h, &last->pixels, err)
                         : raster_grey(w, h, 0xa0, &last->pixels, err);
}

static void blit(struct canvas *canvas, const struct image *in, int x0, int y0)
{
    for (int y = 0; y < in->height && y0 + y < canvas->height; y++) {
        const uint8_t *from = in->pixels + 4 * (size_t)y * (size_t)in->width;
        uint32_t *to = (uint32_t *)(void *)(canvas->pixels + (size_t)(y0 + y) * canvas->stride);
        for (int x = 0; x < in->width && x0 + x < canvas->width; x++, from += 4)
            to[x0 + x] = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
    }
}

/* Room for a panel's values and pixels, reused by all panels: fresh memory costs more than
 * painting. */
static int make_room(struct canvas *canvas, size_t count, struct error *err)
{
    if (count <= canvas->room)
        return 0;
    free(canvas->values);
    free(canvas->painted);
    canvas->values = NULL;
    canvas->painted = NULL;
    canvas->room = 0;
    if (mem_alloc(&canvas->values, count, sizeof *canvas->values, "an overlay", err) != 0 ||
        mem_alloc(&canvas->painted, count, 4, "a painted photograph", err) != 0)
        return -1;
    canvas->room = count;
    return 0;
}

static int draw_picture(struct canvas *canvas, const struct item *item, struct error *err)
{
    const struct picture *picture = &item->picture;
    const struct figure_style *style = &canvas->scene->style;
    int x = to_pixels(canvas->scene, item->box.x), y = to_pixels(canvas->scene, item->box.y);
    int w = (int)fmax(1, to_pixels(canvas->scene, item->box.w));
    int h = (int)fmax(1, to_pixels(canvas->scene, item->box.h));
    bool any = raster_has_values(picture);
    if (scaled_to(canvas, picture, w, h, err) != 0 ||
        make_room(canvas, (size_t)w * (size_t)h, err) != 0)
        return -1;
    if (any)
        raster_values(picture, style->combine, w, h, canvas->values);
    overlay_paint_to(&canvas->last.pixels, any ? canvas->values : NULL, picture->overlay,
                     style->map, canvas->painted);
    blit(canvas, &(struct image){w, h, w, h, canvas->painted}, x, y);
    return 0;
}

/* Pictures are copied first, below everything else; cairo draws the rest over them. */
static int draw(struct canvas *canvas, struct error *err)
{
    const struct scene *scene = canvas->scene;
    cairo_surface_flush(canvas->surface);
    for (size_t i = 0; i < scene->count; i++)
        if (scene->items[i].kind == ITEM_PICTURE &&
            draw_picture(canvas, &scene->items[i], err) != 0)
            return -1;
    cairo_surface_mark_dirty(canvas->surface);
    cairo_t *cr = cairo_create(canvas->surface);
    cairo_scale(cr, scene->pixels_per_point, scene->pixels_per_point);
    for (size_t i = 0; i < scene->count; i++)
        if (scene->items[i].kind != ITEM_PICTURE)
            render_item(cr, scene, &scene->items[i]);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(canvas->surface);
    return status == CAIRO_STATUS_SUCCESS
               ? 0
               : error_set(err, "drawing failed: %s", cairo_status_to_string(status));
}

/* xRGB words to RGBA bytes, in place. */
static void to_rgba(uint8_t *pixels, size_t count)
{
    for (size_t i = 0; i < count; i++, pixels += 4) {
        uint32_t pixel;
        memcpy(&pixel, pixels, sizeof pixel);
        pixels[0] = (uint8_t)(pixel >> 16);
        pixels[1] = (uint8_t)(pixel >> 8);
        pixels[2] = (uint8_t)pixel;
        pixels[3] = 255;
    }
}

int render_png(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err)
{
    struct canvas canvas;
    int status = -1;
    if (canvas_open(&canvas, scene, err) != 0 || draw(&canvas, err) != 0)
        goto out;
    to_rgba(canvas.pixels, (size_t)canvas.width * (size_t)canvas.height);
    struct image image = {canvas.width, canvas.height, canvas.width, canvas.height, canvas.pixels};
    status = image_save_png(path, &image, scene->style.dpi, texts->items, texts->count, err);
out:
    canvas_close(&canvas);
    return status;
}
