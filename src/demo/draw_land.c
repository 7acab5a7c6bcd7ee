#include <math.h>

#include "base/countof.h"
#include "demo/draw.h"

static const unsigned slate = 0x5f5c70, glass = 0xbfe0ee, tyre = 0x34333c;

static void window(const struct pen *pen, double x, double y, double w, double h)
{
    struct rgb frame = paint_rgb(0xf4efe2);
    paint_shade_box(pen, paint_rgb(0xf9dd86), x, y, x + w, y + h, 1);
    paint_fill_box(pen, frame, x + w / 2 - 1, y, x + w / 2 + 1, y + h, 0);
    paint_fill_box(pen, frame, x, y + h / 2 - 1, x + w, y + h / 2 + 1, 0);
}

void draw_house(const struct pen *pen)
{
    double side = pen->vary[0] > 0.5 ? 1 : -1;
    paint_shade_box(pen, paint_rgb(0x8d7f78), side * 30 - 6, -98, side * 30 + 6, -62, 0);
    paint_shade_box(pen, pen->main, -47, -60, 47, 0, 1);
    SHADE_POLY(pen, paint_rgb(pen->vary[1] > 0.5 ? slate : 0x6d5148), {-58, -56}, {-22, -96},
               {22, -96}, {58, -56});
    paint_shade_box(pen, paint_rgb(0x7a4f3a), -9, -36, 9, 0, 2);
    paint_fill_ellipse(pen, paint_rgb(0xf2d27a), 5, -17, 1.8, 1.8);
    window(pen, -38, -45, 20, 20);
    window(pen, 18, -45, 20, 20);
}

void draw_tent(const struct pen *pen)
{
    struct rgb light = paint_lighter(pen->main, 0.12);
    paint_rod(pen, paint_rgb(0x8a6a4c), 2.5, 0, -100, 0, -84);
    SHADE_SMOOTH(pen, pen->main, {0, -94}, {22, -66}, {48, -24}, {66, -1}, {0, -1}, {-66, -1},
                 {-48, -24}, {-22, -66});
    SHADE_POLY(pen, paint_rgb(0x3d3540), {0, -84}, {20, -1}, {-20, -1});
    SHADE_POLY(pen, light, {0, -86}, {-32, -1}, {-14, -1});
    SHADE_POLY(pen, light, {0, -86}, {32, -1}, {14, -1});
}

static void wheel(const struct pen *pen, double x, double r)
{
    paint_shade_ellipse(pen, paint_rgb(tyre), x, -r, r, r);
    paint_shade_ellipse(pen, paint_rgb(0xcfd3da), x, -r, r * 0.52, r * 0.52);
}

void draw_car(const struct pen *pen)
{
    SHADE_SMOOTH(pen, pen->main, {-58, -60}, {-44, -94}, {-6, -100}, {32, -94}, {54, -60},
                 {0, -54});
    SHADE_POLY(pen, paint_rgb(glass), {-48, -62}, {-36, -88}, {-6, -91}, {-6, -62});
    SHADE_POLY(pen, paint_rgb(glass), {2, -62}, {2, -91}, {26, -87}, {44, -62});
    paint_shade_box(pen, pen->main, -92, -64, 92, -16, 20);
    paint_fill_box(pen, paint_lighter(pen->main, 0.35), -84, -56, 66, -51, 2);
    paint_shade_ellipse(pen, paint_rgb(0xffe9a0), 84, -46, 6, 7);
    paint_fill_box(pen, paint_darker(pen->main, 0.4), -12, -46, 0, -43, 1);
    wheel(pen, -52, 22);
    wheel(pen, 52, 22);
}

