/* layers.h: pictures for renderers that keep them as they are (PDF, SVG): each photograph once, as
 * JPEG; each overlay a picture with transparency over it. */
#ifndef FIGURE_LAYERS_H
#define FIGURE_LAYERS_H

#include <cairo.h>

#include "figure/scene.h"

/* A photograph as it is embedded, in colour or (under a heat map) in grey. */
struct photo {
    const struct figure_image *image;
    bool grey;
    int width,
        height;    /* pixels of the JPEG: the photograph's, or less where the paper needs less */
    uint8_t *jpeg; /* NULL where there is no photograph: a flat grey stands for it */
    size_t size;
    cairo_surface_t *surface; /* the renderer's own, destroyed with the photo */
};

struct photos {
    struct photo **items;
    size_t count, cap;
};

/* The photo of a picture item, made when first asked for; `photos` owns it. */
int layers_photo(struct photos *photos, const struct scene *scene, const struct item *item,
                 struct photo **out, struct error *err) MUST_USE;
void layers_done(struct photos *photos);

/* What lies over it: RGBA, not premultiplied, of the photo's size. False in *any_out where nothing
 * does. */
int layers_overlay(const struct scene *scene, const struct item *item, const struct photo *photo,
                   bool *any_out, struct image *out, struct error *err) MUST_USE;

#endif
