/* fonts.h: the fonts of a scene's texts, cut down to the characters that are used, for formats that
 * take whole fonts inside. */
#ifndef FIGURE_FONTS_H
#define FIGURE_FONTS_H

#include "figure/scene.h"

/* An OpenType file. */
struct font_part {
    char *family;
    void *face, *characters; /* fonts.c's own */
    uint8_t *bytes;          /* NULL where the font cannot be cut: only its name is known then */
    size_t size;
};

/* In the order of their first use. */
struct font_parts {
    struct font_part *items;
    size_t count, cap;
};

/* What the scene's texts are set in, by family: every text of a scene has one weight and slant. The
 * same scene gives the same bytes. `out` is the caller's to font_parts_done. */
void font_parts_make(const struct scene *scene, struct font_parts *out);
void font_parts_done(struct font_parts *parts);

#endif
