/* render.h: scenes to files, one renderer per format. A new format is a file with its function and
 * a row in the table of figure.c. */
#ifndef FIGURE_RENDER_H
#define FIGURE_RENDER_H

#include <cairo.h>

#include "figure/scene.h"

enum { RENDER_TEXTS = 16, RENDER_MAX_SIDE = 32767 };

/* The file's metadata, as keys and texts. */
struct render_texts {
    struct image_text items[RENDER_TEXTS];
    size_t count;
};

/* Write the scene in a format; no partial file is left. Errors: a page too large for the format,
 * not enough memory, a file that cannot be written.
 *
 * PNG: pixels, the resolution, the metadata as text. PDF and SVG: text stays text, at the places
 * and widths that pango measured, with the fonts embedded, cut down to the characters used;
 * photographs are JPEG. */
int render_png(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err) MUST_USE;
int render_pdf(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err) MUST_USE;
int render_svg(const struct scene *scene, const struct render_texts *texts, const char *path,
               struct error *err) MUST_USE;

/* The text of a key, borrowed from `texts`; NULL: none. */
const char *render_text(const struct render_texts *texts, const char *key);

/* Draws an item other than a picture (fill, frame, text, line, bar) on a cairo context in points.
 */
void render_item(cairo_t *cr, const struct scene *scene, const struct item *item);

/* The colour of a bar at t in 0..1; each channel in 0..1. */
void render_bar_colour(const struct scene *scene, const struct item *item, double t, double rgb[3]);

#endif
