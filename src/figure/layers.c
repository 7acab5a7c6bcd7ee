#include "figure/layers.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "figure/raster.h"

enum { JPEG_QUALITY = 93, UNKNOWN_SIDE = 640 };

/* How wide the whole image would be at the scale of the part that is shown. */
static double whole_width(const struct item *item)
{
    return item->box.w / (item->picture.crop.w > 0 ? item->picture.crop.w : 1);
}

/* The JPEG's size: the photograph's, but no finer than the style's dots per inch where it is shown
 * largest. */
static void size_of(const struct scene *scene, const struct figure_image *image,
                    struct photo *photo)
{
    double widest = 0, w, h;
    figure_image_size(image, &w, &h);
    for (size_t i = 0; i < scene->count; i++)
        if (scene->items[i].kind == ITEM_PICTURE && scene->items[i].picture.image == image)
            widest = fmax(widest, whole_width(&scene->items[i]));
    double have = image->pixels ? image->pixels->width : fmin(w, UNKNOWN_SIDE);
    double tall = image->pixels ? image->pixels->height : have * h / w;
    double scale = fmin(1, widest * scene->style.dpi / 72 / have);
    photo->width = (int)fmax(1, round(have * scale));
    photo->height = (int)fmin(fmax(1, round(tall * scale)), UINT16_MAX);
}

static void to_grey(struct image *image)
{
    uint8_t *p = image->pixels;
    for (size_t i = 0; i < (size_t)image->width * (size_t)image->height; i++, p += 4)
        p[0] = p[1] = p[2] = overlay_grey(p);
}

static int encode(struct photo *photo, struct error *err)
{
    struct image scaled;
    if (raster_scale(photo->image->pixels, photo->width, photo->height, &scaled, err) != 0)
        return -1;
    if (photo->grey)
        to_grey(&scaled);
    int status = image_jpeg_bytes(&scaled, JPEG_QUALITY, &photo->jpeg, &photo->size, err);
    image_done(&scaled);
    return status;
}

static void photo_free(struct photo *photo)
{
    if (photo->surface)
        cairo_surface_destroy(photo->surface);
    free(photo->jpeg);
    free(photo);
}

int layers_photo(struct photos *photos, const struct scene *scene, const struct item *item,
                 struct photo **out, struct error *err)
{
    const struct picture *picture = &item->picture;
    bool grey = picture->weights && picture->overlay == OVERLAY_HEAT;
    for (size_t i = 0; i < photos->count; i++)
        if (photos->items[i]->image == picture->image && photos->items[i]->grey == grey) {
            *out = photos->items[i];
            return 0;
        }
    struct photo *photo = mem_new(1, sizeof *photo);
    photo->image = picture->image;
    photo->grey = grey;
    size_of(scene, picture->image, photo);
    if (photo->image->pixels && encode(photo, err) != 0) {
        photo_free(photo);
        return -1;
    }
    MEM_ROOM(photos->items, photos->count, photos->cap);
    photos->items[photos->count++] = *out = photo;
    return 0;
}

void layers_done(struct photos *photos)
{
    for (size_t i = 0; i < photos->count; i++)
        photo_free(photos->items[i]);
    free(photos->items);
    *photos = (struct photos){0};
}

static void fade_pixels(const float *values, size_t count, uint8_t *pixels)
{
    for (size_t i = 0; i < count; i++, pixels += 4) {
        pixels[0] = pixels[1] = pixels[2] = 255;
        pixels[3] = (uint8_t)(255 - (int)(values[i] * 255 + 0.5f));
    }
}

static void heat_pixels(const float *values, size_t count, enum colour_map map, uint8_t *pixels)
{
    uint8_t colours[256][3];
    for (int i = 0; i < 256; i++)
        colour_map_at(map, (float)i / 255, colours[i]);
    for (size_t i = 0; i < count; i++, pixels += 4) {
        const uint8_t *colour = colours[(int)(values[i] * 255 + 0.5f)];
        for (int c = 0; c < 3; c++)
            pixels[c] = colour[c];
        pixels[3] = (uint8_t)(OVERLAY_HEAT_ALPHA * 255 + 0.5f);
    }
}

int layers_overlay(const struct scene *scene, const struct item *item, const struct photo *photo,
                   bool *any_out, struct image *out, struct error *err)
{
    const struct picture *picture = &item->picture;
    float *values = NULL;
    size_t count = (size_t)photo->width * (size_t)photo->height;
    *out = (struct image){photo->width, photo->height, photo->width, photo->height, NULL};
    bool fade = picture->spotlight || picture->overlay == OVERLAY_FADE;
    *any_out = raster_has_values(picture) && (fade || picture->overlay == OVERLAY_HEAT);
    if (!*any_out)
        return 0;
    if (mem_alloc(&values, count, sizeof *values, "an overlay", err) != 0)
        return -1;
    raster_values(picture, scene->style.combine, photo->width, photo->height, values);
    int status = mem_alloc(&out->pixels, count, 4, "an overlay", err);
    if (status == 0 && fade)
        fade_pixels(values, count, out->pixels);
    else if (status == 0)
        heat_pixels(values, count, scene->style.map, out->pixels);
    free(values);
    return status;
}
