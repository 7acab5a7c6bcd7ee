/* render.h: scenes to files. A renderer owns one format; recipe for a new one: a file with its
 * function, a row in the table of figure.c. */
#ifndef FIGURE_RENDER_H
#define FIGURE_RENDER_H

#include <cairo.h>

#include "figure/scene.h"

enum { RENDER_TEXTS = 8, RENDER_MAX_SIDE = 32767 };

/* The file's metadata, as keys and texts. */
struct render_texts {
    struct image_text items[RENDER_TEXTS];
    size_t count;
};

int render_png(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err) MUST_USE;

int render_pdf(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err) MUST_USE;
/* Text stays text, at the places and widths that pango measured; the fonts are inside, cut down to
 * the characters used. */
int render_svg(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err) MUST_USE;

/* The text of a key, or NULL. */
const char *render_text(const struct render_texts *texts, const char *key);

/* What is no picture, in points, on any cairo surface: frames, fills, text, lines, bars. */
void render_item(cairo_t *cr, const struct scene *scene, const struct item *item);

/* The colour of a bar at t. */
void render_bar_colour(const struct scene *scene, const struct item *item, double t, double rgb[3]);

#endif
