#include <math.h>

#include "demo/draw.h"

void draw_table(const struct pen *pen)
{
    struct rgb dark = paint_darker(pen->main, 0.15);
    paint_shade_box(pen, dark, -70, -84, -58, -6, 2);
    paint_shade_box(pen, dark, 58, -84, 70, -6, 2);
    paint_shade_box(pen, dark, -76, -86, 76, -70, 2);
    paint_shade_box(pen, pen->main, -84, -70, -70, 0, 2);
    paint_shade_box(pen, pen->main, 70, -70, 84, 0, 2);
    paint_shade_box(pen, pen->main, -92, -100, 92, -84, 5);
}

void draw_chair(const struct pen *pen)
{
    struct rgb dark = paint_darker(pen->main, 0.18);
    paint_shade_box(pen, dark, -20, -44, -13, -6, 1);
    paint_shade_box(pen, dark, 20, -44, 27, -6, 1);
    paint_shade_box(pen, pen->main, -30, -100, -22, 0, 3);
    paint_shade_box(pen, pen->main, 22, -42, 30, 0, 3);
    for (int i = 0; i < 3; i++)
        paint_shade_box(pen, i == 0 ? pen->main : dark, -24, -98 + i * 17, 18 - i * 2, -88 + i * 17,
                        3);
    paint_shade_box(pen, pen->main, 12, -100, 20, -44, 3);
    SHADE_POLY(pen, paint_lighter(pen->main, 0.1), {-32, -50}, {22, -50}, {34, -40}, {-32, -40});
}

void draw_lamp(const struct pen *pen)
{
    struct rgb metal = paint_rgb(0x6b6470);
    paint_rod(pen, metal, 3, 0, -70, 0, -4);
    paint_shade_ellipse(pen, metal, 0, -3.5, 18, 4);
    SHADE_POLY(pen, pen->main, {-13, -100}, {13, -100}, {27, -66}, {-27, -66});
    paint_fill_box(pen, paint_rgb(0xffeeb4), -24, -69, 24, -66, 1);
    paint_fill_box(pen, paint_contrast(pen->main), -15.5, -95, 15.5, -92, 0);
}

void draw_clock(const struct pen *pen)
{
    struct rgb ink = paint_rgb(0x35323c);
    double hour = paint_vary(pen, 0, 0, 2 * M_PI), minute = paint_vary(pen, 1, 0, 2 * M_PI);
    paint_shade_ellipse(pen, pen->main, 0, -50, 49, 49);
    paint_shade_ellipse(pen, paint_rgb(0xfaf6ea), 0, -50, 37, 37);
    for (int i = 0; i < 12; i++)
        paint_fill_ellipse(pen, ink, 31 * sin(i * M_PI / 6), -50 - 31 * cos(i * M_PI / 6),
                           i % 3 ? 1.6 : 3, i % 3 ? 1.6 : 3);
    const double hands[][3] = {{hour, 16, 4.5}, {minute, 26, 3}};
    for (int i = 0; i < 2; i++) {
        paint_line(pen, ink, hands[i][2], 0, -50, hands[i][1] * sin(hands[i][0]),
                   -50 - hands[i][1] * cos(hands[i][0]));
    }
    paint_fill_ellipse(pen, ink, 0, -50, 4, 4);
}

void draw_cup(const struct pen *pen)
{
    cairo_t *cr = pen->cr;
    for (int coat = 0; coat < 2; coat++) {
        cairo_new_path(cr);
        cairo_arc(cr, 42, -50, 20, -M_PI / 2, M_PI / 2);
        paint_stroke(pen, coat ? pen->main : paint_darker(pen->main, 0.48),
                     coat ? 9 : 9 + 2 * pen->line);
    }
    SHADE_SMOOTH(pen, pen->main, {-44, -90}, {44, -90}, {42, -40}, {30, -3}, {0, 0}, {-30, -3},
                 {-42, -40});
    paint_shade_ellipse(pen, paint_lighter(pen->main, 0.3), 0, -90, 44, 10);
    paint_fill_ellipse(pen, paint_rgb(0x5d3b2a), 0, -88.5, 37, 6.5);
    if (pen->vary[0] > 0.4)
        paint_fill_box(pen, paint_contrast(pen->main), -38, -56, 38, -45, 2);
}

/* Lying open towards us; the cover has the colour. */
void draw_book(const struct pen *pen)
{
    struct rgb page = paint_rgb(0xf8f2e2);
    SHADE_POLY(pen, pen->main, {0, -84}, {90, -100}, {90, -10}, {0, 0}, {-90, -10}, {-90, -100});
    SHADE_SMOOTH(pen, page, {0, -80}, {36, -97}, {70, -92}, {72, -54}, {72, -24}, {40, -30},
                 {0, -16});
    SHADE_SMOOTH(pen, page, {0, -80}, {-36, -97}, {-70, -92}, {-72, -54}, {-72, -24}, {-40, -30},
                 {0, -16});
    for (int i = 0; i < 8; i++) {
        double x = i % 2 ? 12 : -62, y = -80 + i / 2 * 13;
        paint_fill_box(pen, paint_rgb(0xb8b2a8), x, y, x + 50, y + 4, 2);
    }
}

void draw_apple(const struct pen *pen)
{
    SHADE_SMOOTH(pen, pen->main, {0, -74}, {22, -82}, {46, -62}, {42, -22}, {16, 0}, {0, -4},
                 {-16, 0}, {-42, -22}, {-46, -62}, {-22, -82});
    paint_rod(pen, paint_rgb(0x6e4a32), 3.5, 0, -72, 5, -96);
    SHADE_SMOOTH(pen, paint_rgb(0x6fae4f), {5, -84}, {20, -99}, {40, -96}, {26, -80});
    paint_fill_ellipse(pen, paint_lighter(pen->main, 0.55), -22, -58, 7, 10);
}
