/* kinds.h: the table of the kinds of figures, each with a function that lays it out on an empty
 * scene. A new kind is a file with its layout and a row in the table of kinds.c. */
#ifndef FIGURE_KINDS_H
#define FIGURE_KINDS_H

#include "figure/scene.h"

struct kind {
    const char *name;
    int (*layout)(struct scene *scene, const struct figure *figure, struct error *err);
};

/* The row of a kind. */
const struct kind *figure_kind_of(enum figure_kind kind);

/* The layouts. Errors: nothing to show, no boxes if the kind needs them. */
int words_layout(struct scene *scene, const struct figure *figure, struct error *err) MUST_USE;
int regions_layout(struct scene *scene, const struct figure *figure, struct error *err) MUST_USE;
int strip_layout(struct scene *scene, const struct figure *figure, struct error *err) MUST_USE;
int captions_layout(struct scene *scene, const struct figure *figure, struct error *err) MUST_USE;
int matrix_layout(struct scene *scene, const struct figure *figure, struct error *err) MUST_USE;
int words_compare_layout(struct scene *scene, const struct figure *figure,
                         struct error *err) MUST_USE;
int strip_failures_layout(struct scene *scene, const struct figure *figure,
                          struct error *err) MUST_USE;
int curves_layout(struct scene *scene, const struct figure *figure, struct error *err) MUST_USE;

#endif
