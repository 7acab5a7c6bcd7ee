/* fonts.h: the fonts of a scene's texts, cut down to the characters that are used, for formats that
 * take whole fonts inside. */
#ifndef FIGURE_FONTS_H
#define FIGURE_FONTS_H

#include "figure/scene.h"

/* An OpenType file. */
struct font_subset {
    char *family;
    void *face, *characters; /* fonts.c's own */
    uint8_t *bytes;          /* NULL where the font cannot be cut: only its name is known then */
    size_t size;
};

/* In the order of their first use. */
struct font_subsets {
    struct font_subset *items;
    size_t count, cap;
};

/* What the scene's texts are set in, by family: every text of a scene has one weight and slant. The
 * same scene gives the same bytes. `out` is the caller's to fonts_done. */
void fonts_subset(const struct scene *scene, struct font_subsets *out);
void fonts_done(struct font_subsets *parts);

#endif
