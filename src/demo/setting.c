#include <math.h>

#include "demo/tableau.h"

enum { MOODS = 3 };

/* The colours of a setting: sky from top to horizon, ground from horizon to bottom, what is far
 * away. */
struct light {
    unsigned sky_top, sky_low, ground_far, ground_near, hills;
};

static const struct light lights[SETTINGS][MOODS] = {
    [MEADOW] = {{0x7cbcec, 0xd9eff8, 0xb5d77f, 0x7fb457, 0x8fc49a},
                {0x96cbe9, 0xf3f0dc, 0xc6d97c, 0x8ebb55, 0xa0c18d},
                {0x9fb8d8, 0xe4e9ee, 0xa2c77e, 0x6fa35c, 0x86ad9a}},
    [BEACH] = {{0x6fb9ee, 0xd5eef7, 0xf4e0b0, 0xe6c68c, 0x4fa5c9},
               {0x8fd0ea, 0xf8efd9, 0xf2dcb4, 0xe3c192, 0x62b7c4},
               {0xa3c4e4, 0xeeeaf0, 0xeedfc0, 0xdcc29c, 0x5c9fc4}},
    [NIGHT] = {{0x151b3f, 0x3d4a82, 0x3c5a62, 0x28424b, 0x2b3765},
               {0x1b1838, 0x574a86, 0x4a4f6e, 0x2f3450, 0x382f60},
               {0x0f2236, 0x2f5a7c, 0x35615a, 0x23463f, 0x1f4055}},
    [SNOW] = {{0x9cc4e4, 0xe8f1f7, 0xf4f8fb, 0xd6e3ee, 0xbfd3e3},
              {0xb7c3da, 0xf3e6e6, 0xf6f5f8, 0xdcdfee, 0xcdc9dd},
              {0xa8b4c4, 0xdfe6ea, 0xedf1f4, 0xcfd9e2, 0xb3c0cc}},
    [SUNSET] = {{0x5d5a9c, 0xfbb47c, 0xa07f63, 0x6f6150, 0x7a5d84},
                {0x7a6fb4, 0xfcd09a, 0xb39a62, 0x7d7347, 0x94789c},
                {0x4f6aa3, 0xf79f8a, 0x8f8a6a, 0x5f6a52, 0x6a6390}},
    [ROOM] = {{0xf2dfc2, 0xe9d0ad, 0xb98a60, 0x9d7049, 0xfaf3e6},
              {0xcfdfd3, 0xbdd2c6, 0xb7916c, 0x97714e, 0xf7f5ec},
              {0xd5d5ea, 0xc3c4de, 0xa88a72, 0x876b57, 0xf4f2f8}},
};

static void fill_gradient(cairo_t *cr, double y0, double y1, struct rgb a, struct rgb b)
{
    cairo_pattern_t *p = cairo_pattern_create_linear(0, y0, 0, y1);
    cairo_pattern_add_color_stop_rgb(p, 0, a.r, a.g, a.b);
    cairo_pattern_add_color_stop_rgb(p, 1, b.r, b.g, b.b);
    cairo_set_source(cr, p);
    cairo_fill(cr);
    cairo_pattern_destroy(p);
}

static void band(cairo_t *cr, double y0, double y1, struct rgb a, struct rgb b)
{
    cairo_rectangle(cr, 0, y0, TABLEAU_WIDTH, y1 - y0);
    fill_gradient(cr, y0, y1, a, b);
}

/* A rolling edge from left to right, filled down to the bottom. */
static void ridge(cairo_t *cr, struct rng *rng, double y, double wave, struct rgb top,
                  struct rgb low)
{
    double phase = rng_range(rng, 0, 6.28), length = rng_range(rng, 0.012, 0.024);
    cairo_move_to(cr, 0, TABLEAU_HEIGHT);
    for (int x = 0; x <= TABLEAU_WIDTH; x += 8)
        cairo_line_to(
            cr, x,
            y - wave * (0.6 * sin(x * length + phase) + 0.4 * sin(x * length * 2.3 + 2 * phase)));
    cairo_line_to(cr, TABLEAU_WIDTH, TABLEAU_HEIGHT);
    cairo_close_path(cr);
    fill_gradient(cr, y - wave, TABLEAU_HEIGHT, top, low);
}

