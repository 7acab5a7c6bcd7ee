#include "ui/screen/shot.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/countof.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "io/image/image.h"

/* In pixels. A glyph of DejaVu Sans Mono is 0.602 em wide; leading between lines. */
enum { MARGIN = 12, EM = 15, CELL_WIDTH = 9, CELL_HEIGHT = 18 };

struct painter {
    cairo_t *cairo;
    PangoLayout *layout;
    PangoFontDescription *font;
    const struct shot_look *look;
};

static uint32_t rgb_of(const struct painter *p, colour c, bool back)
{
    c = colour_reduce(c, p->look->depth);
    if (colour_is_rgb(c))
        return c & 0xffffff;
    if (colour_is_index(c))
        return colour_of_index((int)(c & 255));
    return back ? theme_background(p->look->theme) : theme_foreground(p->look->theme);
}

static void set_colour(cairo_t *cairo, uint32_t rgb)
{
    cairo_set_source_rgb(cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                         (rgb & 255) / 255.0);
}

static void colours_of(const struct painter *p, const struct cell *cell, uint32_t *fg, uint32_t *bg)
{
    *fg = rgb_of(p, cell->style.fg, false);
    *bg = rgb_of(p, cell->style.bg, true);
    if (cell->style.attr & ATTR_REVERSE) {
        uint32_t swap = *fg;
        *fg = *bg;
        *bg = swap;
    }
    if (cell->style.attr & ATTR_DIM)
        *fg = colour_mix(*fg, *bg, 0.4f);
}

/* Block elements (U+2580 .. U+259F) as rectangles in eighths of a cell, since those of fonts leave
 * seams. Quadrants are bits: upper left, upper right, lower left, lower right. False if `code` is
 * not one of them, but a shade or anything else. */
static bool block(const struct painter *p, uint32_t code, double x, double y)
{
    static const uint8_t quadrants[] = {4, 8, 1, 13, 9, 7, 11, 2, 6, 14};
    double w = CELL_WIDTH, h = CELL_HEIGHT;
    if (code < 0x2580 || code > 0x259f || (code >= 0x2591 && code <= 0x2593))
        return false;
    if (code == 0x2580)
        cairo_rectangle(p->cairo, x, y, w, round(h / 2));
    else if (code <= 0x2588) {
        double tall = round(h * (code - 0x2580) / 8);
        cairo_rectangle(p->cairo, x, y + h - tall, w, tall);
    } else if (code <= 0x258f)
        cairo_rectangle(p->cairo, x, y, round(w * (0x2590 - code) / 8), h);
    else if (code == 0x2590)
        cairo_rectangle(p->cairo, x + round(w / 2), y, w - round(w / 2), h);
    else if (code == 0x2594)
        cairo_rectangle(p->cairo, x, y, w, round(h / 8));
    else if (code == 0x2595)
        cairo_rectangle(p->cairo, x + w - round(w / 8), y, round(w / 8), h);
    else
        for (int q = 0; q < 4; q++)
            if (quadrants[code - 0x2596] >> q & 1)
                cairo_rectangle(p->cairo, x + (q & 1 ? round(w / 2) : 0),
                                y + (q & 2 ? round(h / 2) : 0),
                                q & 1 ? w - round(w / 2) : round(w / 2),
                                q & 2 ? h - round(h / 2) : round(h / 2));
    cairo_fill(p->cairo);
    return true;
}

/* Straight and cornered lines of box drawing, which meet whatever the font. Arms to the left,
 * right, up and down: 1 light, 2 heavy. False if `code` is not one of them. */
static bool box_line(const struct painter *p, uint32_t code, double x, double y)
{
    static const struct {
        uint32_t code;
        uint8_t left, right, up, down;
    } lines[] = {
        {0x2500, 1, 1, 0, 0}, {0x2501, 2, 2, 0, 0}, {0x2502, 0, 0, 1, 1}, {0x2503, 0, 0, 2, 2},
        {0x250c, 0, 1, 0, 1}, {0x2510, 1, 0, 0, 1}, {0x2514, 0, 1, 1, 0}, {0x2518, 1, 0, 1, 0},
        {0x250f, 0, 2, 0, 2}, {0x2513, 2, 0, 0, 2}, {0x2517, 0, 2, 2, 0}, {0x251b, 2, 0, 2, 0},
        {0x256d, 0, 1, 0, 1}, {0x256e, 1, 0, 0, 1}, {0x2570, 0, 1, 1, 0}, {0x256f, 1, 0, 1, 0},
        {0x251c, 0, 1, 1, 1}, {0x2524, 1, 0, 1, 1}, {0x252c, 1, 1, 0, 1}, {0x2534, 1, 1, 1, 0},
        {0x253c, 1, 1, 1, 1},
    };
    double cx = x + floor(CELL_WIDTH / 2.0), cy = y + floor(CELL_HEIGHT / 2.0);
    for (size_t i = 0; i < COUNTOF(lines); i++) {
        if (lines[i].code != code)
            continue;
        int l = lines[i].left, r = lines[i].right, u = lines[i].up, d = lines[i].down;
        int thick = l == 2 || r == 2 || u == 2 || d == 2 ? 2 : 1;
        if (l || r)
            cairo_rectangle(p->cairo, l ? x : cx, cy,
                            (l ? cx - x : 0) + (r ? x + CELL_WIDTH - cx : thick), thick);
        if (u || d)
            cairo_rectangle(p->cairo, cx, u ? y : cy, thick,
                            (u ? cy - y : 0) + (d ? y + CELL_HEIGHT - cy : thick));
        cairo_fill(p->cairo);
        return true;
    }
    return false;
}