static void bicycle_wheel(const struct pen *pen, double x)
{
    enum { SPOKES = 8 };
    for (int i = 0; i < SPOKES; i++) {
        double a = 2 * M_PI * (i + 0.3) / SPOKES;
        paint_line(pen, paint_rgb(0xb9bcc6), pen->line * 0.7, x, -33, x + 30 * cos(a),
                   -33 + 30 * sin(a));
    }
    paint_path_ellipse(pen, x, -33, 29, 29);
    paint_stroke(pen, paint_rgb(tyre), 7);
    paint_path_ellipse(pen, x, -33, 25, 25);
    paint_stroke(pen, paint_rgb(0xd8dbe2), 1.5);
}

void draw_bicycle(const struct pen *pen)
{
    static const double tubes[][4] = {{-46, -33, -18, -72}, {-46, -33, -4, -33},
                                      {-4, -33, -22, -80},  {-20, -72, 32, -76},
                                      {-4, -33, 32, -74},   {46, -33, 30, -88}};
    bicycle_wheel(pen, -46);
    bicycle_wheel(pen, 46);
    for (size_t i = 0; i < COUNTOF(tubes); i++)
        paint_rod(pen, pen->main, 6, tubes[i][0], tubes[i][1], tubes[i][2], tubes[i][3]);
    paint_rod(pen, paint_rgb(tyre), 5, 30, -88, 20, -95);
    paint_rod(pen, paint_rgb(tyre), 5, 30, -88, 42, -90);
    paint_shade_ellipse(pen, paint_rgb(0x4a3a36), -23, -84, 15, 5.5);
    paint_shade_ellipse(pen, paint_rgb(0xd0d3da), -4, -33, 6, 6);
}

/* Hull and mast of wood; the sails have the colour, so that it can be seen from afar. */
void draw_boat(const struct pen *pen)
{
    struct rgb hull = paint_rgb(pen->vary[1] > 0.5 ? 0x7b553f : 0x9a6b48);
    paint_rod(pen, paint_rgb(0x8a6a4c), 2.5, 2, -100, 2, -22);
    SHADE_SMOOTH(pen, pen->main, {7, -95}, {32, -64}, {50, -31}, {30, -29}, {7, -30}, {10, -62});
    SHADE_SMOOTH(pen, paint_lighter(pen->main, 0.15), {-3, -88}, {-5, -60}, {-3, -31}, {-22, -29},
                 {-40, -32}, {-24, -58});
    SHADE_POLY(pen, hull, {-58, -26}, {62, -26}, {44, 0}, {-42, 0});
    paint_fill_box(pen, paint_rgb(0xf3ead6), -52, -21, 56, -17, 1);
}

void draw_umbrella(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    struct rgb pale = paint_contrast(pen->main);
    paint_rod(pen, paint_rgb(0xa8845e), 3, 0, -94, 0, 0);
    for (int i = 0; i < 5; i++) {
        double a = -60 + 24 * i, b = a + 24;
        cairo_new_path(cr);
        cairo_move_to(cr, 0, -96);
        cairo_curve_to(cr, a * 0.62, -94, a, -74, a, -48);
        cairo_curve_to(cr, a + 6, -54, b - 6, -54, b, -48);
        cairo_curve_to(cr, b, -74, b * 0.62, -94, 0, -96);
        cairo_close_path(cr);
        paint_shade(pen, i == 1 || i == 3 ? pale : pen->main);
    }
    paint_shade_ellipse(pen, pen->main, 0, -97, 3, 3);
}

void draw_ball(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    double turn = paint_vary(pen, 0, 0, M_PI);
    paint_shade_ellipse(pen, pen->main, 0, -50, 49, 49);
    cairo_save(cr);
    cairo_translate(cr, 0, -50);
    cairo_rotate(cr, turn);
    cairo_new_path(cr);
    cairo_move_to(cr, -48, 0);
    cairo_curve_to(cr, -20, -24, 20, -24, 48, 0);
    cairo_curve_to(cr, 20, 10, -20, 10, -48, 0);
    cairo_close_path(cr);
    paint_shade(pen, paint_contrast(pen->main));
    cairo_restore(cr);
    paint_fill_ellipse(pen, paint_lighter(pen->main, 0.55), -18, -76, 10, 7);
}
