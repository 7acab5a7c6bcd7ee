#include "figure/scene.h"

#include <assert.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char *const default_font = "DejaVu Sans";

struct figure_style figure_style_filled(const struct figure_style *style)
{
    struct figure_style s = *style;
    s.dpi = s.dpi > 0 ? s.dpi : 300;
    s.width_mm = s.width_mm > 0 ? s.width_mm : FIGURE_TEXT_MM;
    s.font = s.font && *s.font ? s.font : default_font;
    s.font_size = s.font_size > 0 ? s.font_size : 8;
    return s;
}

void scene_note(struct scene *scene, const char *format, ...)
{
    if (!scene->notes)
        return;
    va_list args;
    va_start(args, format);
    char *text = mem_vprintf(format, args);
    va_end(args);
    notes_add(scene->notes, "%s", text);
    free(text);
}

/* ---- text ---- */

static PangoFontDescription *described(const struct scene *scene, const struct text_look *look)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, scene->style.font);
    pango_font_description_set_absolute_size(font,
                                             scene->style.font_size * look->size * PANGO_SCALE);
    return font;
}

static bool family_listed(PangoContext *context, const char *family)
{
    PangoFontFamily **families;
    int count;
    bool found = false;
    pango_context_list_families(context, &families, &count);
    for (int i = 0; i < count && !found; i++)
        found = g_ascii_strcasecmp(pango_font_family_get_name(families[i]), family) == 0;
    g_free(families);
    return found;
}

/* Without any font pango ends the program; any one will do. */
static int check_fonts(struct scene *scene, struct error *err)
{
    PangoFontDescription *any = described(scene, &(struct text_look){.size = 1});
    PangoFont *font = pango_context_load_font(scene->text, any);
    pango_font_description_free(any);
    if (!font)
        return error_set(err, "no font is installed, so figures cannot be drawn: install one "
                              "(apt-get install fonts-dejavu-core)");
    g_object_unref(font);
    if (!strchr(scene->style.font, ',') && !family_listed(scene->text, scene->style.font))
        scene_note(scene, "the font '%s' is not installed; another one is used", scene->style.font);
    return 0;
}

/* Text is measured as it is drawn: unhinted, at the target's scale. */
static PangoContext *text_context(double scale)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72);
    PangoMatrix matrix = PANGO_MATRIX_INIT;
    pango_matrix_scale(&matrix, scale, scale);
    pango_context_set_matrix(context, &matrix);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string("en"));
    return context;
}

int scene_init(struct scene *scene, const struct figure_style *style, double scale,
               struct notes *notes, struct error *err)
{
    *scene = (struct scene){.style = figure_style_filled(style),
                            .pixels_per_point = scale,
                            .notes = notes,
                            .text = text_context(scale)};
    scene->width = scene->style.width_mm * 72 / 25.4;
    if (check_fonts(scene, err) != 0) {
        scene_done(scene);
        return -1;
    }
    return 0;
}

void scene_done(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        if (scene->items[i].layout)
            g_object_unref(scene->items[i].layout);
        free(scene->items[i].points);
    }
    free(scene->items);
    str_done(&scene->statement);
    if (scene->text)
        g_object_unref(scene->text);
    *scene = (struct scene){0};
}

/* Shortens the layout's text by whole characters until it takes at most max_lines. */
static void cut_to_lines(PangoLayout *layout, char *text, int max_lines)
{
    PangoLayoutLine *last = pango_layout_get_line_readonly(layout, max_lines - 1);
    size_t end = (size_t)pango_layout_line_get_start_index(last) +
                 (size_t)pango_layout_line_get_length(last);
    char *cut = mem_new(end + 4, 1);
    while (pango_layout_get_line_count(layout) > max_lines) {
        memcpy(cut, text, end);
        memcpy(cut + end, "\xe2\x80\xa6", 4);
        pango_layout_set_text(layout, cut, -1);
        if (end == 0)
            break;
        end = (size_t)(g_utf8_find_prev_char(text, text + end) - text);
    }
    free(cut);
}

