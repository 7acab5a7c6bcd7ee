/* paint.h: shaded shapes in one style, on a cairo surface.
 *
 * A thing is drawn in units of its own: 100 high, x = 0 in the middle, y = 0 at its foot and -100
 * at its top. */
#ifndef DEMO_PAINT_H
#define DEMO_PAINT_H

#include <cairo.h>
#include <stddef.h>

#include "base/countof.h"

struct rgb {
    double r, g, b; /* 0..1 */
};

struct point {
    double x, y;
};

enum { PEN_VARIES = 4 };

/* What a thing is drawn with. */
struct pen {
    cairo_t *cr;
    struct rgb main;         /* the colour that captions name */
    double line;             /* outline width in the thing's units: the same in pixels for all */
    double vary[PEN_VARIES]; /* 0..1: small variations of form */
};

/* The colour 0xRRGGBB. */
struct rgb paint_rgb(unsigned hex);

/* Between two colours: a at t = 0, b at 1. */
struct rgb paint_mix(struct rgb a, struct rgb b, double t);

/* Towards white, or towards dark: unchanged at t = 0. */
struct rgb paint_lighter(struct rgb colour, double t);
struct rgb paint_darker(struct rgb colour, double t);

/* A colour that stands out from `main`: light for dark colours, dark for light ones. */
struct rgb paint_contrast(struct rgb main);

/* Between a and b by the pen's variation `which`: a at 0, b at 1. */
double paint_vary(const struct pen *pen, int which, double a, double b);

/* Paths; each adds a closed sub-path to the current one: an ellipse by centre and radii,
 * a polygon, a smooth curve through the points. */
void paint_path_ellipse(const struct pen *pen, double cx, double cy, double rx, double ry);
void paint_path_poly(const struct pen *pen, const struct point *points, size_t n);
void paint_path_smooth(const struct pen *pen, const struct point *points, size_t n);

/* End the path: `shade` fills it with soft light from above and outlines it; `fill` fills it flat;
 * `stroke` draws it as a line with round ends. */
void paint_shade(const struct pen *pen, struct rgb colour);
void paint_fill(const struct pen *pen, struct rgb colour);
void paint_stroke(const struct pen *pen, struct rgb colour, double width);

/* A straight line from x0 y0 to x1 y1 with round ends. */
void paint_line(const struct pen *pen, struct rgb colour, double width, double x0, double y0,
                double x1, double y1);

/* A straight rod from x0 y0 to x1 y1 with a dark edge. */
void paint_rod(const struct pen *pen, struct rgb colour, double width, double x0, double y0,
               double x1, double y1);

/* The commonest pairs of a path and its end; boxes have round corners. */
void paint_shade_ellipse(const struct pen *pen, struct rgb colour, double cx, double cy, double rx,
                         double ry);
void paint_fill_ellipse(const struct pen *pen, struct rgb colour, double cx, double cy, double rx,
                        double ry);
void paint_shade_box(const struct pen *pen, struct rgb colour, double x0, double y0, double x1,
                     double y1, double corner);
void paint_fill_box(const struct pen *pen, struct rgb colour, double x0, double y0, double x1,
                    double y1, double corner);

/* A smooth curve, or a polygon, through constant points, shaded. */
#define SHADE_SMOOTH(pen, colour, ...)                                                             \
    do {                                                                                           \
        static const struct point shape[] = {__VA_ARGS__};                                         \
        paint_path_smooth((pen), shape, COUNTOF(shape));                                           \
        paint_shade((pen), (colour));                                                              \
    } while (0)

#define SHADE_POLY(pen, colour, ...)                                                               \
    do {                                                                                           \
        static const struct point shape[] = {__VA_ARGS__};                                         \
        paint_path_poly((pen), shape, COUNTOF(shape));                                             \
        paint_shade((pen), (colour));                                                              \
    } while (0)

#endif
