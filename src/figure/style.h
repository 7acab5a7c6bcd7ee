/* style.h: the fields of a figure's style by name: "style" (fade|heat|boxes|none), "map",
 * "combine", "scale", "width", "dpi", "columns", "max-words", "font", "font-size", "original",
 * "scores", "letters", "footer". Hyphens and underscores are alike. */
#ifndef FIGURE_STYLE_H
#define FIGURE_STYLE_H

#include "figure/figure.h"

/* Sets a field from text ("true" and "false" for the switches). A font's name is not copied.
 * Errors: unknown field, a value that it does not take, with those that it does. */
int figure_style_set(struct figure_style *style, const char *name, const char *value,
                     struct error *err) MUST_USE;

bool figure_style_has(const char *name);

/* Field number `index` as text; nothing is added to value_out where the field has no value. False
 * after the last. *quoted_out: a text rather than a number, true or false. */
bool figure_style_field(const struct figure_style *style, size_t index, const char **name_out,
                        bool *quoted_out, struct str *value_out);

#endif
