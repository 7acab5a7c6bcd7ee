#include "figure/render.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

const char *render_text(const struct render_texts *texts, const char *key)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].key, key) == 0)
            return texts->items[i].text;
    return NULL;
}

static void set_colour(cairo_t *cr, uint32_t colour)
{
    cairo_set_source_rgb(cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0);
}

static void set_stroke(cairo_t *cr, const struct item *item)
{
    double dash[] = {3 * item->width, 1.8 * item->width};
    set_colour(cr, item->colour);
    cairo_set_line_width(cr, item->width);
    cairo_set_dash(cr, dash, item->dashed ? 2 : 0, 0);
}

static void draw_fill(cairo_t *cr, const struct item *item)
{
    set_colour(cr, item->colour);
    cairo_rectangle(cr, item->box.x, item->box.y, item->box.w, item->box.h);
    cairo_fill(cr);
}

static void draw_frame(cairo_t *cr, const struct item *item)
{
    double inset = fmin(item->width, fmin(item->box.w, item->box.h)) / 2;
    set_stroke(cr, item);
    cairo_rectangle(cr, item->box.x + inset, item->box.y + inset, item->box.w - 2 * inset,
                    item->box.h - 2 * inset);
    cairo_stroke(cr);
}

static void draw_text(cairo_t *cr, const struct item *item)
{
    PangoRectangle logical;
    pango_layout_get_extents(item->layout, NULL, &logical);
    set_colour(cr, item->colour);
    cairo_move_to(cr, item->box.x - (double)logical.x / PANGO_SCALE,
                  item->box.y - (double)logical.y / PANGO_SCALE);
    pango_cairo_show_layout(cr, item->layout);
    cairo_new_path(cr);
}

static void draw_line(cairo_t *cr, const struct item *item)
{
    set_stroke(cr, item);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < item->point_count; i++)
        cairo_line_to(cr, item->points[2 * i], item->points[2 * i + 1]);
    cairo_stroke(cr);
}

void render_bar_colour(const struct scene *scene, const struct item *item, double t, double rgb[3])
{
    uint8_t colour[3];
    double alpha = item->pure ? 1 : (double)OVERLAY_HEAT_ALPHA;
    colour_map_at(scene->style.map, (float)t, colour);
    for (int c = 0; c < 3; c++)
        rgb[c] = alpha * colour[c] / 255 + (1 - alpha) / 2;
}

static void draw_bar(cairo_t *cr, const struct scene *scene, const struct item *item)
{
    enum { STOPS = 64 };
    const struct box *box = &item->box;
    cairo_pattern_t *ramp = cairo_pattern_create_linear(box->x, 0, box->x + box->w, 0);
    for (int i = 0; i <= STOPS; i++) {
        double rgb[3];
        render_bar_colour(scene, item, (double)i / STOPS, rgb);
        cairo_pattern_add_color_stop_rgb(ramp, (double)i / STOPS, rgb[0], rgb[1], rgb[2]);
    }
    cairo_set_source(cr, ramp);
    cairo_rectangle(cr, box->x, box->y, box->w, box->h);
    cairo_fill(cr);
    cairo_pattern_destroy(ramp);
}

void render_item(cairo_t *cr, const struct scene *scene, const struct item *item)
{
    static void (*const draw[])(cairo_t *, const struct item *) = {
        [ITEM_FILL] = draw_fill,
        [ITEM_FRAME] = draw_frame,
        [ITEM_TEXT] = draw_text,
        [ITEM_LINE] = draw_line,
    };
    if (item->kind == ITEM_BAR)
        draw_bar(cr, scene, item);
    else if (item->kind != ITEM_PICTURE)
        draw[item->kind](cr, item);
}
