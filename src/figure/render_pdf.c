/* render_pdf.c: drawn by cairo: text stays text with its font embedded; each photograph is embedded
 * once, as JPEG. */
#include <cairo-pdf.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "figure/layers.h"
#include "figure/render.h"

static cairo_status_t collect(void *context, const unsigned char *bytes, unsigned int size)
{
    str_add_n(context, (const char *)bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

/* cairo needs a surface of the JPEG's size and, because the file is a PDF, never looks at its
 * pixels. */
static int photo_surface(struct photo *photo, struct error *err)
{
    if (photo->surface)
        return 0;
    photo->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, photo->width, photo->height);
    unsigned char *copy = mem_try(photo->size, 1);
    if (!copy)
        return error_set(err, "not enough memory for a photograph");
    memcpy(copy, photo->jpeg, photo->size);
    cairo_status_t status = cairo_surface_set_mime_data(photo->surface, CAIRO_MIME_TYPE_JPEG, copy,
                                                        photo->size, free, copy);
    if (status == CAIRO_STATUS_SUCCESS)
        return 0;
    free(copy);
    return error_set(err, "not enough memory for a photograph");
}

/* Paints a surface, or its crop, over the item's box. */
static void paint(cairo_t *cr, cairo_surface_t *surface, const struct item *item, int width,
                  int height, cairo_filter_t filter)
{
    const struct box all = {0, 0, 1, 1}, *box = &item->box;
    const struct box *crop = item->picture.crop.w > 0 ? &item->picture.crop : &all;
    cairo_save(cr);
    cairo_rectangle(cr, box->x, box->y, box->w, box->h);
    cairo_clip(cr);
    cairo_translate(cr, box->x, box->y);
    cairo_scale(cr, box->w / crop->w, box->h / crop->h);
    cairo_translate(cr, -crop->x, -crop->y);
    cairo_scale(cr, 1.0 / width, 1.0 / height);
    cairo_set_source_surface(cr, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), filter);
    cairo_paint(cr);
    cairo_restore(cr);
}

/* Converts RGBA to cairo's premultiplied words. */
static cairo_surface_t *overlay_surface(const struct image *image)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, image->width, image->height);
    uint8_t *data = cairo_image_surface_get_data(surface);
    if (!data)
        return surface;
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    for (int y = 0; y < image->height; y++) {
        const uint8_t *in = image->pixels + 4 * (size_t)y * (size_t)image->width;
        uint32_t *out = (uint32_t *)(void *)(data + (size_t)y * stride);
        for (int x = 0; x < image->width; x++, in += 4) {
            uint32_t a = in[3];
            out[x] = a << 24 | (in[0] * a + 127) / 255 << 16 | (in[1] * a + 127) / 255 << 8 |
                     (in[2] * a + 127) / 255;
        }
    }
    cairo_surface_mark_dirty(surface);
    return surface;
}

static int draw_overlay(cairo_t *cr, const struct scene *scene, const struct item *item,
                        const struct photo *photo, struct error *err)
{
    struct image image;
    bool any;
    if (layers_overlay(scene, item, photo, &any, &image, err) != 0)
        return -1;
    if (any) {
        cairo_surface_t *surface = overlay_surface(&image);
        paint(cr, surface, item, image.width, image.height, CAIRO_FILTER_NEAREST);
        cairo_surface_destroy(surface);
    }
    image_done(&image);
    return 0;
}

static int draw_picture(cairo_t *cr, const struct scene *scene, const struct item *item,
                        struct photos *photos, struct error *err)
{
    struct photo *photo;
    if (layers_photo(photos, scene, item, &photo, err) != 0)
        return -1;
    if (!photo->jpeg) {
        struct item flat = {.kind = ITEM_FILL, .box = item->box, .colour = 0xa0a0a0};
        render_item(cr, scene, &flat);
    } else {
        if (photo_surface(photo, err) != 0)
            return -1;
        paint(cr, photo->surface, item, photo->width, photo->height, CAIRO_FILTER_GOOD);
    }
    return draw_overlay(cr, scene, item, photo, err);
}

static void set_metadata(cairo_surface_t *surface, const struct render_texts *texts)
{
    static const struct {
        cairo_pdf_metadata_t field;
        const char *key;
    } fields[] = {{CAIRO_PDF_METADATA_TITLE, "Title"},
                  {CAIRO_PDF_METADATA_CREATOR, "Software"},
                  {CAIRO_PDF_METADATA_SUBJECT, "Overlay"}};
    for (size_t i = 0; i < COUNTOF(fields); i++) {
        const char *text = render_text(texts, fields[i].key);
        if (text)
            cairo_pdf_surface_set_metadata(surface, fields[i].field, text);
    }
    struct str rest = {0};
    static const char *const others[] = {"Words", "Image", "Model", "Score", "Notes"};
    for (size_t i = 0; i < COUNTOF(others); i++) {
        const char *text = render_text(texts, others[i]);
        if (text)
            str_addf(&rest, "%s%s: %s", rest.length ? "; " : "", others[i], text);
    }
    if (rest.length)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_KEYWORDS, rest.text);
    str_done(&rest);
}

static int draw(cairo_surface_t *surface, const struct scene *scene, struct error *err)
{
    struct photos photos = {0};
    cairo_t *cr = cairo_create(surface);
    int status = 0;
    for (size_t i = 0; i < scene->count && status == 0; i++)
        if (scene->items[i].kind == ITEM_PICTURE)
            status = draw_picture(cr, scene, &scene->items[i], &photos, err);
    for (size_t i = 0; i < scene->count && status == 0; i++)
        render_item(cr, scene, &scene->items[i]);
    cairo_show_page(cr);
    if (status == 0 && cairo_status(cr) != CAIRO_STATUS_SUCCESS)
        status = error_set(err, "drawing failed: %s", cairo_status_to_string(cairo_status(cr)));
    cairo_destroy(cr);
    cairo_surface_finish(surface); /* while the photographs are still there */
    layers_done(&photos);
    return status;
}

/* Blanks out the date of creation, so that the same figure gives the same bytes. */
static void blank_date(struct str *pdf)
{
    static const char key[] = "/CreationDate (";
    char *at = memmem(pdf->text, pdf->length, key, sizeof key - 1);
    char *end = at ? memchr(at, ')', pdf->length - (size_t)(at - pdf->text)) : NULL;
    if (end)
        memset(at, ' ', (size_t)(end - at) + 1);
}

int render_pdf(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err)
{
    enum { MAX_SIDE = 14400 }; /* points: more is beyond readers of PDF */
    struct str pdf = {0};
    if (scene->width > MAX_SIDE || scene->height > MAX_SIDE)
        return error_set(err,
                         "the page would be %.0f x %.0f points; a PDF has at most %d a side: use a "
                         "larger --width, more --columns or fewer --words",
                         scene->width, scene->height, MAX_SIDE);
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(collect, &pdf, scene->width, scene->height);
    set_metadata(surface, texts);
    int status = draw(surface, scene, err);
    if (status == 0 && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        status = error_at(err, path, -1, "cannot make the PDF: %s",
                          cairo_status_to_string(cairo_surface_status(surface)));
    cairo_surface_destroy(surface);
    if (status == 0) {
        blank_date(&pdf);
        status = file_write(path, pdf.text, pdf.length, err);
    }
    str_done(&pdf);
    return status;
}
