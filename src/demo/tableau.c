#include "demo/tableau.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PICTURE_SCALE ((double)PICTURE_WIDTH / TABLEAU_WIDTH)

void tableau_thing_extent(const struct thing *thing, double out[4])
{
    double half = thing_kinds[thing->kind].width / 200 * thing->height;
    out[0] = thing->x - half;
    out[1] = thing->base - thing->height;
    out[2] = thing->x + half;
    out[3] = thing->base;
}

/* A soft shadow at its foot; what flies, swims or hangs casts none. */
static void paint_shadow(cairo_t *cr, const struct thing *t)
{
    double rx = thing_kinds[t->kind].width / 200 * t->height * 0.92, ry = fmax(3, rx * 0.16);
    if (t->zone & (IN_SKY | IN_AIR | IN_WATER | ON_WALL))
        return;
    cairo_pattern_t *p = cairo_pattern_create_radial(0, 0, 0.35, 0, 0, 1);
    cairo_pattern_add_color_stop_rgba(p, 0, 0.08, 0.07, 0.16, 0.26);
    cairo_pattern_add_color_stop_rgba(p, 1, 0.08, 0.07, 0.16, 0);
    cairo_save(cr);
    cairo_translate(cr, t->x, t->base);
    cairo_scale(cr, rx, ry);
    cairo_arc(cr, 0, 0, 1, 0, 2 * M_PI);
    cairo_set_source(cr, p);
    cairo_fill(cr);
    cairo_restore(cr);
    cairo_pattern_destroy(p);
}

/* Paints the thing alone on a cleared sheet. */
static void paint_thing(cairo_surface_t *sheet, const struct thing *t)
{
    cairo_t *cr = cairo_create(sheet);
    double scale = t->height / 100;
    struct pen pen = {.cr = cr, .main = t->tint, .line = 1.3 / scale};
    memcpy(pen.vary, t->vary, sizeof pen.vary);
    cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
    cairo_paint(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
    cairo_scale(cr, PICTURE_SCALE, PICTURE_SCALE);
    cairo_translate(cr, t->x, t->base);
    cairo_scale(cr, t->flip ? -scale : scale, scale);
    thing_kinds[t->kind].draw(&pen);
    cairo_destroy(cr);
}

static const uint32_t *row_of(cairo_surface_t *surface, int y)
{
    size_t stride = (size_t)cairo_image_surface_get_stride(surface);
    return (const void *)(cairo_image_surface_get_data(surface) + (size_t)y * stride);
}

/* Sets owner[pixel] to `which` wherever the sheet is covered; returns how many pixels that are. */
static size_t mark_owner(cairo_surface_t *sheet, uint8_t *owner, uint8_t which)
{
    size_t covered = 0;
    cairo_surface_flush(sheet);
    for (int y = 0; y < PICTURE_HEIGHT; y++) {
        const uint32_t *row = row_of(sheet, y);
        for (int x = 0; x < PICTURE_WIDTH; x++)
            if (row[x] >> 24 >= 128) {
                owner[y * PICTURE_WIDTH + x] = which;
                covered++;
            }
    }
    return covered;
}

/* Box and visible share of each thing, from the pixels that it owns and those it covers in all. */
static void find_boxes(struct tableau *scene, const uint8_t *owner, const size_t *covered)
{
    size_t seen[TABLEAU_THINGS] = {0};
    for (int i = 0; i < scene->count; i++)
        memcpy(scene->things[i].box, (float[]){PICTURE_WIDTH, PICTURE_HEIGHT, 0, 0},
               sizeof(float[4]));
    for (int y = 0; y < PICTURE_HEIGHT; y++)
        for (int x = 0; x < PICTURE_WIDTH; x++) {
            int i = owner[y * PICTURE_WIDTH + x] - 1;
            if (i < 0)
                continue;
            float *box = scene->things[i].box;
            seen[i]++;
            box[0] = fminf(box[0], (float)x);
            box[1] = fminf(box[1], (float)y);
            box[2] = fmaxf(box[2], (float)x + 1);
            box[3] = fmaxf(box[3], (float)y + 1);
        }
    for (int i = 0; i < scene->count; i++)
        scene->things[i].shows = covered[i] ? (double)seen[i] / (double)covered[i] : 0;
}

static void paint_all(struct tableau *scene, cairo_surface_t *page, cairo_surface_t *sheet,
                      uint8_t *owner)
{
    size_t covered[TABLEAU_THINGS];
    cairo_t *cr = cairo_create(page);
    cairo_scale(cr, PICTURE_SCALE, PICTURE_SCALE);
    setting_paint(scene, cr);
    for (int i = 0; i < scene->count; i++) {
        paint_thing(sheet, &scene->things[i]);
        covered[i] = mark_owner(sheet, owner, (uint8_t)(i + 1));
        paint_shadow(cr, &scene->things[i]);
        cairo_save(cr);
        cairo_identity_matrix(cr);
        cairo_set_source_surface(cr, sheet, 0, 0);
        cairo_paint(cr);
        cairo_restore(cr);
    }
    cairo_destroy(cr);
    find_boxes(scene, owner, covered);
}

static int copy_pixels(cairo_surface_t *page, struct image *out, struct error *err)
{
    *out = (struct image){PICTURE_WIDTH, PICTURE_HEIGHT, PICTURE_WIDTH, PICTURE_HEIGHT, NULL};
    if (mem_alloc(&out->pixels, PICTURE_WIDTH * PICTURE_HEIGHT, 4, "a picture", err) != 0)
        return -1;
    cairo_surface_flush(page);
    uint8_t *to = out->pixels;
    for (int y = 0; y < PICTURE_HEIGHT; y++) {
        const uint32_t *row = row_of(page, y);
        for (int x = 0; x < PICTURE_WIDTH; x++, to += 4) {
            to[0] = row[x] >> 16 & 255;
            to[1] = row[x] >> 8 & 255;
            to[2] = row[x] & 255;
            to[3] = 255;
        }
    }
    return 0;
}

int tableau_paint(struct tableau *scene, struct image *out, struct error *err)
{
    int status = -1;
    uint8_t *owner = mem_new(PICTURE_WIDTH * PICTURE_HEIGHT, 1);
    cairo_surface_t *page = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, PICTURE_WIDTH,
                                                       PICTURE_HEIGHT),
                    *sheet = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, PICTURE_WIDTH,
                                                        PICTURE_HEIGHT);
    if (cairo_surface_status(page) || cairo_surface_status(sheet)) {
        error_set(err, "not enough memory to draw a scene");
    } else {
        paint_all(scene, page, sheet, owner);
        status = copy_pixels(page, out, err);
    }
    cairo_surface_destroy(sheet);
    cairo_surface_destroy(page);
    free(owner);
    return status;
}
