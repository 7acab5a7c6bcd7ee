/* style.h: the fields of a figure's style by name: "style" (fade|heat|boxes|none), "map",
 * "combine", "scale", "width", "dpi", "columns", "max-words", "font", "font-size", "original",
 * "scores", "letters", "footer". Hyphens and underscores are the same. */
#ifndef FIGURE_STYLE_H
#define FIGURE_STYLE_H

#include "figure/figure.h"

/* Sets a field from text ("true" or "false" for switches). A font's name is borrowed. Errors:
 * unknown field, a value that the field does not take, with those that it does. */
int figure_style_set(struct figure_style *style, const char *name, const char *value,
                     struct error *err) MUST_USE;

/* Field number `index`: its name, its value as text (nothing is added if it is the default 0 or
 * NULL) and whether that is a string in JSON, not a number, true or false. Returns false after the
 * last field. */
bool figure_style_field(const struct figure_style *style, size_t index, const char **name_out,
                        bool *quoted_out, struct str *value_out);

#endif