static void set_alpha(cairo_t *cr, struct rgb c, double alpha)
{
    cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

/* Tufts of grass, each three blades. */
static void grass(cairo_t *cr, struct rng *rng, double from, struct rgb colour, int tufts)
{
    set_alpha(cr, colour, 0.55);
    cairo_set_line_width(cr, 1.2);
    for (int i = 0; i < tufts; i++) {
        double x = rng_range(rng, 0, TABLEAU_WIDTH), y = rng_range(rng, from, TABLEAU_HEIGHT);
        for (int blade = -1; blade <= 1; blade++) {
            cairo_move_to(cr, x + blade, y);
            cairo_line_to(cr, x + 3.2 * blade, y - 5);
        }
    }
    cairo_stroke(cr);
}

static void specks(cairo_t *cr, struct rng *rng, double y0, double y1, struct rgb colour,
                   double alpha, int n)
{
    set_alpha(cr, colour, alpha);
    for (int i = 0; i < n; i++) {
        double x = rng_range(rng, 0, TABLEAU_WIDTH), y = rng_range(rng, y0, y1),
               r = rng_range(rng, 0.6, 1.3);
        cairo_new_sub_path(cr);
        cairo_arc(cr, x, y, r, 0, 2 * M_PI);
    }
    cairo_fill(cr);
}

static void ripples(cairo_t *cr, struct rng *rng, double y0, double y1)
{
    set_alpha(cr, paint_rgb(0xffffff), 0.35);
    cairo_set_line_width(cr, 1.3);
    for (int i = 0; i < 16; i++) {
        double x = rng_range(rng, 0, TABLEAU_WIDTH), y = rng_range(rng, y0 + 4, y1 - 4),
               w = rng_range(rng, 8, 22);
        cairo_move_to(cr, x, y);
        cairo_curve_to(cr, x + w * 0.3, y - 2, x + w * 0.7, y + 2, x + w, y);
    }
    cairo_stroke(cr);
}

static void paint_hills(const struct tableau *s, cairo_t *cr, struct rng *rng,
                        const struct light *l, double wave)
{
    struct rgb far = paint_mix(paint_rgb(l->hills), paint_rgb(l->sky_low), 0.45);
    ridge(cr, rng, s->horizon - 16, wave * 1.4, far, paint_rgb(l->hills));
    ridge(cr, rng, s->horizon - 5, wave * 0.7, paint_rgb(l->hills), paint_rgb(l->ground_far));
    ridge(cr, rng, s->horizon + 2, 3, paint_rgb(l->ground_far), paint_rgb(l->ground_near));
}

static void paint_meadow(const struct tableau *s, cairo_t *cr, struct rng *rng,
                         const struct light *l)
{
    paint_hills(s, cr, rng, l, 14);
    grass(cr, rng, s->horizon + 14, paint_darker(paint_rgb(l->ground_near), 0.22), 34);
}

static void paint_beach(const struct tableau *s, cairo_t *cr, struct rng *rng,
                        const struct light *l)
{
    struct rgb sea = paint_rgb(l->hills), sand = paint_rgb(l->ground_far);
    band(cr, s->horizon, TABLEAU_HEIGHT, paint_darker(sea, 0.12), paint_lighter(sea, 0.35));
    ripples(cr, rng, s->horizon, s->shore);
    ridge(cr, rng, s->shore - 3, 4, paint_rgb(0xf6fbfb), paint_rgb(0xf6fbfb));
    ridge(cr, rng, s->shore + 2, 4, sand, paint_rgb(l->ground_near));
    specks(cr, rng, s->shore + 12, TABLEAU_HEIGHT, paint_darker(sand, 0.35), 0.4, 60);
}

static void paint_night(const struct tableau *s, cairo_t *cr, struct rng *rng,
                        const struct light *l)
{
    specks(cr, rng, 4, s->horizon - 34, paint_rgb(0xdfe6ff), 0.75, 46);
    paint_hills(s, cr, rng, l, 16);
    grass(cr, rng, s->horizon + 14, paint_lighter(paint_rgb(l->ground_near), 0.18), 26);
}

static void paint_snow(const struct tableau *s, cairo_t *cr, struct rng *rng, const struct light *l)
{
    paint_hills(s, cr, rng, l, 18);
    specks(cr, rng, 4, s->horizon - 30, paint_rgb(0xffffff), 0.8, 60);
}

static void paint_sunset(const struct tableau *s, cairo_t *cr, struct rng *rng,
                         const struct light *l)
{
    paint_hills(s, cr, rng, l, 12);
    grass(cr, rng, s->horizon + 14, paint_darker(paint_rgb(l->ground_near), 0.25), 30);
}

static void wallpaper(const struct tableau *s, cairo_t *cr, struct rng *rng, struct rgb wall)
{
    double step = rng_range(rng, 22, 40);
    set_alpha(cr, paint_darker(wall, 0.5), 0.07);
    for (double x = rng_range(rng, 0, step); x < TABLEAU_WIDTH; x += step)
        cairo_rectangle(cr, x, 0, step * 0.45, s->horizon);
    cairo_fill(cr);
}

static void floorboards(const struct tableau *s, cairo_t *cr, struct rgb wood)
{
    set_alpha(cr, paint_darker(wood, 0.5), 0.30);
    cairo_set_line_width(cr, 1);
    for (int i = 1; i < 5; i++) {
        double y = s->horizon + (TABLEAU_HEIGHT - s->horizon) * i * i / 22.0 + 3;
        cairo_move_to(cr, 0, y);
        cairo_line_to(cr, TABLEAU_WIDTH, y);
    }
    cairo_stroke(cr);
}

static void paint_room(const struct tableau *s, cairo_t *cr, struct rng *rng, const struct light *l)
{
    struct rgb board = paint_rgb(l->hills);
    wallpaper(s, cr, rng, paint_rgb(l->sky_top));
    band(cr, s->horizon, TABLEAU_HEIGHT, paint_rgb(l->ground_far), paint_rgb(l->ground_near));
    floorboards(s, cr, paint_rgb(l->ground_near));
    band(cr, s->horizon - 9, s->horizon, board, paint_darker(board, 0.12));
}

const char *setting_name(enum setting setting)
{
    static const char *const names[SETTINGS] = {
        [MEADOW] = "meadow", [BEACH] = "beach",   [NIGHT] = "night",
        [SNOW] = "snow",     [SUNSET] = "sunset", [ROOM] = "room",
    };
    return names[setting];
}

static void (*const painters[SETTINGS])(const struct tableau *, cairo_t *, struct rng *,
                                        const struct light *) = {
    [MEADOW] = paint_meadow, [BEACH] = paint_beach,   [NIGHT] = paint_night,
    [SNOW] = paint_snow,     [SUNSET] = paint_sunset, [ROOM] = paint_room,
};

void setting_paint(const struct tableau *scene, cairo_t *cr)
{
    struct rng rng;
    const struct light *l = &lights[scene->setting][(int)(scene->mood * MOODS) % MOODS];
    rng_seed(&rng, scene->detail);
    band(cr, 0, TABLEAU_HEIGHT, paint_rgb(l->sky_top), paint_rgb(l->sky_low));
    band(cr, 0, scene->horizon, paint_rgb(l->sky_top), paint_rgb(l->sky_low));
    painters[scene->setting](scene, cr, &rng, l);
}
