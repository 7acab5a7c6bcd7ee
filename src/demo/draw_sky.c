#include <math.h>

#include "base/countof.h"
#include "demo/draw.h"

void draw_sun(const struct pen *pen)
{
    enum { RAYS = 12 };
    for (int i = 0; i < RAYS; i++) {
        double a = 2 * M_PI * (i + pen->vary[0]) / RAYS, half = 0.13;
        struct point ray[] = {{33 * cos(a - half * 1.4), -50 + 33 * sin(a - half * 1.4)},
                              {50 * cos(a), -50 + 50 * sin(a)},
                              {33 * cos(a + half * 1.4), -50 + 33 * sin(a + half * 1.4)}};
        paint_path_poly(pen, ray, 3);
        paint_shade(pen, paint_lighter(pen->main, 0.15));
    }
    paint_shade_ellipse(pen, pen->main, 0, -50, 31, 31);
    paint_fill_ellipse(pen, paint_lighter(pen->main, 0.35), -9, -60, 10, 8);
}

void draw_moon(const struct pen *pen)
{
    double bite = paint_vary(pen, 0, 0.62, 0.78);
    cairo_new_path(pen->cr);
    cairo_arc(pen->cr, 0, -50, 50, 0.25 * M_PI, 1.75 * M_PI);
    cairo_curve_to(pen->cr, 35 - 60 * bite, -85, 35 - 60 * bite, -15, 35.4, -14.6);
    cairo_close_path(pen->cr);
    paint_shade(pen, pen->main);
    paint_fill_ellipse(pen, paint_darker(pen->main, 0.12), -30, -62, 6, 7);
    paint_fill_ellipse(pen, paint_darker(pen->main, 0.12), -24, -32, 5, 4);
    paint_fill_ellipse(pen, paint_darker(pen->main, 0.12), -38, -45, 3, 3.5);
}

void draw_cloud(const struct pen *pen)
{
    double top = paint_vary(pen, 0, -20, 20);
    static const double puff[][4] = {{-62, -30, 38, 28},
                                     {60, -30, 40, 28},
                                     {-22, -56, 42, 40},
                                     {28, -50, 38, 36},
                                     {0, -28, 60, 26}};
    enum { PUFFS = COUNTOF(puff) };
    for (int coat = 0; coat < 2; coat++) {
        double rim = coat ? 0 : pen->line * 0.9;
        cairo_new_path(pen->cr);
        for (int i = 0; i < PUFFS; i++)
            paint_path_ellipse(pen, puff[i][0] + (i > 1 && i < 4 ? top * 0.6 : 0), puff[i][1],
                               puff[i][2] + rim, puff[i][3] + rim);
        if (!coat) {
            paint_fill(pen, paint_darker(pen->main, 0.38));
            continue;
        }
        cairo_pattern_t *light = cairo_pattern_create_linear(0, -96, 0, 0);
        struct rgb low = paint_darker(pen->main, 0.18);
        cairo_pattern_add_color_stop_rgb(light, 0.35, pen->main.r, pen->main.g, pen->main.b);
        cairo_pattern_add_color_stop_rgb(light, 1, low.r, low.g, low.b);
        cairo_set_source(pen->cr, light);
        cairo_fill(pen->cr);
        cairo_pattern_destroy(light);
    }
}

void draw_star(const struct pen *pen)
{
    struct point tip[10];
    for (int i = 0; i < 10; i++) {
        double a = M_PI * i / 5 - M_PI / 2, r = i % 2 ? 25 : 52;
        tip[i] = (struct point){r * cos(a), -48 + r * sin(a)};
    }
    paint_path_poly(pen, tip, 10);
    paint_shade(pen, pen->main);
}