static void draw_glyph(const struct painter *p, const struct cell *cell, double x, double y)
{
    char text[4 * GRAPHEME_CODES + 1];
    size_t n = 0;
    for (int i = 0; i < GRAPHEME_CODES && cell->code[i]; i++)
        n += utf8_put(cell->code[i], text + n);
    pango_font_description_set_weight(p->font, cell->style.attr & ATTR_BOLD ? PANGO_WEIGHT_BOLD
                                                                            : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(p->font, cell->style.attr & ATTR_ITALIC ? PANGO_STYLE_ITALIC
                                                                             : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(p->layout, p->font);
    pango_layout_set_text(p->layout, text, (int)n);
    int baseline = pango_layout_get_baseline(p->layout) / PANGO_SCALE;
    pango_font_description_set_weight(p->font, PANGO_WEIGHT_NORMAL);
    cairo_move_to(p->cairo, x, y + round(CELL_HEIGHT * 0.78) - baseline);
    pango_cairo_show_layout(p->cairo, p->layout);
}

static void draw_cell(const struct painter *p, const struct cell *cell, double x, double y)
{
    uint32_t fg, bg, code = cell->code[0];
    colours_of(p, cell, &fg, &bg);
    int columns = cell->columns ? cell->columns : 1;
    set_colour(p->cairo, bg);
    cairo_rectangle(p->cairo, x, y, CELL_WIDTH * columns, CELL_HEIGHT);
    cairo_fill(p->cairo);
    set_colour(p->cairo, fg);
    if (cell->style.attr & ATTR_UNDERLINE) {
        cairo_rectangle(p->cairo, x, y + CELL_HEIGHT - 2, CELL_WIDTH * columns, 1);
        cairo_fill(p->cairo);
    }
    if (!code || code == ' ' || block(p, code, x, y) || box_line(p, code, x, y))
        return;
    if (code >= 0x2591 && code <= 0x2593) {
        set_colour(p->cairo, colour_mix(bg, fg, 0.25f * (float)(code - 0x2590)));
        cairo_rectangle(p->cairo, x, y, CELL_WIDTH, CELL_HEIGHT);
        cairo_fill(p->cairo);
        return;
    }
    draw_glyph(p, cell, x, y);
}

static void draw_cursor(const struct painter *p, const struct grid *grid)
{
    if (!grid->cursor_bar)
        return;
    set_colour(p->cairo, theme_foreground(p->look->theme));
    cairo_rectangle(p->cairo, MARGIN + grid->cursor_col * CELL_WIDTH,
                    MARGIN + grid->cursor_row * CELL_HEIGHT + 1, 2, CELL_HEIGHT - 2);
    cairo_fill(p->cairo);
}

static void paint(cairo_surface_t *surface, const struct grid *grid, const struct shot_look *look)
{
    struct painter p = {.cairo = cairo_create(surface), .look = look};
    p.layout = pango_cairo_create_layout(p.cairo);
    p.font = pango_font_description_from_string("DejaVu Sans Mono");
    pango_font_description_set_absolute_size(p.font, EM * PANGO_SCALE);
    set_colour(p.cairo, theme_background(look->theme));
    cairo_paint(p.cairo);
    for (int row = 0; row < grid->rows; row++)
        for (int col = 0; col < grid->cols; col++) {
            const struct cell *cell = grid_at(grid, row, col);
            if (cell->columns)
                draw_cell(&p, cell, MARGIN + col * CELL_WIDTH, MARGIN + row * CELL_HEIGHT);
        }
    draw_cursor(&p, grid);
    pango_font_description_free(p.font);
    g_object_unref(p.layout);
    cairo_destroy(p.cairo);
}

/* From cairo's native-endian XRGB words to RGBA bytes. */
static void unpack(cairo_surface_t *surface, struct image *image)
{
    const unsigned char *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    uint8_t *out = image->pixels;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            uint32_t word;
            memcpy(&word, data + (size_t)y * (size_t)stride + 4 * (size_t)x, 4);
            *out++ = (uint8_t)(word >> 16);
            *out++ = (uint8_t)(word >> 8);
            *out++ = (uint8_t)word;
            *out++ = 255;
        }
}

static int save_png(const struct grid *grid, const struct shot_look *look, const char *path,
                    struct error *err)
{
    struct image image = {.width = 2 * MARGIN + grid->cols * CELL_WIDTH,
                          .height = 2 * MARGIN + grid->rows * CELL_HEIGHT};
    if (mem_alloc(&image.pixels, 4 * (size_t)image.width * (size_t)image.height, 1,
                  "a picture of the screen", err) != 0)
        return -1;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, image.width, image.height);
    paint(surface, grid, look);
    cairo_surface_flush(surface);
    unpack(surface, &image);
    cairo_surface_destroy(surface);
    int status = image_save_png(path, &image, 0, NULL, 0, err);
    free(image.pixels);
    return status;
}

int shot_save(const struct grid *grid, const struct shot_look *look, const char *path,
              struct error *err)
{
    struct str text = {0};
    if (str_ends_with(path, ".png"))
        return save_png(grid, look, path, err);
    if (str_ends_with(path, ".ansi"))
        grid_ansi(grid, look->depth, &text);
    else if (str_ends_with(path, ".txt"))
        grid_text(grid, &text);
    else
        return error_set(err, "%s: unknown kind of screen file; use .txt, .ansi or .png", path);
    int status = file_write(path, str_text(&text), text.length, err);
    str_done(&text);
    return status;
}
