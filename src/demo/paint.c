#include "demo/paint.h"

#include <math.h>

struct rgb paint_rgb(unsigned hex)
{
    return (struct rgb){(hex >> 16 & 255) / 255.0, (hex >> 8 & 255) / 255.0, (hex & 255) / 255.0};
}

struct rgb paint_mix(struct rgb a, struct rgb b, double t)
{
    return (struct rgb){a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

struct rgb paint_lighter(struct rgb colour, double t)
{
    return paint_mix(colour, (struct rgb){1, 0.99, 0.96}, t);
}

/* Towards a deep blue, not black: shadows stay warm and clean. */
struct rgb paint_darker(struct rgb colour, double t)
{
    return paint_mix(colour, (struct rgb){0.09, 0.08, 0.16}, t);
}

static double luma(struct rgb c)
{
    return 0.30 * c.r + 0.59 * c.g + 0.11 * c.b;
}

struct rgb paint_contrast(struct rgb main)
{
    return luma(main) > 0.62 ? paint_darker(main, 0.55) : paint_lighter(main, 0.75);
}

double paint_vary(const struct pen *pen, int which, double a, double b)
{
    return a + (b - a) * pen->vary[which];
}

void paint_path_ellipse(const struct pen *pen, double cx, double cy, double rx, double ry)
{
    cairo_t *cr = pen->cr;
    cairo_matrix_t keep;
    cairo_get_matrix(cr, &keep);
    cairo_new_sub_path(cr);
    cairo_translate(cr, cx, cy);
    cairo_scale(cr, rx, ry);
    cairo_arc(cr, 0, 0, 1, 0, 2 * M_PI);
    cairo_close_path(cr);
    cairo_set_matrix(cr, &keep);
}

static void path_box(const struct pen *pen, double x0, double y0, double x1, double y1,
                     double corner)
{
    cairo_t *cr = pen->cr;
    double r = fmin(corner, fmin(fabs(x1 - x0), fabs(y1 - y0)) / 2);
    cairo_new_sub_path(cr);
    cairo_arc(cr, x1 - r, y0 + r, r, -M_PI / 2, 0);
    cairo_arc(cr, x1 - r, y1 - r, r, 0, M_PI / 2);
    cairo_arc(cr, x0 + r, y1 - r, r, M_PI / 2, M_PI);
    cairo_arc(cr, x0 + r, y0 + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cr);
}

void paint_path_poly(const struct pen *pen, const struct point *points, size_t n)
{
    cairo_new_sub_path(pen->cr);
    for (size_t i = 0; i < n; i++)
        cairo_line_to(pen->cr, points[i].x, points[i].y);
    cairo_close_path(pen->cr);
}

/* A Catmull-Rom spline through the points, as Bezier curves. */
void paint_path_smooth(const struct pen *pen, const struct point *p, size_t n)
{
    cairo_new_sub_path(pen->cr);
    cairo_move_to(pen->cr, p[0].x, p[0].y);
    for (size_t i = 0; i < n; i++) {
        const struct point *a = &p[(i + n - 1) % n], *b = &p[i], *c = &p[(i + 1) % n],
                           *d = &p[(i + 2) % n];
        cairo_curve_to(pen->cr, b->x + (c->x - a->x) / 6, b->y + (c->y - a->y) / 6,
                       c->x - (d->x - b->x) / 6, c->y - (d->y - b->y) / 6, c->x, c->y);
    }
    cairo_close_path(pen->cr);
}

static void set_colour(cairo_t *cr, struct rgb c)
{
    cairo_set_source_rgb(cr, c.r, c.g, c.b);
}

static void add_stop(cairo_pattern_t *pattern, double at, struct rgb c)
{
    cairo_pattern_add_color_stop_rgb(pattern, at, c.r, c.g, c.b);
}

void paint_shade(const struct pen *pen, struct rgb colour)
{
    cairo_t *cr = pen->cr;
    double x0, y0, x1, y1;
    cairo_path_extents(cr, &x0, &y0, &x1, &y1);
    cairo_pattern_t *light = cairo_pattern_create_linear(0, y0, 0, y1);
    add_stop(light, 0, paint_lighter(colour, 0.22));
    add_stop(light, 0.45, colour);
    add_stop(light, 1, paint_darker(colour, 0.20));
    cairo_set_source(cr, light);
    cairo_fill_preserve(cr);
    cairo_pattern_destroy(light);
    paint_stroke(pen, paint_darker(colour, 0.48), pen->line);
}

void paint_fill(const struct pen *pen, struct rgb colour)
{
    set_colour(pen->cr, colour);
    cairo_fill(pen->cr);
}

void paint_stroke(const struct pen *pen, struct rgb colour, double width)
{
    cairo_set_line_width(pen->cr, width);
    cairo_set_line_cap(pen->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(pen->cr, CAIRO_LINE_JOIN_ROUND);
    set_colour(pen->cr, colour);
    cairo_stroke(pen->cr);
}

void paint_line(const struct pen *pen, struct rgb colour, double width, double x0, double y0,
                double x1, double y1)
{
    cairo_new_path(pen->cr);
    cairo_move_to(pen->cr, x0, y0);
    cairo_line_to(pen->cr, x1, y1);
    paint_stroke(pen, colour, width);
}

void paint_rod(const struct pen *pen, struct rgb colour, double width, double x0, double y0,
               double x1, double y1)
{
    paint_line(pen, paint_darker(colour, 0.48), width + 2 * pen->line, x0, y0, x1, y1);
    paint_line(pen, colour, width, x0, y0, x1, y1);
}

void paint_shade_ellipse(const struct pen *pen, struct rgb colour, double cx, double cy, double rx,
                         double ry)
{
    paint_path_ellipse(pen, cx, cy, rx, ry);
    paint_shade(pen, colour);
}

void paint_fill_ellipse(const struct pen *pen, struct rgb colour, double cx, double cy, double rx,
                        double ry)
{
    paint_path_ellipse(pen, cx, cy, rx, ry);
    paint_fill(pen, colour);
}

void paint_shade_box(const struct pen *pen, struct rgb colour, double x0, double y0, double x1,
                     double y1, double corner)
{
    path_box(pen, x0, y0, x1, y1, corner);
    paint_shade(pen, colour);
}

void paint_fill_box(const struct pen *pen, struct rgb colour, double x0, double y0, double x1,
                    double y1, double corner)
{
    path_box(pen, x0, y0, x1, y1, corner);
    paint_fill(pen, colour);
}
