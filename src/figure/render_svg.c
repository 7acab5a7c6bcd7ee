/* render_svg.c: SVG, written without cairo, which would turn the text into outlines. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/utf8.h"
#include "figure/fonts.h"
#include "figure/layers.h"
#include "figure/render.h"

struct svg {
    const struct scene *scene;
    struct photos photos;
    struct str out;
    int bars;
};

/* Text or an attribute's value; what XML does not allow becomes U+FFFD. */
static void add_escaped(struct str *out, const char *text, size_t n)
{
    size_t bytes;
    for (size_t at = 0; at < n; at += bytes) {
        uint32_t code = utf8_next(text + at, n - at, &bytes);
        if (code == '<' || code == '>' || code == '&' || code == '"')
            str_addf(out, "&#%u;", (unsigned)code);
        else if (code < 0x20 || code == 0xfffe || code == 0xffff || code == 0xfffd)
            str_add(out, "\xef\xbf\xbd");
        else
            str_add_n(out, text + at, bytes);
    }
}

static void add_base64(struct str *out, const uint8_t *bytes, size_t size)
{
    gchar *text = g_base64_encode(bytes, size);
    str_add(out, text);
    g_free(text);
}

/* A length in points, four decimals at most. */
static const char *number(double value, char buffer[32])
{
    snprintf(buffer, 32, "%.4f", value);
    char *end = buffer + strlen(buffer);
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.')
        *--end = '\0';
    return strcmp(buffer, "-0") == 0 ? "0" : buffer;
}

static void add_number(struct str *out, const char *attribute, double value)
{
    char buffer[32];
    str_addf(out, " %s=\"%s\"", attribute, number(value, buffer));
}

static void add_box(struct str *out, const struct box *box)
{
    add_number(out, "x", box->x);
    add_number(out, "y", box->y);
    add_number(out, "width", box->w);
    add_number(out, "height", box->h);
}

static void add_stroke(struct str *out, const struct item *item)
{
    str_addf(out, " fill=\"none\" stroke=\"#%06x\"", (unsigned)item->colour);
    add_number(out, "stroke-width", item->width);
    if (item->dashed) {
        char on[32], off[32];
        str_addf(out, " stroke-dasharray=\"%s %s\"", number(3 * item->width, on),
                 number(1.8 * item->width, off));
    }
}

/* ---- items ---- */

static void draw_fill(struct svg *svg, const struct item *item)
{
    str_add(&svg->out, "<rect");
    add_box(&svg->out, &item->box);
    str_addf(&svg->out, " fill=\"#%06x\"/>\n", (unsigned)item->colour);
}

static void draw_frame(struct svg *svg, const struct item *item)
{
    double inset = fmin(item->width, fmin(item->box.w, item->box.h)) / 2;
    struct box box = {item->box.x + inset, item->box.y + inset, item->box.w - 2 * inset,
                      item->box.h - 2 * inset};
    str_add(&svg->out, "<rect");
    add_box(&svg->out, &box);
    add_stroke(&svg->out, item);
    str_add(&svg->out, "/>\n");
}

static void draw_line(struct svg *svg, const struct item *item)
{
    char x[32], y[32];
    str_add(&svg->out, "<polyline points=\"");
    for (size_t i = 0; i < item->point_count; i++)
        str_addf(&svg->out, "%s%s,%s", i ? " " : "", number(item->points[2 * i], x),
                 number(item->points[2 * i + 1], y));
    str_add(&svg->out, "\"");
    add_stroke(&svg->out, item);
    str_add(&svg->out, " stroke-linejoin=\"round\"/>\n");
}

static void draw_bar(struct svg *svg, const struct item *item)
{
    enum { STOPS = 64 };
    int id = svg->bars++;
    str_addf(&svg->out, "<linearGradient id=\"bar%d\">", id);
    for (int i = 0; i <= STOPS; i++) {
        double rgb[3];
        char at[32];
        render_bar_colour(svg->scene, item, (double)i / STOPS, rgb);
        str_addf(&svg->out, "<stop offset=\"%s\" stop-color=\"#%02x%02x%02x\"/>",
                 number((double)i / STOPS, at), (unsigned)(255 * rgb[0] + 0.5),
                 (unsigned)(255 * rgb[1] + 0.5), (unsigned)(255 * rgb[2] + 0.5));
    }
    str_add(&svg->out, "</linearGradient>\n<rect");
    add_box(&svg->out, &item->box);
    str_addf(&svg->out, " fill=\"url(#bar%d)\"/>\n", id);
}