/* A long word that is broken gets no hyphen: it may be a file name. */
static void no_hyphens(PangoLayout *layout)
{
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
}

static struct scene_text_block try_block(struct scene *scene, const char *text,
                                         const struct text_look *look, double max_width,
                                         int max_lines)
{
    char *clean = utf8_clean(text, strlen(text));
    for (size_t n = strlen(clean); n > 0 && clean[n - 1] == ' '; n--)
        clean[n - 1] = '\0'; /* trailing blanks would count as width */
    struct scene_text_block block = {.layout = pango_layout_new(scene->text)};
    PangoFontDescription *font = described(scene, look);
    pango_layout_set_font_description(block.layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(block.layout, TRUE);
    pango_layout_set_width(block.layout, (int)ceil(max_width * PANGO_SCALE));
    pango_layout_set_wrap(block.layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(block.layout, look->align);
    no_hyphens(block.layout);
    pango_layout_set_text(block.layout, clean, -1);
    if (max_lines > 0 && pango_layout_get_line_count(block.layout) > max_lines)
        cut_to_lines(block.layout, clean, max_lines);
    free(clean);
    PangoRectangle logical;
    pango_layout_get_extents(block.layout, NULL, &logical);
    block.w = (double)logical.width / PANGO_SCALE;
    block.h = (double)logical.height / PANGO_SCALE;
    block.baseline = (double)pango_layout_get_baseline(block.layout) / PANGO_SCALE;
    return block;
}

/* A single character may be wider than max_width: then the text is set smaller. */
struct scene_text_block scene_text_block(struct scene *scene, const char *text,
                                         const struct text_look *look, double max_width,
                                         int max_lines)
{
    struct text_look smaller = *look;
    max_width = fmax(max_width, 0.5);
    struct scene_text_block block = try_block(scene, text, look, max_width, max_lines);
    while (block.w > max_width + 0.01 && smaller.size > 0.01) {
        smaller.size *= fmin(0.95, max_width / block.w);
        scene_text_block_done(&block);
        block = try_block(scene, text, &smaller, max_width, max_lines);
    }
    return block;
}

void scene_text_block_done(struct scene_text_block *block)
{
    if (block->layout)
        g_object_unref(block->layout);
    *block = (struct scene_text_block){0};
}

static void note_unknown_glyphs(struct scene *scene, PangoLayout *layout)
{
    if (scene->unknown_glyphs || pango_layout_get_unknown_glyphs_count(layout) == 0)
        return;
    scene->unknown_glyphs = true;
    scene_note(
        scene,
        "no installed font has all characters of '%.80s'; boxes with their numbers are shown: "
        "install one that has them (such as fonts-noto-core, fonts-noto-cjk)",
        pango_layout_get_text(layout));
}

/* ---- items ---- */

static struct item *add_item(struct scene *scene, enum item_kind kind, struct box box)
{
    MEM_ROOM(scene->items, scene->count, scene->cap);
    struct item *item = &scene->items[scene->count++];
    *item = (struct item){.kind = kind, .box = box};
    return item;
}

struct box scene_text(struct scene *scene, struct scene_text_block *block, double x, double y,
                      uint32_t colour)
{
    assert(block->layout); /* measured, and not placed before */
    struct box box = {x, y, block->w, block->h};
    struct item *item = add_item(scene, ITEM_TEXT, box);
    note_unknown_glyphs(scene, block->layout);
    item->colour = colour;
    item->layout = block->layout;
    *block = (struct scene_text_block){0};
    return box;
}

void scene_picture(struct scene *scene, struct box box, const struct picture *picture)
{
    add_item(scene, ITEM_PICTURE, box)->picture = *picture;
}

void scene_fill(struct scene *scene, struct box box, uint32_t colour)
{
    add_item(scene, ITEM_FILL, box)->colour = colour;
}

void scene_frame(struct scene *scene, struct box box, uint32_t colour, double width, bool dashed)
{
    struct item *item = add_item(scene, ITEM_FRAME, box);
    item->colour = colour;
    item->width = width;
    item->dashed = dashed;
}

void scene_bar(struct scene *scene, struct box box, bool pure)
{
    add_item(scene, ITEM_BAR, box)->pure = pure;
}

void scene_line(struct scene *scene, double *points, size_t count, uint32_t colour, double width,
                bool dashed)
{
    assert(count > 0);
    struct box box = {points[0], points[1], 0, 0};
    for (size_t i = 0; i < count; i++) {
        double right = fmax(box.x + box.w, points[2 * i]);
        double bottom = fmax(box.y + box.h, points[2 * i + 1]);
        box.x = fmin(box.x, points[2 * i]);
        box.y = fmin(box.y, points[2 * i + 1]);
        box.w = right - box.x;
        box.h = bottom - box.y;
    }
    struct item *item = add_item(scene, ITEM_LINE, box);
    item->points = points;
    item->point_count = count;
    item->colour = colour;
    item->width = width;
    item->dashed = dashed;
}

/* ---- images ---- */

void figure_image_size(const struct figure_image *image, double *width_out, double *height_out)
{
    bool boxes = image->box_width > 0 && image->box_height > 0;
    *width_out = boxes ? image->box_width : image->pixels ? image->pixels->full_width : 4;
    *height_out = boxes ? image->box_height : image->pixels ? image->pixels->full_height : 3;
}

float scene_overlay_largest(const struct figure_image *image, const float *weights,
                            enum overlay_combine combine)
{
    enum { SIDE = 512 }; /* sums over boxes hardly depend on the resolution */
    double w, h;
    figure_image_size(image, &w, &h);
    double scale = fmin(1, SIDE / fmax(w, h));
    int width = (int)fmax(1, w * scale), height = (int)fmax(1, h * scale);
    float *values = mem_new((size_t)width * (size_t)height, sizeof *values);
    float largest = overlay_raw(image, weights, combine, width, height, values);
    free(values);
    return largest;
}

/* ---- the check ---- */

static bool on_page(const struct scene *scene, const struct box *b)
{
    const double slack = 0.01;
    return b->x >= -slack && b->y >= -slack && b->x + b->w <= scene->width + slack &&
           b->y + b->h <= scene->height + slack;
}

static bool overlap(const struct box *a, const struct box *b)
{
    const double slack = 0.01;
    return a->x + slack < b->x + b->w && b->x + slack < a->x + a->w && a->y + slack < b->y + b->h &&
           b->y + slack < a->y + a->h;
}

static int check_text(const struct scene *scene, size_t index, struct error *err)
{
    const struct item *text = &scene->items[index];
    for (size_t j = 0; j < index; j++)
        if (scene->items[j].kind == ITEM_TEXT && overlap(&text->box, &scene->items[j].box))
            return error_set(err, "the texts '%s' and '%s' overlap",
                             pango_layout_get_text(text->layout),
                             pango_layout_get_text(scene->items[j].layout));
    return 0;
}

int scene_check(const struct scene *scene, struct error *err)
{
    for (size_t i = 0; i < scene->count; i++) {
        const struct item *item = &scene->items[i];
        if (!on_page(scene, &item->box))
            return error_set(err, "item %zu (%s) at %.2f %.2f, %.2f x %.2f, leaves %.2f x %.2f", i,
                             item->layout ? pango_layout_get_text(item->layout) : "no text",
                             item->box.x, item->box.y, item->box.w, item->box.h, scene->width,
                             scene->height);
        if (item->kind == ITEM_TEXT && check_text(scene, i, err) != 0)
            return -1;
    }
    return 0;
}
