/* kinds.h: the table of the kinds of figures. A kind lays its figure out on an empty scene; recipe
 * for a new one: a file with its layout function, a row in the table of kinds.c. */
#ifndef FIGURE_KINDS_H
#define FIGURE_KINDS_H

#include "figure/scene.h"

struct kind {
    const char *name;
    int (*layout)(struct scene *scene, const struct figure *figure, struct error *err);
};

const struct kind *figure_kind_of(enum figure_kind kind);

/* Each lays out its kind; errors: nothing to show, no boxes where they are needed. */
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

/* The rows of a strip, from y on; returns where they end. */
double strip_rows(struct scene *scene, const struct figure_set *set, double y);

#endif