void draw_bird(const struct pen *pen)
{
    struct rgb dark = paint_darker(pen->main, 0.25);
    double lift = paint_vary(pen, 0, 0, 20);
    SHADE_POLY(pen, dark, {-48, -44}, {-86, -58}, {-84, -34}, {-52, -30});
    const struct point far_wing[] = {{-14, -50}, {-40, -92}, {-6, -100 + lift}, {16, -54}};
    paint_path_smooth(pen, far_wing, 4);
    paint_shade(pen, dark);
    SHADE_SMOOTH(pen, pen->main, {-58, -38}, {-20, -58}, {30, -62}, {48, -66}, {66, -60}, {70, -44},
                 {50, -20}, {10, -6}, {-30, -14});
    SHADE_POLY(pen, paint_rgb(0xf0a030), {68, -58}, {90, -48}, {68, -44});
    const struct point wing[] = {
        {22, -46}, {-8, -96 + lift}, {-44, -98 + lift}, {-30, -50}, {-4, -26}};
    paint_path_smooth(pen, wing, 5);
    paint_shade(pen, paint_lighter(pen->main, 0.12));
    paint_fill_ellipse(pen, paint_rgb(0xffffff), 53, -53, 6.5, 6.5);
    paint_fill_ellipse(pen, paint_rgb(0x202028), 55, -53, 3.6, 3.6);
}

static void butterfly_side(const struct pen *pen, double side)
{
    struct point upper[] = {{3, -55}, {20, -92}, {56, -98}, {62, -66}, {38, -46}, {4, -46}};
    struct point lower[] = {{3, -46}, {34, -44}, {50, -24}, {34, -2}, {14, -10}, {4, -34}};
    for (int i = 0; i < 6; i++) {
        upper[i].x *= side;
        lower[i].x *= side;
    }
    paint_path_smooth(pen, lower, 6);
    paint_shade(pen, paint_darker(pen->main, 0.12));
    paint_path_smooth(pen, upper, 6);
    paint_shade(pen, pen->main);
    paint_fill_ellipse(pen, paint_contrast(pen->main), side * 42, -76, 9, 9);
    paint_fill_ellipse(pen, paint_contrast(pen->main), side * 30, -24, 7, 7);
}

void draw_butterfly(const struct pen *pen)
{
    struct rgb body = paint_rgb(0x4a3a40);
    butterfly_side(pen, -1);
    butterfly_side(pen, 1);
    paint_rod(pen, body, 2, -2, -66, -16, -96);
    paint_rod(pen, body, 2, 2, -66, 16, -96);
    paint_shade_ellipse(pen, body, 0, -44, 5, 26);
}

void draw_kite(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    double swing = paint_vary(pen, 0, -14, 14);
    cairo_new_path(cr);
    cairo_move_to(cr, 0, -36);
    cairo_curve_to(cr, 16 + swing, -26, -16 + swing, -14, swing, 0);
    paint_stroke(pen, paint_rgb(0x5a5560), pen->line * 1.2);
    for (int i = 0; i < 2; i++) {
        double x = i ? swing * 0.5 + 1 : swing * 0.35 + 4, y = i ? -8 : -22;
        const struct point bow[] = {{x, y}, {x - 9, y - 5}, {x - 9, y + 5},
                                    {x, y}, {x + 9, y - 5}, {x + 9, y + 5}};
        paint_path_poly(pen, bow, 6);
        paint_shade(pen, pen->main);
    }
    SHADE_POLY(pen, pen->main, {0, -100}, {30, -72}, {0, -34}, {-30, -72});
    SHADE_POLY(pen, paint_contrast(pen->main), {0, -100}, {30, -72}, {0, -72});
    SHADE_POLY(pen, paint_contrast(pen->main), {0, -34}, {-30, -72}, {0, -72});
}

void draw_balloon(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    double swing = paint_vary(pen, 0, -8, 8);
    cairo_new_path(cr);
    cairo_move_to(cr, 0, -36);
    cairo_curve_to(cr, 8 + swing, -26, -8 + swing, -12, swing, 0);
    paint_stroke(pen, paint_rgb(0x5a5560), pen->line * 1.2);
    SHADE_POLY(pen, pen->main, {0, -42}, {7, -34}, {-7, -34});
    SHADE_SMOOTH(pen, pen->main, {0, -100}, {21, -92}, {29, -72}, {20, -52}, {0, -38}, {-20, -52},
                 {-29, -72}, {-21, -92});
    cairo_save(cr);
    cairo_translate(cr, -12, -82);
    cairo_rotate(cr, 0.6);
    paint_fill_ellipse(pen, paint_lighter(pen->main, 0.6), 0, 0, 4.5, 9);
    cairo_restore(cr);
}
