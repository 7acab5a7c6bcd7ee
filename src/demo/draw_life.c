#include <math.h>

#include "base/countof.h"
#include "demo/draw.h"

static const unsigned ink = 0x26242c;

static void eye(const struct pen *pen, double x, double y, double r)
{
    paint_fill_ellipse(pen, paint_rgb(0xffffff), x, y, r, r);
    paint_fill_ellipse(pen, paint_rgb(ink), x + r * 0.25, y, r * 0.6, r * 0.6);
}

void draw_tree(const struct pen *pen)
{
    double wide = paint_vary(pen, 0, 0.85, 1.1), lean = paint_vary(pen, 1, -5, 5);
    static const double crown[][3] = {{-22, -48, 19}, {22, -48, 19}, {-14, -70, 21},
                                      {15, -70, 20},  {0, -82, 18},  {0, -55, 24}};
    enum { PUFFS = COUNTOF(crown) };
    SHADE_POLY(pen, paint_rgb(0x8a5e40), {-6, -48}, {6, -48}, {9, 0}, {-9, 0});
    for (int coat = 0; coat < 2; coat++) {
        double rim = coat ? 0 : pen->line * 0.8;
        for (int i = 0; i < PUFFS; i++) {
            double t = (-40 - crown[i][1]) / 60; /* light from above */
            paint_path_ellipse(pen, crown[i][0] * wide + lean, crown[i][1],
                               crown[i][2] * wide + rim, crown[i][2] + rim);
            paint_fill(pen, coat ? paint_mix(paint_darker(pen->main, 0.15),
                                             paint_lighter(pen->main, 0.10), t)
                                 : paint_darker(pen->main, 0.48));
        }
    }
    for (int i = 0; i < 5; i++)
        paint_fill_ellipse(pen, paint_lighter(pen->main, 0.28), (i * 17 % 50 - 22) * wide + lean,
                           -44 - i * 23 % 47, 3.2, 2.4);
}

void draw_flower(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    struct rgb stem = paint_rgb(0x5c9a4e);
    int petals = pen->vary[0] > 0.5 ? 6 : 5;
    paint_rod(pen, stem, 4, 0, 0, 0, -60);
    SHADE_SMOOTH(pen, stem, {0, -8}, {18, -34}, {30, -32}, {16, -10});
    SHADE_SMOOTH(pen, stem, {0, -14}, {-17, -40}, {-28, -38}, {-15, -16});
    for (int i = 0; i < petals; i++) {
        cairo_save(cr);
        cairo_translate(cr, 0, -70);
        cairo_rotate(cr, 2 * M_PI * i / petals - M_PI / 2);
        paint_shade_ellipse(pen, pen->main, 18, 0, 13, 10.5);
        cairo_restore(cr);
    }
    paint_shade_ellipse(pen,
                        paint_rgb(pen->main.r > 0.85 && pen->main.g > 0.7 && pen->main.b < 0.5
                                      ? 0x9a5f34
                                      : 0xf6c945),
                        0, -70, 10, 10);
}

void draw_mushroom(const struct pen *pen)
{
    struct rgb spot = paint_contrast(pen->main);
    SHADE_SMOOTH(pen, paint_rgb(0xf3e7cf), {-13, -50}, {13, -50}, {15, -20}, {20, -2}, {0, 0},
                 {-20, -2}, {-15, -20});
    SHADE_SMOOTH(pen, pen->main, {-52, -46}, {-42, -78}, {0, -99}, {42, -78}, {52, -46}, {0, -38});
    paint_fill_ellipse(pen, spot, -22, -70, 8, 7);
    paint_fill_ellipse(pen, spot, 8, -82, 9, 6.5);
    paint_fill_ellipse(pen, spot, 28, -62, 7, 6);
    paint_fill_ellipse(pen, spot, -2, -56, 6, 4.5);
}

static void cat_head(const struct pen *pen)
{
    struct rgb inner = paint_rgb(0xe9a6a0);
    SHADE_POLY(pen, pen->main, {4, -80}, {6, -103}, {24, -90});
    SHADE_POLY(pen, pen->main, {50, -80}, {48, -103}, {30, -90});
    paint_path_poly(pen, (struct point[]){{9, -84}, {9, -96}, {18, -88}}, 3);
    paint_fill(pen, inner);
    paint_path_poly(pen, (struct point[]){{45, -84}, {45, -96}, {36, -88}}, 3);
    paint_fill(pen, inner);
    paint_shade_ellipse(pen, pen->main, 27, -73, 26, 21);
    eye(pen, 18, -76, 5);
    eye(pen, 37, -76, 5);
    paint_path_poly(pen, (struct point[]){{25, -68}, {31, -68}, {28, -64}}, 3);
    paint_fill(pen, paint_rgb(0xd9777a));
    for (int i = 0; i < 4; i++) {
        double side = i % 2 ? 1 : -1, y = i / 2 ? -66 : -62;
        paint_line(pen, paint_contrast(pen->main), pen->line * 0.6, 28 + side * 10, y,
                   28 + side * 30, y - (i / 2 ? 5 : -1));
    }
}

