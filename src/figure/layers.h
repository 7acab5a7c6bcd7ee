/* layers.h: pictures for renderers that embed them (PDF, SVG): each photograph once, as JPEG; over
 * it each overlay, as a transparent picture. */
#ifndef FIGURE_LAYERS_H
#define FIGURE_LAYERS_H

#include <cairo.h>

#include "figure/scene.h"

/* A photograph as it is embedded, in colour or (under a heat map) in grey. */
struct photo {
    const struct figure_image *image;
    bool grey;
    int width, height; /* pixels of the JPEG: the photograph's, or fewer if the paper needs fewer */
    uint8_t *jpeg;     /* NULL without a photograph: a flat grey is shown */
    size_t size;
    cairo_surface_t *surface; /* made by the renderer, destroyed with the photo */
};

struct photos {
    struct photo **items;
    size_t count, cap;
};

/* The photo of a picture item, made at its first use; borrowed from `photos`. Errors: not enough
 * memory. */
int layers_photo(struct photos *photos, const struct scene *scene, const struct item *item,
                 struct photo **out, struct error *err) MUST_USE;

/* Frees the photos. */
void layers_done(struct photos *photos);

/* The overlay of a picture item: RGBA, not premultiplied, of the photo's size; the caller's to
 * image_done. *any_out is false if there is none. Errors: not enough memory. */
int layers_overlay(const struct scene *scene, const struct item *item, const struct photo *photo,
                   bool *any_out, struct image *out, struct error *err) MUST_USE;

#endif
