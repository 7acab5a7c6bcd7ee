/* fonts.h: the fonts of a scene's texts, cut down to the characters used, for formats that embed
 * whole fonts. */
#ifndef FIGURE_FONTS_H
#define FIGURE_FONTS_H

#include "figure/scene.h"

/* A family and its characters that are used, as an OpenType file. */
struct font_subset {
    char *family;
    void *face, *characters; /* private to fonts.c */
    uint8_t *bytes;          /* NULL if the font cannot be cut down: only its name is known */
    size_t size;
};

/* In the order of their first use. */
struct font_subsets {
    struct font_subset *items;
    size_t count, cap;
};

/* The fonts of the scene's texts, by family: all texts have the same weight and slant. The same
 * scene gives the same bytes. `out` is the caller's to fonts_done. */
void fonts_subset(const struct scene *scene, struct font_subsets *out);

/* Frees them. */
void fonts_done(struct font_subsets *parts);

#endif