/* One line at its baseline, anchored in the middle, which suits both directions of writing, and
 * stretched to the width that was measured. */
static void draw_text_line(struct svg *svg, const struct item *item, PangoLayoutIter *iter)
{
    PangoLayoutLine *line = pango_layout_iter_get_line_readonly(iter);
    PangoRectangle all, extents;
    const char *text = pango_layout_get_text(item->layout);
    const PangoFontDescription *font = pango_layout_get_font_description(item->layout);
    pango_layout_get_extents(item->layout, NULL, &all);
    pango_layout_iter_get_line_extents(iter, NULL, &extents);
    size_t from = (size_t)pango_layout_line_get_start_index(line);
    size_t length = (size_t)pango_layout_line_get_length(line);
    while (length > 0 && text[from + length - 1] == ' ')
        length--;
    if (length == 0)
        return;
    double x = (double)(extents.x - all.x + extents.width / 2.0) / PANGO_SCALE;
    double y = (double)(pango_layout_iter_get_baseline(iter) - all.y) / PANGO_SCALE;
    str_add(&svg->out, "<text");
    add_number(&svg->out, "x", item->box.x + x);
    add_number(&svg->out, "y", item->box.y + y);
    add_number(&svg->out, "textLength", (double)extents.width / PANGO_SCALE);
    add_number(&svg->out, "font-size", (double)pango_font_description_get_size(font) / PANGO_SCALE);
    str_addf(&svg->out, " fill=\"#%06x\"", (unsigned)item->colour);
    if (pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL)
        str_add(&svg->out, " direction=\"rtl\"");
    str_add(&svg->out, ">");
    add_escaped(&svg->out, text + from, length);
    str_add(&svg->out, "</text>\n");
}