void draw_cat(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    struct rgb edge = paint_darker(pen->main, 0.48);
    double curl = paint_vary(pen, 0, -8, 10);
    for (int coat = 0; coat < 2; coat++) {
        cairo_new_path(cr);
        cairo_move_to(cr, -24, -8);
        cairo_curve_to(cr, -62, -4, -54, -46, -38 - curl, -58);
        paint_stroke(pen, coat ? pen->main : edge, coat ? 9 : 9 + 2 * pen->line);
    }
    SHADE_SMOOTH(pen, pen->main, {8, -66}, {30, -60}, {36, -30}, {36, -3}, {0, 0}, {-32, -4},
                 {-34, -28}, {-14, -54});
    SHADE_SMOOTH(pen, pen->main, {10, -2}, {10, -34}, {22, -36}, {24, -2});
    SHADE_SMOOTH(pen, pen->main, {26, -2}, {27, -34}, {37, -34}, {40, -2});
    cat_head(pen);
}

static void dog_head(const struct pen *pen, struct rgb dark)
{
    SHADE_SMOOTH(pen, pen->main, {26, -94}, {48, -98}, {62, -84}, {84, -72}, {82, -58}, {52, -54},
                 {30, -64});
    SHADE_SMOOTH(pen, dark, {34, -96}, {26, -92}, {18, -66}, {26, -54}, {38, -68});
    paint_shade_ellipse(pen, paint_rgb(ink), 84, -72, 5.5, 4.5);
    eye(pen, 54, -82, 5);
    cairo_new_path(pen->cr);
    cairo_move_to(pen->cr, 78, -60);
    cairo_curve_to(pen->cr, 70, -58, 66, -60, 62, -63);
    paint_stroke(pen, paint_contrast(pen->main), pen->line);
}

void draw_dog(const struct pen *pen)
{
    struct rgb dark = paint_darker(pen->main, 0.22);
    double wag = paint_vary(pen, 0, -10, 6);
    paint_rod(pen, pen->main, 8, -48, -50, -68, -78 + wag);
    for (int i = 0; i < 2; i++)
        paint_shade_box(pen, dark, i ? 20 : -34, -34, i ? 33 : -21, 0, 5);
    SHADE_SMOOTH(pen, pen->main, {-54, -50}, {-36, -62}, {10, -60}, {34, -74}, {46, -56}, {40, -28},
                 {6, -24}, {-40, -22});
    for (int i = 0; i < 2; i++)
        paint_shade_box(pen, pen->main, i ? 32 : -50, -38, i ? 45 : -37, 0, 5);
    dog_head(pen, dark);
    paint_line(pen, paint_contrast(pen->main), 5, 28, -60, 46, -52);
}

void draw_snail(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    struct rgb skin = paint_rgb(0xd9b98c);
    paint_rod(pen, skin, 5, 58, -48, 54, -84);
    paint_rod(pen, skin, 5, 66, -46, 76, -80);
    SHADE_SMOOTH(pen, skin, {-78, -3}, {-40, -24}, {20, -24}, {48, -54}, {68, -54}, {76, -36},
                 {66, -10}, {50, 0}, {0, 0});
    paint_fill_ellipse(pen, paint_rgb(ink), 54, -85, 5, 5);
    paint_fill_ellipse(pen, paint_rgb(ink), 76, -81, 5, 5);
    paint_shade_ellipse(pen, pen->main, -12, -57, 43, 42);
    cairo_new_path(cr);
    for (int i = 0; i <= 60; i++) {
        double a = i * 0.2, r = 34 - i * 0.52;
        cairo_line_to(cr, -12 + r * cos(a), -57 + r * sin(a));
    }
    paint_stroke(pen, paint_mix(paint_contrast(pen->main), pen->main, 0.25), 6);
}

void draw_fish(const struct pen *pen)
{
    struct rgb fin = paint_darker(pen->main, 0.18);
    double tail = paint_vary(pen, 0, -5, 5);
    paint_path_smooth(
        pen, (struct point[]){{-40, -50}, {-84, -92 + tail}, {-74, -50}, {-84, -8 + tail}}, 4);
    paint_shade(pen, fin);
    SHADE_SMOOTH(pen, fin, {-20, -84}, {8, -106}, {30, -86}, {4, -70});
    SHADE_SMOOTH(pen, fin, {-10, -18}, {-14, 2}, {14, -6}, {12, -22});
    SHADE_SMOOTH(pen, pen->main, {-52, -50}, {-20, -80}, {24, -90}, {66, -70}, {84, -46}, {66, -24},
                 {24, -10}, {-20, -20});
    for (int i = 0; i < 2; i++) {
        double x = i ? -6 : 20;
        const struct point stripe[] = {{x, -86 + i * 6},     {x + 9, -86 + i * 6}, {x + 4, -50},
                                       {x + 9, -12 - i * 3}, {x, -13 - i * 3},     {x - 5, -50}};
        paint_path_smooth(pen, stripe, 6);
        paint_fill(pen, paint_contrast(pen->main));
    }
    eye(pen, 56, -56, 8);
}