static void draw_text(struct svg *svg, const struct item *item)
{
    PangoLayoutIter *iter = pango_layout_get_iter(item->layout);
    do {
        draw_text_line(svg, item, iter);
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
}

/* ---- pictures ---- */

static size_t photo_index(const struct svg *svg, const struct photo *photo)
{
    size_t i = 0;
    while (svg->photos.items[i] != photo)
        i++;
    return i;
}

static void define_photo(struct svg *svg, const struct photo *photo)
{
    str_addf(&svg->out,
             "<defs><image id=\"photo%zu\" width=\"1\" height=\"1\" "
             "preserveAspectRatio=\"none\" xlink:href=\"data:image/jpeg;base64,",
             photo_index(svg, photo));
    add_base64(&svg->out, photo->jpeg, photo->size);
    str_add(&svg->out, "\"/></defs>\n");
}

static int draw_overlay(struct svg *svg, const struct item *item, const struct photo *photo,
                        struct error *err)
{
    struct image image;
    uint8_t *png;
    size_t size;
    bool any;
    if (layers_overlay(svg->scene, item, photo, &any, &image, err) != 0)
        return -1;
    if (!any)
        return 0;
    int status = image_png_bytes(&image, &png, &size, err);
    image_done(&image);
    if (status != 0)
        return -1;
    str_add(&svg->out, "<image");
    add_box(&svg->out, &item->box);
    str_add(&svg->out, " preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
                       "xlink:href=\"data:image/png;base64,");
    add_base64(&svg->out, png, size);
    str_add(&svg->out, "\"/>\n");
    free(png);
    return 0;
}

/* The photograph is an image of 1 x 1; a nested svg shows a part of it. */
static void use_photo(struct svg *svg, const struct item *item, size_t index)
{
    const struct box all = {0, 0, 1, 1};
    const struct box *crop = item->picture.crop.w > 0 ? &item->picture.crop : &all;
    char x[32], y[32], w[32], h[32];
    str_add(&svg->out, "<svg");
    add_box(&svg->out, &item->box);
    str_addf(&svg->out,
             " viewBox=\"%s %s %s %s\" preserveAspectRatio=\"none\">"
             "<use xlink:href=\"#photo%zu\"/></svg>\n",
             number(crop->x, x), number(crop->y, y), number(crop->w, w), number(crop->h, h), index);
}

static int draw_picture(struct svg *svg, const struct item *item, struct error *err)
{
    struct photo *photo;
    size_t known = svg->photos.count;
    if (layers_photo(&svg->photos, svg->scene, item, &photo, err) != 0)
        return -1;
    if (!photo->jpeg) {
        draw_fill(svg, &(struct item){.box = item->box, .colour = 0xa0a0a0});
        return draw_overlay(svg, item, photo, err);
    }
    if (svg->photos.count > known)
        define_photo(svg, photo);
    use_photo(svg, item, photo_index(svg, photo));
    return draw_overlay(svg, item, photo, err);
}

/* ---- the file ---- */

static void add_element(struct str *out, const char *name, const char *text)
{
    if (!text)
        return;
    str_addf(out, "<%s>", name);
    add_escaped(out, text, strlen(text));
    str_addf(out, "</%s>\n", name);
}

/* A family's name in quotes, without what would end it in CSS. */
static void add_family(struct str *out, const char *family)
{
    size_t length;
    str_add(out, "'");
    for (; *family; family += length + (family[length] != '\0')) {
        length = strcspn(family, "'\\\n");
        add_escaped(out, family, length);
    }
    str_add(out, "'");
}

/* Embedded fonts keep their names, so that a program that cannot read them uses the installed ones.
 */
static void add_fonts(struct svg *svg)
{
    struct str *out = &svg->out;
    struct font_subsets parts;
    fonts_subset(svg->scene, &parts);
    str_add(out, "<style>\n");
    for (size_t i = 0; i < parts.count; i++) {
        if (!parts.items[i].bytes)
            continue;
        str_add(out, "@font-face { font-family: ");
        add_family(out, parts.items[i].family);
        str_add(out, "; src: url(data:font/ttf;base64,");
        add_base64(out, parts.items[i].bytes, parts.items[i].size);
        str_add(out, ") }\n");
    }
    str_add(out, "</style>\n<g text-anchor=\"middle\" font-family=\"");
    for (size_t i = 0; i < parts.count; i++) {
        add_family(out, parts.items[i].family);
        str_add(out, ", ");
    }
    str_add(out, "sans-serif\">\n");
    fonts_done(&parts);
}

static void begin(struct svg *svg, const struct render_texts *texts)
{
    char w[32], h[32];
    struct str *out = &svg->out;
    number(svg->scene->width, w);
    number(svg->scene->height, h);
    str_addf(out,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<svg xmlns=\"http://www.w3.org/2000/svg\" "
             "xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" width=\"%spt\" "
             "height=\"%spt\" viewBox=\"0 0 %s %s\">\n",
             w, h, w, h);
    add_element(out, "title", render_text(texts, "Title"));
    str_add(out, "<metadata xmlns:s=\"urn:scanscope:metadata\">\n");
    for (size_t i = 0; i < texts->count; i++) {
        char name[64];
        snprintf(name, sizeof name, "s:%s", texts->items[i].key);
        add_element(out, name, texts->items[i].text);
    }
    str_addf(out, "</metadata>\n<rect width=\"%s\" height=\"%s\" fill=\"#ffffff\"/>\n", w, h);
    add_fonts(svg);
}

static int draw_items(struct svg *svg, struct error *err)
{
    static void (*const draw[])(struct svg *, const struct item *) = {
        [ITEM_FILL] = draw_fill, [ITEM_FRAME] = draw_frame, [ITEM_TEXT] = draw_text,
        [ITEM_LINE] = draw_line, [ITEM_BAR] = draw_bar,
    };
    const struct scene *scene = svg->scene;
    for (size_t i = 0; i < scene->count; i++)
        if (scene->items[i].kind == ITEM_PICTURE && draw_picture(svg, &scene->items[i], err) != 0)
            return -1;
    for (size_t i = 0; i < scene->count; i++)
        if (draw[scene->items[i].kind])
            draw[scene->items[i].kind](svg, &scene->items[i]);
    return 0;
}

int render_svg(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err)
{
    struct svg svg = {.scene = scene};
    begin(&svg, texts);
    int status = draw_items(&svg, err);
    str_add(&svg.out, "</g>\n</svg>\n");
    if (status == 0)
        status = file_write(path, svg.out.text, svg.out.length, err);
    layers_done(&svg.photos);
    str_done(&svg.out);
    return status;
}
